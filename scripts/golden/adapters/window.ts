import { Table } from 'sluice';
import { parseExpression, factsOf } from '../../../lib/expressions/index.js';
import { compileAggregation } from '../../../lib/expressions/aggregate.js';
import { defaultSettings } from '../../../lib/expressions/settings.js';
import { columnOf } from '../../../lib/expressions/vector.js';
import { ColumnPass } from '../../../operators/columns/pass.js';
import { compileStages } from '../../../operators/columns/program.js';
import { field, int, parseType, structOf } from '../../../lib/schema/index.js';
import { type Adapter, encodeTables, gotError } from '../adapter.js';
import type { GoldenCase, GoldenError, GoldenRows } from '../case.js';
import { type Difference, type GotError, type GotRows, compareError, compareRows, compareText } from '../compare.js';
import { decode } from '../values.js';
import { type Input, tableOf } from './writers.js';

interface TimeCase extends GoldenCase {
  readonly timeZone: string;
  readonly window: {
    readonly width: string;
    readonly slide: string | null;
    readonly start: string | null;
    readonly columnType: string;
  };
  readonly timestamps: readonly unknown[];
  readonly expected: {
    /** By timestamp: `[start, end]` of each window, in some cases with its time. */
    readonly windows?: readonly (readonly (readonly unknown[])[])[];
    readonly error?: GoldenError;
  };
}

interface SessionCase extends GoldenCase {
  readonly timeZone: string;
  readonly session: { readonly gap: string; readonly gapIsExpression: boolean; readonly by: string | null };
  readonly input: Input;
  readonly expected: GoldenRows;
}

interface TimeGot {
  readonly windows?: readonly (readonly (readonly unknown[])[])[];
  readonly error?: GotError;
}

const facts = factsOf(0, 1_600_000_000_000, 'golden');
const quoted = (text: string): string => `'${text.replaceAll("'", "\\'")}'`;

/** The windows that timestamps are in. */
export const timeWindows: Adapter<TimeCase, TimeGot> = {
  area: 'window',
  topics: ['time'],
  run(given) {
    try {
      return { windows: windowsOf(given) };
    } catch (error) {
      return { error: gotError(error) };
    }
  },
  compare({ expected }, got): Difference {
    if (expected.error !== undefined || got.error !== undefined) return compareError(expected.error, got.error);
    const width = expected.windows!.flat()[0]?.length ?? 2;
    const found = got.windows!.map((windows) => windows.map((window) => window.slice(0, width)));
    return compareText(ordered(expected.windows!), ordered(found), 'windows');
  },
};

const ordered = (windows: readonly (readonly (readonly unknown[])[])[]): unknown =>
  windows.map((of) => of.map((window) => JSON.stringify(window)).sort());

function windowsOf({ window, timestamps, timeZone }: TimeCase): NonNullable<TimeGot['windows']> {
  const type = parseType(window.columnType);
  const columns = [
    columnOf(int(), [...timestamps.keys()]),
    columnOf(
      type,
      timestamps.map((value) => decode(type, value)),
    ),
  ];
  const table = new Table(structOf([field('i', int()), field('ts', type)]), columns, timestamps.length);
  const { width, slide, start } = window;
  const lengths = start === null ? (slide === null ? [width] : [width, slide]) : [width, slide ?? width, start];
  const settings = { ...defaultSettings, timeZone };
  const select = (...items: readonly string[]) =>
    ({ op: 'select', items: items.map((item) => ({ tree: parseExpression(item) })) }) as const;
  const program = compileStages(
    [
      select('i', `window(ts, ${lengths.map(quoted).join(', ')})`),
      select('i', 'window.start', 'window.end', 'window_time(window)'),
    ],
    table.schema,
    settings,
  );
  const { rows } = encodeTables([new ColumnPass(table.columns, table.numRows, facts).run(program)]);
  return timestamps.map((_, i) => rows!.filter(([row]) => row === i).map(([, ...found]) => found));
}

/** The groups by session. */
export const sessionWindows: Adapter<SessionCase, GotRows> = {
  area: 'window',
  topics: ['session'],
  run({ session: { gap, gapIsExpression, by }, input, timeZone }) {
    const call = `session_window(ts, ${gapIsExpression ? gap : quoted(gap)})`;
    const keys = { ...(by === null ? {} : { [by]: parseExpression(by) }), session: parseExpression(call) };
    const settings = { ...defaultSettings, timeZone };
    try {
      const table = tableOf(input);
      const groups = compileAggregation(
        { by: keys, values: { n: parseExpression('count(*)') } },
        table.schema,
        settings,
      ).over(table, facts);
      const items = [...(by === null ? [] : [by]), 'session.start', 'session.end', 'n'];
      const select = { op: 'select', items: items.map((item) => ({ tree: parseExpression(item) })) } as const;
      const program = compileStages([select], groups.schema, settings);
      return encodeTables([new ColumnPass(groups.columns, groups.numRows, facts).run(program)]);
    } catch (error) {
      return { error: gotError(error) };
    }
  },
  compare: ({ expected }, got) => compareRows(expected, got),
};

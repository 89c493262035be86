import fc from 'fast-check';
import { Table } from '../../../../../lib/columns/index.js';
import { epochMicros, field, parseType, structOf } from '../../../../../lib/schema/index.js';
import type { DataType } from '../../../../../lib/schema/index.js';
import { col, sessionWindow, toTree, window, windowTime } from '../../../../../lib/expressions/index.js';
import type { Expr } from '../../../../../lib/expressions/index.js';
import { factsOf } from '../../../../../lib/expressions/index.js';
import { defaultSettings } from '../../../../../lib/expressions/settings.js';
import type { Value } from '../../../../../lib/expressions/values.js';
import { columnOf, readerOf } from '../../../../../lib/expressions/vector.js';
import { ColumnPass } from '../../../../../operators/columns/pass.js';
import { compileStages } from '../../../../../operators/columns/program.js';
import { caught } from '../../caught.js';

const micros = (text: string): bigint => epochMicros(new Date(text));
const minute = 60_000_000n;

/** The windows of values of `at`: a row for each, of the value's position, the start and the end. */
function windowsOf(
  call: Expr | string,
  values: readonly Value[],
  { type = parseType('TIMESTAMP'), zone = 'UTC', gaps = [] as readonly Value[] } = {},
): [number, bigint, bigint][] {
  const fields = [field('i', parseType('INT')), field('at', type), field('gap', parseType('STRING'))];
  const columns = [
    columnOf(fields[0]!.type, [...values.keys()]),
    columnOf(type, values),
    columnOf(
      fields[2]!.type,
      values.map((_, i) => gaps[i] ?? null),
    ),
  ];
  const table = new Table(structOf(fields), columns, values.length);
  const select = (...items: (Expr | string)[]) =>
    ({ op: 'select', items: items.map((item) => ({ tree: toTree(item) })) }) as const;
  const named = typeof call === 'string' ? `${call} AS w` : call.as('w');
  const program = compileStages([select('i', named), select('i', 'w.start', 'w.end')], table.schema, {
    ...defaultSettings,
    timeZone: zone,
  });
  const out = new ColumnPass(table.columns, table.numRows, factsOf(0, 0, 'q')).run(program);
  const [i, start, end] = out.columns.map(readerOf);
  return Array.from({ length: out.numRows }, (_, row) => [
    i!(row) as number,
    start!(row) as bigint,
    end!(row) as bigint,
  ]);
}

const condition = (call: Expr | string, type?: DataType): unknown =>
  caught(() => windowsOf(call, [], type && { type })).details.condition;

describe('window', () => {
  it('holds its start, not its end, also before 1970', () => {
    const times = ['2024-05-17T10:05:00Z', '2024-05-17T10:09:59.999Z', '1969-12-31T23:59:59Z', '1969-12-31T23:55:00Z'];
    expect(windowsOf("window(at, '5 minutes')", times.map(micros))).toEqual([
      [0, micros('2024-05-17T10:05:00Z'), micros('2024-05-17T10:10:00Z')],
      [1, micros('2024-05-17T10:05:00Z'), micros('2024-05-17T10:10:00Z')],
      [2, micros('1969-12-31T23:55:00Z'), micros('1970-01-01T00:00:00Z')],
      [3, micros('1969-12-31T23:55:00Z'), micros('1970-01-01T00:00:00Z')],
    ]);
  });

  it("puts a row into several, the latest first: Spark's example of 12 minutes every 5 from 2", () => {
    // 12:05 is in those from 11:57 and 12:02 only.
    expect(windowsOf(window('at', '12 minutes', '5 minutes', '2 minutes'), [micros('2024-05-17T12:05:00Z')])).toEqual([
      [0, micros('2024-05-17T12:02:00Z'), micros('2024-05-17T12:14:00Z')],
      [0, micros('2024-05-17T11:57:00Z'), micros('2024-05-17T12:09:00Z')],
    ]);
  });

  it('leaves out rows without a time', () => {
    expect(windowsOf("window(at, '1 minute')", [null, 0n, null])).toEqual([[1, 0n, minute]]);
  });

  it('takes a date, a text, a time without a zone, a window, and a number of microseconds', () => {
    const hour = [0, micros('2024-05-17T00:00:00Z'), micros('2024-05-17T01:00:00Z')];
    const day = 19860;
    expect(windowsOf("window(at, '1 hour')", [day], { type: parseType('DATE') })).toEqual([hour]);
    expect(windowsOf("window(at, '1 hour')", ['2024-05-17 00:30:00'], { type: parseType('STRING') })).toEqual([hour]);
    expect(windowsOf('window(at, 3600000000)', [micros('2024-05-17T00:30:00Z')])).toEqual([hour]);
    const local = { type: parseType('TIMESTAMP_NTZ'), zone: 'Europe/Zurich' };
    expect(windowsOf("window(at, '1 hour')", [micros('2024-05-17T00:30:00Z')], local)).toEqual([hour]);
    // The last instant of a window counts: one that ends at 01:00 is before that.
    const windows = { type: parseType('STRUCT<start: TIMESTAMP, end: TIMESTAMP>') };
    expect(windowsOf("window(at, '1 hour')", [[hour[1]!, hour[2]!]], windows)).toEqual([hour]);
    expect(windowsOf(window(windowTime('at'), '1 hour'), [[hour[1]!, hour[2]!]], windows)).toEqual([hour]);
  });

  it('is exact where microseconds are past 2^53', () => {
    const last = micros('9999-12-31T23:59:59.999Z') + 999n;
    expect(windowsOf("window(at, '1 second')", [last, micros('0001-01-01T00:00:00Z')])).toEqual([
      [0, last - 999_999n, last + 1n],
      [1, micros('0001-01-01T00:00:00Z'), micros('0001-01-01T00:00:01Z')],
    ]);
  });

  it('is by UTC whatever the zone of the session', () => {
    expect(windowsOf("window(at, '1 day')", [micros('2024-05-17T23:30:00Z')], { zone: 'America/New_York' })).toEqual([
      [0, micros('2024-05-17T00:00:00Z'), micros('2024-05-18T00:00:00Z')],
    ]);
  });

  it('is a day of a place where a zone is given: of 23 hours in spring, of 25 in autumn', () => {
    const days = window('at', '1 day', { timeZone: 'Europe/Zurich' });
    const hours = (time: string): [Date, number] => {
      const [[, start, end]] = windowsOf(days, [micros(time)]) as [[number, bigint, bigint]];
      return [new Date(Number(start / 1000n)), Number((end - start) / 3_600_000_000n)];
    };
    expect(hours('2024-03-31T00:30:00Z')).toEqual([new Date('2024-03-30T23:00:00Z'), 23]);
    expect(hours('2024-10-27T22:59:59Z')).toEqual([new Date('2024-10-26T22:00:00Z'), 25]);
    expect(hours('2024-07-01T21:59:59Z')).toEqual([new Date('2024-06-30T22:00:00Z'), 24]);
    expect(hours('1900-01-01T00:00:00Z')).toEqual([new Date('1899-12-31T23:00:00Z'), 24]);
    // Weeks from Monday on: 1970 began on a Thursday.
    const weeks = window('at', '7 days', { timeZone: 'Europe/Zurich', start: '4 days' });
    expect(windowsOf(weeks, [micros('2024-03-31T12:00:00Z')])).toEqual([
      [0, micros('2024-03-24T23:00:00Z'), micros('2024-03-31T22:00:00Z')],
    ]);
  });

  it('begins a day at the first of two times that the clock shows alike, and later where it skips one', () => {
    const days = window('at', '1 day', { timeZone: 'Europe/Zurich', start: '150 minutes' });
    const start = (time: string): Date => new Date(Number(windowsOf(days, [micros(time)])[0]![1] / 1000n));
    // 02:30 is shown at 00:30 and at 01:30 UTC; at 01:10 UTC it is 02:10 again, and the day has begun.
    expect(start('2024-10-27T01:10:00Z')).toEqual(new Date('2024-10-27T00:30:00Z'));
    expect(start('2024-10-27T00:29:59Z')).toEqual(new Date('2024-10-26T00:30:00Z'));
    // From 02:00 on, at 01:00 UTC, it is 03:00: 02:30 is taken for 03:30.
    expect(start('2024-03-31T01:29:59Z')).toEqual(new Date('2024-03-30T01:30:00Z'));
    expect(start('2024-03-31T01:30:00Z')).toEqual(new Date('2024-03-31T01:30:00Z'));
  });

  it('has each instant in one day of a place, whose days follow each other', () => {
    const zones = [
      'Europe/Zurich',
      'America/Sao_Paulo',
      'Asia/Beirut',
      'Australia/Lord_Howe',
      'Pacific/Apia',
      '+05:45',
    ];
    const instant = fc.integer({ min: -(2 ** 31), max: 2 ** 33 }).map((second) => BigInt(second) * 1_000_000n);
    const start = fc.integer({ min: -23, max: 23 });
    fc.assert(
      fc.property(instant, fc.constantFrom(...zones), start, (at, timeZone, hours) => {
        const days = window('at', '1 day', { timeZone, start: `${hours} hours` });
        const [first] = windowsOf(days, [at]) as [[number, bigint, bigint]];
        expect(first[1] <= at && at < first[2]).toBe(true);
        const [before, next] = windowsOf(days, [first[1] - 1n, first[2]]).map(([, start]) => start) as [bigint, bigint];
        expect(next).toBe(first[2]);
        expect(windowsOf(days, [before])).toEqual([[0, before, first[1]]]);
      }),
      { numRuns: 60 },
    );
  });

  it('gives all windows that hold a time, whatever the numbers', () => {
    const small = fc.bigInt({ min: 1n, max: 50n });
    const times = fc.array(
      fc.oneof(
        fc.bigInt({ min: -200n, max: 200n }),
        fc.bigInt({ min: 2n ** 53n - 9n, max: 2n ** 53n + 9n }),
        fc.bigInt({ min: -(2n ** 53n), max: 9n - 2n ** 53n }),
        fc.constant(null),
      ),
      { maxLength: 20 },
    );
    fc.assert(
      fc.property(times, small, small, fc.bigInt({ min: -49n, max: 49n }), (values, a, b, shift) => {
        const [slide, width] = a < b ? [a, b] : [b, a];
        const start = shift % slide;
        const expected = values.flatMap((at, i) => {
          const found: [number, bigint, bigint][] = [];
          if (at === null) return found;
          for (let from = at; from > at - width; from--) {
            if ((from - start) % slide === 0n) found.push([i, from, from + width]);
          }
          return found;
        });
        expect(windowsOf(window('at', width, slide, start), values)).toEqual(expected);
      }),
      { examples: [[[-9007199254740986n], 21n, 21n, 34n]] },
    );
  });

  it.each<[string, string]>([
    ["window(at, '10 min')", 'INVALID_INTERVAL_FORMAT.INVALID_UNIT'],
    ["window(at, '0.5 hours')", 'INVALID_INTERVAL_FORMAT.INVALID_FRACTION'],
    ["window(at, '1 month')", 'DATATYPE_MISMATCH.VALUE_OUT_OF_RANGE'],
    ["window(at, '0 seconds')", 'DATATYPE_MISMATCH.VALUE_OUT_OF_RANGE'],
    ["window(at, '5 minutes', '-1 minute')", 'DATATYPE_MISMATCH.VALUE_OUT_OF_RANGE'],
    ["window(at, '5 minutes', '6 minutes')", 'DATATYPE_MISMATCH.PARAMETER_CONSTRAINT_VIOLATION'],
    ["window(at, '5 minutes', '5 minutes', '5 minutes')", 'DATATYPE_MISMATCH.PARAMETER_CONSTRAINT_VIOLATION'],
    ["window(at, '5 minutes', '5 minutes', '-5 minutes')", 'DATATYPE_MISMATCH.PARAMETER_CONSTRAINT_VIOLATION'],
    ["window(at, '36 hours', '1 day', '0 days', 'UTC')", 'DATATYPE_MISMATCH.PARAMETER_CONSTRAINT_VIOLATION'],
    ["window(at, '1 day', '1 day', '0 days', 'Nowhere')", 'INVALID_TIMEZONE'],
    ['window(at, gap)', 'DATATYPE_MISMATCH.NON_FOLDABLE_INPUT'],
    ["window(i, '1 hour')", 'DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE'],
    ["window(at, INTERVAL '1' HOUR)", 'DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE'],
    [
      "named_struct('start', window(at, '1 hour').start, 'end', window(at, '2 hours').end)",
      'UNSUPPORTED_FEATURE.MULTIPLE_WINDOWS',
    ],
  ])('%s is refused with %s', (call, expected) => expect(condition(call)).toBe(expected));

  it('may be called twice if it is the same', () => {
    expect(
      windowsOf("named_struct('start', window(at, '1 minute').start, 'end', window(at, '60 seconds').end)", [5n]),
    ).toEqual([[0, 0n, minute]]);
  });

  it('prints as SQL', () => {
    expect(String(window('at', '10 minutes'))).toBe("window(at, '10 minutes')");
    expect(String(window('at', '10 minutes', '5 minutes', '1 minute'))).toBe(
      "window(at, '10 minutes', '5 minutes', '1 minute')",
    );
    expect(String(window('at', '1 day', { timeZone: 'Europe/Zurich' }))).toBe(
      "window(at, '1 day', '1 day', '0 seconds', 'Europe/Zurich')",
    );
    expect(String(window('at', '1 day', { start: '1 hour' }))).toBe("window(at, '1 day', '1 day', '1 hour')");
    expect(String(sessionWindow('at', col('gap')))).toBe('session_window(at, gap)');
  });
});

describe('session_window', () => {
  it('is as long as the gap, of a month by the clock of the session', () => {
    const at = micros('2024-03-01T00:00:00Z');
    expect(windowsOf("session_window(at, '5 minutes')", [at, null])).toEqual([[0, at, at + 5n * minute]]);
    const zurich = { zone: 'Europe/Zurich' };
    expect(windowsOf("session_window(at, '1 month')", [micros('2024-03-15T23:00:00Z')], zurich)).toEqual([
      [0, micros('2024-03-15T23:00:00Z'), micros('2024-04-15T22:00:00Z')],
    ]);
  });

  it('is none where the gap is missing, nonsense, or not more than nothing', () => {
    const gaps = ['1 minute', 'nonsense', null, '0 seconds', '-1 minute', '2 minutes'];
    expect(
      windowsOf(
        'session_window(at, gap)',
        gaps.map(() => 7n),
        { gaps },
      ),
    ).toEqual([
      [0, 7n, 7n + minute],
      [5, 7n, 7n + 2n * minute],
    ]);
    expect(windowsOf("session_window(at, 'nonsense')", [7n])).toEqual([]);
    expect(windowsOf('session_window(at, NULL)', [7n])).toEqual([]);
    expect(condition('session_window(at, 5)')).toBe('DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE');
  });
});

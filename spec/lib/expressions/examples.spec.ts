import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Table } from '../../../lib/columns/index.js';
import { compileAggregation } from '../../../lib/expressions/aggregate.js';
import { Frame, Scope, evaluate, factsOf, parseExpression, resolve } from '../../../lib/expressions/index.js';
import type { GeneratorDef } from '../../../lib/expressions/functions/define.js';
import { allFunctions, isAggregate, isGenerator, isWindow } from '../../../lib/expressions/functions/registry.js';
import type { Value } from '../../../lib/expressions/values.js';
import { readerOf } from '../../../lib/expressions/vector.js';
import { castFunction } from '../../../lib/expressions/cast/index.js';
import { type DataType, structOf } from '../../../lib/schema/index.js';
import { builderFiles } from '../../../scripts/builders.js';

const batch = factsOf(0, 1_700_000_000_000, 'query');
const oneRow = new Table(structOf([]), [], 1);

/** As `CAST(… AS STRING)` shows it. */
const shown = (type: DataType, value: unknown): string =>
  value === null
    ? 'NULL'
    : (castFunction(type, { kind: 'string' }, { ansi: true, zone: 'UTC' })(value as never) as string);

function valueOf(sql: string): string {
  const bound = resolve(parseExpression(sql), Scope.of(structOf([])));
  return shown(bound.type, readerOf(evaluate(bound, new Frame([], 1, batch)))(0));
}

function generated(sql: string): string {
  let out = '';
  resolve(parseExpression(sql), Scope.of(structOf([])), undefined, {
    generator: (definition: GeneratorDef, _call, args, binding) => {
      const values = args.map((arg) => readerOf(evaluate(arg, new Frame([], 1, batch)))(0));
      const columns = definition.columns(binding);
      const rows = (definition.generate(binding) as (...values: Value[]) => readonly (readonly Value[])[])(...values);
      out = rows.map((row) => row.map((value, c) => shown(columns[c]!.type, value)).join(', ')).join('; ');
      return args[0]!;
    },
  });
  return out;
}

function windows(sql: string): string {
  let out = '';
  resolve(parseExpression(sql), Scope.of(structOf([])), undefined, {
    window: (definition, _call, args, binding) => {
      const { type, assign } = definition.windows(binding);
      const { windows: column } = assign(
        args.map((arg) => evaluate(arg, new Frame([], 1, batch))),
        1,
      );
      const read = readerOf(column);
      out = Array.from({ length: column.length }, (_, i) => shown(type, read(i))).join('; ');
      return args[0]!;
    },
  });
  return out;
}

function aggregated(sql: string): string {
  const compiled = compileAggregation({ values: { value: parseExpression(sql) } }, oneRow.schema);
  const table = compiled.over(oneRow, batch);
  return shown(table.schema.fields[0]!.type, readerOf(table.columns[0]!)(0));
}

describe('the examples of the functions', () => {
  const examples = allFunctions.flatMap((definition) =>
    definition.examples.map(([sql, result]) => [definition.name, sql, result, definition] as const),
  );

  it.each(examples)('%s: %s is %s', (_, sql, result, definition) => {
    const severalRows = isGenerator(definition) ? generated : isWindow(definition) ? windows : valueOf;
    const run = isAggregate(definition) ? aggregated : severalRows;
    expect(run(sql)).toBe(result);
  });

  it('are there for every function that is not refused', () => {
    const without = allFunctions.filter(({ examples: own }) => own.length === 0);
    // What is refused says so, and why.
    expect(without.filter(({ summary }) => !/refused|not supported/i.test(summary)).map(({ name }) => name)).toEqual(
      [],
    );
  });
});

describe('the builder functions', () => {
  const dir = 'lib/expressions/builders';

  it('are those of the definitions: run `npm run builders:update`', () => {
    const wanted = builderFiles();
    expect(readdirSync(dir).sort()).toEqual([...wanted.keys()].sort());
    const plain = (text: string): string => text.replace(/[\s,;()]+/g, '');
    for (const [name, text] of wanted)
      expect([name, plain(readFileSync(join(dir, name), 'utf8'))]).toEqual([name, plain(text)]);
  });
});

import { Scope, defaultSettings, parseExpression, resolve } from '../../../../../lib/expressions/index.js';
import type { Value } from '../../../../../lib/expressions/values.js';
import { simpleString } from '../../../../../lib/schema/index.js';

/** The columns and rows of a generator of constants. */
function generated(sql: string): { columns: string[]; rows: readonly (readonly Value[])[] } {
  let out: ReturnType<typeof generated> | undefined;
  resolve(parseExpression(sql), new Scope([]), defaultSettings, {
    generator: (definition, _call, args, binding) => {
      const columns = definition.columns(binding).map(({ name, type }) => `${name} ${simpleString(type)}`);
      const generate = definition.generate(binding) as (...values: Value[]) => readonly (readonly Value[])[];
      out = { columns, rows: generate(...args.map((_, i) => binding.constant(i)!)) };
      return args[0]!;
    },
  });
  return out!;
}

describe('generators', () => {
  it.each<[string, string[], Value[][]]>([
    ['explode(array(1, NULL))', ['col int'], [[1], [null]]],
    ["explode(map('a', 1))", ['key string', 'value int'], [['a', 1]]],
    ['explode(CAST(NULL AS ARRAY<INT>))', ['col int'], []],
    ['explode_outer(CAST(NULL AS ARRAY<INT>))', ['col int'], [[null]]],
    [
      'posexplode(array(5, 6))',
      ['pos int', 'col int'],
      [
        [0, 5],
        [1, 6],
      ],
    ],
    ['posexplode_outer(map())', ['pos int', 'key void', 'value void'], [[null, null, null]]],
    [
      "inline(array(struct(1 AS a, 'x' AS b), NULL))",
      ['a int', 'b string'],
      [
        [1, 'x'],
        [null, null],
      ],
    ],
    [
      'stack(2, 1, 2, 3)',
      ['col0 int', 'col1 int'],
      [
        [1, 2],
        [3, null],
      ],
    ],
  ])('%s', (sql, columns, rows) => expect(generated(sql)).toEqual({ columns, rows }));

  it.each([
    ['explode(1)', 'DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE'],
    ['stack(0, 1)', 'DATATYPE_MISMATCH.VALUE_OUT_OF_RANGE'],
    ["stack(2, 1, 'a')", 'DATATYPE_MISMATCH.STACK_COLUMN_DIFF_TYPES'],
  ])('%s fails with %s', (sql, condition) =>
    expect(() => generated(sql)).toThrow(expect.objectContaining({ details: expect.objectContaining({ condition }) })),
  );
});

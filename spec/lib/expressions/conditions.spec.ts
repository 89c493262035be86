import * as fc from 'fast-check';
import { type Condition, conditionsOf, mayHold } from '../../../lib/expressions/conditions.js';
import { type Value, parseExpression, resolve, Scope } from '../../../lib/expressions/index.js';
import { comparator } from '../../../lib/expressions/order.js';
import { evaluateRow } from '../../../lib/expressions/row.js';
import { parseDdl } from '../../../lib/schema/index.js';
import { valueOf } from './random-values.js';

const schema = parseDdl(
  'flag BOOLEAN, tiny BYTE, small SMALLINT, n INT, big BIGINT, f FLOAT, x DOUBLE, price DECIMAL(10,2), name STRING, ' +
    'day DATE, at TIMESTAMP, wall TIMESTAMP_NTZ, bytes BINARY, list ARRAY<INT>, p STRUCT<a: INT, q: STRUCT<`B b`: STRING>>',
);

const bind = (sql: string) => resolve(parseExpression(sql), Scope.of(schema));
const conditions = (sql: string): readonly Condition[] => conditionsOf(bind(sql), schema);
const texts = (sql: string): string[] => conditions(sql).map(({ text }) => text);

describe('the conditions of a predicate', () => {
  it.each([
    ['n > 3', ['n > 3']],
    ['3 > n', ['n < 3']],
    ['n = 3 AND (name >= "b" AND x < rand())', ['n = 3', "name >= 'b'"]],
    ['NOT (n < 3 OR x > 1)', ['n >= 3', 'x <= 1.0D']],
    ['n BETWEEN 1 AND 5', ['n >= 1', 'n <= 5']],
    ['n IN (1, 2, NULL)', ['n IN (1, 2)']],
    ['n IS NULL', ['n IS NULL']],
    ['NOT isnull(n)', ['n IS NOT NULL']],
    ['n <=> NULL', ['n IS NULL']],
    ['n <=> 3', ['n = 3']],
    ['NOT n <=> NULL', ['n IS NOT NULL']],
    ['flag AND NOT p.a > 1', ['flag = true', 'p.a <= 1']],
    ['NOT flag', ['flag = false']],
    ['p.q.`B b` IS NOT NULL', ['p.q.`B b` IS NOT NULL']],
    ["p.q.`b b` = 'x'", ["p.q.`B b` = 'x'"]],
    ["day >= '2024-02-29'", ["day >= DATE '2024-02-29'"]],
    // What is compared with null is never true.
    ['n > NULL', ['false']],
    ['n IN (NULL)', ['false']],
  ])('%s', (sql, expected) => {
    expect(texts(sql)).toEqual(expected);
  });

  it.each([
    'n > 1 OR name = "a"',
    'n + 1 > 3',
    'n > big',
    'n != 3',
    'NOT n = 3',
    'n NOT IN (1, 2)',
    'NOT n <=> 3',
    // A cast that loses something, or changes the order.
    'name > 5',
    'CAST(name AS INT) IS NULL',
    'CAST(x AS INT) = 1',
    'big > 1.5D',
    'list[0] = 1',
    'list = array(1)',
    "date_format(day, 'y') = '2024'",
  ])('does not say anything of %s', (sql) => {
    expect(texts(sql)).toEqual([]);
  });

  it.each([
    ['n > 3L', 'n > 3'],
    ['n > 2.5', 'n > 2'],
    ['n >= 2.5', 'n > 2'],
    ['n < 2.5', 'n <= 2'],
    ['n <= -2.5', 'n <= -3'],
    ['n = 2.0', 'n = 2'],
    ['n = 2.5', 'false'],
    ['n IN (1L, 2147483648L)', 'n IN (1)'],
    ['tiny < 1000', 'tiny <= 127Y'],
    ['tiny > 127', 'tiny > 127Y'],
    ['tiny > -1000', 'tiny IS NOT NULL'],
    ['tiny < -1000', 'false'],
    ["n < double('NaN')", 'n <= 2147483647'],
    ["n > double('-Infinity')", 'n IS NOT NULL'],
    ['big >= 9223372036854775808BD', 'big > 9223372036854775807L'],
    ['price > 1', 'price > 1.00BD'],
    ['price = 1.005', 'false'],
    ['price < 1.005', 'price <= 1.00BD'],
    ['price < 123456789012', 'price <= 99999999.99BD'],
    ['f > 1.5D', 'f > 1.5F'],
    ['f < 0.1D', `f <= ${String(0.09999999403953552).slice(0, 4)}`],
    ["day < TIMESTAMP_NTZ '2024-01-01 12:00:00'", "day <= DATE '2024-01-01'"],
  ])('speaks of the column itself: %s as %s', (sql, expected) => {
    const [text] = texts(sql);
    // Of a float, the nearest one below: its digits do not matter.
    if (sql.startsWith('f < ')) {
      const [{ op, values }] = conditions(sql) as [Condition];
      expect([op, values]).toEqual(['<=', [0.09999999403953552]]);
    } else expect(text).toBe(expected);
  });
});

describe('what is known of rows', () => {
  const facts = { numRows: 10, nullCount: 0, min: 3, max: 7 };
  const may = (sql: string, of: Partial<Parameters<typeof mayHold>[1]> = {}): boolean =>
    mayHold(conditions(sql)[0]!, { ...facts, ...of });

  it.each([
    ['n > 7', false],
    ['n >= 7', true],
    ['n < 3', false],
    ['n <= 3', true],
    ['n = 2', false],
    ['n = 3', true],
    ['n IN (1, 8)', false],
    ['n IN (1, 5)', true],
    ['n IS NULL', false],
    ['n IS NOT NULL', true],
    ['n > NULL', false],
  ])('%s: %s', (sql, expected) => expect(may(sql)).toBe(expected));

  it('is unknown where it is not given', () => {
    for (const sql of ['n > 7', 'n < 3', 'n = 2', 'n IN (1)', 'n <= 1', 'n >= 9']) {
      expect(may(sql, { min: undefined, max: undefined, nullCount: undefined })).toBe(true);
    }
    expect(may('n IS NULL', { nullCount: undefined })).toBe(true);
    expect(may('n > 7', { min: undefined })).toBe(false);
  });

  it('that are all missing: only that they are missing', () => {
    const nothing = { nullCount: 10, min: undefined, max: undefined };
    expect(may('n IS NULL', nothing)).toBe(true);
    expect(may('n IS NOT NULL', nothing)).toBe(false);
    expect(may('n <= 9', nothing)).toBe(false);
  });

  it('may not tell whether there is a NaN, which is greater than all', () => {
    const floats = { min: 0, max: 1 };
    expect(may('x > 5', floats)).toBe(true);
    expect(may('x >= 5', floats)).toBe(true);
    expect(may('x > 5', { ...floats, withoutNaN: true })).toBe(false);
    expect(may('x >= 5', { ...floats, withoutNaN: true })).toBe(false);
    expect(may("x = double('NaN')", floats)).toBe(true);
    expect(may("x <= double('NaN')", floats)).toBe(true);
    expect(may("x > double('NaN')", floats)).toBe(false);
    expect(may('x = 5', floats)).toBe(false);
    expect(may('x < 0', floats)).toBe(false);
    // Zeros are equal whatever their sign.
    expect(may('x = 0', { min: -1, max: -0 })).toBe(true);
    expect(may('x < 0', { min: -0, max: 1 })).toBe(false);
  });

  it('goes by bytes of UTF-8, where code units differ', () => {
    // U+FF5E comes before the emoji, which begins with a surrogate.
    expect(may("name > '～'", { min: 'a', max: '😀' })).toBe(true);
    expect(may("name > '😀'", { min: 'a', max: '～' })).toBe(false);
  });

  it('never rules out a row for which the predicate holds', () => {
    const columns = schema.fields.slice(0, 13);
    const literal: Record<string, string[]> = {
      tiny: ['0', '-129', '127', '1.5', '3D'],
      small: ['0', '4L', "double('NaN')", '-1.5'],
      n: ['0', '7L', '2147483647', '-2147483648.5', '2.5D'],
      big: ['0', '1.5', '9223372036854775807L', '-9223372036854775809BD'],
      f: ['0', '1.5D', '0.1D', "double('NaN')", "-float('Infinity')"],
      x: ['0', '-0.0D', '1.5', "double('NaN')", "double('Infinity')", '1e-320'],
      price: ['0', '1.005', '1000000000000', '-0.01', '3'],
      name: ["''", "'a'", "'äöü'", "'😀'"],
      day: ["DATE '1970-01-01'", "TIMESTAMP_NTZ '2024-01-01 01:00:00'", "'2024-02-29'"],
      at: ["TIMESTAMP '1970-01-01 00:00:00'", "DATE '2024-01-01'"],
      wall: ["TIMESTAMP_NTZ '1970-01-01 00:00:00'"],
      bytes: ["X'61'", "X''"],
    };
    const predicate = fc.constantFrom(...columns).chain(({ name }) =>
      name === 'flag'
        ? fc.constantFrom('flag', 'NOT flag', 'flag IS NULL', 'flag = false')
        : fc
            .tuple(
              fc.constantFrom('=', '<', '<=', '>', '>=', '<=>', 'IN', 'IS'),
              fc.constantFrom(...literal[name]!),
              fc.boolean(),
            )
            .map(([op, value, negated]) => {
              const test = op === 'IS' ? 'IS NULL' : op === 'IN' ? `IN (${value}, NULL)` : `${op} ${value}`;
              return negated ? `NOT ${name} ${test}` : `${name} ${test}`;
            }),
    );
    const rows = fc.array(fc.tuple(...columns.map((c) => fc.option(valueOf(c.type), { freq: 5 }))), {
      minLength: 1,
      maxLength: 3,
    });
    fc.assert(
      fc.property(predicate, predicate, rows, (a, b, table) => {
        const bound = bind(`(${a}) AND (${b})`);
        const batch = { id: 0, timestamp: 0n, queryId: '', draw: () => 0 };
        const holds = table.some(
          (row) => evaluateRow(bound, { batch, input: (i) => row[i] ?? null, variable: () => null }) === true,
        );
        if (!holds) return;
        for (const condition of conditionsOf(bound, schema)) {
          const at = schema.fields.findIndex((f) => f.name === condition.column);
          const values = table.map((row) => row[at] ?? null).filter((v) => v !== null);
          const sorted: Value[] = values.filter((v) => !Number.isNaN(v)).sort(comparator(condition.type));
          const nullCount = table.length - values.length;
          expect(mayHold(condition, { numRows: table.length, nullCount, min: sorted[0], max: sorted.at(-1) })).toBe(
            true,
          );
        }
      }),
      { numRuns: 1000 },
    );
  });
});

import fc from 'fast-check';
import { Table } from '../../../lib/columns/index.js';
import { type Aggregation, compileAggregation } from '../../../lib/expressions/aggregate.js';
import { factsOf, parseExpression } from '../../../lib/expressions/index.js';
import { comparator, nullsFirst } from '../../../lib/expressions/order.js';
import { defaultSettings } from '../../../lib/expressions/settings.js';
import type { Value } from '../../../lib/expressions/values.js';
import { columnOf, readerOf } from '../../../lib/expressions/vector.js';
import { type Schema, parseDdl, simpleString } from '../../../lib/schema/index.js';
import { caught } from './caught.js';
import { valueOf } from './random-values.js';

const batch = factsOf(0, 0, 'q');

const schema = parseDdl('k STRING, i INT, l BIGINT, d DOUBLE, b BOOLEAN, m DECIMAL(10,2), f FLOAT, h SMALLINT');
const rows: Value[][] = [
  ['a', 1, 1n, 1.5, true, 125n, 1.5, 1],
  ['a', 2, 2n, 2.5, false, 225n, -0, 2],
  ['b', null, null, NaN, null, 1n, null, null],
  [null, 7, 2n ** 62n, -0, false, 100n, 2, 3],
  ['b', 5, 5n, -1, true, 9999n, NaN, -3],
];

const tableOf = (of: Schema, values: readonly (readonly Value[])[]): Table =>
  new Table(
    of,
    of.fields.map((f, c) =>
      columnOf(
        f.type,
        values.map((row) => row[c]!),
      ),
    ),
    values.length,
  );

const table = tableOf(schema, rows);

const parsed = (by: readonly string[], values: readonly string[], where?: string): Aggregation => ({
  by: Object.fromEntries(by.map((sql, i) => [`g${i}`, parseExpression(sql)])),
  values: Object.fromEntries(values.map((sql, i) => [`v${i}`, parseExpression(sql)])),
  ...(where === undefined ? {} : { where: parseExpression(where) }),
});

const rowsOf = (result: Table): Value[][] => {
  const readers = result.columns.map(readerOf);
  return Array.from({ length: result.numRows }, (_, i) => readers.map((read) => read(i)));
};

const run = (by: readonly string[], values: readonly string[], where?: string, of = table): Value[][] =>
  rowsOf(compileAggregation(parsed(by, values, where), of.schema).over(of, batch));

const failure = (by: readonly string[], value: string): unknown => caught(() => run(by, [value])).details.condition;

describe('aggregation', () => {
  it('gives a row for each group, in the order in which they begin', () => {
    expect(run(['k'], ['count(*)', 'sum(i)', 'max(d)'])).toEqual([
      ['a', 2n, 3n, 2.5],
      ['b', 2n, 5n, NaN],
      [null, 1n, 7n, -0],
    ]);
    expect(run(['k', 'i > 1'], ['count(i)'])).toEqual([
      ['a', false, 1n],
      ['a', true, 1n],
      ['b', null, 0n],
      [null, true, 1n],
      ['b', true, 1n],
    ]);
  });

  it('gives one row without keys, also of nothing', () => {
    expect(run([], ['count(*)', 'sum(i)'], 'i > 100')).toEqual([[0n, null]]);
    expect(run(['k'], ['count(*)'], 'i > 100')).toEqual([]);
  });

  it('knows one zero and one NaN as key, and shows the zero without a sign', () => {
    const of = tableOf(parseDdl('d DOUBLE'), [[-0], [0], [NaN], [NaN], [null]]);
    expect(run(['d'], ['count(*)'], undefined, of)).toEqual([
      [0, 2n],
      [NaN, 2n],
      [null, 1n],
    ]);
  });

  it('groups by long keys past 2^53 exactly', () => {
    const big = 2n ** 60n;
    const of = tableOf(parseDdl('l BIGINT'), [[big], [big + 1n], [big]]);
    expect(run(['l'], ['count(*)'], undefined, of)).toEqual([
      [big, 2n],
      [big + 1n, 1n],
    ]);
  });

  it('computes over aggregates and keys, whatever the case of names', () => {
    expect(run(['k'], ["concat(K, '/', sum(I) + count(*))"])).toEqual([
      ['a', 'a/5'],
      ['b', 'b/7'],
      [null, null],
    ]);
    expect(run(['upper(k)'], ["concat(upper(k), '!')", 'max(lower(k))'])).toEqual([
      ['A', 'A!', 'a'],
      ['B', 'B!', 'b'],
      [null, null, null],
    ]);
    // A key inside an aggregate is the column, not the key.
    expect(run(['i'], ['sum(i + 1)'], 'i < 3')).toEqual([
      [1, 2n],
      [2, 3n],
    ]);
    expect(run([], ['transform(collect_list(i), x -> x * 10)'])).toEqual([[[10, 20, 70, 50]]]);
  });

  it('takes DISTINCT, FILTER and orders', () => {
    expect(run([], ['count(DISTINCT b)', 'count(DISTINCT b, k)', 'sum(DISTINCT i)'])).toEqual([[2n, 3n, 15n]]);
    expect(run([], ['sum(i) FILTER (WHERE b)', 'count(*) FILTER (WHERE i > 100)'])).toEqual([[6n, 0n]]);
    expect(run([], ['percentile_cont(0.5) WITHIN GROUP (ORDER BY i)'])).toEqual([[3.5]]);
    expect(run([], ['percentile_disc(0.25) WITHIN GROUP (ORDER BY i DESC)'])).toEqual([[7]]);
    expect(run([], ["listagg(k, ',') WITHIN GROUP (ORDER BY k DESC)", "listagg(DISTINCT k, '-')"])).toEqual([
      ['b,b,a,a', 'a-b'],
    ]);
    expect(run([], ["listagg(k, ',') WITHIN GROUP (ORDER BY i DESC NULLS FIRST)"])).toEqual([['b,b,a,a']]);
    expect(run(['k'], ['first(i) IGNORE NULLS', 'first(i)', 'last(d)'])).toEqual([
      ['a', 1, 1, 2.5],
      ['b', 5, null, -1],
      [null, 7, 7, -0],
    ]);
  });

  it('keeps groups as values of the types that it says', () => {
    const plan = compileAggregation(
      parsed(['k'], ['avg(m)', 'count(DISTINCT i)', 'max_by(i, d)', 'stddev(i)']),
      schema,
    );
    const groups = plan.accumulate(table, batch);
    const { fields } = plan.states;
    const states = groups.states.map((state) =>
      state.map((value, i) => readerOf(columnOf(fields[i]!.type, [value]))(0)),
    );
    expect(rowsOf(plan.finish({ ...groups, states }, batch))).toEqual(rowsOf(plan.over(table, batch)));
  });

  it('has the schema of its result', () => {
    const result = compileAggregation(parsed(['k'], ['count(*)', 'avg(m)']), schema).schema;
    expect(result.fields.map((f) => [f.name, simpleString(f.type), f.nullable])).toEqual([
      ['g0', 'string', true],
      ['v0', 'bigint', false],
      ['v1', 'decimal(14,6)', true],
    ]);
  });

  it.each<[string, readonly string[], string]>([
    ['MISSING_GROUP_BY', [], 'sum(i) + i'],
    ['MISSING_AGGREGATION', ['k'], 'sum(i) + i'],
    ['NESTED_AGGREGATE_FUNCTION', [], 'sum(count(i))'],
    ['UNRESOLVED_COLUMN.WITH_SUGGESTION', [], 'sum(zz)'],
    ['INVALID_WITHIN_GROUP_EXPRESSION.WITHIN_GROUP_MISSING', [], 'percentile_cont(0.5)'],
    [
      'INVALID_WITHIN_GROUP_EXPRESSION.DISTINCT_UNSUPPORTED',
      [],
      'percentile_cont(DISTINCT 0.5) WITHIN GROUP (ORDER BY i)',
    ],
    ['INVALID_SQL_SYNTAX.FUNCTION_WITH_UNSUPPORTED_SYNTAX', [], 'sum(i) WITHIN GROUP (ORDER BY i)'],
    ['DATATYPE_MISMATCH.FILTER_NOT_BOOLEAN', [], 'sum(i) FILTER (WHERE i)'],
    ['GROUP_BY_AGGREGATE', ['max(i)'], 'count(*)'],
    ['INVALID_AGGREGATE_FILTER.CONTAINS_AGGREGATE', [], 'sum(i) FILTER (WHERE max(i) > 1)'],
    [
      'INVALID_WITHIN_GROUP_EXPRESSION.MISMATCH_WITH_DISTINCT_INPUT',
      [],
      'listagg(DISTINCT k) WITHIN GROUP (ORDER BY i)',
    ],
    ['ARITHMETIC_OVERFLOW', [], 'sum(l * 2 - 2)'],
    ['CAST_INVALID_INPUT', [], 'sum(k)'],
  ])('fails with %s', (condition, by, value) => expect(failure(by, value)).toBe(condition));

  it('points at the call that failed', () => {
    const of = tableOf(parseDdl('l BIGINT'), [[2n ** 63n - 1n], [1n]]);
    expect(caught(() => run([], ['1 + sum(l)'], undefined, of)).message).toContain('\n      ^^^^^^');
  });

  it('does not fail of rows that are filtered out', () => {
    expect(run([], ['sum(10 div i) FILTER (WHERE i <> 0)'], undefined, tableOf(parseDdl('i INT'), [[0], [5]]))).toEqual(
      [[2n]],
    );
  });

  const random = fc.array(fc.tuple(...schema.fields.map((f) => fc.option(valueOf(f.type), { freq: 4 }))), {
    maxLength: 30,
  });
  const whole = ['count(*)', 'count(i)', 'sum(i)', 'sum(h)', 'sum(d)', 'sum(f)', 'avg(i)', 'avg(d)', 'min(i)', 'max(l)',
    'min(d)', 'max(d)', 'max(f)', 'min(l)', 'sum(i) FILTER (WHERE b)', 'max(d) FILTER (WHERE b)']; // prettier-ignore

  it('of whole columns gives what it gives row by row', () => {
    fc.assert(
      fc.property(random, (values) => {
        const of = tableOf(schema, values);
        // A value that is put into an array and taken out of it is no column of numbers: it goes row by row.
        const slow = whole.map((sql) => sql.replace(/\((\w)\)/, '(array($1)[0])'));
        const settings = { ...defaultSettings, ansi: false };
        const of2 = (sqls: readonly string[]): Value[][] =>
          rowsOf(compileAggregation(parsed(['b'], sqls), schema, settings).over(of, batch));
        expect(of2(whole)).toEqual(of2(slow));
      }),
      { numRuns: 30 },
    );
  });

  it('groups as a search for equal keys does', () => {
    const compares = ['k', 'l', 'd'].map((name) => {
      const { type } = schema.fields.find((f) => f.name === name)!;
      return nullsFirst(comparator(type));
    });
    fc.assert(
      fc.property(random, (values) => {
        const groups: { key: Value[]; count: bigint }[] = [];
        for (const row of values) {
          const key = [row[0]!, row[2]!, row[3]!];
          const group = groups.find((g) => compares.every((compare, i) => compare(g.key[i]!, key[i]!) === 0));
          if (group === undefined) groups.push({ key, count: 1n });
          else group.count++;
        }
        const wanted = groups.map(({ key, count }) => [...key.map((v) => (v === 0 ? 0 : v)), count]);
        expect(run(['k', 'l', 'd'], ['count(*)'], undefined, tableOf(schema, values))).toEqual(wanted);
      }),
      { numRuns: 30 },
    );
  });
});

describe('groups', () => {
  it('are those of equal keys, whatever the type, in the order in which they begin', () => {
    const types = [
      'STRING',
      'BINARY',
      'INT',
      'DOUBLE',
      'FLOAT',
      'TIMESTAMP',
      'BIGINT',
      'ARRAY<INT>',
      'BOOLEAN',
      'DATE',
      'STRUCT<x: INT, y: DOUBLE>',
    ];
    const anyOf = (of: string): fc.Arbitrary<Value> => valueOf(parseDdl(`x ${of}`).fields[0]!.type);
    const pair = fc.tuple(fc.constantFrom(...types), fc.constantFrom(...types));
    const filled = pair.chain(([a, b]) => {
      const some = (of: string): fc.Arbitrary<readonly Value[]> => fc.array(anyOf(of), { minLength: 1, maxLength: 4 });
      return fc.tuple(
        fc.constant([a, b]),
        some(a),
        some(b),
        fc.array(fc.tuple(fc.nat(4), fc.nat(4)), { maxLength: 40 }),
      );
    });
    fc.assert(
      fc.property(filled, ([[a, b], as, bs, picks]) => {
        const of = parseDdl(`a ${a}, b ${b}`);
        // Past the last value stands what is missing.
        const values = picks.map(([i, j]) => [as[i] ?? null, bs[j] ?? null]);
        const compares = of.fields.map((f) => nullsFirst(comparator(f.type)));
        const expected: { key: Value[]; n: bigint }[] = [];
        for (const key of values) {
          const group = expected.find((one) => one.key.every((v, c) => compares[c]!(v, key[c]!) === 0));
          if (group === undefined) expected.push({ key, n: 1n });
          else group.n++;
        }
        const out = run(['a', 'b'], ['count(*)'], undefined, tableOf(of, values));
        expect(out.map(([, , n]) => n)).toEqual(expected.map(({ n }) => n));
        out.forEach((row, g) => {
          expect(expected[g]!.key.every((v, c) => compares[c]!(v, row[c]!) === 0)).toBe(true);
        });
      }),
    );
  });
});

describe('states of groups', () => {
  const aggregates = [
    'count(*)',
    'sum(i)',
    'sum(l)',
    'sum(m)',
    'avg(d)',
    'avg(m)',
    'min(k)',
    'max(d)',
    'max_by(i, k)',
    'first(i)',
    'last(k) IGNORE NULLS',
    'collect_list(i)',
    'sort_array(collect_set(k))',
    'count(DISTINCT i, k)',
    "listagg(k, ',') WITHIN GROUP (ORDER BY i)",
    'approx_count_distinct(i)',
    'percentile(i, array(0.2, 0.8))',
    'percentile_approx(i, 0.5)',
    'histogram_numeric(i, 3)',
    'mode(k)',
    'bool_or(b)',
    'bit_xor(i)',
    'regr_count(i, h)',
  ];
  const plan = compileAggregation(parsed([], aggregates), schema);
  const someRows = fc.array(fc.tuple(...schema.fields.map((f) => fc.option(valueOf(f.type)))), { maxLength: 12 });
  const isSmall = (row: readonly Value[]): boolean =>
    (row[2] as bigint | null) === null || (row[2] as bigint) < 2n ** 58n;

  it('are merged to that of all rows, and are not changed by it', () => {
    fc.assert(
      fc.property(someRows, someRows, (a, b) => {
        // Sums of the largest numbers overflow.
        const [first, second] = [a, b].map((of) =>
          of.map((row) => row.with(2, isSmall(row) ? BigInt.asIntN(50, (row[2] as bigint) ?? 0n) : 1n)),
        );
        const [before, after] = [first!, second!].map((of) => plan.accumulate(tableOf(schema, of), batch).states[0]!);
        const kept = structuredClone(before!);
        const merged = plan.states.merged(before!, after!);
        expect(before).toEqual(kept);
        const whole = tableOf(schema, [...first!, ...second!]);
        const result = (states: readonly (typeof merged)[]): Value[][] =>
          rowsOf(plan.finish({ keys: [], states }, batch));
        const [found, expected] = [result([merged])[0]!, rowsOf(plan.over(whole, batch))[0]!];
        // Doubles are added up in another order, and bars are merged in another.
        const isRough = (i: number): boolean => /avg\(d\)|histogram/.test(aggregates[i]!);
        found.forEach((value, i) => {
          if (isRough(i)) return;
          expect([aggregates[i], value]).toEqual([aggregates[i], expected[i]]);
        });
        // Merged again it would be something else, had it been changed.
        expect(result([plan.states.merged(kept, plan.accumulate(tableOf(schema, second!), batch).states[0]!)])).toEqual(
          [found],
        );
      }),
      { numRuns: 60, endOnFailure: true },
    );
  });
});

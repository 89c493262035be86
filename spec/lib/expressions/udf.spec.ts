import { Table } from '../../../lib/columns/index.js';
import { type Expr, compile, factsOf, lit } from '../../../lib/expressions/index.js';
import { udf } from '../../../lib/expressions/udf.js';
import { Decimal, parseDdl } from '../../../lib/schema/index.js';

const schema = parseDdl('n LONG, d DECIMAL(5,2), at TIMESTAMP, s STRING, tags ARRAY<INT>, p STRUCT<x: INT>');
const rows = [
  { n: 1, d: new Decimal(150n, 2), at: new Date(5), s: 'x', tags: [1, 2], p: { x: 1 } },
  { n: 2n ** 60n, d: null, at: null, s: null, tags: null, p: null },
];
const over = (value: Expr): unknown[] => {
  const column = compile(value.tree, schema).over(Table.fromRows(rows, schema), factsOf(0, 0, 'q'));
  return rows.map((_row, i) => column.get(i));
};

describe('udf', () => {
  it('calls a function with values as rows show them, null where one is missing', () => {
    const seen: unknown[][] = [];
    const spy = udf('spy', (...args: unknown[]) => seen.push(args), 'INT');
    over(spy('n', 'd', 'at', 's', 'tags', 'p', lit('constant'), 7));
    expect(seen).toEqual([
      [1, new Decimal(150n, 2), new Date(5), 'x', [1, 2], { x: 1 }, 'constant', 7],
      [2n ** 60n, null, null, null, null, null, 'constant', 7],
    ]);
  });

  it.each([
    ['STRING', 'text', 'text'],
    ['LONG', 2n ** 60n, 2n ** 60n],
    ['DECIMAL(4,1)', new Decimal(15n, 1), new Decimal(15n, 1)],
    ['ARRAY<STRUCT<x: INT>>', [{ x: 1 }], [{ x: 1 }]],
    ['TIMESTAMP', new Date(7), new Date(7)],
    ['INT', undefined, null],
  ])('gives values of its type: %s', (type, given, got) => {
    expect(over(udf('f', () => given, type)())).toEqual([got, got]);
  });

  it('is an expression among others, named after the call', () => {
    const half = udf('half', (n: number) => Number(n) / 2, 'DOUBLE');
    expect(over(half('n').add(1))[0]).toBe(1.5);
    expect(half('n', 'p.x').toString()).toBe('half(n, p.x)');
    expect(over(half(half(lit(8))))).toEqual([2, 2]);
  });

  it('is called for each row, never ahead of time', () => {
    let calls = 0;
    const count = udf('count_calls', () => ++calls, 'INT');
    const value = count();
    const compiled = compile(value.tree, schema);
    expect(calls).toBe(0);
    const column = compiled.over(Table.fromRows(rows, schema), factsOf(0, 0, 'q'));
    expect([column.get(0), column.get(1), calls]).toEqual([1, 2, 2]);
  });

  it('is not called for rows of other branches', () => {
    const seen: unknown[] = [];
    const spy = udf('spy', (s: string) => (seen.push(s), s), 'STRING');
    const value = compile(
      { kind: 'case', branches: [{ when: lit(true).tree, then: lit('a').tree }], otherwise: spy('s').tree },
      schema,
    );
    value.over(Table.fromRows(rows, schema), factsOf(0, 0, 'q'));
    expect(seen).toEqual([]);
  });

  it('works inside lambdas', () => {
    const twice = udf('twice', (n: number) => n * 2, 'INT');
    const lambda = { kind: 'lambda', params: ['x'], body: twice('x').tree } as const;
    const tree = { kind: 'call', name: 'transform', args: [{ kind: 'name', parts: ['tags'] }, lambda] } as const;
    const column = compile(tree, schema).over(Table.fromRows(rows, schema), factsOf(0, 0, 'q'));
    expect([column.get(0), column.get(1)]).toEqual([[2, 4], null]);
  });

  it.each([
    ['what it throws', udf('bad', () => JSON.parse('{'), 'INT')()],
    ['a value of another type', udf('bad', () => 'x', 'INT')()],
    ['a promise', udf('bad', () => Promise.reject(new Error('late')), 'INT')()],
  ])('fails with %s', (_what, value) => {
    expect(() => over(value)).toThrow(
      expect.objectContaining({
        code: 'USER_FUNCTION_FAILED',
        message: expect.stringContaining('bad') as unknown,
        details: expect.objectContaining({ function: 'bad' }) as unknown,
      }),
    );
  });

  it('refuses an asynchronous function, no name, and no type', () => {
    expect(() => udf('f', () => 1, 'NOPE')).toThrow(expect.objectContaining({ code: 'INVALID_SCHEMA' }));
    expect(() => udf('', () => 1, 'INT')).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
    expect(() => udf('f', 1 as never, 'INT')).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
  });
});

import { col } from '../../lib/expressions/index.js';
import { batch, marbles, operatorSuite } from '../../lib/testing/index.js';
import { where } from '../../operators/index.js';
import { requiredCases } from './required-cases.js';

interface Row {
  a: number | null;
  b: string;
}
const schema = 'a INT, b STRING';
const rows: Row[] = [
  { a: 1, b: 'x' },
  { a: null, b: 'y' },
  { a: 3, b: 'z' },
];

describe('where', () => {
  requiredCases({
    operator: () => where<Row>('a > 1'),
    rows: [rows, rows.slice(0, 1)],
    out: [[{ a: 3, b: 'z' }], []],
    schema,
    throwing: { operator: () => where('1 / (a - 1) > 0'), code: 'EXPRESSION_FAILED' },
  });
  operatorSuite<Row>({
    name: 'where',
    operator: () => where(col('a').gt(1)),
    input: rows,
    schema: schema,
    output: [{ a: 3, b: 'z' }],
    failing: { operator: () => where('1 / (a - 1) > 0'), error: 'EXPRESSION_FAILED' },
  });

  it('keeps rows for which the condition is true, not those for which it is null', () => {
    marbles(({ cold, expectBatches }) => {
      const a = batch(rows, undefined, { schema: schema as never });
      expectBatches(cold('a|', { a }).pipe(where<Row>('NOT a > 1'))).toBe('a|', { a: batch(rows.slice(0, 1)) });
      expectBatches(cold('a|', { a }).pipe(where<Row>('NULL'))).toBe('a|', { a: batch([]) });
    });
  });

  it('passes a batch on as it is where all rows stay', () => {
    marbles(({ cold, expectBatches }) => {
      const a = batch(rows, undefined, { schema: schema as never });
      const result = cold('a|', { a }).pipe(where<Row>('true'));
      expectBatches(result).toBe('a|', { a });
    });
  });

  it('takes the types of values that nobody declared, and leaves the rows the objects that they are', () => {
    marbles(({ cold, expectBatches }) => {
      const plain = [{ a: 1, other: new Set([1]) }, { a: 5n }, { a: null }];
      const kept: unknown[] = [];
      const result = cold('ae|', { a: batch(plain), e: batch([] as typeof plain) }).pipe(where('A >= 5'));
      result.subscribe((out) => kept.push(...out.rows));
      expectBatches(result as never).toBe('ae|', { a: batch([{ a: 5n }]), e: batch([]) });
    });
  });

  it('refuses what is no condition: at once where the schema is known, else with the first batch', () => {
    marbles(({ cold, expectBatches, expectSettled }) => {
      const known = cold('a|', { a: batch(rows, undefined, { schema: schema as never }) });
      expect(() => known.pipe(where('a'))).toThrow(
        expect.objectContaining({
          code: 'INVALID_EXPRESSION',
          details: expect.objectContaining({ condition: 'DATATYPE_MISMATCH.FILTER_NOT_BOOLEAN' }) as unknown,
        }),
      );
      expect(() => known.pipe(where('c > 1'))).toThrow(expect.objectContaining({ code: 'UNKNOWN_COLUMN' }));
      expect(() => known.pipe(where('explode(array(a)) > 1'))).toThrow(
        expect.objectContaining({ code: 'INVALID_EXPRESSION' }),
      );
      const unknown = cold('-a|', { a: batch(rows) });
      expectBatches(unknown.pipe(where<Row>('a'))).toBe('-#', {}, 'INVALID_EXPRESSION');
      expectSettled(unknown).toBe('-#', 'INVALID_EXPRESSION');
    });
    expect(() => where('a >')).toThrow(expect.objectContaining({ code: 'INVALID_EXPRESSION' }));
  });
});

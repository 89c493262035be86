import { batch, marbles } from '../../lib/testing/index.js';
import { withColumnRenamed } from '../../operators/index.js';
import { requiredCases } from './required-cases.js';

interface Row {
  a: number;
  b: string;
}
const rows: Row[] = [
  { a: 1, b: 'x' },
  { a: 2, b: 'y' },
];
const out = rows.map(({ a, b }) => ({ z: a, b }));

describe('withColumnRenamed', () => {
  requiredCases({
    operator: () => withColumnRenamed<Row, 'a', 'z'>('a', 'z'),
    rows: [rows, rows.slice(1)],
    out: [out, out.slice(1)],
    schema: 'a INT, b STRING',
  });

  it('ignores a name that is not there, and a name given anew', () => {
    marbles(({ cold, expectBatches }) => {
      const a = batch<Row>(rows, undefined, { schema: 'a INT, b STRING' as never });
      expectBatches(cold('a|', { a }).pipe(withColumnRenamed('q', 'a')) as never).toBe('a|', { a });
      expectBatches(cold('a|', { a }).pipe(withColumnRenamed('a', 'a')) as never).toBe('a|', { a });
    });
  });

  it('refuses a name that is taken: at once where the schema is known, else with the first batch', () => {
    marbles(({ cold, expectBatches, expectSettled }) => {
      const known = cold('a|', { a: batch<Row>(rows, undefined, { schema: 'a INT, b STRING' as never }) });
      expect(() => known.pipe(withColumnRenamed('a', 'b'))).toThrow(
        expect.objectContaining({ code: 'INVALID_SCHEMA' }),
      );
      const unknown = cold('-a|', { a: batch<Row>(rows) });
      expectBatches(unknown.pipe(withColumnRenamed('a', 'b')) as never).toBe('-#', {}, 'INVALID_SCHEMA');
      expectSettled(unknown).toBe('-#', 'INVALID_SCHEMA');
    });
  });

  it('finds names in any case, and takes no name that differs from another in case only', () => {
    marbles(({ cold, expectBatches }) => {
      const a = batch<Row>(rows, undefined, { schema: 'a INT, b STRING' as never });
      expectBatches(cold('a|', { a }).pipe(withColumnRenamed('A', 'z')) as never).toBe('a|', { a: batch(out) });
      expect(() => cold('a|', { a }).pipe(withColumnRenamed('a', 'B'))).toThrow(
        expect.objectContaining({ code: 'INVALID_SCHEMA' }),
      );
    });
  });
});

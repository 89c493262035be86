import { batch, marbles } from '../../lib/testing/index.js';
import { drop } from '../../operators/index.js';
import { requiredCases } from './required-cases.js';

interface Row {
  a: number;
  b: string;
}
const rows: Row[] = [
  { a: 1, b: 'x' },
  { a: 2, b: 'y' },
];

describe('drop', () => {
  requiredCases({
    operator: () => drop<Row, 'b'>('b'),
    rows: [rows, rows.slice(1)],
    out: [[{ a: 1 }, { a: 2 }], [{ a: 2 }]],
    schema: 'a INT, b STRING',
  });

  it('without a schema takes the columns of each batch', () => {
    marbles(({ cold, expectBatches }) => {
      const result = cold('a|', { a: batch<Row>(rows) }).pipe(drop('b'));
      expectBatches(result).toBe('a|', { a: batch([{ a: 1 }, { a: 2 }]) });
    });
  });

  it('ignores names that are not there', () => {
    marbles(({ cold, expectBatches }) => {
      const a = batch<Row>(rows, undefined, { schema: 'a INT, b STRING' as never });
      expectBatches(cold('a|', { a }).pipe(drop('zzz')) as never).toBe('a|', { a });
    });
  });

  it('finds names in any case', () => {
    marbles(({ cold, expectBatches }) => {
      const a = batch<Row>(rows, undefined, { schema: 'a INT, b STRING' as never });
      expectBatches(cold('a|', { a }).pipe(drop('B')) as never).toBe('a|', { a: batch([{ a: 1 }, { a: 2 }]) });
    });
  });
});

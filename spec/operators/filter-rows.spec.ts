import { batch, marbles, operatorSuite } from '../../lib/testing/index.js';
import { filterRows } from '../../operators/index.js';
import { requiredCases } from './required-cases.js';

interface Numbered {
  n: number;
}
const rows = (...ns: number[]): Numbered[] => ns.map((n) => ({ n }));
const even = filterRows(({ n }: Numbered) => n % 2 === 0);
const throwing = {
  operator: () =>
    filterRows((): boolean => {
      throw new Error('no');
    }),
  code: 'USER_FUNCTION_FAILED',
};

describe('filterRows', () => {
  requiredCases({ operator: () => even, rows: [rows(1, 2, 4), rows(3)], out: [rows(2, 4), []], throwing });
  describe('over columns', () =>
    requiredCases({
      operator: () => even,
      rows: [rows(1, 2, 4), rows(3)],
      out: [rows(2, 4), []],
      throwing,
      schema: 'n INT',
    }));

  operatorSuite<Numbered>({
    name: 'filterRows',
    input: rows(1, 2, 3, 4),
    schema: 'n INT',
    operator: () => even,
    output: rows(2, 4),
  });

  it('keeps columns as they are: types stay, and where all rows stay so does the batch', () => {
    marbles(({ cold, expectBatches }) => {
      const a = batch([{ n: 2, big: 2 ** 40 }], undefined, { schema: 'n SHORT, big LONG' as never });
      const source = cold('a|', { a });
      const result = source.pipe(filterRows(() => true));
      expectBatches(result).toBe('a|', { a });
      expect(result).toHaveProperty('schema', source.schema);
    });
  });
});

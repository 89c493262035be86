import { batch, marbles } from '../../lib/testing/index.js';
import { flatMapRows, filterRows, mapRows } from '../../operators/index.js';
import { requiredCases } from './required-cases.js';

const lines = (...values: string[]): { value: string }[] => values.map((value) => ({ value }));
const words = flatMapRows(({ value }: { value: string }) => value.split(' ').map((word) => ({ word })));

describe('flatMapRows', () => {
  requiredCases({
    operator: () => words,
    rows: [lines('a b', 'c'), lines('d')],
    out: [[{ word: 'a' }, { word: 'b' }, { word: 'c' }], [{ word: 'd' }]],
    throwing: {
      operator: () =>
        flatMapRows((): never => {
          throw new Error('no');
        }),
      code: 'USER_FUNCTION_FAILED',
    },
  });

  it('takes any iterable, none and many rows, and is one pass with its neighbours', () => {
    marbles(({ cold, expectBatches }) => {
      const a = batch([{ n: 0 }, { n: 2 }, { n: 3 }]);
      const result = cold('a|', { a }).pipe(
        flatMapRows(function* ({ n }) {
          for (let i = 0; i < n; i++) yield i;
        }),
        filterRows((i) => i !== 1),
        mapRows((i) => ({ i })),
      );
      expectBatches(result).toBe('a|', { a: a.with([{ i: 0 }, { i: 0 }, { i: 2 }]) });
    });
  });

  it('an iterable that throws on the way fails the batch', () => {
    marbles(({ cold, expectBatches, expectSettled }) => {
      const source = cold('a|', { a: batch([1]) });
      const result = source.pipe(
        // eslint-disable-next-line require-yield
        flatMapRows(function* (): Generator<number> {
          throw new RangeError('late');
        }),
      );
      expectBatches(result).toBe('#', {}, /row 0 of batch 0: late/);
      expectSettled(source).toBe('#', 'USER_FUNCTION_FAILED');
    });
  });
});

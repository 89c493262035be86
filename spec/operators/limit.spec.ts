import { tap } from 'rxjs';
import {
  type Given,
  addData,
  batch,
  expectEnd,
  expectRows,
  marbles,
  start,
  stop,
  testStream,
} from '../../lib/testing/index.js';
import { limit, mapRows } from '../../operators/index.js';
import { counter } from '../helpers/pipelines.js';

const rows = (from: number, to: number): { n: number }[] =>
  Array.from({ length: to - from }, (_, i) => ({ n: from + i }));
const schema = 'n INT' as never;

describe('limit', () => {
  it('lets the first n rows through, over batches, then completes and leaves its source', () => {
    let closed = 0;
    marbles(({ expectBatches }) => {
      const source = counter({ total: 100, onClose: () => void closed++ });
      const [a, b] = [batch(rows(0, 10)), batch(rows(10, 15), undefined, { id: 1 })];
      expectBatches(source.pipe(limit(15))).toBe('(ab|)', { a, b });
    });
    expect(closed).toBe(1);
  });

  it.each([
    [10, '(a|)'],
    [3, '(b|)'],
    [0, '|'],
  ])('limit(%i)', (n, expected) => {
    marbles(({ expectBatches }) => {
      expectBatches(counter({ total: 100 }).pipe(limit(n))).toBe(expected, {
        a: batch(rows(0, 10)),
        b: batch(rows(0, 3)),
      });
    });
  });

  it('passes on the end of a shorter stream, its error, and nothing', () => {
    marbles(({ expectBatches }) => {
      expectBatches(counter({ total: 5 }).pipe(limit(15))).toBe('(a|)', { a: batch(rows(0, 5)) });
      expectBatches(counter({ total: 0 }).pipe(limit(15))).toBe('|');
      expectBatches(counter({ total: 0, ends: false }).pipe(limit(15))).toBe('-');
      const failing = counter({
        total: 20,
        onRead: (from) => {
          if (from > 0) throw new Error('gone');
        },
      });
      expectBatches(failing.pipe(limit(15))).toBe('(a#)', { a: batch(rows(0, 10)) }, /gone/);
    });
  });

  it('takes rows as well as columns', () => {
    marbles(({ expectBatches }) => {
      const result = counter({ total: 10 }).pipe(
        mapRows(({ n }) => ({ n })),
        limit(3),
      );
      expectBatches(result).toBe('(a|)', { a: batch(rows(0, 3)) });
    });
  });

  it('the last batch commits when it is settled, and not before', () => {
    marbles(({ expectBatches, scheduler }) => {
      const commits: string[] = [];
      const source = counter({ total: 100, onCommit: (end) => void commits.push(`${scheduler.frame}: ${end}`) });
      const slow = source.pipe(
        limit(15),
        tap((one) => {
          const done = one.hold();
          scheduler.schedule(() => done(), 5);
        }),
      );
      expectBatches(slow).toBe('a----(b|)', { a: batch(rows(0, 10)), b: batch(rows(10, 15), undefined, { id: 1 }) });
      scheduler.flush();
      expect(commits[0]).toBe('5: 10');
    });
  });

  it('goes on counting after a restart, and counts a batch that failed once', async () => {
    let broken = true;
    const pipeline = ({ input }: Given<{ n: number }>) =>
      input.pipe(
        limit(5),
        mapRows((row) => {
          if (broken && row.n === 2) throw new Error('no');
          return row;
        }),
      );
    // What a limit let through is counted when the batch commits.
    await testStream(pipeline, [addData(rows(0, 2)), stop(), start(), expectRows(rows(0, 2))], { schema });
    broken = false;
    await testStream(
      pipeline,
      [
        addData(rows(0, 3)),
        stop(),
        addData(rows(3, 10)),
        start(),
        expectEnd(),
        expectRows(rows(0, 5)),
        start(),
        addData(rows(10, 11)),
        expectEnd(),
        expectRows(rows(0, 5)),
      ],
      { schema },
    );
  });

  it('refuses what is no count', () => {
    for (const n of [-1, 1.5, NaN]) expect(() => limit(n)).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
  });
});

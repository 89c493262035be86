import { setImmediate as nextTurn } from 'node:timers/promises';
import { map, tap } from 'rxjs';
import { defineSource } from '../../lib/connect/index.js';
import { type MicroBatch, startQuery } from '../../lib/index.js';
import {
  type Given,
  addData,
  batch,
  expectBatches as expectAllBatches,
  marbles,
  start,
  stop,
  testStream,
} from '../../lib/testing/index.js';
import { mapRows, trigger, union } from '../../operators/index.js';
import { type CounterOptions, collector, counter } from '../helpers/pipelines.js';

type Row = { n: number };
const rows = (from: number, to: number): Row[] => Array.from({ length: to - from }, (_, i) => ({ n: from + i }));
const one = (name: string, options: Partial<CounterOptions> = {}) => counter({ total: 20, name, ...options });
const at = (id: number, ...parts: Row[][]): MicroBatch<Row> => batch(parts.flat(), undefined, { id });

describe('union', () => {
  it('makes one batch of one from each, in the order of the flows', () => {
    marbles(({ expectBatches }) => {
      const result = one('x').pipe(union(one('y', { total: 8, perBatch: 4 })));
      expectBatches(result).toBe('(ab|)', { a: at(0, rows(0, 10), rows(0, 4)), b: at(1, rows(10, 20), rows(4, 8)) });
    });
  });

  it('goes on with those that have not ended', () => {
    marbles(({ expectBatches }) => {
      const result = one('x', { total: 5 }).pipe(union(one('y')));
      expectBatches(result).toBe('(ab|)', { a: at(0, rows(0, 5), rows(0, 10)), b: at(1, rows(10, 20)) });
      expectBatches(one('x', { total: 0 }).pipe(union(one('y', { total: 0 })))).toBe('|');
      expectBatches(one('x', { total: 0, ends: false }).pipe(union(one('y', { total: 0 })))).toBe('-');
    });
  });

  it('one that has nothing new gives an empty part', () => {
    marbles(({ expectBatches }) => {
      const result = one('x', { total: 5, ends: false }).pipe(union(one('y')));
      expectBatches(result).toBe('(ab)', { a: at(0, rows(0, 5), rows(0, 10)), b: at(1, rows(10, 20)) });
    });
  });

  it('an error of one ends all, and closes all', () => {
    const closed: string[] = [];
    marbles(({ expectBatches }) => {
      const bad = one('bad', {
        onClose: () => void closed.push('bad'),
        onRead: (from) => {
          if (from > 0) throw new Error('gone');
        },
      });
      const result = one('good', { onClose: () => void closed.push('good') }).pipe(union(bad));
      expectBatches(result).toBe('(a#)', { a: at(0, rows(0, 10), rows(0, 10)) }, /'bad' \(counter\): gone/);
    });
    expect(closed.sort()).toEqual(['bad', 'good']);
  });

  it('is settled once for all, when the batch is, and not before', () => {
    const commits: string[] = [];
    marbles(({ expectBatches, scheduler }) => {
      const tell = (name: string) => ({
        onCommit: (end: number) => void commits.push(`${scheduler.frame} ${name} ${end}`),
      });
      const slow = one('x', tell('x')).pipe(
        union(one('y', tell('y'))),
        tap((b) => {
          const done = b.hold();
          scheduler.schedule(() => done(), 4);
        }),
      );
      expectBatches(slow).toBe('a---b---|', {
        a: at(0, rows(0, 10), rows(0, 10)),
        b: at(1, rows(10, 20), rows(10, 20)),
      });
    });
    expect(commits).toEqual(['4 x 10', '4 y 10', '8 x 20', '8 y 20']);
  });

  it('left, it leaves all', () => {
    let closed = 0;
    marbles(({ expectBatches }) => {
      const options = { onClose: () => void closed++ };
      const result = one('x', options).pipe(union(one('y', options)), trigger({ processingTime: 10 }));
      expectBatches(result, '5ms !').toBe('a', { a: at(0, rows(0, 10), rows(0, 10)) });
    });
    expect(closed).toBe(2);
  });

  it('has one trigger for all, also above one of them', () => {
    marbles(({ expectBatches }) => {
      const result = one('x').pipe(union(one('y').pipe(trigger({ processingTime: 10 }))));
      expectBatches(result).toBe('a 9ms b 9ms |', {
        a: at(0, rows(0, 10), rows(0, 10)),
        b: at(1, rows(10, 20), rows(10, 20)),
      });
    });
  });

  it('takes flows with operators of rxjs in them', () => {
    marbles(({ expectBatches }) => {
      const result = one('x').pipe(
        map((b) => b.with(b.rows)),
        union(one('y').pipe(mapRows(({ n }) => ({ n: n + 100 })))),
      );
      const hundred = (from: number, to: number): Row[] => rows(from, to).map(({ n }) => ({ n: n + 100 }));
      expectBatches(result).toBe('(ab|)', {
        a: at(0, rows(0, 10), hundred(0, 10)),
        b: at(1, rows(10, 20), hundred(10, 20)),
      });
    });
  });

  it('fails once with the source that failed first, whatever becomes of what the others were reading', async () => {
    const failsLater = defineSource<Row, number>({
      op: 'failsLater',
      name: 'x',
      schema: 'n INT',
      supports: { replay: true },
      open: () => ({
        initial: () => 0,
        latest: () => 5,
        read: () => nextTurn().then(() => Promise.reject(new Error('closed'))),
      }),
    });
    const onRead = (): never => {
      throw new Error('gone');
    };
    const unhandled = jest.fn();
    process.on('unhandledRejection', unhandled);
    try {
      const query = startQuery({ from: failsLater.pipe(union(one('y', { onRead }))), to: collector().sink });
      await expect(query.awaitTermination()).rejects.toMatchObject({ code: 'SOURCE_FAILED', details: { source: 'y' } });
      await nextTurn();
      await nextTurn();
      expect(unhandled).not.toHaveBeenCalled();
    } finally {
      process.off('unhandledRejection', unhandled);
    }
  });

  it('keeps the offsets of each by name: flows may change their places', () => {
    const fixed = one('fixed', { total: 2, ends: false });
    return testStream(
      ({ input }: Given<Row>) => input.pipe(union(fixed)),
      [
        addData(rows(5, 6)),
        expectAllBatches([rows(0, 2), rows(5, 6)]),
        stop(),
        addData(rows(7, 8)),
        start((({ input }: Given<Row>) => fixed.pipe(union(input))) as never),
        expectAllBatches([rows(0, 2), rows(5, 6), rows(7, 8)]),
      ],
      { schema: 'n INT' as never },
    );
  });

  it('refuses flows of other types, at once where they are known', () => {
    const other = one('y').pipe(mapRows(({ n }) => ({ n: String(n) }), { schema: 'n STRING' as never }));
    expect(() => one('x').pipe(union(other as never))).toThrow(expect.objectContaining({ code: 'SCHEMA_MISMATCH' }));
  });
});

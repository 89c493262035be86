import { Table, parseDdl } from '../../lib/index.js';
import { defineSource } from '../../lib/connect/index.js';
import { batch, marbles } from '../../lib/testing/index.js';
import { checkpoint, filterRows, rateLimit, trigger, union } from '../../operators/index.js';
import { numbers, taking } from '../helpers/numbers.js';
import { counter } from '../helpers/pipelines.js';
import { requiredCases } from './required-cases.js';

const source = (total = 30, perBatch = 1000) => counter({ total, perBatch });

describe('rateLimit', () => {
  requiredCases<{ n: number }, { n: number }>({
    operator: () => rateLimit({ rowsPerSecond: 10 }),
    rows: [[{ n: 1 }], [{ n: 2 }]],
    out: [[{ n: 1 }], [{ n: 2 }]],
  });

  it('a batch holds what a second allows, and the next starts when that has passed', () => {
    marbles(({ expectBatches }) => {
      const limited = source(25).pipe(rateLimit({ rowsPerSecond: 10 }));
      expectBatches(limited).toBe('a 999ms b 999ms c 499ms |', numbers(10, 20, 25));
    });
  });

  it('a batch that holds less is worth less time', () => {
    marbles(({ expectBatches }) => {
      const limited = source(30, 5).pipe(rateLimit({ rowsPerSecond: 100 }));
      expectBatches(limited).toBe('a 49ms b 49ms c 49ms d 49ms e 49ms f 49ms |', numbers(5, 10, 15, 20, 25, 30));
    });
  });

  it('the time that a batch takes counts, and a slow sink is not slowed more', () => {
    marbles(({ expectBatches, scheduler }) => {
      const three = numbers(10, 20, 30);
      const limited = source().pipe(rateLimit({ rowsPerSecond: 10 }));
      expectBatches(limited.pipe(taking(400, scheduler))).toBe('a 999ms b 999ms c 999ms |', three);
      expectBatches(limited.pipe(taking(1500, scheduler))).toBe('a 1499ms b 1499ms c 1499ms |', three);
    });
  });

  it('takes less than a row a second', () => {
    marbles(({ expectBatches }) => {
      expectBatches(source(2).pipe(rateLimit({ rowsPerSecond: 0.5 }))).toBe('a 1999ms b 1999ms |', numbers(1, 2));
    });
  });

  it('with a longer interval of the trigger a batch holds what that allows', () => {
    marbles(({ expectBatches }) => {
      const limited = source(50).pipe(rateLimit({ rowsPerSecond: 10 }), trigger({ processingTime: '2 seconds' }));
      expectBatches(limited).toBe('a 1999ms b 1999ms c 1999ms |', numbers(20, 40, 50));
    });
  });

  it('counts what passes it, not what is left out above', () => {
    marbles(({ expectBatches }) => {
      const evens = source(20, 10).pipe(
        filterRows((row) => row.n % 2 === 0),
        rateLimit({ rowsPerSecond: 10 }),
      );
      const half = (id: number) =>
        batch(
          [0, 2, 4, 6, 8].map((n) => ({ n: 10 * id + n })),
          undefined,
          { id },
        );
      expectBatches(evens).toBe('a 499ms b 499ms |', { a: half(0), b: half(1) });
    });
  });

  it('of several limits the slowest holds for the query, also above a union', () => {
    const starts: number[] = [];
    marbles(({ scheduler }) => {
      const slow = counter({ total: 4, name: 'slow' }).pipe(rateLimit({ rowsPerSecond: 2 }));
      const fast = counter({ total: 400, perBatch: 100, name: 'fast' }).pipe(rateLimit({ rowsPerSecond: 1000 }));
      slow.pipe(union(fast)).subscribe(() => starts.push(scheduler.now()));
    });
    // Two rows of both sources at a time while the slow one has any; then the fast one alone, without its limit.
    expect(starts.slice(0, 3)).toEqual([0, 1000, 2000]);
    expect(starts.every((at) => at <= 3000)).toBe(true);
  });

  it('bounds bytes, of columns and of rows', () => {
    const ids = Table.fromRows(
      Array.from({ length: 1000 }, (_, id) => ({ id })),
      parseDdl('id BIGINT'),
    );
    const starts = { columns: [] as number[], rows: [] as number[] };
    const flow = (rows: (start: number, end: number) => Table | { id: number }[]) =>
      defineSource<{ id: number }, number>({
        op: 'ids',
        name: 'ids',
        schema: 'id BIGINT',
        supports: { replay: true },
        open: () => ({
          initial: () => 0,
          latest: (start, { bytes }) => Math.min(1000, start + Math.floor(bytes / 8)),
          read: rows,
          status: () => ({ ended: true }),
        }),
      }).pipe(rateLimit({ bytesPerSecond: '4000b' }));
    marbles(({ scheduler }) => {
      flow((start, end) => ids.slice(start, end)).subscribe(() => starts.columns.push(scheduler.now()));
      flow((start, end) => Array.from({ length: end - start }, (_, i) => ({ id: start + i }))).subscribe(() =>
        starts.rows.push(scheduler.now()),
      );
    });
    expect(starts.columns).toEqual([0, 1000]);
    // An object takes more than the eight bytes of a column's value, so each batch is worth more than a second.
    expect(starts.rows.length).toBe(2);
    expect(starts.rows[1]).toBeGreaterThan(2000);
  });

  it('once takes everything in one batch', () => {
    marbles(({ expectBatches }) => {
      expectBatches(source().pipe(rateLimit({ rowsPerSecond: 1 }), trigger({ once: true }))).toBe('(a|)', numbers(30));
    });
  });

  it('left in the meantime, nothing starts any more', () => {
    marbles(({ expectBatches }) => {
      expectBatches(source().pipe(rateLimit({ rowsPerSecond: 10 })), '1500ms !').toBe('a 999ms b', numbers(10, 20));
    });
  });

  it('is in the plan, and says what is wrong with its options', () => {
    const flow = source().pipe(rateLimit({ rowsPerSecond: 10, bytesPerSecond: '1k' }), checkpoint('somewhere'));
    expect(flow.explain()).toMatch(/rateLimit.*10 rows\/s, 1024 bytes\/s/);
    expect(() => rateLimit({})).toThrow(/rowsPerSecond, bytesPerSecond or both/);
    expect(() => rateLimit({ rowsPerSecond: 0 })).toThrow(/greater than 0/);
    expect(() => rateLimit({ rowPerSecond: 1 } as never)).toThrow(/rowsPerSecond/);
  });
});

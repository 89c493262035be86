import { tap } from 'rxjs';
import { SluiceError } from '../../lib/index.js';
import { marbles } from '../../lib/testing/index.js';
import { trigger } from '../../operators/index.js';
import { numbers, taking } from '../helpers/numbers.js';
import { type CounterOptions, counter } from '../helpers/pipelines.js';

const three = numbers(10, 20, 30);
const source = (options: Partial<CounterOptions> = {}) => counter({ total: 30, ...options });

describe('without a trigger', () => {
  it('batches come one after the other as soon as the one before is durable, none inside subscribe()', () => {
    marbles(({ expectBatches, scheduler }) => {
      expectBatches(source()).toBe('(abc|)', three);
      expectBatches(source().pipe(taking(4, scheduler))).toBe('a---b---c---|', three);
      const sync: number[] = [];
      source().subscribe((one) => sync.push(one.id));
      expect(sync).toEqual([]);
    });
  });

  it('a batch that fails ends the query with its error, and everything is closed', () => {
    let closed = 0;
    marbles(({ expectBatches, scheduler }) => {
      const failing = source({ onClose: () => void closed++ }).pipe(
        tap((one) => {
          const done = one.hold();
          scheduler.schedule(() => done(one.id === 1 ? new Error('disk') : undefined), 3);
        }),
      );
      expectBatches(failing).toBe('a--b--#', three, /disk/);
    });
    expect(closed).toBe(1);
  });
});

describe('trigger', () => {
  describe('processingTime', () => {
    it('starts the first batch at once, the others on the grid', () => {
      marbles(({ expectBatches }) => {
        expectBatches(source().pipe(trigger({ processingTime: 10 }))).toBe('a 9ms b 9ms c 9ms |', three);
      });
    });

    it('the grid is aligned to the epoch, not to the start', () => {
      marbles(({ expectBatches }) => {
        expectBatches(source().pipe(trigger({ processingTime: 10 })), '---^').toBe('---a 6ms b 9ms c 9ms |', three);
      });
    });

    it('ticks that come while a batch runs count as one', () => {
      marbles(({ expectBatches, scheduler }) => {
        const result = source().pipe(trigger({ processingTime: 10 }), taking(25, scheduler));
        expectBatches(result).toBe('a 24ms b 24ms c 24ms |', three);
      });
    });

    it('a batch that ends in time waits for the next tick', () => {
      marbles(({ expectBatches, scheduler }) => {
        const result = source().pipe(trigger({ processingTime: 10 }), taking(7, scheduler));
        expectBatches(result).toBe('a 9ms b 9ms c 9ms |', three);
      });
    });

    it('a tick without new data starts nothing', () => {
      marbles(({ expectBatches }) => {
        expectBatches(source({ total: 10, ends: false }).pipe(trigger({ processingTime: 10 }))).toBe('a', three);
      });
    });

    it('left, it closes its source and ticks no more', () => {
      let closed = 0;
      marbles(({ expectBatches }) => {
        expectBatches(source({ onClose: () => void closed++ }).pipe(trigger({ processingTime: 10 })), '15ms !').toBe(
          'a 9ms b',
          three,
        );
      });
      expect(closed).toBe(1);
    });

    it('takes a text, and 0 for as fast as it goes', () => {
      marbles(({ expectBatches }) => {
        expectBatches(source().pipe(trigger({ processingTime: '1 second' }))).toBe('a 999ms b 999ms c 999ms |', three);
        expectBatches(source().pipe(trigger({ processingTime: 0 }))).toBe('(abc|)', three);
      });
    });
  });

  describe('target', () => {
    /** Starts and sizes of the batches of a flow whose sink takes `cost` milliseconds for a batch of so many rows. */
    const run = (options: Partial<CounterOptions>, cost: (rows: number, id: number) => number, interval = 0) => {
      const batches: { at: number; rows: number }[] = [];
      marbles(({ scheduler }) => {
        const flow = counter({ total: 1_000_000, perBatch: Infinity, ...options });
        flow.pipe(trigger({ processingTime: interval, target: '2 seconds' })).subscribe((one) => {
          batches.push({ at: scheduler.now(), rows: one.numRows });
          const done = one.hold();
          scheduler.schedule(() => done(), cost(one.numRows, one.id));
        });
      });
      return batches;
    };
    const sizes = (batches: readonly { rows: number }[]) => batches.map(({ rows }) => rows);

    it('a slow sink gets batches that take so long, after one to measure', () => {
      expect(sizes(run({ total: 3000 }, (rows) => rows * 4)).slice(0, 5)).toEqual([1024, 500, 500, 500, 476]);
    });

    it('what is the same for every batch is not taken for speed', () => {
      const batches = sizes(run({ total: 5000 }, (rows) => 500 + rows * 4));
      expect(batches.at(-2)).toBeGreaterThan(370);
      expect(batches.at(-2)).toBeLessThan(380);
    });

    it('a fast sink gets larger ones, by steps', () => {
      expect(sizes(run({ total: 70_000 }, (rows) => rows / 10))).toEqual([1024, 4096, 16_384, 20_000, 20_000, 8496]);
    });

    it('never below a row', () => {
      expect(sizes(run({ total: 170, perBatch: 100 }, (rows) => rows * 3000))).toEqual([100, 64, 4, 1, 1]);
    });

    it('a batch that holds less than it might says nothing of larger ones', () => {
      const rows = sizes(run({ total: 4000, perBatch: 100 }, () => 1));
      expect(rows).toEqual(Array.from({ length: 40 }, () => 100));
    });

    it('a backlog does not wait for the ticks', () => {
      const batches = run({ total: 2000 }, (rows) => rows * 2, 60_000);
      expect(batches).toEqual([
        { at: 0, rows: 1024 },
        { at: 2048, rows: 976 },
      ]);
    });

    it('is in the plan', () => {
      const flow = source().pipe(trigger({ processingTime: '10 seconds', target: '2 seconds' }));
      expect(flow.explain()).toContain('processingTime 10000 ms, batches of 2000 ms');
    });
  });

  it('once: everything in one batch, then the end', () => {
    marbles(({ expectBatches, scheduler }) => {
      expectBatches(source().pipe(trigger({ once: true }))).toBe('(a|)', numbers(30));
      expectBatches(source().pipe(trigger({ once: true }), taking(3, scheduler))).toBe('a--|', numbers(30));
      expectBatches(source({ total: 0 }).pipe(trigger({ once: true }))).toBe('|');
    });
  });

  it('availableNow: what is there, in batches as limits ask, then the end', () => {
    marbles(({ expectBatches, scheduler }) => {
      expectBatches(source({ ends: false }).pipe(trigger({ availableNow: true }))).toBe('(abc|)', three);
      expectBatches(
        source({ ends: false, total: 25 }).pipe(trigger({ availableNow: true }), taking(2, scheduler)),
      ).toBe('a-b-c-|', numbers(10, 20, 25));
      expectBatches(source({ ends: false, total: 0 }).pipe(trigger({ availableNow: true }))).toBe('|');
    });
  });

  it('continuous: batches as data comes', () => {
    marbles(({ expectBatches, scheduler }) => {
      expectBatches(source().pipe(trigger({ continuous: '1 second' }), taking(2, scheduler))).toBe('a-b-c-|', three);
    });
  });

  it('an error of the source goes on, with its name', () => {
    marbles(({ expectBatches }) => {
      const failing = source({
        onRead: (start) => {
          if (start === 10) throw new Error('gone');
        },
      });
      expectBatches(failing.pipe(trigger({ processingTime: 10 }))).toBe(
        'a 9ms #',
        three,
        /Reading the source 'counter' \(counter\): gone/,
      );
      expectBatches(failing.pipe(trigger({ processingTime: 10 }))).toBe('a 9ms #', three, SluiceError);
    });
  });

  it('there is one trigger in a query', () => {
    marbles(({ expectBatches }) => {
      const two = source().pipe(trigger({ once: true }), trigger({ processingTime: 10 }));
      expectBatches(two).toBe('#', {}, 'UNSUPPORTED_PIPELINE');
      expectBatches(source().pipe(trigger({ once: true }), trigger({ once: true }))).toBe('(a|)', numbers(30));
    });
  });

  it.each([
    [{}],
    [{ once: true, availableNow: true }],
    [{ processingTime: 'soon' }],
    [{ continuous: 0 }],
    [{ target: '1 second' }],
    [{ availableNow: true, target: '1 second' }],
    [{ processingTime: 0, target: 0 }],
  ])('refuses %j', (options) => {
    expect(() => trigger(options as never)).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
  });
});

import { type Observable, tap } from 'rxjs';
import type { MicroBatch } from '../../lib/index.js';
import { type MarbleHelpers, batch, marbles } from '../../lib/testing/index.js';
import { microBatch } from '../../operators/index.js';

const at = (id: number, rows: string): MicroBatch<string> => batch([...rows], undefined, { id });
const taking = (millis: number, scheduler: MarbleHelpers['scheduler']) =>
  tap<MicroBatch<string>>((one) => {
    const done = one.hold();
    scheduler.schedule(() => done(), millis);
  });

describe('microBatch', () => {
  it('never, empty, single, many', () => {
    marbles(({ rx, expectBatches, expectSubscriptions }) => {
      expectBatches(rx.cold('-').pipe(microBatch())).toBe('-');
      expectBatches(rx.cold('|').pipe(microBatch())).toBe('|');
      expectBatches(rx.cold('---|').pipe(microBatch())).toBe('---|');
      const single = rx.cold('-a-|');
      expectBatches(single.pipe(microBatch())).toBe('-a-|', { a: at(0, 'a') });
      expectSubscriptions(single.subscriptions).toBe('^--!');
      expectBatches(rx.hot('-a-b-(cd)-|').pipe(microBatch())).toBe('-x-y-z----|', {
        x: at(0, 'a'),
        y: at(1, 'b'),
        z: at(2, 'cd'),
      });
    });
  });

  it('rows that come while a batch is under way wait for the next', () => {
    marbles(({ rx, expectBatches, scheduler }) => {
      const result = rx.hot('-abcde-----|').pipe(microBatch(), taking(3, scheduler));
      expectBatches(result).toBe('-x--y--z---|', { x: at(0, 'a'), y: at(1, 'bcd'), z: at(2, 'e') });
    });
  });

  it('maxRows: a batch starts when so many wait, and holds no more', () => {
    marbles(({ rx, expectBatches }) => {
      const result = rx.hot('-a-b-c-(defgh)-|').pipe(microBatch({ maxRows: 2, maxDelay: 100 }));
      expectBatches(result).toBe('---x---(yzw)---|', {
        x: at(0, 'ab'),
        y: at(1, 'cd'),
        z: at(2, 'ef'),
        w: at(3, 'gh'),
      });
    });
  });

  it('maxDelay: a batch starts at the latest so long after its first row', () => {
    marbles(({ rx, expectBatches }) => {
      const result = rx.hot('-a-b-----c-').pipe(microBatch({ maxDelay: 5 }));
      expectBatches(result, '   ----------------!').toBe('------x-------y', { x: at(0, 'ab'), y: at(1, 'c') });
    });
  });

  it('maxDelay counts from a row that came while another batch was under way', () => {
    marbles(({ rx, expectBatches, scheduler }) => {
      const result = rx.hot('-a--b-----').pipe(microBatch({ maxDelay: 4 }), taking(3, scheduler));
      expectBatches(result, '   ---------------!').toBe('-----x--', { x: at(0, 'ab') });
      const later = rx.hot('-a----b---').pipe(microBatch({ maxDelay: 4 }), taking(3, scheduler));
      expectBatches(later, '   ---------------!').toBe('-----x----y', { x: at(0, 'a'), y: at(1, 'b') });
    });
  });

  it('the end hands on what waits, then completes when it is durable', () => {
    marbles(({ rx, expectBatches, scheduler }) => {
      const result = rx.hot('-a-b|').pipe(microBatch({ maxDelay: 1000 }), taking(3, scheduler));
      expectBatches(result).toBe('----x--|', { x: at(0, 'ab') });
    });
  });

  it('an error comes after the rows before it', () => {
    marbles(({ rx, expectBatches }) => {
      const source = rx.hot('-a-b#', undefined, new Error('cut'));
      expectBatches(source.pipe(microBatch({ maxDelay: 1000 }))).toBe('----(x#)', { x: at(0, 'ab') }, /cut/);
    });
  });

  it('left, it leaves its source', () => {
    marbles(({ rx, expectBatches, expectSubscriptions }) => {
      const source = rx.hot('-a-b-c-');
      expectBatches(source.pipe(microBatch()), '----!').toBe('-x-y-', { x: at(0, 'a'), y: at(1, 'b') });
      expectSubscriptions(source.subscriptions).toBe('^---!');
    });
  });

  it('a batch that fails ends the query, and its source is left', () => {
    marbles(({ rx, expectBatches, expectSubscriptions }) => {
      const source = rx.hot('-a-b-c-');
      const failing = source.pipe(
        microBatch(),
        tap((one) => {
          if (one.id === 1) one.fail(new Error('disk'));
        }),
      );
      expectBatches(failing).toBe('-x-(y#)', { x: at(0, 'a'), y: at(1, 'b') }, /disk/);
      expectSubscriptions(source.subscriptions).toBe('^--!');
    });
  });

  describe('when more rows wait than may', () => {
    const flooded = (
      helpers: MarbleHelpers,
      options: Parameters<typeof microBatch<string>>[0],
    ): Observable<MicroBatch<string>> =>
      helpers.rx
        .hot('-abcdef-----|')
        .pipe(microBatch({ maxRows: 2, maxBufferedRows: 3, ...options }), taking(7, helpers.scheduler));

    it("'error' fails, after the rows that it has", () => {
      marbles((helpers) => {
        helpers
          .expectBatches(flooded(helpers, { overflow: 'error' }))
          .toBe('-x------y------#', { x: at(0, 'a'), y: at(1, 'bc') }, 'BUFFER_OVERFLOW');
      });
    });

    it("'dropNewest' keeps what came first", () => {
      marbles((helpers) => {
        helpers
          .expectBatches(flooded(helpers, { overflow: 'dropNewest' }))
          .toBe('-x------y------|', { x: at(0, 'a'), y: at(1, 'bc') });
      });
    });

    it("'dropOldest' keeps what came last", () => {
      marbles((helpers) => {
        helpers
          .expectBatches(flooded(helpers, { overflow: 'dropOldest' }))
          .toBe('-x------y------z------|', { x: at(0, 'a'), y: at(1, 'de'), z: at(2, 'f') });
      });
    });

    it("'pause' pauses what feeds it, and lets it go on when half is gone", () => {
      const calls: string[] = [];
      marbles((helpers) => {
        const { scheduler, rx, expectBatches } = helpers;
        const tell = (what: string) => () => void calls.push(`${scheduler.frame} ${what}`);
        const source = rx.hot('-abc---------d-|');
        const result = source.pipe(
          microBatch({ maxRows: 2, maxBufferedRows: 3, pause: tell('pause'), resume: tell('resume') }),
          taking(7, scheduler),
        );
        expectBatches(result).toBe('-x------y------z------|', { x: at(0, 'a'), y: at(1, 'bc'), z: at(2, 'd') });
      });
      expect(calls).toEqual(['3 pause', '15 resume']);
    });

    it("'pause' fails where nothing can be paused", () => {
      marbles((helpers) => {
        const { expectBatches } = helpers;
        expectBatches(flooded(helpers, {})).toBe(
          '-x------y------#',
          { x: at(0, 'a'), y: at(1, 'bc') },
          /cannot be paused/,
        );
      });
    });
  });

  it('refuses what makes no sense', () => {
    expect(() => microBatch({ maxRows: 0 })).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
    expect(() => microBatch({ overflow: 'drop' as never })).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION' }),
    );
  });
});

import { EMPTY, Observable, delay, retry, share, tap } from 'rxjs';
import type { MicroBatch } from '../../../lib/index.js';
import { type MarbleRow, batch, deliver, expectHeld, expectSettled, marbles } from '../../../lib/testing/index.js';
import { filterRows } from '../../../operators/index.js';

type Batch = MicroBatch<MarbleRow>;

describe('batch', () => {
  it('makes a row of each character', () => {
    expect(batch('ab').rows).toEqual([{ value: 'a' }, { value: 'b' }]);
    expect(batch('aba', { a: 1, b: 2 }, { id: 3, watermark: 5, timestamp: 7 })).toMatchObject({
      id: 3,
      watermark: 5,
      timestamp: 7,
      rows: [1, 2, 1],
    });
    expect(batch('').numRows).toBe(0);
    expect(() => batch('abc', { a: 1, b: 2 })).toThrow(/there is no row for 'c' among a, b/);
  });

  it('has the columns of its schema', () => {
    const typed = batch('ab', { a: { n: 1 }, b: { n: null } }, { schema: 'n INT' as never });
    expect(typed.table.toRows()).toEqual([{ n: 1 }, { n: null }]);
    expect(typed.untyped).toBe(false);
  });
});

describe('expectSettled', () => {
  it('knows a batch that is held, done, or failed', () => {
    const [held, done, failed] = [batch('a'), batch('b'), batch('c', undefined, { id: 2 })];
    let release!: () => void;
    deliver(held, { next: (b) => (release = b.hold()) });
    deliver(done, { next: () => undefined });
    deliver(failed, { next: (b) => b.fail(new Error('full')) });
    expectSettled(held, 'not yet');
    expectSettled(done);
    expectSettled(failed, { error: /full/ });
    expect(() => expectSettled(held)).toThrow(/someone holds it still/);
    expect(() => expectSettled(done, 'not yet')).toThrow(/Expected batch 0 not to be settled yet, but it is/);
    expect(() => expectSettled(done, { error: true })).toThrow(/but it is done, without an error/);
    expect(() => expectSettled(failed)).toThrow(/Expected batch 2 to be done, but it is settled with Error: full/);
    expect(() => expectSettled(failed, { error: 'DATA_LOSS' })).toThrow(/to fail with DATA_LOSS/);
    release();
    expectSettled(held);
  });

  it('is about all that was derived from the batch', () => {
    const origin = batch('ab');
    let derived!: Batch;
    deliver(origin, { next: (b) => (derived = b.with([])).fail(new TypeError('no')) });
    expectSettled(derived, { error: TypeError });
    expectSettled(origin, { error: TypeError });
  });

  it('expectHeld catches a batch that is used after it was settled', async () => {
    for (const use of [
      (b: Batch) => b.rows,
      (b: Batch) => b.columns,
      (b: Batch) => b.with([]),
      (b: Batch) => b.with([]).rows,
    ]) {
      const [kept, held] = [batch('a', undefined, { id: 9 }), batch('b')];
      deliver(kept, { next: (b) => setImmediate(() => use(b)) });
      deliver(held, {
        next: (b) => {
          const done = b.hold();
          setImmediate(() => (use(b), done()));
        },
      });
      await new Promise((resolve) => setTimeout(resolve, 5));
      expect(() => expectHeld(kept)).toThrow(/of batch 9 was used after the batch was settled/);
      expectHeld(held);
    }
  });
});

describe('marbles', () => {
  it('compares batches by id, rows and watermark, at their time', () => {
    marbles(({ cold, batches, expectBatches, expectSettled: settled, expectSubscriptions }) => {
      const { a, b } = batches({ a: 'xy', b: 'z' });
      const source = cold('          -a-b-|', { a, b });
      const result = source.pipe(filterRows((row) => row.value !== 'x'));
      expectBatches(result).toBe('   -a-b-|', { a: a.with([{ value: 'y' }]), b });
      settled(source).toBe('         -a-b');
      expectSubscriptions(source.subscriptions).toBe('^----!');
    });
  });

  it('hot batches go to all subscribers in one firing', () => {
    marbles(({ hot, batches, expectBatches, expectSettled: settled, scheduler, expectSubscriptions }) => {
      const { a, b } = batches({ a: 'x', b: 'y' });
      const source = hot('      a-^-b---|', { a, b });
      const slow = source.pipe(
        tap((one) => {
          const done = one.hold();
          scheduler.schedule(() => done(), 3);
        }),
      );
      expectBatches(slow).toBe('  --b---|', { b });
      expectBatches(source).toBe('--b---|', { b });
      settled(source).toBe('      -----b');
      expectSubscriptions(source.subscriptions).toBe(['^-----!', '^-----!']);
    });
  });

  it('subscribed again, cold gives the batches anew, each with a settlement of its own', () => {
    marbles(({ cold, batches, expectBatches, expectSettled: settled, expectSubscriptions }) => {
      const { a } = batches({ a: 'x' });
      const source = cold('-a#', { a });
      expectBatches(source.pipe(retry(1))).toBe('-a-a#', { a });
      settled(source).toBe('-a-a');
      expectSubscriptions(source.subscriptions).toBe(['^-!', '--^-!']);
    });
  });

  it('draws a batch that failed as #', () => {
    marbles(({ cold, batches, expectBatches, expectSettled: settled }) => {
      const { a } = batches({ a: 'x' });
      const source = cold('-a|', { a });
      expectBatches(source.pipe(tap((one) => one.fail(new Error('full'))))).toBe('-a|', { a });
      settled(source).toBe('-#', /full/);
    });
  });

  it('ends, also with a stream that never does', () => {
    let frames = 0;
    marbles(
      ({ rx, scheduler }) => {
        const tick = (): void => void ((frames = scheduler.frame), scheduler.schedule(tick, 10));
        scheduler.schedule(tick, 10);
        rx.expectObservable(EMPTY).toBe('|');
      },
      { maxFrames: 1000 },
    );
    expect(frames).toBe(1000);
  });

  describe('fails', () => {
    const fails = (test: Parameters<typeof marbles>[0], message: RegExp): void =>
      expect(() => marbles(test)).toThrow(message);

    it('for other rows, another id, another watermark, another time, another error', () => {
      const of = (id: number, rows: string, watermark: number | null = null): Batch =>
        batch(rows, undefined, { id, watermark });
      const a = of(1, 'x');
      fails(
        ({ cold, expectBatches }) => expectBatches(cold('a', { a })).toBe('a', { a: of(1, 'y') }),
        /got:\s+0 ms: batch 1 \[ { value: 'x' } \]/,
      );
      fails(
        ({ cold, expectBatches }) => expectBatches(cold('a', { a })).toBe('a', { a: of(2, 'x') }),
        /expected:\s+0 ms: batch 2/,
      );
      fails(
        ({ cold, expectBatches }) => expectBatches(cold('a', { a })).toBe('a', { a: of(1, 'x', 5) }),
        /batch 1 watermark 5/,
      );
      fails(({ cold, expectBatches }) => expectBatches(cold('a', { a })).toBe('-a', { a }), /1 ms: batch 1/);
      fails(
        ({ cold, expectBatches }) => expectBatches(cold('#', {}, new Error('one'))).toBe('#', {}, /two/),
        /0 ms: Error: one/,
      );
      fails(({ cold, expectBatches }) => expectBatches(cold('#', {}, new Error('one'))).toBe('|'), /0 ms: complete/);
    });

    it('for other subscriptions and settlements', () => {
      const a = batch('x');
      fails(
        ({ cold, expectSubscriptions }) => expectSubscriptions(cold('a', { a }).subscriptions).toBe('^!'),
        /got:\s+\(nothing\)\s+expected:\s+subscribed at 0, unsubscribed at 1/,
      );
      fails(({ cold, expectBatches, expectSettled: settled }) => {
        const source = cold('a', { a });
        expectBatches(source).toBe('a', { a });
        settled(source).toBe('-a');
      }, /settled:\s+0 ms: 'a'\s+expected:\s+1 ms: 'a'/);
      fails(({ cold, expectBatches, expectSettled: settled }) => {
        const source = cold('a', { a });
        expectBatches(source.pipe(tap((one) => one.fail(1)))).toBe('a', { a });
        settled(source).toBe('a');
      }, /0 ms: error 1/);
    });

    it('for code that keeps a batch without holding it', () => {
      const { a } = { a: batch('x') };
      // rxjs's own delay knows nothing of batches.
      fails(
        ({ cold, expectBatches }) => expectBatches(cold('a', { a }).pipe(delay(2))).toBe('--a', { a }),
        /Frame 2: batch 0 was handed on after it was settled/,
      );
      const keeps = (source: Observable<Batch>): Observable<never> =>
        new Observable((subscriber) => {
          const kept: Batch[] = [];
          return source.subscribe({
            next: (one) => void kept.push(one),
            complete: () => {
              for (const one of kept) void one.rows;
              subscriber.complete();
            },
          });
        });
      fails(
        ({ cold, expectBatches }) => expectBatches(keeps(cold('a-|', { a }))).toBe('--|'),
        /`rows` of batch 0 was used after the batch was settled/,
      );
      marbles(({ cold, expectBatches }) => expectBatches(cold('a-|', { a }).pipe(share())).toBe('a-|', { a }));
    });
  });
});

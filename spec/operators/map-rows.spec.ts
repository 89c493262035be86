import { batch, deliver, expectSettled, marbles, operatorSuite } from '../../lib/testing/index.js';
import { type MicroBatch, SluiceError } from '../../lib/index.js';
import { mapRows } from '../../operators/index.js';
import { of, Subject } from 'rxjs';
import { requiredCases } from './required-cases.js';

interface Numbered {
  n: number;
}
const rows = (...ns: number[]): Numbered[] => ns.map((n) => ({ n }));
const fail = (): never => {
  throw new Error('no');
};

describe('mapRows', () => {
  requiredCases({
    operator: () => mapRows(({ n }: Numbered) => ({ m: n * 2 })),
    rows: [rows(1, 2), rows(3)],
    out: [[{ m: 2 }, { m: 4 }], [{ m: 6 }]],
    throwing: { operator: () => mapRows(fail), code: 'USER_FUNCTION_FAILED' },
  });
  operatorSuite<Numbered, Numbered>({
    name: 'mapRows',
    input: rows(1, 2, 3, 4),
    operator: () => mapRows(({ n }) => ({ n: n + 1 })),
    output: rows(2, 3, 4, 5),
  });

  it('tells the function of the batch', () => {
    const seen: unknown[] = [];
    marbles(({ cold, expectBatches }) => {
      const a = batch(rows(1), undefined, { id: 4, watermark: 7, timestamp: 9 });
      const result = cold('a|', { a }).pipe(mapRows((row, info) => (seen.push(info), row)));
      expectBatches(result).toBe('a|', { a });
    });
    expect(seen).toEqual([{ batchId: 4, watermark: 7, timestamp: 9 }]);
  });

  it('names the row and keeps the cause', () => {
    const a = batch(rows(1, 2), undefined, { id: 4 });
    let error: unknown;
    const source = new Subject<MicroBatch<Numbered>>();
    source.pipe(mapRows(({ n }) => (n === 2 ? fail() : n))).subscribe({ error: (e: unknown) => (error = e) });
    deliver(a, source);
    expect(error).toMatchObject({
      code: 'USER_FUNCTION_FAILED',
      details: { operator: 'mapRows', batchId: 4, row: 1 },
      cause: new Error('no'),
    });
    expect((error as Error).message).toMatch(/mapRows.*row 1 of batch 4: no/);
  });

  it('an error of ours keeps its code', () => {
    marbles(({ cold, expectBatches }) => {
      const throws = mapRows((): Numbered => {
        throw new SluiceError('MALFORMED_RECORD', 'bad');
      });
      expectBatches(cold('a', { a: batch(rows(1)) }).pipe(throws)).toBe('#', {}, 'MALFORMED_RECORD');
    });
  });

  it('refuses a promise where no options ask for it', () => {
    marbles(({ cold, expectBatches }) => {
      const result = cold('a', { a: batch(rows(1)) }).pipe(mapRows(async () => Promise.resolve({ n: 1 })));
      expectBatches(result as never).toBe('#', {}, /returned a promise.*concurrency: 16/);
    });
  });

  it('gives the rows the schema that is named', () => {
    const result = of(batch(rows(1))).pipe(mapRows(({ n }) => ({ n }), { schema: 'n INT' as never }));
    expect((result as { schema?: unknown }).schema).toMatchObject({ fields: [{ name: 'n' }] });
  });
});

describe('mapRows, asynchronous', () => {
  const settle = async (check: () => void): Promise<void> => {
    for (let i = 0; ; i++) {
      try {
        return check();
      } catch (error) {
        if (i === 200) throw error;
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
  };
  /** One batch through the operator. */
  const through = (of: MicroBatch<Numbered>, operator: ReturnType<typeof mapRows<Numbered, Numbered>>) => {
    const got: { rows: readonly Numbered[]; error?: unknown; complete?: boolean } = { rows: [] };
    const source = new Subject<MicroBatch<Numbered>>();
    const subscription = source.pipe(operator).subscribe({
      next: (one) => (got.rows = one.rows),
      error: (error: unknown) => (got.error = error),
      complete: () => (got.complete = true),
    });
    deliver(of, source);
    return { got, source, subscription };
  };

  it('keeps the order whatever call ends first, and holds the batch meanwhile', async () => {
    const pending: (() => void)[] = [];
    const a = batch(rows(0, 1, 2));
    const { got, source } = through(
      a,
      mapRows(({ n }) => new Promise<Numbered>((resolve) => pending.push(() => resolve({ n: n * 10 }))), {
        concurrency: 3,
      }),
    );
    await settle(() => expect(pending).toHaveLength(3));
    source.complete();
    for (const resolve of pending.reverse()) resolve();
    expectSettled(a, 'not yet');
    await settle(() => expectSettled(a));
    expect(got).toEqual({ rows: rows(0, 10, 20), complete: true });
  });

  it('never has more calls under way than it may, and as many if it can', async () => {
    let [under, most] = [0, 0];
    const a = batch(rows(...Array.from({ length: 50 }, (_, n) => n)));
    const { got } = through(
      a,
      mapRows(
        async (row) => {
          most = Math.max(most, ++under);
          await new Promise((resolve) => setImmediate(resolve));
          under--;
          return row;
        },
        { concurrency: 7 },
      ),
    );
    await settle(() => expectSettled(a));
    expect([most, got.rows.length]).toEqual([7, 50]);
  });

  it('after an error starts no more calls, and fails the batch', async () => {
    const called: number[] = [];
    const a = batch(rows(0, 1, 2, 3, 4, 5));
    const { got } = through(
      a,
      mapRows(async ({ n }) => (called.push(n), Promise.resolve(n === 1 ? fail() : { n })), { concurrency: 2 }),
    );
    await settle(() => expectSettled(a, { error: 'USER_FUNCTION_FAILED' }));
    expect(got.error).toMatchObject({ code: 'USER_FUNCTION_FAILED', details: { row: 1 } });
    expect(called.length).toBeLessThan(5);
  });

  it('tries again as often as it may', async () => {
    for (const [failures, code] of [
      [2, undefined],
      [3, 'USER_FUNCTION_FAILED'],
    ] as const) {
      let calls = 0;
      const a = batch(rows(1), undefined, { id: failures });
      jest.useFakeTimers({ doNotFake: ['setImmediate'] });
      try {
        const { got } = through(
          a,
          mapRows(async (row) => Promise.resolve(++calls <= failures ? fail() : row), { retries: 2 }),
        );
        for (let i = 0; i < 10; i++) await jest.advanceTimersByTimeAsync(200);
        expectSettled(a, code === undefined ? 'done' : { error: code });
        expect([calls, got.rows.length]).toEqual([3, code === undefined ? 1 : 0]);
      } finally {
        jest.useRealTimers();
      }
    }
  });

  it('gives up a call that takes too long', async () => {
    const a = batch(rows(1));
    const { got } = through(
      a,
      mapRows(async () => new Promise<Numbered>(() => undefined), { timeout: 5 }),
    );
    await new Promise((resolve) => setTimeout(resolve, 30));
    expectSettled(a, { error: 'TIMEOUT' });
    expect(got.error).toMatchObject({
      code: 'TIMEOUT',
      message: expect.stringMatching(/row 0 of batch 0: it took longer than 5 ms/),
    });
  });

  it('left, it starts no more calls, gives nothing and lets go of the batch', async () => {
    let calls = 0;
    const a = batch(rows(1, 2, 3));
    const { got, subscription } = through(
      a,
      mapRows(async (row) => (calls++, Promise.resolve(row)), { concurrency: 1 }),
    );
    subscription.unsubscribe();
    await new Promise((resolve) => setTimeout(resolve, 5));
    expectSettled(a);
    expect([calls, got.rows.length]).toEqual([1, 0]);
  });

  it('refuses bounds that make no sense', () => {
    expect(() => mapRows(fail, { concurrency: 0 })).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
    expect(() => mapRows(fail, { retrys: 1 } as never)).toThrow(expect.objectContaining({ code: 'UNKNOWN_OPTION' }));
  });

  operatorSuite<Numbered, Numbered>({
    name: 'mapRows, asynchronous',
    input: rows(1, 2, 3, 4),
    operator: () => mapRows(async ({ n }) => Promise.resolve({ n: n + 1 }), { concurrency: 2 }),
    output: rows(2, 3, 4, 5),
    failing: {
      operator: () => mapRows(async () => Promise.reject(new Error('no')), { retries: 0 }),
      error: 'USER_FUNCTION_FAILED',
    },
  });
});

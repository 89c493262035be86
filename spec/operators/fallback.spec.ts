import { NEVER, type Observable, type Observer, Subject, defer, mergeWith, tap, throwError, timeout } from 'rxjs';
import type { Flow } from '../../lib/flow.js';
import { type MicroBatch, type StreamingQueryProgress, startQuery } from '../../lib/index.js';
import { batch, marbles } from '../../lib/testing/index.js';
import { checkpoint, fallback, limit, mapRows, retryWithBackoff, trigger, union } from '../../operators/index.js';
import { type Collected, type CounterOptions, collector, counter, upTo } from '../helpers/pipelines.js';
import { tempDir } from '../helpers/temp-dir.js';

type Row = { n: number };
const dir = tempDir();
let places = 0;
const place = (): string => `${dir}/${places++}`;

/** Its numbers are those from 0 on. */
const live = (options: Partial<CounterOptions> = {}) => counter({ total: 30, name: 'live', ...options });
/** Its numbers are those from 100 on. */
const archive = (options: Partial<CounterOptions> = {}): Flow<Row> =>
  counter({ total: 20, name: 'archive', ...options }).pipe(mapRows(({ n }) => ({ n: n + 100 }), { schema: 'n INT' }));
const hundreds = (to: number): number[] => upTo(to).map((n) => n + 100);

/** Throws at the first calls with this argument. */
const planted = (at: number, times = Infinity) => {
  let left = times;
  return (from: number): void => {
    if (from === at && left-- > 0) throw new Error(`planted at ${at}`);
  };
};
const down = (op: string): Flow<Row> =>
  defer(() => {
    throw new Error(`${op} is down`);
  }) as unknown as Flow<Row>;

async function run(from: Flow<Row>, to: Collected = collector()) {
  const progress: StreamingQueryProgress[] = [];
  const query = startQuery({ from, to: to.sink });
  query.progress$.subscribe({ next: (one) => progress.push(one), error: () => undefined });
  const error = await query.awaitTermination().then(
    () => undefined,
    (thrown: Error & { code: string }) => thrown,
  );
  return { ns: to.ns, batches: to.batches.map(({ id, ns }) => [id, ns]), progress, error };
}

const rows = (id: number, ns: readonly number[]): MicroBatch<Row> =>
  batch(
    ns.map((n) => ({ n })),
    undefined,
    { id },
  );
const ten = (from: number): number[] => upTo(from + 10).slice(from);

describe('fallback', () => {
  it('is the primary while that is well', () => {
    marbles(({ expectBatches }) => {
      const result = fallback(live({ total: 20 }), down('backup'));
      expectBatches(result).toBe('(ab|)', { a: rows(0, ten(0)), b: rows(1, ten(10)) });
    });
  });

  it('goes over in the middle, and completes with the backup', () => {
    marbles(({ expectBatches }) => {
      const result = fallback(live({ onRead: planted(10) }), archive());
      const expected = { a: rows(0, ten(0)), b: rows(1, ten(100)), c: rows(2, ten(110)) };
      expectBatches(result).toBe('(abc|)', expected);
    });
  });

  it.each([
    ['is subscribed', () => down('primary')],
    ['is opened', () => live({ onRead: planted(0) })],
    ['gives an error of its own', () => throwError(() => new Error('gone')) as unknown as Flow<Row>],
  ])('goes over when the primary fails as it %s', async (_when, primary) => {
    const { ns, error } = await run(fallback(primary(), archive()).pipe(checkpoint(place())));
    expect([ns, error]).toEqual([hundreds(20), undefined]);
  });

  it('goes over when the primary fails as it is told what was committed: that batch is done', async () => {
    const { batches } = await run(fallback(live({ onCommit: planted(10) }), archive()).pipe(checkpoint(place())));
    expect(batches).toEqual([
      [0, ten(0)],
      [1, ten(100)],
      [2, ten(110)],
    ]);
  });

  it('goes over for an error of an operator of the primary, and loses no row of that batch', () => {
    let bad = true;
    const picky = (flow: Flow<Row>): Flow<Row> =>
      flow.pipe(
        mapRows((row) => {
          if (row.n === 15 && bad) throw new Error('bad row');
          return row;
        }),
      );
    marbles(({ expectBatches, scheduler }) => {
      scheduler.schedule(() => (bad = false), 4);
      const result = fallback(picky(live()), archive({ ends: false }), { returnAfter: 5 });
      const expected = {
        a: rows(0, ten(0)),
        b: rows(1, ten(100)),
        c: rows(2, ten(110)),
        d: rows(3, ten(10)),
        e: rows(4, ten(20)),
      };
      expectBatches(result).toBe('(abc)(de|)', expected);
    });
  });

  it('returns to the primary, where that was left', () => {
    marbles(({ expectBatches }) => {
      const result = fallback(live({ onRead: planted(10, 1) }), archive({ total: 100, perBatch: 1 }), {
        returnAfter: 3,
      }).pipe(trigger({ processingTime: 2 }));
      const expected = {
        a: rows(0, ten(0)),
        b: rows(1, [100]),
        c: rows(2, [101]),
        d: rows(3, ten(10)),
        e: rows(4, ten(20)),
      };
      expectBatches(result).toBe('a-b-c-d-e-|', expected);
    });
  });

  it('tries the primary again and again', () => {
    const opened: string[] = [];
    const told = (name: string, flow: Flow<Row>): Flow<Row> => defer(() => (opened.push(name), flow)) as never;
    marbles(({ expectBatches }) => {
      const result = fallback(
        told('live', live({ onRead: planted(0, 3) })),
        told('archive', archive({ ends: false })),
        {
          returnAfter: 10,
        },
      );
      const expected = {
        a: rows(0, ten(100)),
        b: rows(1, ten(110)),
        c: rows(2, ten(0)),
        d: rows(3, ten(10)),
        e: rows(4, ten(20)),
      };
      expectBatches(result).toBe('(ab) 26ms (cde|)', expected);
    });
    expect(opened).toEqual(['live', 'archive', 'live', 'archive', 'live', 'archive', 'live']);
  });

  it('passes on what is no reason to go over, what `when` throws, and errors of the backup', async () => {
    const broken = live({ onRead: planted(10) });
    const strict = await run(fallback(broken, archive(), { when: (e) => !(e as Error).message.includes('planted') }));
    expect([strict.ns, strict.error]).toEqual([upTo(10), expect.objectContaining({ code: 'SOURCE_FAILED' })]);
    const thrown = await run(
      fallback(broken, archive(), {
        when: () => {
          throw new Error('when?');
        },
      }),
    );
    expect(thrown.error?.message).toContain('when?');
    const both = await run(fallback(broken, archive({ onRead: planted(10) })));
    expect([both.ns, both.error?.message]).toEqual([
      [...upTo(10), ...hundreds(10)],
      expect.stringContaining('archive'),
    ]);
  });

  it('is in the progress as a source without rows', async () => {
    const { progress } = await run(
      fallback(live({ onRead: planted(10) }), archive({ total: 10 }), { name: 'orders' }).pipe(checkpoint(place())),
    );
    const since = expect.any(Number) as number;
    expect(progress.map(({ sources }) => sources.map(({ description }) => description))).toEqual([
      ['fallback[orders]', 'counter[live]'],
      ['fallback[orders]', 'counter[archive]'],
    ]);
    expect(progress[1]!.sources[0]).toMatchObject({
      startOffset: { on: 'primary' },
      endOffset: { on: 'backup', since },
      numInputRows: 0,
      metrics: { failures: 1, lastError: expect.stringContaining('planted at 10') as string },
    });
  });

  it('is one flow of a union: the other keeps its rows', async () => {
    const other = counter({ total: 40, name: 'other', later: true }).pipe(
      mapRows(({ n }) => ({ n: n + 1000 }), { schema: 'n INT' }),
    );
    const from = fallback(live({ onRead: planted(10), later: true }), archive()).pipe(
      union(other),
      checkpoint(place()),
    );
    const { ns } = await run(from);
    expect([...ns].sort((a, b) => a - b)).toEqual([...upTo(10), ...hundreds(20), ...upTo(40).map((n) => n + 1000)]);
  });

  it.each(['before', 'after'])(
    'is one of a union, %s the other, when an operator of the primary throws',
    async (where) => {
      const picky = mapRows(
        (row: Row) => {
          if (row.n === 15) throw new Error('bad row');
          return row;
        },
        { schema: 'n INT' },
      );
      const one = fallback(live().pipe(picky), archive());
      const other = counter({ total: 40, name: 'other' });
      const from = where === 'before' ? one.pipe(union(other)) : other.pipe(union(one));
      const { batches } = await run(from.pipe(checkpoint(place())));
      const both = [...ten(0), ...ten(0), ...hundreds(20), ...ten(10), ...ten(20), ...ten(30)];
      expect(batches.map(([id]) => id)).toEqual([0, 1, 2, 3]);
      const sorted = (ns: number[]): number[] => ns.sort((a, b) => a - b);
      expect(sorted(batches.flatMap(([, ns]) => ns as number[]))).toEqual(sorted(both));
    },
  );

  it.each([
    ['availableNow', upTo(10)],
    ['once', []],
  ] as const)('ends with %s when the flow in use is through', async (kind, first) => {
    const from = fallback(
      live({ onRead: planted(kind === 'once' ? 0 : 10), ends: false }),
      archive({ ends: false }),
    ).pipe(trigger({ [kind]: true } as { once: true }), checkpoint(place()));
    const { ns, error } = await run(from);
    expect([ns, error]).toEqual([[...first, ...hundreds(20)], undefined]);
  });

  it('goes over when the primary is silent for too long, if that is made an error', async () => {
    const quiet = live({ total: 10, ends: false }).pipe(timeout({ first: 1000, each: 20 }));
    const { ns, progress } = await run(fallback(quiet, archive()).pipe(checkpoint(place())));
    expect(ns).toEqual([...upTo(10), ...hundreds(20)]);
    expect(progress[1]!.sources[0]!.metrics['lastError']).toMatch(/timeout/i);
  });

  it('works with the continuous trigger', async () => {
    const at = place();
    const query = (broken: boolean) =>
      fallback(live({ onRead: planted(broken ? 10 : -1) }), archive({ total: broken ? 10 : 20 })).pipe(
        trigger({ continuous: '1 hour' }),
        checkpoint(at),
      );
    expect((await run(query(true))).ns).toEqual([...upTo(10), ...hundreds(10)]);
    expect((await run(query(false))).ns).toEqual(ten(110));
  });

  it('may have a fallback for a backup', async () => {
    const at = place();
    const query = (broken: boolean) =>
      fallback(
        live({ onRead: planted(0) }),
        fallback(archive({ onRead: planted(broken ? 10 : -1) }), counter({ total: 5, name: 'last' })),
      ).pipe(checkpoint(at));
    expect((await run(query(true))).ns).toEqual([...hundreds(10), ...upTo(5)]);
    expect((await run(query(false))).ns).toEqual([]);
  });

  it('refuses what cannot be', () => {
    expect(() => fallback(live(), live(), { return: 1 } as never)).toThrow(/returnAfter/);
    for (const returnAfter of ['soon', 0]) {
      expect(() => fallback(live(), live(), { returnAfter })).toThrow(
        expect.objectContaining({ code: 'INVALID_OPTION' }),
      );
    }
    const other = live().pipe(mapRows(() => ({ n: '' }), { schema: 'n STRING' })) as unknown as Flow<Row>;
    expect(() => fallback(live(), other)).toThrow(expect.objectContaining({ code: 'SCHEMA_MISMATCH' }));
    const below = fallback(live().pipe(checkpoint(place())), archive());
    expect(() => startQuery({ from: below, to: collector().sink })).toThrow(
      expect.objectContaining({ code: 'UNSUPPORTED_PIPELINE' }),
    );
    expect(fallback(live(), archive(), { returnAfter: '5 s' }).explain()).toMatch(
      /fallback fallback, returns after 5000 ms\n.*counter.*\n.*mapRows/,
    );
  });
});

describe('fallback over restarts', () => {
  let lost: Subject<never>;
  const sinkFailingAt = (id: number): Collected =>
    collector((one) => {
      if (one === id) throw new Error('disk full');
    });

  it('goes on with the backup, and does not touch the primary', async () => {
    const at = place();
    const first = await run(
      fallback(live({ onRead: planted(10) }), archive({ onRead: planted(10) })).pipe(checkpoint(at)),
    );
    expect(first.ns).toEqual([...upTo(10), ...hundreds(10)]);
    const second = await run(fallback(down('primary'), archive()).pipe(checkpoint(at)));
    expect([second.ns, second.progress[0]!.sources[0]!.metrics]).toEqual([ten(110), {}]);
  });

  it('a batch of the backup that was planned is done again by the backup, though nothing of it was committed', async () => {
    const at = place();
    const query = () => fallback(live({ onRead: planted(10) }), archive()).pipe(checkpoint(at));
    const first = await run(query(), sinkFailingAt(1));
    expect(first.error).toMatchObject({ code: 'SINK_FAILED' });
    const again = await run(fallback(live(), archive()).pipe(checkpoint(at)));
    expect([...first.batches, ...again.batches]).toEqual([
      [0, ten(0)],
      [1, ten(100)],
      [2, ten(110)],
    ]);
  });

  it('a batch of the primary that a sink may have seen waits for the primary', async () => {
    const at = place();
    const first = await run(fallback(live(), archive()).pipe(checkpoint(at)), sinkFailingAt(1));
    const without = await run(fallback(live({ onRead: planted(10) }), archive()).pipe(checkpoint(at)));
    expect([without.ns, without.error]).toEqual([[], expect.objectContaining({ code: 'SOURCE_FAILED' })]);
    const again = await run(fallback(live({ onRead: planted(20) }), archive()).pipe(checkpoint(at)));
    expect([...first.batches, ...again.batches]).toEqual([
      [0, ten(0)],
      [1, ten(10)],
      [2, ten(100)],
      [3, ten(110)],
    ]);
  });

  const losing = (id: number): void => {
    if (id === 1) lost.error(new Error('connection lost'));
  };
  const slow = collector(async (id) => {
    await new Promise((resolve) => setTimeout(resolve, 5));
    losing(id);
    await new Promise((resolve) => setTimeout(resolve, 5));
  });
  const quick: Observer<MicroBatch<Row>> = {
    next: ({ id }) => losing(id),
    error: () => undefined,
    complete: () => undefined,
  };
  it.each<[string, Observer<MicroBatch<Row>>]>([
    ['is being written', slow.sink],
    ['is in the hands of an observer that does not hold it', quick],
  ])('within the process, too, if the primary fails while its batch %s', async (_how, to) => {
    const at = place();
    lost = new Subject();
    const query = (primary: Observable<MicroBatch<Row>>) => fallback(primary, archive()).pipe(checkpoint(at));
    const first = startQuery({ from: query(live({ later: true }).pipe(mergeWith(lost))), to });
    await expect(first.awaitTermination()).rejects.toThrow(/connection lost/);
    const again = await run(query(live()));
    expect(again.batches).toEqual([
      [1, ten(10)],
      [2, ten(20)],
    ]);
  });

  it('a batch that waits for the primary is done again in the same query, if that is tried again below', async () => {
    lost = new Subject();
    const to = collector(async (id) => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      if (to.batches.length === 1) losing(id);
    });
    const primary = defer(() => live().pipe(mergeWith(to.batches.length === 0 ? lost : NEVER)));
    const from = fallback(primary, down('backup')).pipe(
      retryWithBackoff({ initial: 1 }),
      limit(30),
      checkpoint(place()),
    );
    expect((await run(from, to)).batches).toEqual([
      [0, ten(0)],
      [1, ten(10)],
      [1, ten(10)],
      [2, ten(20)],
    ]);
  });

  it('returns when it is time, also if that came while nothing ran', async () => {
    const at = place();
    const query = (broken: boolean, returnAfter?: number) =>
      fallback(
        live({ onRead: planted(broken ? 10 : -1) }),
        archive(),
        returnAfter === undefined ? {} : { returnAfter },
      ).pipe(trigger({ availableNow: true }), checkpoint(at));
    expect((await run(query(true))).ns).toEqual([...upTo(10), ...hundreds(20)]);
    expect((await run(query(false, 60_000))).ns).toEqual([]);
    await new Promise((resolve) => setTimeout(resolve, 5));
    const { ns, progress } = await run(query(false, 1));
    expect(ns).toEqual([...ten(10), ...ten(20)]);
    expect(progress[0]!.sources[0]).toMatchObject({ startOffset: { on: 'backup' }, endOffset: { on: 'primary' } });
  });

  it('does the batch of the backup first, if one is to be done again, however long that takes', async () => {
    const at = place();
    const first = await run(fallback(live({ onRead: planted(10) }), archive()).pipe(checkpoint(at)), sinkFailingAt(2));
    const backup = archive({ ends: false, onRead: planted(10, 2) }).pipe(
      retryWithBackoff({ initial: 10, jitter: false }),
    );
    const again = await run(fallback(live(), backup, { returnAfter: 1 }).pipe(checkpoint(at)));
    expect([...first.batches, ...again.batches]).toEqual([
      [0, ten(0)],
      [1, ten(100)],
      [2, ten(110)],
      [3, ten(10)],
      [4, ten(20)],
    ]);
  });

  it('never has both in one batch, whatever fails', async () => {
    const at = place();
    const offsets: string[][] = [];
    for (let start = 0; start < 6; start++) {
      let left = 2 + (start % 3);
      const flaky = (): void => {
        if (left-- === 0) throw new Error('flaky');
      };
      await run(
        fallback(live({ onRead: flaky }), archive({ onRead: planted(10 * (start % 2), 1) }), { returnAfter: 1 }).pipe(
          tap((one) =>
            offsets.push(
              Object.entries(one.offsets)
                .filter(([name, { start: from, end }]) => name !== 'fallback' && from !== end)
                .map(([name]) => name),
            ),
          ),
          checkpoint(at),
        ),
        collector((id) => {
          if (id === start) throw new Error('disk full');
        }),
      );
    }
    expect(offsets.length).toBeGreaterThan(4);
    expect(offsets.filter((names) => names.length > 1)).toEqual([]);
  });
});

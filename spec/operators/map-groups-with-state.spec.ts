import { retry } from 'rxjs';
import { memorySink, memorySource } from '../../connectors/index.js';
import { startQuery } from '../../lib/query/index.js';
import { expr } from '../../lib/expressions/index.js';
import {
  type GroupState,
  mapGroupsWithState,
  mapRows,
  outputMode,
  trigger,
  withWatermark,
} from '../../operators/index.js';
import {
  type Given,
  addData,
  advanceBy,
  expectError,
  expectNewRows,
  expectRows,
  expectState,
  expectStateOperators,
  start,
  stop,
  testStream,
} from '../../lib/testing/index.js';

interface Click {
  readonly user: string | null;
  readonly at: Date;
  readonly v: number;
}
const schema = 'user STRING, at TIMESTAMP, v INT';
const click = (user: string | null, seconds = 0, v = 1): Click => ({ user, at: new Date(seconds * 1000), v });
const update = { schema, outputMode: 'update' as const };

type Counted = { user: string | null; n: number; event: string };

/** Counts the rows of a user; `v` of 0 removes it. */
function counts(user: string | null, rows: readonly Click[], state: GroupState<number>): Counted {
  const before = state.get();
  if (state.hasTimedOut) {
    state.remove();
    return { user, n: before!, event: 'timeout' };
  }
  const n = (before ?? 0) + rows.length;
  if (rows.some(({ v }) => v === 0)) state.remove();
  else state.update(n);
  return { user, n, event: state.exists ? (before === undefined ? 'new' : 'update') : 'removed' };
}

describe('mapGroupsWithState', () => {
  it('is called once for each key with rows, with what was kept, over restarts', () =>
    testStream(
      ({ input }: Given<Click>) => input.pipe(mapGroupsWithState({ by: 'user' }, counts)),
      [
        addData([click('a'), click(null), click('a')]),
        expectNewRows([
          { user: 'a', n: 2, event: 'new' },
          { user: null, n: 1, event: 'new' },
        ]),
        expectStateOperators([
          {
            operatorName: 'flatMapGroupsWithState',
            numRowsTotal: 2,
            numRowsUpdated: 2,
            numRowsRemoved: 0,
          },
        ]),
        stop(),
        start(),
        addData([click('a', 0, 0), click(null)]),
        expectNewRows([
          { user: 'a', n: 3, event: 'removed' },
          { user: null, n: 2, event: 'update' },
        ]),
        addData([click('a')]),
        expectNewRows([{ user: 'a', n: 1, event: 'new' }]),
      ],
      update,
    ));

  it('gives the key as a value, or as an object of values', async () => {
    const keys: unknown[] = [];
    const keep = (key: unknown): object => {
      keys.push(key);
      return { n: 1 };
    };
    const fed = addData([click('A', 60, 3)]);
    await testStream(({ input }: Given<Click>) => input.pipe(mapGroupsWithState({ by: 'v' }, keep)), [fed], update);
    await testStream(
      ({ input }: Given<Click>) => input.pipe(mapGroupsWithState({ by: expr('lower(user)') }, keep)),
      [fed],
      update,
    );
    await testStream(
      ({ input }: Given<Click>) => input.pipe(mapGroupsWithState({ by: ['user', 'v'] }, keep)),
      [fed],
      update,
    );
    await testStream(
      ({ input }: Given<Click>) => input.pipe(mapGroupsWithState({ by: { who: 'user', day: 'date(at)' } }, keep)),
      [fed],
      update,
    );
    expect(keys).toEqual([3, 'a', { user: 'A', v: 3 }, { who: 'A', day: new Date(0) }]);
  });

  it('takes rows whose types nobody declared', () =>
    testStream(
      ({ input }: Given<Click>) =>
        input.pipe(
          mapRows(({ user, v }) => ({ user, v })),
          mapGroupsWithState({ by: 'user' }, (user, rows, state: GroupState<number>) => {
            state.update((state.get() ?? 0) + rows.length);
            return { user, n: state.get() };
          }),
        ),
      [
        addData([click('a')]),
        addData([]),
        addData([click('a'), click('b')]),
        expectRows([
          { user: 'a', n: 1 },
          { user: 'a', n: 2 },
          { user: 'b', n: 1 },
        ]),
      ],
      update,
    ));

  it('calls in processing time strictly after the timeout, and data goes before it', () =>
    testStream(
      ({ input }: Given<Click>) =>
        input.pipe(
          trigger({ processingTime: '1 second' }),
          mapGroupsWithState({ by: 'user', timeout: 'processingTime' }, (user, rows, state: GroupState<number>) => {
            if (!state.hasTimedOut) state.setTimeoutDuration('1 second');
            return counts(user, rows, state);
          }),
        ),
      [
        addData([click('a')]),
        advanceBy('1 second'),
        expectNewRows([{ user: 'a', n: 1, event: 'new' }]),
        advanceBy('1 second'),
        expectNewRows([]),
        addData([click('a')]),
        advanceBy('1 second'),
        expectNewRows([{ user: 'a', n: 2, event: 'update' }]),
        stop(),
        start(),
        // The first batch of a run needs data.
        advanceBy('3 seconds'),
        expectNewRows([]),
        addData([click('b')]),
        advanceBy('1 second'),
        expectNewRows([
          { user: 'b', n: 1, event: 'new' },
          { user: 'a', n: 2, event: 'timeout' },
        ]),
      ],
      update,
    ));

  it('without a trigger has a batch when a timeout is due', () =>
    testStream(
      ({ input }: Given<Click>) =>
        input.pipe(
          mapGroupsWithState({ by: 'user', timeout: 'processingTime' }, (user, rows, state: GroupState<number>) => {
            if (!state.hasTimedOut) state.setTimeoutDuration('10 seconds');
            return counts(user, rows, state);
          }),
        ),
      [
        addData([click('a')]),
        expectNewRows([{ user: 'a', n: 1, event: 'new' }]),
        advanceBy('9 seconds'),
        expectNewRows([]),
        advanceBy('2 seconds'),
        expectNewRows([{ user: 'a', n: 1, event: 'timeout' }]),
      ],
      update,
    ));

  const late = memorySink({ queryName: 'late' });

  it('calls in event time when the watermark has passed, and drops rows that came too late', () =>
    testStream(
      ({ input }: Given<Click>) =>
        input.pipe(
          withWatermark('at', '10 seconds'),
          mapGroupsWithState(
            { by: 'user', timeout: 'eventTime', lateRows: late },
            (user, rows, state: GroupState<number>) => {
              if (!state.hasTimedOut) {
                state.setTimeoutTimestamp(Math.max(...rows.map(({ at }) => at.getTime())), '5 seconds');
              }
              return counts(user, rows, state);
            },
          ),
        ),
      [
        addData([click('a', 5)]),
        // The watermark becomes 10 s, which is when a times out: not yet.
        addData([click('b', 20)]),
        expectNewRows([
          { user: 'a', n: 1, event: 'new' },
          { user: 'b', n: 1, event: 'new' },
        ]),
        // 10.001 s: in a batch of its own, without data.
        addData([click('c', 20.001)]),
        expectNewRows([
          { user: 'c', n: 1, event: 'new' },
          { user: 'a', n: 1, event: 'timeout' },
        ]),
        addData([click('a', 10.001), click('a', 10.002)]),
        expectNewRows([{ user: 'a', n: 1, event: 'new' }]),
        expectStateOperators([{ numRowsDroppedByWatermark: 1 }]),
        { text: 'late', run: () => expect(late.rows).toEqual([click('a', 10.001)]) },
      ],
      update,
    ));

  it('a timeout counts until the next call, and stays when the state is removed', () =>
    testStream(
      ({ input }: Given<Click>) =>
        input.pipe(
          mapGroupsWithState({ by: 'user', timeout: 'processingTime' }, (user, rows, state: GroupState<number>) => {
            const { exists } = state;
            if (state.hasTimedOut) return { user, exists };
            state.update(1);
            if (rows[0]!.v === 1) state.setTimeoutDuration(5000);
            if (rows[0]!.v === 2) {
              state.setTimeoutDuration(5000);
              state.remove();
            }
            return { user, exists };
          }),
        ),
      [
        addData([click('a', 0, 1), click('b', 0, 2), click('c', 0, 1)]),
        addData([click('a', 0, 3)]),
        expectRows([
          { user: 'a', exists: false },
          { user: 'b', exists: false },
          { user: 'c', exists: false },
          { user: 'a', exists: true },
        ]),
        advanceBy('6 seconds'),
        expectNewRows(
          [
            { user: 'a', exists: false },
            { user: 'b', exists: false },
            { user: 'c', exists: false },
            { user: 'a', exists: true },
            { user: 'b', exists: false },
            { user: 'c', exists: true },
          ].slice(4),
        ),
        // Whoever was called once is not called again.
        advanceBy('1 minute'),
        expectNewRows([]),
      ],
      update,
    ));

  it('begins with a state made for the key', () =>
    testStream(
      ({ input }: Given<Click>) =>
        input.pipe(
          mapGroupsWithState({ by: 'user', initial: (user) => ({ user, n: 100 }) }, (_, rows, state) => {
            const { exists } = state;
            const next = { ...state.get(), n: state.get().n + rows.length };
            state.update(next);
            return { ...next, exists };
          }),
        ),
      [
        addData([click('a')]),
        addData([click('a')]),
        expectRows([
          { user: 'a', n: 101, exists: false },
          { user: 'a', n: 102, exists: true },
        ]),
      ],
      update,
    ));

  it('begins with given states: once, and calls their groups', () =>
    testStream(
      ({ input }: Given<Click>) =>
        input.pipe(
          mapGroupsWithState(
            {
              by: 'user',
              initial: [
                ['a', 10],
                ['z', 20],
              ],
            },
            (user, rows, state: GroupState<number>) => counts(user, rows, state),
          ),
        ),
      [
        addData([click('b'), click('a')]),
        expectNewRows([
          { user: 'b', n: 1, event: 'new' },
          { user: 'a', n: 11, event: 'update' },
          { user: 'z', n: 20, event: 'update' },
        ]),
        addData([click('z', 0, 0)]),
        expectNewRows([{ user: 'z', n: 21, event: 'removed' }]),
        stop(),
        start(),
        addData([click('z')]),
        expectNewRows([{ user: 'z', n: 1, event: 'new' }]),
      ],
      update,
    ));

  it('refuses two states for a key', () =>
    testStream(
      ({ input }: Given<Click>) =>
        input.pipe(
          mapGroupsWithState(
            {
              by: 'user',
              initial: [
                ['a', 1],
                ['a', 2],
              ],
            },
            counts,
          ),
        ),
      [addData([click('a')]), expectError(/'initial' has a key twice: "a"/)],
      update,
    ));

  it('forgets what was not updated for its time to live', () =>
    testStream(
      ({ input }: Given<Click>) =>
        input.pipe(
          mapGroupsWithState({ by: 'user', ttl: '10 seconds' }, (user, rows, state: GroupState<number>) =>
            rows.some(({ v }) => v === 5) ? { user, n: state.get() } : counts(user, rows, state),
          ),
        ),
      [
        addData([click('a'), click('b')]),
        advanceBy('5 seconds'),
        // Looking at it is no update.
        addData([click('a', 0, 5), click('b')]),
        advanceBy('5 seconds'),
        addData([click('a'), click('b')]),
        expectRows([
          { user: 'a', n: 1, event: 'new' },
          { user: 'b', n: 1, event: 'new' },
          { user: 'a', n: 1 },
          { user: 'b', n: 2, event: 'update' },
          { user: 'a', n: 1, event: 'new' },
          { user: 'b', n: 3, event: 'update' },
        ]),
        expectStateOperators([{ numRowsTotal: 2, numRowsRemoved: 1 }]),
      ],
      update,
    ));

  it('keeps plain values of many kinds over restarts', () => {
    const value = {
      at: new Date(7),
      big: 2n ** 70n,
      bytes: Uint8Array.of(1, 2),
      map: new Map([['k', [1, null]]]),
      set: new Set([1.5]),
    };
    return testStream(
      ({ input }: Given<Click>) =>
        input.pipe(
          mapGroupsWithState({ by: 'user' }, (_, __, state: GroupState<typeof value>) => {
            const kept = state.get();
            state.update(value);
            return { kept };
          }),
        ),
      [
        addData([click('a')]),
        expectState('mapGroupsWithState', [{ user: 'a', state: value, expires: null }]),
        stop(),
        start(),
        addData([click('a')]),
        expectRows([{ kept: undefined }, { kept: value }]),
      ],
      update,
    );
  });

  it('keeps typed states over restarts, and refuses what does not fit', () =>
    testStream(
      ({ input }: Given<Click>) =>
        input.pipe(
          mapGroupsWithState(
            { by: 'user', state: 'n LONG, last TIMESTAMP', schema: 'user STRING, n LONG' },
            (user, rows, state: GroupState<{ n: number; last: Date }>) => {
              const n = (state.get()?.n ?? 0) + rows.length;
              state.update({ n: rows[0]!.v === 9 ? ('many' as never) : n, last: rows.at(-1)!.at });
              return { user, n };
            },
          ),
        ),
      [
        addData([click('a'), click('a')]),
        stop(),
        start(),
        addData([click('a')]),
        expectNewRows([
          { user: 'a', n: 2 },
          { user: 'a', n: 3 },
        ]),
        addData([click('a', 0, 9)]),
        expectError('TYPE_MISMATCH'),
      ],
      update,
    ));

  it('what the user changes without an update, or keeps after it, changes nothing', () => {
    const mine = { list: [1] };
    return testStream(
      ({ input }: Given<Click>) =>
        input.pipe(
          mapGroupsWithState({ by: 'user' }, (_, __, state: GroupState<{ list: number[] }>) => {
            const got = state.get();
            if (got === undefined) state.update(mine);
            got?.list.push(2);
            return { list: [...(got?.list ?? [])] };
          }),
        ),
      [
        addData([click('a')]),
        { text: 'change it', run: () => void mine.list.push(9) },
        addData([click('a')]),
        addData([click('a')]),
        expectRows([{ list: [] }, { list: [1, 2] }, { list: [1, 2] }]),
      ],
      update,
    );
  });

  it('what a batch changed that does not commit is forgotten', async () => {
    const clicks = memorySource<Click>({ schema });
    const seen: unknown[] = [];
    const counted$ = clicks.pipe(
      mapGroupsWithState({ by: 'user' }, (user, rows, state: GroupState<number>) => counts(user, rows, state)),
      outputMode('update'),
      // Whoever is below the operator fails once, and it is subscribed again, in the same query.
      mapRows((row, { batchId }) => {
        if (batchId === 1 && seen.push(row) === 1) throw new Error('once');
        return row;
      }),
      retry(1),
      trigger({ processingTime: 0 }),
    );
    const sink = memorySink<Counted>({ queryName: 'counted' });
    const query = startQuery({ from: counted$, to: sink });
    for (let i = 0; i < 3; i++) {
      clicks.addData([click('a')]);
      await query.processAllAvailable();
    }
    await query.stop();
    expect(seen).toHaveLength(2);
    expect(sink.rows.map(({ n }) => n)).toEqual([1, 2, 3]);
  });

  class Session {}
  it.each([
    ['a promise', () => Promise.resolve({}), /returned a promise/],
    ['no row', () => undefined, /must return a row/],
    [
      'null as a state',
      (_: unknown, __: unknown, state: GroupState<null>) => void state.update(null),
      /update\(null\)/,
    ],
    [
      'a state of a class',
      (_: unknown, __: unknown, state: GroupState<Session>) => {
        state.update(new Session());
        return {};
      },
      /an object of the class Session cannot be kept/,
    ],
    [
      'a timeout of another kind',
      (_: unknown, __: unknown, state: GroupState<number>) => {
        state.setTimeoutTimestamp(5);
        return {};
      },
      /needs the option timeout: 'eventTime'/,
    ],
    [
      'a duration of 0',
      (_: unknown, __: unknown, state: GroupState<number>) => {
        state.setTimeoutDuration(0);
        return {};
      },
      /no duration above 0/,
    ],
    [
      'an error of its own',
      () => {
        throw new Error('no luck');
      },
      /the call for the key "a" in batch 0 failed: no luck/,
    ],
  ])('refuses %s', (_, fn, message) =>
    testStream(
      ({ input }: Given<Click>) =>
        input.pipe(mapGroupsWithState({ by: 'user', timeout: 'processingTime' }, fn as never)),
      [addData([click('a')]), expectError(message)],
      update,
    ),
  );

  it('refuses a timestamp before the watermark', () =>
    testStream(
      ({ input }: Given<Click>) =>
        input.pipe(
          withWatermark('at', '0 seconds'),
          mapGroupsWithState({ by: 'user', timeout: 'eventTime' }, (_, __, state: GroupState<number>) => {
            state.setTimeoutTimestamp(new Date(20_000));
            return { mark: state.currentWatermark };
          }),
        ),
      [
        addData([click('a', 20)]),
        addData([click('a', 21)]),
        expectError(/not after 0, or before the watermark, which is 21000/),
      ],
      update,
    ));

  it('refuses to use a state after its call', () => {
    const states: GroupState<number>[] = [];
    return testStream(
      ({ input }: Given<Click>) =>
        input.pipe(
          mapGroupsWithState({ by: 'user' }, (_, __, state: GroupState<number>) => {
            states.push(state);
            return { n: states.length };
          }),
        ),
      [
        addData([click('a')]),
        { text: 'use it', run: () => expect(() => states[0]!.update(1)).toThrow('used after its call') },
      ],
      update,
    );
  });

  it.each([
    ['another key', { by: 'v' }],
    ['another timeout', { by: 'user', timeout: 'processingTime' }],
    ['another type of state', { by: 'user', state: 'n INT' }],
  ] as const)('refuses what was kept by %s', (_, options) =>
    testStream(
      ({ input }: Given<Click>) => input.pipe(mapGroupsWithState({ by: 'user' }, counts)),
      [
        addData([click('a')]),
        stop(),
        start(({ input }: Given<Click>) => input.pipe(mapGroupsWithState(options as never, counts as never))),
        addData([click('a')]),
        expectError('CHECKPOINT_MISMATCH'),
      ],
      update,
    ),
  );

  it('refuses options that make no sense', () => {
    const fn = (): object => ({});
    const code = (code: string): Error => expect.objectContaining({ code }) as Error;
    expect(() => mapGroupsWithState({} as never, fn)).toThrow(code('MISSING_OPTION'));
    expect(() => mapGroupsWithState({ by: [] }, fn)).toThrow(code('INVALID_OPTION'));
    expect(() => mapGroupsWithState({ by: ['a', 'a'] }, fn)).toThrow("two keys are called 'a'");
    expect(() => mapGroupsWithState({ by: 'a', timeouts: 'none' } as never, fn)).toThrow("'timeout'");
    expect(() => mapGroupsWithState({ by: 'a', ttl: '1 hour', timeout: 'processingTime' }, fn)).toThrow("'ttl'");
    expect(() => mapGroupsWithState({ by: 'a', lateRows: late }, fn)).toThrow("'lateRows' gets none");
  });

  it.each(['append', 'complete'] as const)('refuses the output mode %s', (outputMode) =>
    expect(
      testStream(({ input }: Given<Click>) => input.pipe(mapGroupsWithState({ by: 'user' }, counts)), [], {
        schema,
        outputMode,
      }),
    ).rejects.toThrow(/output mode/),
  );

  it('refuses timeouts in event time without a watermark', () =>
    expect(
      testStream(
        ({ input }: Given<Click>) => input.pipe(mapGroupsWithState({ by: 'user', timeout: 'eventTime' }, counts)),
        [],
        update,
      ),
    ).rejects.toThrow(/the flow has none. Put withWatermark/));
});

import { retry } from 'rxjs';
import { memorySink, memorySource } from '../../connectors/index.js';
import { defineSource } from '../../lib/connect/index.js';
import type { Flow } from '../../lib/flow.js';
import { count, window } from '../../lib/expressions/index.js';
import { startQuery } from '../../lib/query/index.js';
import { int, long, string, struct, timestamp } from '../../lib/schema/index.js';
import {
  type ExpiredTimerInfo,
  type ListState,
  type MapState,
  type StatefulProcessor,
  type StatefulProcessorHandle,
  type TimerValues,
  type TransformWithStateOptions,
  type ValueState,
  aggregate,
  dropDuplicates,
  mapRows,
  outputMode,
  transformWithState,
  trigger,
  withWatermark,
} from '../../operators/index.js';
import {
  type Given,
  type Step,
  addData,
  advanceBy,
  execute,
  expectError,
  expectLateRows,
  expectNewRows,
  expectProgress,
  expectRows,
  expectState,
  expectStateOperators,
  marbles,
  start,
  stop,
  testStream,
} from '../../lib/testing/index.js';
import { counter } from '../helpers/pipelines.js';

interface Click {
  readonly user: string | null;
  readonly at: Date;
  readonly page: string;
}
const schema = 'user STRING, at TIMESTAMP, page STRING';
const click = (user: string | null, seconds = 0, page = '/'): Click => ({ user, at: new Date(seconds * 1000), page });
const update = { schema, outputMode: 'update' as const };

type Processor<Out> = (handle: StatefulProcessorHandle) => StatefulProcessor<string | null, Click, Out>;
type Options<Out> = Partial<TransformWithStateOptions<Click, 'user', Out, unknown>>;

const transformed =
  <Out extends object>(processor: Processor<Out>, options: Options<Out> = {}) =>
  ({ input }: Given<Click>): Flow<Out> =>
    input.pipe(transformWithState<Click, Out, 'user'>({ by: 'user', ...options }, processor));

/** By the watermark, which is the latest click. */
const inEventTime =
  <Out extends object>(processor: Processor<Out>, options: Options<Out> = {}) =>
  ({ input }: Given<Click>): Flow<Out> =>
    input.pipe(
      withWatermark('at', 0),
      transformWithState<Click, Out, 'user'>({ by: 'user', timeMode: 'eventTime', ...options }, processor),
    );

const inProcessingTime = <Out extends object>(processor: Processor<Out>, options: Options<Out> = {}) =>
  transformed(processor, { timeMode: 'processingTime', ...options });

/** What a processor without rows of its own is made of. */
const handling = (
  handleInputRows: (user: string | null, rows: readonly Click[], timerValues: TimerValues) => Iterable<object>,
  more: Partial<StatefulProcessor<string | null, Click, object>> = {},
): StatefulProcessor<string | null, Click, object> => ({ handleInputRows, ...more });

/** What a user visited: all pages in their order, how often each, and how many. */
class Visits implements StatefulProcessor<string | null, Click, object> {
  private n!: ValueState<number>;
  private pages!: ListState<string>;
  private times!: MapState<string, number>;

  init(handle: StatefulProcessorHandle): void {
    this.n = handle.getValueState<number>('n', long());
    this.pages = handle.getListState<string>('pages', 'STRING');
    this.times = handle.getMapState<string, number>('times', 'STRING', 'INT');
  }

  *handleInputRows(user: string | null, rows: readonly Click[]): Iterable<object> {
    const known = this.n.exists;
    this.n.update((this.n.get() ?? 0) + rows.length);
    for (const { page } of rows) {
      if (page === 'forget') {
        for (const state of [this.n, this.pages, this.times]) state.clear();
        continue;
      }
      this.pages.appendValue(page);
      this.times.updateValue(page, (this.times.getValue(page) ?? 0) + 1);
    }
    yield { user, known, n: this.n.get(), pages: this.pages.get(), times: new Map(this.times) };
  }
}

describe('transformWithState', () => {
  it('keeps values, lists and maps of each key, over restarts', () =>
    testStream(
      transformed(() => new Visits()),
      [
        addData([click('a', 0, '/x'), click(null, 0, '/'), click('a', 0, '/y')]),
        expectNewRows([
          { user: 'a', known: false, n: 2, pages: ['/x', '/y'], times: new Map([['/x', 1], ['/y', 1]]) }, // prettier-ignore
          { user: null, known: false, n: 1, pages: ['/'], times: new Map([['/', 1]]) },
        ]),
        // A row for each value, each element and each key of a map.
        expectStateOperators([
          { operatorName: 'transformWithStateExec', numRowsTotal: 8, numRowsUpdated: 8, numRowsRemoved: 0 },
        ]),
        expectState('transformWithState/n', [
          { user: 'a', value: 2 },
          { user: null, value: 1 },
        ]),
        expectState('transformWithState/pages', [
          { key: { user: 'a' }, position: 0, value: '/x' },
          { key: { user: 'a' }, position: 1, value: '/y' },
          { key: { user: null }, position: 0, value: '/' },
        ]),
        expectState('transformWithState/times', [
          { key: { user: 'a' }, mapKey: '/x', value: 1 },
          { key: { user: 'a' }, mapKey: '/y', value: 1 },
          { key: { user: null }, mapKey: '/', value: 1 },
        ]),
        stop(),
        start(),
        addData([click('a', 0, '/x')]),
        expectNewRows([
          { user: 'a', known: true, n: 3, pages: ['/x', '/y', '/x'], times: new Map([['/x', 2], ['/y', 1]]) }, // prettier-ignore
        ]),
        addData([click('a', 0, 'forget'), click('a', 0, '/z')]),
        expectNewRows([{ user: 'a', known: true, n: undefined, pages: ['/z'], times: new Map([['/z', 1]]) }]),
        expectStateOperators([{ numRowsTotal: 5, numRowsUpdated: 3, numRowsRemoved: 6 }]),
      ],
      update,
    ));

  it('calls init once in a run, with the handle and both modes, and close at its end', () => {
    const calls: unknown[] = [];
    const processor: Processor<object> = () =>
      handling(
        (user, _, { currentProcessingTime, currentWatermark }) => {
          calls.push([user, currentProcessingTime - Date.UTC(2025), currentWatermark]);
          return [];
        },
        {
          init: (handle, mode, timeMode) => calls.push([typeof handle.getValueState, mode, timeMode]),
          close: () => calls.push('close'),
        },
      );
    return testStream(
      inProcessingTime(processor),
      [
        addData([click('a')]),
        advanceBy('5 seconds'),
        addData([click('b')]),
        stop(),
        execute('look', () =>
          expect(calls).toEqual([['function', 'update', 'processingTime'], ['a', 0, null], ['b', 5000, null], 'close']),
        ),
        start(),
        addData([click('a')]),
        execute('look', () => expect(calls).toHaveLength(6)),
      ],
      update,
    );
  });

  it('gives the key as an object of values, and says which query and batch it is', () => {
    const seen: unknown[] = [];
    return testStream(
      ({ input }: Given<Click>) =>
        input.pipe(
          transformWithState({ by: { who: 'user', minute: 'minute(at)' } }, (handle) => ({
            handleInputRows: ({ who, minute }, rows) => {
              const { queryId, runId, batchId } = handle.getQueryInfo();
              seen.push([who, minute, rows.length, batchId, queryId.length, runId.length]);
              return [];
            },
          })),
        ),
      [
        addData([click('a', 61), click('b', 0), click('a', 119)]),
        execute('look', () =>
          expect(seen).toEqual([
            ['a', 1, 2, 0, 36, 36],
            ['b', 0, 1, 0, 36, 36],
          ]),
        ),
      ],
      update,
    );
  });

  it('takes rows whose types nobody declared, and keeps values that nobody typed', () =>
    testStream(
      ({ input }: Given<Click>) =>
        input.pipe(
          mapRows(({ user, page }) => ({ user, page })),
          transformWithState({ by: 'user' }, (handle) => {
            const seen = handle.getMapState<{ page: string }, Set<bigint>>('seen');
            return {
              handleInputRows: (user, rows) => {
                for (const { page } of rows) {
                  const before = seen.getValue({ page }) ?? new Set();
                  seen.updateValue({ page }, before.add(2n ** 70n + BigInt(before.size)));
                }
                return [{ user, seen: [...seen] }];
              },
            };
          }),
        ),
      [
        addData([click('a'), click('a')]),
        stop(),
        start(),
        addData([]),
        addData([click('a')]),
        expectRows([
          { user: 'a', seen: [[{ page: '/' }, new Set([2n ** 70n, 2n ** 70n + 1n])]] },
          { user: 'a', seen: [[{ page: '/' }, new Set([2n ** 70n, 2n ** 70n + 1n, 2n ** 70n + 2n])]] },
        ]),
      ],
      update,
    ));

  it('what the user changes without saying so changes nothing', () => {
    const mine = { list: [1] };
    return testStream(
      transformed((handle) => {
        const value = handle.getValueState<{ list: number[] }>('value');
        const list = handle.getListState<{ list: number[] }>('list');
        const map = handle.getMapState<string, { list: number[] }>('map');
        return handling(() => {
          if (!value.exists) {
            value.update(mine);
            list.appendValue(mine);
            map.updateValue('k', mine);
          }
          mine.list.push(9);
          value.get()!.list.push(2);
          list.get()[0]!.list.push(2);
          map.getValue('k')!.list.push(2);
          for (const [, { list }] of map) list.push(3);
          return [{ value: value.get(), list: list.get(), map: map.values() }];
        });
      }),
      [
        addData([click('a')]),
        addData([click('a')]),
        expectRows([
          { value: { list: [1] }, list: [{ list: [1] }], map: [{ list: [1] }] },
          { value: { list: [1] }, list: [{ list: [1] }], map: [{ list: [1] }] },
        ]),
      ],
      update,
    );
  });

  it('keeps all of a batch, or nothing of it', async () => {
    const clicks = memorySource<Click>({ schema });
    let failures = 0;
    const visits$ = clicks.pipe(
      transformWithState<Click, object, 'user'>({ by: 'user', timeMode: 'processingTime' }, (handle) => {
        const visits = new Visits();
        visits.init(handle);
        return handling((user, rows) => {
          const made = [...visits.handleInputRows(user, rows)];
          handle.registerTimer(Date.UTC(2100), rows.length);
          return [...made, { timers: handle.listTimers().length }];
        });
      }),
      outputMode('update'),
      // Whoever is below the operator fails once, and it is subscribed again, in the same query.
      mapRows((row, { batchId }) => {
        if (batchId === 1 && failures++ === 0) throw new Error('once');
        return row;
      }),
      retry(1),
      trigger({ processingTime: 0 }),
    );
    const sink = memorySink<object>({ queryName: 'visits' });
    const query = startQuery({ from: visits$, to: sink });
    for (const pages of [['/x'], ['/x', '/y'], ['/z']]) {
      clicks.addData(pages.map((page) => click('a', 0, page)));
      await query.processAllAvailable();
    }
    await query.stop();
    expect(failures).toBeGreaterThan(1);
    expect(sink.rows).toEqual([
      expect.objectContaining({ n: 1, pages: ['/x'] }),
      { timers: 1 },
      expect.objectContaining({ n: 3, pages: ['/x', '/x', '/y'] }),
      { timers: 2 },
      expect.objectContaining({ n: 4, pages: ['/x', '/x', '/y', '/z'] }),
      { timers: 2 },
    ]);
  });
});

describe('state variables of transformWithState', () => {
  /** Does these things with one list or map of a key, one a batch. */
  const doing = <S>(
    make: (handle: StatefulProcessorHandle) => S,
    steps: readonly (readonly [does: (state: S) => unknown, gives: unknown])[],
  ): Promise<void> => {
    const todo = [...steps];
    const restart = [stop(), start()];
    return testStream(
      transformed((handle) => {
        const state = make(handle);
        return handling(() => [{ got: todo.shift()![0](state) }]);
      }),
      steps.flatMap(([, got], i): Step[] => [
        ...(i % 3 === 2 ? restart : []),
        addData([click('a')]),
        expectNewRows([{ got }]),
      ]),
      update,
    );
  };

  it('a list is put, appended to, read and cleared', () =>
    doing<ListState<number>>(
      (handle) => handle.getListState<number>('list', 'INT'),
      [
        [(list) => [list.exists, list.get()], [false, []]],
        [(list) => list.appendList([1, 2]), undefined],
        [(list) => [list.exists, list.get()], [true, [1, 2]]],
        [(list) => list.put(list.get().map((n) => n * 10)), undefined],
        [(list) => [list.appendValue(30), list.get()], [undefined, [10, 20, 30]]],
        [(list) => [list.appendList([]), list.get()], [undefined, [10, 20, 30]]],
        [(list) => [list.put([7]), list.get()], [undefined, [7]]],
        [(list) => [list.put([]), list.exists], [undefined, false]],
        [(list) => [list.appendValue(1), list.clear(), list.get()], [undefined, undefined, []]],
        [(list) => list.exists, false],
      ],
    ));

  it('a map is updated, asked, gone through and cleared', () =>
    doing<MapState<string, number>>(
      (handle) => handle.getMapState<string, number>('map', 'STRING', 'INT'),
      [
        [(map) => [map.exists, map.keys(), map.getValue('x'), map.containsKey('x')], [false, [], undefined, false]],
        [(map) => ['x', 'y', 'z'].forEach((key, i) => map.updateValue(key, i)), undefined],
        [(map) => [map.exists, map.keys(), map.values()], [true, ['x', 'y', 'z'], [0, 1, 2]]],
        [(map) => [map.updateValue('y', 9), map.getValue('y'), map.containsKey('y')], [undefined, 9, true]],
        // The last one takes the place of what is removed.
        [(map) => [map.removeKey('x'), map.removeKey('no'), [...map]], [undefined, undefined, [['z', 2], ['y', 9]]]], // prettier-ignore
        [(map) => [map.updateValue('w', 5), map.keys()], [undefined, ['z', 'y', 'w']]],
        [
          (map) => {
            for (const [key] of map) map.removeKey(key === 'z' ? 'y' : key);
            return map.keys();
          },
          ['z'],
        ],
        [(map) => [map.removeKey('z'), map.exists], [undefined, false]],
        [(map) => [map.updateValue('x', 1), map.clear(), map.keys()], [undefined, undefined, []]],
      ],
    ));

  it('values have the types that are given', () =>
    doing<ValueState<{ n: number; at: Date }>>(
      (handle) => handle.getValueState<{ n: number; at: Date }>('value', struct({ n: int(), at: timestamp() })),
      [
        [(value) => value.get(), undefined],
        [(value) => value.update({ n: 1, at: new Date(5) }), undefined],
        [(value) => value.get(), { n: 1, at: new Date(5) }],
        [(value) => value.clear(), undefined],
        [(value) => value.exists, false],
      ],
    ));

  const ttl = { ttlDuration: '10 seconds' };

  it('a value lives for its time after it was put last; what was put anew is not removed', () =>
    testStream(
      inProcessingTime((handle) => {
        const n = handle.getValueState<number>('n', 'INT', ttl);
        return handling((user, rows) => {
          const before = n.get();
          if (rows[0]!.page !== 'look') n.update((before ?? 0) + 1);
          return [{ user, before }];
        });
      }),
      [
        addData([click('a'), click('b'), click('c')]),
        advanceBy('5 seconds'),
        // Looking at it is no update.
        addData([click('a', 0, 'look'), click('b')]),
        expectNewRows([
          { user: 'a', before: undefined },
          { user: 'b', before: undefined },
          { user: 'c', before: undefined },
          { user: 'a', before: 1 },
          { user: 'b', before: 1 },
        ]),
        stop(),
        start(),
        // As by Spark: it is gone when its time is there, not only when it has passed.
        advanceBy('5 seconds'),
        addData([click('a'), click('b')]),
        expectNewRows([
          { user: 'a', before: undefined },
          { user: 'b', before: 2 },
        ]),
        expectStateOperators([{ numRowsTotal: 2, numRowsUpdated: 2, numRowsRemoved: 1 }]),
        execute('look', (query) =>
          expect(query!.lastProgress!.stateOperators[0]!.customMetrics).toMatchObject({
            numValuesRemovedDueToTTLExpiry: 1,
            numValueStateVars: 1,
          }),
        ),
      ],
      update,
    ));

  it('elements of a list and keys of a map live for their own time each', () =>
    testStream(
      inProcessingTime((handle) => {
        const list = handle.getListState<string>('list', 'STRING', ttl);
        const map = handle.getMapState<string, number>('map', 'STRING', 'INT', ttl);
        return handling((user, rows) => {
          for (const { page } of rows) {
            if (page === 'look') continue;
            list.appendValue(page);
            map.updateValue(page, list.get().length);
          }
          return [{ user, list: list.get(), map: [...map] }];
        });
      }),
      [
        addData([click('a', 0, 'x'), click('a', 0, 'y'), click('b', 0, 'x')]),
        advanceBy('4 seconds'),
        addData([click('a', 0, 'z'), click('a', 0, 'x')]),
        stop(),
        start(),
        advanceBy('6 seconds'),
        addData([click('a', 0, 'look'), click('b', 0, 'look')]),
        expectRows([
          { user: 'a', list: ['x', 'y'], map: [['x', 1], ['y', 2]] }, // prettier-ignore
          { user: 'b', list: ['x'], map: [['x', 1]] },
          { user: 'a', list: ['x', 'y', 'z', 'x'], map: [['x', 4], ['y', 2], ['z', 3]] }, // prettier-ignore
          { user: 'a', list: ['z', 'x'], map: [['x', 4], ['z', 3]] }, // prettier-ignore
          { user: 'b', list: [], map: [] },
        ]),
        expectState('transformWithState/list/bounds', [{ user: 'a', first: 2, next: 4 }]),
        advanceBy('4 seconds'),
        addData([click('c', 0, 'look')]),
        expectStateOperators([{ numRowsTotal: 0, numRowsRemoved: 4 }]),
        expectState('transformWithState/list/bounds', []),
        expectState('transformWithState/map/places', []),
      ],
      update,
    ));

  const kept = (make: (handle: StatefulProcessorHandle) => ValueState<number>): Processor<object> => {
    return (handle) => {
      const state = make(handle);
      return handling(() => {
        state.update((state.get() ?? 0) + 1);
        return [{ n: state.get() }];
      });
    };
  };

  it('a pipeline may gain variables and lose them, and remove what they held', () =>
    testStream(
      transformed(kept((handle) => handle.getValueState<number>('old', 'INT'))),
      [
        addData([click('a'), click('b')]),
        stop(),
        start(transformed(kept((handle) => handle.getValueState<number>('new', 'LONG')))),
        addData([click('a')]),
        expectNewRows([{ n: 1 }, { n: 1 }, { n: 1 }]),
        expectState('transformWithState/old', [{ value: 1 }, { value: 1 }]),
        stop(),
        start(
          transformed(
            kept((handle) => {
              handle.deleteIfExists('old');
              handle.deleteIfExists('never there');
              return handle.getValueState<number>('new', 'LONG');
            }),
          ),
        ),
        addData([click('a')]),
        expectNewRows([{ n: 2 }]),
        expectState('transformWithState/old', []),
      ],
      update,
    ));

  it.each<[string, (handle: StatefulProcessorHandle) => unknown]>([
    ['another type', (handle) => handle.getValueState('n', 'LONG')],
    ['another kind', (handle) => handle.getListState('n', 'INT')],
  ])('refuses what was kept as %s', (_, make) =>
    testStream(
      transformed(kept((handle) => handle.getValueState<number>('n', 'INT'))),
      [
        addData([click('a')]),
        stop(),
        start(
          transformed((handle) => {
            make(handle);
            return handling(() => []);
          }),
        ),
        addData([click('a')]),
        expectError('CHECKPOINT_MISMATCH'),
      ],
      update,
    ),
  );
});

describe('timers of transformWithState', () => {
  /** A page says what is done with the timers, in seconds: `+5` registers, `-5` deletes. */
  const timed: Processor<object> = (handle) =>
    handling(
      (user, rows) => {
        for (const { page } of rows) {
          const at = Math.abs(Number(page)) * 1000;
          if (page.startsWith('+')) handle.registerTimer(at);
          if (page.startsWith('-')) handle.deleteTimer(new Date(at - 1000), '1 second');
        }
        return [{ user, timers: handle.listTimers() }];
      },
      {
        handleExpiredTimer: (user, { currentWatermark }: TimerValues, { expiryTime }: ExpiredTimerInfo) => [
          { user, expiryTime, currentWatermark, timers: handle.listTimers() },
        ],
      },
    );

  it('expire in event time, at the watermark or before it, the earliest first, each once', () =>
    testStream(
      inEventTime(timed),
      [
        addData([click('a', 1, '+9'), click('a', 1, '+6'), click('a', 1, '+9'), click('b', 1, '+7')]),
        expectNewRows([
          { user: 'a', timers: [6000, 9000] },
          { user: 'b', timers: [7000] },
        ]),
        expectState('transformWithState/$timers', [
          { user: 'a', timers: [new Date(6000), new Date(9000)] },
          { user: 'b', timers: [new Date(7000)] },
        ]),
        stop(),
        start(),
        addData([click('c', 5.999)]),
        expectNewRows([{ user: 'c', timers: [] }]),
        addData([click('c', 9)]),
        expectNewRows(
          [
            { user: 'c', timers: [] },
            { user: 'a', expiryTime: 6000, currentWatermark: 9000, timers: [6000, 9000] },
            { user: 'b', expiryTime: 7000, currentWatermark: 9000, timers: [7000] },
            { user: 'a', expiryTime: 9000, currentWatermark: 9000, timers: [9000] },
          ],
          { ordered: true },
        ),
        expectState('transformWithState/$timers', []),
        addData([click('c', 20)]),
        expectNewRows([{ user: 'c', timers: [] }]),
      ],
      update,
    ));

  it('do not expire when they were deleted, be it in the batch in which they would', () =>
    testStream(
      inEventTime(timed),
      [
        addData([click('a', 1, '+5'), click('a', 1, '+6'), click('a', 1, '+7'), click('a', 1, '-6')]),
        addData([click('b', 10)]),
        // The watermark is at 10 seconds in this batch.
        addData([click('a', 11, '-5')]),
        expectNewRows([
          { user: 'a', timers: [5000, 7000] },
          { user: 'b', timers: [] },
          { user: 'a', expiryTime: 5000, currentWatermark: 10_000, timers: [5000, 7000] },
          { user: 'a', expiryTime: 7000, currentWatermark: 10_000, timers: [7000] },
          { user: 'a', timers: [] },
        ]),
      ],
      update,
    ));

  it('of what is past expire in the batch; those that a timer registers, in the next one', () => {
    const again: Processor<object> = (handle) =>
      handling(
        (user) => {
          handle.registerTimer(0);
          return [{ user }];
        },
        {
          handleExpiredTimer: (user, _, { expiryTime }) => {
            if (expiryTime < 2) handle.registerTimer(expiryTime + 1);
            else handle.deleteTimer(3);
            return [{ user, expiryTime }];
          },
        },
      );
    return testStream(
      inProcessingTime(again),
      [
        addData([click('a')]),
        expectRows(
          [{ user: 'a' }, { user: 'a', expiryTime: 0 }, { user: 'a', expiryTime: 1 }, { user: 'a', expiryTime: 2 }],
          {
            ordered: true,
          },
        ),
        expectProgress({ batchId: 2, numInputRows: 0 }),
      ],
      update,
    );
  });

  it('one that a timer before it deletes does not expire', () =>
    testStream(
      inEventTime((handle) =>
        handling(
          (_, [first]) => {
            if (first!.page !== '/first') return [];
            handle.registerTimer(5000);
            handle.registerTimer(6000);
            return [];
          },
          {
            handleExpiredTimer: (user, _, { expiryTime }) => {
              handle.deleteTimer(6000);
              return [{ user, expiryTime }];
            },
          },
        ),
      ),
      [
        addData([click('a', 8, '/first')]),
        addData([click('a', 9)]),
        expectRows([{ user: 'a', expiryTime: 5000 }]),
        execute('look', (query) => {
          const sums = query!.recentProgress.map(({ stateOperators: [one] }) => one!.customMetrics);
          const sum = (name: string): number => sums.reduce((all, one) => all + one[name]!, 0);
          expect(['numRegisteredTimers', 'numDeletedTimers', 'numExpiredTimers'].map(sum)).toEqual([2, 1, 1]);
        }),
      ],
      update,
    ));

  it('expire in processing time, after the rows of their batch, and have a batch when they are due', () =>
    testStream(
      inProcessingTime((handle) =>
        handling(
          (user, rows, { currentProcessingTime }) => {
            handle.registerTimer(currentProcessingTime, '10 seconds');
            return [{ user, n: rows.length }];
          },
          {
            handleExpiredTimer: (user, { currentProcessingTime: now }, { expiryTime }) => [
              { user, late: now - expiryTime },
            ],
          },
        ),
      ),
      [
        addData([click('a')]),
        advanceBy('9 seconds'),
        expectNewRows([{ user: 'a', n: 1 }]),
        advanceBy('1 second'),
        expectNewRows([{ user: 'a', late: 0 }]),
        addData([click('a'), click('b')]),
        stop(),
        start(),
        // The first batch of a run needs data.
        advanceBy('12 seconds'),
        addData([click('a')]),
        expectNewRows(
          [
            { user: 'a', n: 1 },
            { user: 'b', n: 1 },
            { user: 'a', n: 1 },
            { user: 'a', late: 2000 },
            { user: 'b', late: 2000 },
          ],
          { ordered: true },
        ),
      ],
      update,
    ));

  it('expire in virtual time: in a batch of their own when they are due, or at the next tick', () => {
    const timed = transformWithState<{ n: number }, { n: number }, 'n'>(
      { by: 'n', timeMode: 'processingTime', schema: 'n INT' },
      (handle) => ({
        handleInputRows: (n, _, { currentProcessingTime }) => {
          handle.registerTimer(currentProcessingTime, 14);
          return [{ n }];
        },
        handleExpiredTimer: (n) => [{ n: n + 100 }],
      }),
    );
    const source = (): Flow<{ n: number }> => counter({ total: 1, perBatch: 1, ends: false });
    marbles(({ batches, expectBatches }) => {
      const drawn = batches({ a: 'a', b: 'b', c: 'c', d: 'd' });
      const given = (n?: number): { n: number }[] => (n === undefined ? [] : [{ n }]);
      const a = drawn.a.with(given(0));
      expectBatches(source().pipe(timed)).toBe('a 13ms b', { a, b: drawn.b.with(given(100)) });
      expectBatches(source().pipe(trigger({ processingTime: 10 }), timed), '^ 35ms !').toBe('a 9ms b 9ms c 9ms d', {
        a,
        b: drawn.b.with(given()),
        c: drawn.c.with(given(100)),
        d: drawn.d.with(given()),
      });
    });
  });

  it('in a hundred years keep nothing busy until then', async () => {
    let asked = 0;
    const source = defineSource<Click, number>({
      op: 'one',
      name: 'one',
      schema,
      supports: { replay: true },
      open: () => ({
        initial: () => 0,
        latest: () => ++asked && 1,
        read: () => [click('a')],
      }),
    });
    const from = source.pipe(
      transformWithState<Click, object, 'user'>({ by: 'user', timeMode: 'processingTime' }, (handle) =>
        handling((_, __, { currentProcessingTime }) => {
          handle.registerTimer(currentProcessingTime, '36500 days');
          return [];
        }),
      ),
    );
    const query = startQuery({ from, to: memorySink({ queryName: 'nothing' }) });
    await query.processAllAvailable();
    const before = asked;
    await new Promise((done) => setTimeout(done, 100));
    await query.stop();
    expect(asked).toBe(before);
  });

  it('have, with a trigger, a batch at each tick', () =>
    testStream(
      ({ input }: Given<Click>) =>
        input.pipe(
          trigger({ processingTime: '1 second' }),
          transformWithState({ by: 'user', timeMode: 'processingTime' }, () => handling(() => [])),
        ),
      [addData([click('a')]), advanceBy('3 seconds'), expectProgress({ batchId: 2 })],
      update,
    ));
});

describe('the first state of transformWithState', () => {
  const counting: Processor<object> = (handle) => {
    const n = handle.getValueState<number>('n', 'INT');
    return {
      handleInputRows: (user, rows) => {
        n.update((n.get() ?? 0) + rows.length);
        return [{ user, n: n.get() }];
      },
      handleInitialState: (_, more) => n.update((n.get() ?? 0) + (more as number)),
    };
  };

  it('is handed over once, pair by pair, before the first rows', () =>
    testStream(
      transformed(counting, {
        initialState: [
          ['a', 10],
          ['z', 20],
          ['a', 5],
        ],
      }),
      [
        addData([click('b'), click('a')]),
        expectNewRows([
          { user: 'b', n: 1 },
          { user: 'a', n: 16 },
        ]),
        stop(),
        start(),
        addData([click('z'), click('a')]),
        expectNewRows([
          { user: 'z', n: 21 },
          { user: 'a', n: 17 },
        ]),
      ],
      update,
    ));

  it('needs somebody to take it', () =>
    testStream(
      transformed(() => handling(() => []), { initialState: [['a', 1]] }),
      [
        addData([click('a')]),
        expectError(/handleInitialState for the key "a" in batch 0 failed: the processor has no/),
      ],
      update,
    ));
});

describe('transformWithState in a pipeline', () => {
  const late = memorySink({ queryName: 'late' });

  it('drops rows that came too late where its time is that of events', () =>
    testStream(
      inEventTime(() => handling((user, rows) => [{ user, n: rows.length }]), { lateRows: late }),
      [
        addData([click('a', 10)]),
        addData([click('a', 11)]),
        addData([click('a', 10.5)]),
        expectRows([1, 1].map((n) => ({ user: 'a', n }))),
        expectLateRows(1),
        execute('look', () => expect(late.rows).toEqual([click('a', 10.5)])),
      ],
      update,
    ));

  it.each(['none', 'processingTime'] as const)('drops none where its time is %s', (timeMode) =>
    testStream(
      ({ input }: Given<Click>) =>
        input.pipe(
          withWatermark('at', 0),
          transformWithState({ by: 'user', timeMode }, () => handling((user, rows) => [{ user, n: rows.length }])),
        ),
      [
        addData([click('a', 10)]),
        addData([click('a', 11)]),
        addData([click('a', 1)]),
        expectRows([1, 1, 1].map((n) => ({ user: 'a', n }))),
        expectLateRows(0),
      ],
      update,
    ),
  );

  /** A row for each click, ten seconds after it. */
  const delayed = (shift: number): Processor<{ user: string | null; due: Date }> => {
    return (handle) => ({
      handleInputRows: (_, rows) => {
        for (const { at } of rows) handle.registerTimer(at, '10 seconds');
        return [];
      },
      handleExpiredTimer: (user, _, { expiryTime }) => [{ user, due: new Date(expiryTime + shift) }],
    });
  };
  const dueOptions = {
    eventTimeColumnName: 'due',
    schema: 'user STRING, due TIMESTAMP',
    outputMode: 'append',
  } as const;

  it('gives event time to what follows', () =>
    testStream(
      (given: Given<Click>) =>
        inEventTime(
          delayed(0),
          dueOptions,
        )(given).pipe(aggregate({ by: { w: window('due', '10 seconds') }, values: { n: count() } })),
      [
        addData([click('a', 1), click('b', 2), click('a', 11)]),
        addData([click('c', 20)]),
        addData([click('c', 33)]),
        // Those due at 11 and 12 seconds; that at 21 is in the next window, with that at 30.
        expectRows([
          { w: { start: new Date(10_000), end: new Date(20_000) }, n: 2 },
          { w: { start: new Date(20_000), end: new Date(30_000) }, n: 1 },
        ]),
      ],
      { schema },
    ));

  it('refuses a row that what follows would drop', () =>
    testStream(
      inEventTime(delayed(-60_000), dueOptions),
      [
        addData([click('a', 70)]),
        addData([click('a', 75)]),
        addData([click('a', 80)]),
        expectError(/handleExpiredTimer for the key "a" in batch .* a row has the time 20000 in 'due'/),
      ],
      { schema },
    ));

  it('rows of append can be aggregated, in any output mode', () =>
    testStream(
      (given: Given<Click>) =>
        transformed(() => handling((user, rows) => rows.map(() => ({ user }))), {
          outputMode: 'append',
          schema: 'user STRING',
        })(given).pipe(aggregate({ by: { user: 'user' }, values: { n: count() } })),
      [addData([click('a'), click('a')]), addData([click('a')]), expectRows([{ user: 'a', n: 2 }, { user: 'a', n: 3 }])], // prettier-ignore
      update,
    ));

  const started = (
    pipeline: (given: Given<Click>) => Flow<unknown>,
    outputMode: 'append' | 'update' | 'complete',
  ): Promise<void> => testStream(pipeline, [], { schema, outputMode });
  const nothing: Processor<object> = () => handling(() => []);

  it('refuses an output mode other than that of its rows', async () => {
    await expect(started(transformed(nothing, { outputMode: 'append' }), 'update')).rejects.toThrow(
      "gives rows of the output mode 'append', and the query's is 'update'",
    );
    await expect(started(transformed(nothing), 'complete')).rejects.toThrow(/'complete' needs an aggregation/);
  });

  it('refuses to aggregate what changes', () =>
    expect(
      started(
        (given) =>
          transformed(nothing, { outputMode: 'update', schema: 'user STRING' })(given).pipe(
            aggregate({ by: { user: 'user' }, values: { n: count() } }),
          ),
        'update',
      ),
    ).rejects.toThrow(/would count a group again/));

  it('may be followed by what keeps state', () =>
    testStream(
      (given: Given<Click>) =>
        transformed(() => handling((user) => [{ user }]), { schema: 'user STRING' })(given).pipe(
          dropDuplicates(['user'] as never),
        ),
      [addData([click('a')]), addData([click('a')]), expectRows([{ user: 'a' }])],
      update,
    ));

  it('refuses timers in event time without a watermark', () =>
    expect(started(transformed(nothing, { timeMode: 'eventTime' }), 'update')).rejects.toThrow(
      /the flow has none. Put withWatermark/,
    ));

  it('refuses options that make no sense', () => {
    const make = (options: object): unknown => transformWithState(options as never, nothing as never);
    const code = (code: string): Error => expect.objectContaining({ code }) as Error;
    expect(() => make({})).toThrow(code('MISSING_OPTION'));
    expect(() => make({ by: [] })).toThrow(code('INVALID_OPTION'));
    expect(() => make({ by: 'a', timemodes: 'none' })).toThrow("'timeMode'");
    expect(() => make({ by: 'a', lateRows: late })).toThrow("'lateRows' goes with timeMode: 'eventTime'");
    expect(() => make({ by: 'a', eventTimeColumnName: 'at' })).toThrow("'eventTimeColumnName' goes with timeMode");
    expect(() => make({ by: 'a', timeMode: 'eventTime', eventTimeColumnName: 'at', schema: 'n INT' })).toThrow(
      code('UNKNOWN_COLUMN'),
    );
    expect(() => transformWithState({ by: 'a' }, {} as never)).toThrow(code('INVALID_OPTION'));
  });

  it.each<[string, (handle: StatefulProcessorHandle) => unknown, RegExp | string]>([
    ['two variables of one name', (h) => [h.getValueState('n'), h.getListState('n')], 'DUPLICATE_NAME'],
    ['a name that is ours', (h) => h.getValueState('$timers'), /is no name of a state variable/],
    ['a name with a slash', (h) => h.getValueState('a/b'), 'INVALID_OPTION'],
    ['a type that is none', (h) => h.getValueState('n', 'NUMBER OF THINGS'), 'INVALID_SCHEMA'],
    ['an option that is none', (h) => h.getValueState('n', 'INT', { ttl: 5 } as never), 'UNKNOWN_OPTION'],
    ['a life of nothing', (h) => h.getValueState('n', 'INT', { ttlDuration: 0 }), /longer than nothing/],
    ['state where there is no key', (h) => h.getValueState('n').update(1), /used in a call for a key/],
    ['timers where there is no key', (h) => h.listTimers(), /used in a call for a key/],
    ['an error of its own', () => { throw new Error('no luck'); }, /making the processor failed: no luck/], // prettier-ignore
  ])('refuses %s', (_, make, error) =>
    testStream(
      inProcessingTime((handle) => {
        make(handle);
        return handling(() => []);
      }),
      [addData([click('a')]), expectError(error)],
      update,
    ),
  );

  it.each<[string, unknown, RegExp]>([
    ['a promise', Promise.resolve({}), /making the processor failed: it returned a promise/],
    ['nothing', undefined, /making the processor failed: it must have handleInputRows/],
    ['one that is made later', handling(() => [], { init: () => Promise.resolve() as never }), /it returned a promise/],
  ])('refuses %s as a processor', (_, processor, error) =>
    testStream(
      transformed(() => processor as never),
      [addData([click('a')]), expectError(error)],
      update,
    ),
  );

  it('refuses state that lives by the clock where time is not the clock', () =>
    testStream(
      inEventTime((handle) => {
        handle.getListState('n', 'INT', { ttlDuration: 5 });
        return handling(() => []);
      }),
      [addData([click('a')]), expectError(/goes with timeMode: 'processingTime'/)],
      update,
    ));

  it.each<[string, (handle: StatefulProcessorHandle, n: ValueState<unknown>) => unknown, RegExp]>([
    [
      'a promise',
      () => Promise.resolve([]),
      /handleInputRows for the key "a" in batch 0 failed: it returned a promise/,
    ],
    ['nothing', () => undefined, /handleInputRows for the key "a" in batch 0 failed/],
    ['null as a state', (_, n) => n.update(null), /the state 'n' cannot hold null/],
    ['a state that does not fit', (_, n) => n.update('many'), /n.*INT/],
    ['a variable that comes late', (h) => h.getListState('late'), /asked for when the processor is made/],
    ['to delete one late', (h) => h.deleteIfExists('late'), /asked for when the processor is made/],
    ['a timer without time', (h) => h.registerTimer(NaN), /make no time/],
    ['a timer without a handler', (h) => { h.registerTimer(0); return []; }, /has no handleExpiredTimer/], // prettier-ignore
  ])('refuses %s', (_, does, message) =>
    testStream(
      inProcessingTime((handle) => {
        const n = handle.getValueState<unknown>('n', 'INT');
        return handling(() => does(handle, n) as object[]);
      }),
      [addData([click('a')]), expectError(message)],
      update,
    ),
  );

  it('refuses timers where there are none, and state after its call', () => {
    const states: ValueState<string>[] = [];
    return testStream(
      transformed((handle) => {
        states.push(handle.getValueState<string>('s', string()));
        return handling((_, [first]) => {
          if (first!.page === 'timer') handle.registerTimer(5);
          return [];
        });
      }),
      [
        addData([click('a')]),
        execute('look', () => expect(() => states[0]!.update('x')).toThrow('used in a call for a key')),
        addData([click('a', 0, 'timer')]),
        expectError(/registerTimer needs the option timeMode/),
      ],
      update,
    );
  });

  it('an error of close is a warning', async () => {
    const warned = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    await testStream(
      transformed(() => handling(() => [], { close: () => { throw new Error('stuck'); } })), // prettier-ignore
      [addData([click('a')]), stop()],
      update,
    );
    expect(warned).toHaveBeenCalledWith('transformWithState: close failed: stuck', expect.anything());
    warned.mockRestore();
  });
});

import { memorySource, memorySink } from '../../connectors/index.js';
import type { MicroBatch } from '../../lib/batch/index.js';
import { startQuery } from '../../lib/index.js';
import { long, string, struct } from '../../lib/schema/index.js';
import { statefulFlow, statefulJoin } from '../../lib/stateful.js';
import { planOf } from '../../lib/flow.js';
import {
  addData,
  advanceBy,
  execute,
  expectError,
  expectNewRows,
  expectProgress,
  start,
  stop,
  testStream,
} from '../../lib/testing/index.js';
import { filterRows, mapRows, trigger, withWatermark } from '../../operators/index.js';
import type { Observable } from 'rxjs';

interface Row {
  k: string;
  at: Date;
}

/** Counts the rows of each key, and says the count when the watermark has passed `at` of its last row. */
const counted =
  (options: { name?: string; value?: string } = {}) =>
  (source: Observable<MicroBatch<Row>>) => {
    const input = planOf(source as never);
    return statefulFlow<{ k: string; n: number }>(
      {
        op: 'counted',
        detail: '',
        inputs: [input],
        schema: struct({ k: string(), n: long() }),
        eventTime: input.eventTime,
      },
      {
        name: options.name ?? 'counted',
        operatorName: 'counter',
        noDataBatch: (mode) => (mode === 'append' ? 'watermark' : 'never'),
        start: (state) => {
          const layout = {
            name: state.name,
            operator: 'counted',
            key: struct({ k: string() }),
            value: struct({ [options.value ?? 'n']: long() }),
          };
          return (batch, { late, eviction }) => {
            const store = state.store(layout);
            let dropped = 0;
            for (const { k, at } of (batch as unknown as MicroBatch<Row>).rows) {
              if (late !== null && at.getTime() <= late) dropped++;
              else store.put(k, [((store.get(k)?.[0] as bigint | undefined) ?? 0n) + 1n], at.getTime());
            }
            const out: { k: string; n: number }[] = [];
            if (eviction !== null) {
              for (const [k, [n]] of store.expired(eviction)) {
                out.push({ k, n: Number(n) });
                store.remove(k);
              }
            }
            state.report({
              numRowsTotal: store.size,
              numRowsUpdated: 0,
              numRowsRemoved: out.length,
              numRowsDroppedByWatermark: dropped,
            });
            return batch.with(out, struct({ k: string(), n: long() }) as never);
          };
        },
      },
    );
  };

const rows = (...given: [string, number][]): Row[] => given.map(([k, s]) => ({ k, at: new Date(s * 1000) }));
const schema = 'k STRING, at TIMESTAMP';
const source = () => memorySource<Row>({ schema });

describe('an operator with state', () => {
  it('gets a batch without data when the watermark has moved', async () => {
    const input = source();
    await testStream(input.pipe(withWatermark('at', 0), counted()), [
      addData(input, rows(['a', 1], ['a', 2], ['b', 9])),
      expectNewRows([
        { k: 'a', n: 2 },
        { k: 'b', n: 1 },
      ]),
      expectProgress({ batchId: 1, numInputRows: 0 }),
      addData(input, rows(['c', 9], ['d', 20])),
      // c came too late for the watermark of the batch before; d is final once 20 is the watermark.
      expectNewRows([{ k: 'd', n: 1 }]),
      expectProgress({ batchId: 3 }),
    ]);
  });

  it('waits for the next data if batches without data are not wanted', async () => {
    const input = source();
    const eager = trigger<Row>({ processingTime: 0, noDataBatches: false });
    await testStream(input.pipe(withWatermark('at', 0), eager, counted()), [
      addData(input, rows(['a', 1])),
      expectProgress({ batchId: 0 }),
      addData(input, rows(['b', 9])),
      expectNewRows([{ k: 'a', n: 1 }]),
      expectProgress({ batchId: 1, numInputRows: 1 }),
    ]);
  });

  it.each([
    ['at once', {}, [{ k: 'a', n: 1 }]],
    ['with the first data, under a trigger with ticks', { processingTime: '1 second' }, []],
  ])('makes up for the batch without data that a run died before: %s', async (_, ticks, emitted) => {
    const input = source();
    const flow = (options: object) =>
      'processingTime' in options
        ? input.pipe(withWatermark('at', 0), trigger(options as { processingTime: string }), counted())
        : input.pipe(withWatermark('at', 0), counted());
    // The first run is not to have it, which is as if it had died before.
    const first = input.pipe(withWatermark('at', 0), trigger({ processingTime: 0, noDataBatches: false }), counted());
    await testStream(first, [
      addData(input, rows(['a', 1])),
      stop(),
      start(flow(ticks)),
      advanceBy('5 seconds'),
      expectNewRows(emitted),
    ]);
  });

  it('has the late filter one batch behind the eviction', async () => {
    const input = source();
    const dropped: number[] = [];
    const query = startQuery({
      from: input.pipe(withWatermark('at', 0), counted()),
      to: memorySink(),
      outputMode: 'update',
    });
    query.progress$.subscribe(({ stateOperators }) => dropped.push(stateOperators[0]!.numRowsDroppedByWatermark));
    await query.processAllAvailable();
    for (const s of [20, 20, 20, 30]) {
      input.addData(rows(['x', s]));
      await query.processAllAvailable();
    }
    await query.stop();
    // The first 20 sets the watermark after its batch; the next one still counts, since the batch before had less.
    expect(dropped.slice(-3)).toEqual([0, 1, 0]);
  });

  it('comes back with what it knew', async () => {
    const input = source();
    await testStream(input.pipe(withWatermark('at', '1 minute'), counted()), [
      addData(input, rows(['a', 1], ['a', 2])),
      stop(),
      start(),
      addData(input, rows(['a', 3], ['z', 100])),
      expectNewRows([{ k: 'a', n: 3 }]),
    ]);
  });

  it('forgets what a batch changed that did not commit', async () => {
    const input = source();
    let fail = true;
    const flow = input.pipe(
      withWatermark('at', '1 minute'),
      counted(),
      filterRows(() => true),
      (below: Observable<MicroBatch<{ k: string; n: number }>>) =>
        (below as ReturnType<ReturnType<typeof counted>>).pipe(
          mapRows((row) => {
            if (fail) throw new Error('once');
            return row;
          }),
        ),
    );
    await testStream(flow, [
      addData(input, rows(['a', 1], ['b', 100])),
      expectError(/once/),
      execute('mend', () => (fail = false)),
      start(),
      expectNewRows([{ k: 'a', n: 1 }]),
    ]);
  });

  it('is refused what another operator, or another shape, left under its name', async () => {
    const input = source();
    await testStream(input.pipe(withWatermark('at', '1 minute'), counted()), [
      addData(input, rows(['a', 1])),
      stop(),
      start(input.pipe(withWatermark('at', '1 minute'), counted({ value: 'other' }))),
      addData(input, rows(['a', 1])),
      expectError('CHECKPOINT_MISMATCH'),
      start(input.pipe(withWatermark('at', '1 minute'), counted({ value: 'other', name: 'fresh' }))),
      expectProgress({ batchId: 1 }),
    ]);
  });

  it('shares its name with nobody: the one next to the sink comes first, and #2 is the next', async () => {
    const names: string[] = [];
    const named = (source: Observable<MicroBatch<Row>>) =>
      statefulJoin<Row>(
        { op: 'named', detail: '', inputs: [planOf(source as never)], schema: undefined },
        {
          name: 'same',
          operatorName: 'named',
          noDataBatch: () => 'never',
          start: (state) => {
            names.push(state.name);
            return ([batch]) => batch!;
          },
        },
      );
    const input = source();
    await testStream(input.pipe(named, named), [addData(input, rows(['a', 1])), expectNewRows(rows(['a', 1]))]);
    expect(names).toEqual(['same', 'same#2']);
  });
});

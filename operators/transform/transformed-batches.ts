import type { Observer } from 'rxjs';
import type { MicroBatch } from '../../lib/batch/index.js';
import type { OperatorState, OperatorWatermarks } from '../../lib/context/index.js';
import { SluiceError, warnOf } from '../../lib/errors/index.js';
import type { ExpressionSettings } from '../../lib/expressions/index.js';
import { type Schema, structOf } from '../../lib/schema/index.js';
import { rowsAt } from '../columns/rows-at.js';
import type { GroupKey } from '../groups/group-key.js';
import { notPromised } from '../groups/groups-with-state.js';
import { type Group, KeyedRows, type Keys, showKey } from '../groups/keyed-rows.js';
import { Current } from './current.js';
import { ProcessorHandle } from './handle.js';
import type { StatefulProcessor, StatefulProcessorHandle, TimeMode, TimerValues } from './processor.js';

type Processor = StatefulProcessor<unknown, unknown, unknown>;

/** What the operator was told, as it was read. */
export interface Transformation {
  readonly op: string;
  readonly by: GroupKey;
  readonly timeMode: TimeMode;
  readonly eventTimeColumnName: string | undefined;
  readonly initialState: Iterable<readonly [key: unknown, state: unknown]> | undefined;
  readonly schema: Schema | undefined;
  readonly lateRows: Observer<MicroBatch> | undefined;
  readonly make: (handle: StatefulProcessorHandle) => Processor;
}

interface Options extends Transformation {
  readonly settings: ExpressionSettings;
  /** The column that carries event time, if rows can be late. */
  readonly time: string | undefined;
}

/** What works once the types of the keys are known. */
interface Started {
  readonly keys: Keys;
  readonly handle: ProcessorHandle;
  readonly processor: Processor;
}

/** Calls a processor of the user's for the groups of batches and for their timers. */
export class TransformedBatches {
  private readonly keyed: KeyedRows;
  private readonly current = new Current();
  private started: Started | undefined;
  /** The watermark by which rows of the batch in hand are late further down. */
  private late: number | null = null;

  constructor(
    private readonly options: Options,
    private readonly state: OperatorState,
  ) {
    this.keyed = new KeyedRows(options);
  }

  take(batch: MicroBatch, { late, eviction }: OperatorWatermarks): MicroBatch {
    const { lateRows, schema } = this.options;
    const out: unknown[] = [];
    const { keys, groups, dropped } = this.keyed.of(batch, late);
    this.late = late;
    this.current.begin(batch, eviction);
    if (keys !== undefined) this.started ??= this.start(keys);
    if (this.started !== undefined) this.transform(this.started, groups, out);
    lateRows?.next(rowsAt(batch, dropped));
    this.state.report({
      numRowsTotal: this.started?.handle.size ?? 0,
      numRowsUpdated: this.current.updated,
      numRowsRemoved: this.current.removed,
      numRowsDroppedByWatermark: dropped.length,
      customMetrics: this.started?.handle.metrics ?? {},
    });
    return batch.with(out as Record<string, unknown>[], schema as Schema<Record<string, unknown>> | undefined);
  }

  /** The run is over. */
  close(): void {
    try {
      this.started?.processor.close?.();
    } catch (error) {
      warnOf(SluiceError.from(error, 'USER_FUNCTION_FAILED', `${this.options.op}: close failed`));
    }
  }

  private transform(started: Started, groups: ReadonlyMap<string, Group>, out: unknown[]): void {
    const { handle, processor } = started;
    const times: TimerValues = {
      currentProcessingTime: this.current.batch.timestamp,
      currentWatermark: this.current.watermark,
    };
    handle.begin();
    this.begin(started, times);
    for (const [key, { key: given, rows }] of groups) {
      this.call('handleInputRows', key, given, () => {
        this.add(out, processor.handleInputRows(given, rows, times));
      });
    }
    this.expireTimers(started, times, out);
    handle.end();
  }

  private expireTimers({ keys, handle: { timers }, processor }: Started, times: TimerValues, out: unknown[]): void {
    const { timeMode } = this.options;
    const now = timeMode === 'eventTime' ? times.currentWatermark : times.currentProcessingTime;
    if (timers === undefined || now === null) return;
    for (const timer of timers.due(now)) {
      // A call before may have deleted it.
      if (!timers.has(timer)) continue;
      const given = keys.toGiven(timer.key);
      this.call('handleExpiredTimer', timer.key, given, () => {
        if (processor.handleExpiredTimer === undefined) throw new Error('the processor has no handleExpiredTimer');
        this.add(out, processor.handleExpiredTimer(given, times, { expiryTime: timer.expiry }));
      });
      timers.done(timer);
    }
  }

  /** States that the user gave to begin with: once in the life of the checkpoint. */
  private begin({ keys, processor }: Started, times: TimerValues): void {
    const { initialState, op } = this.options;
    if (initialState === undefined) return;
    const name = `${this.state.name}/$initial`;
    const done = this.state.store({ name, operator: op, key: structOf([]), value: structOf([]) });
    if (done.size > 0) return;
    done.put('', []);
    for (const [given, initial] of initialState) {
      const key = keys.ofGiven(given);
      this.call('handleInitialState', key, given, () => {
        if (processor.handleInitialState === undefined) throw new Error('the processor has no handleInitialState');
        notPromised(processor.handleInitialState(given, initial, times));
      });
    }
  }

  private start(keys: Keys): Started {
    const { op, timeMode, make } = this.options;
    const handle = new ProcessorHandle({ op, timeMode, keys, state: this.state, current: this.current });
    try {
      const processor = notPromised(make(handle));
      if (typeof processor?.handleInputRows !== 'function') throw new TypeError('it must have handleInputRows');
      notPromised(processor.init?.(handle, this.state.outputMode, timeMode));
      handle.finish();
      return { keys, handle, processor };
    } catch (error) {
      throw SluiceError.from(error, 'USER_FUNCTION_FAILED', `${op}: making the processor failed`, { operator: op });
    }
  }

  private call(what: string, key: string, given: unknown, body: () => void): void {
    try {
      this.current.during(key, body);
    } catch (error) {
      const { op } = this.options;
      const { id } = this.current.batch;
      const where = `${op}: ${what} for the key ${showKey(given)} in batch ${id} failed`;
      throw SluiceError.from(error, 'USER_FUNCTION_FAILED', where, { operator: op, batchId: id, key: given });
    }
  }

  private add(out: unknown[], made: Iterable<unknown>): void {
    const { eventTimeColumnName: column } = this.options;
    for (const row of notPromised(made)) {
      if (column !== undefined) this.checkTime(column, (row as Readonly<Record<string, unknown>>)[column]);
      out.push(row);
    }
  }

  /** What follows would drop it without a word. */
  private checkTime(column: string, time: unknown): void {
    const at = typeof time === 'object' ? time?.valueOf() : undefined;
    if (this.late === null || typeof at !== 'number' || at > this.late) return;
    throw new Error(
      `a row has the time ${at} in '${column}', and what is not after the watermark ${this.late} is late`,
    );
  }
}

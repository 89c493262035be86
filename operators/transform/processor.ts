import type { Duration } from '../../lib/options/index.js';
import type { OutputMode } from '../../lib/plan/index.js';
import type { DataType, ValueOf } from '../../lib/schema/index.js';

/** By what time timers expire: none are there, the clock's, or the watermark's. */
export type TimeMode = 'none' | 'processingTime' | 'eventTime';

/** The times that hold for a batch. */
export interface TimerValues {
  /** When the batch was planned, in milliseconds since the epoch: the same when it is replayed. */
  readonly currentProcessingTime: number;
  /** In milliseconds since the epoch; null without one. */
  readonly currentWatermark: number | null;
}

/** The timer for which a call is made. */
export interface ExpiredTimerInfo {
  /** When it was to expire, in milliseconds since the epoch. */
  readonly expiryTime: number;
}

/** How long what is kept is there. */
export interface TTLConfig {
  /** In processing time, after it was put last; longer than nothing. */
  readonly ttlDuration: Duration;
}

/** One value of a key. */
export interface ValueState<T> {
  readonly exists: boolean;
  /** A copy of the value, yours to change: without `update` that changes nothing. Undefined if there is none. */
  get(): T | undefined;
  /** Keeps a copy of this value. Neither null nor undefined: that is `clear`. */
  update(value: T): void;
  clear(): void;
}

/** A list of a key. An element that is appended costs the same however many there are. */
export interface ListState<T> {
  /** Whether there are elements. */
  readonly exists: boolean;
  /** Copies of all elements, in their order. */
  get(): T[];
  /** These elements instead of what there was. */
  put(values: Iterable<T>): void;
  appendValue(value: T): void;
  appendList(values: Iterable<T>): void;
  clear(): void;
}

/**
 * A map of a key, in no order that is promised. A key of it that is read, put or removed costs the same however many
 * there are. What it gives may be changed while going through it: what has been removed meanwhile is left out.
 */
export interface MapState<K, V> extends Iterable<[K, V]> {
  /** Whether there are entries. */
  readonly exists: boolean;
  /** A copy of the value; undefined if there is none. */
  getValue(key: K): V | undefined;
  containsKey(key: K): boolean;
  updateValue(key: K, value: V): void;
  removeKey(key: K): void;
  keys(): K[];
  values(): V[];
  clear(): void;
}

/** The query that a processor works for, and the batch that is in hand. */
export interface QueryInfo {
  readonly queryId: string;
  readonly runId: string;
  readonly batchId: number;
}

/**
 * What a processor is given: its state variables, and the timers of the key that is being called. Variables are asked
 * for before the first call, and are in the checkpoint under their names; in a call they hold what is kept of its key.
 *
 * `type` says what the values are, as text (`'LONG'`, `'n LONG, last TIMESTAMP'`, `'ARRAY<INT>'`) or as an object
 * (`long()`, `struct({...})`): they are kept so, and what does not fit is refused with TYPE_MISMATCH. Without it plain
 * values are kept as they are: whatever JSON knows, bigints, bytes, dates, decimals, maps and sets.
 */
export interface StatefulProcessorHandle {
  /** Throws DUPLICATE_NAME, INVALID_SCHEMA, CHECKPOINT_MISMATCH for another type than is kept; as the next two. */
  getValueState<D extends DataType>(stateName: string, type: D, ttl?: TTLConfig): ValueState<ValueOf<D>>;
  getValueState<T>(stateName: string, type?: string | DataType, ttl?: TTLConfig): ValueState<T>;
  getListState<D extends DataType>(stateName: string, type: D, ttl?: TTLConfig): ListState<ValueOf<D>>;
  getListState<T>(stateName: string, type?: string | DataType, ttl?: TTLConfig): ListState<T>;
  getMapState<K extends DataType, V extends DataType>(
    stateName: string,
    keyType: K,
    valueType: V,
    ttl?: TTLConfig,
  ): MapState<ValueOf<K>, ValueOf<V>>;
  getMapState<K, V>(
    stateName: string,
    keyType?: string | DataType,
    valueType?: string | DataType,
    ttl?: TTLConfig,
  ): MapState<K, V>;
  /** Removes all that is kept in a variable that is not used any more. Its name is not free for another type. */
  deleteIfExists(stateName: string): void;
  /**
   * Calls `handleExpiredTimer` for this key once the time (milliseconds since the epoch) plus the duration has come: by
   * the clock or by the watermark, as `timeMode` says. A key has any number of timers; one of a time that it has already
   * is the same. What is past already expires in this batch, or, if a timer registers it, in the next one.
   */
  registerTimer(expiry: number | Date, plus?: Duration): void;
  /** The timer of the key at this time does not expire, if there is one. */
  deleteTimer(expiry: number | Date, plus?: Duration): void;
  /** When the timers of the key expire, the earliest first; with that for which the call is made. */
  listTimers(): number[];
  getQueryInfo(): QueryInfo;
}

/**
 * What is done with the rows of a key, and with its timers. None of it may be asynchronous, and the same has to come of
 * the same: after a crash a batch is done again.
 */
export interface StatefulProcessor<Key, Row, Out, Initial = unknown> {
  /** Called once in a run, before the first batch: asks for the state variables, if nobody has yet. */
  init?(handle: StatefulProcessorHandle, outputMode: OutputMode, timeMode: TimeMode): void;
  /** Called once a batch for each key that has rows in it, in the order in which they came. */
  handleInputRows(key: Key, rows: readonly Row[], timerValues: TimerValues): Iterable<Out>;
  /** Called for each timer that has expired, the earliest first, when all rows of the batch are handled. */
  handleExpiredTimer?(key: Key, timerValues: TimerValues, expiredTimerInfo: ExpiredTimerInfo): Iterable<Out>;
  /** Called for each pair of `initialState`, before the first rows. */
  handleInitialState?(key: Key, initialState: Initial, timerValues: TimerValues): void;
  /** Called when the run is over, however it ends. */
  close?(): void;
}

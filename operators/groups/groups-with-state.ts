import type { Observer } from 'rxjs';
import type { MicroBatch } from '../../lib/batch/index.js';
import { SluiceError } from '../../lib/errors/index.js';
import { Expr } from '../../lib/expressions/index.js';
import { planOf } from '../../lib/flow.js';
import type { FlowOperator } from '../../lib/operator.js';
import {
  type Duration,
  custom,
  duration,
  nonEmptyText,
  oneOf,
  parseOptions,
  required,
  schema,
  sink,
} from '../../lib/options/index.js';
import { type StreamingRole, settingsOf } from '../../lib/plan/index.js';
import type { Schema, SchemaLike, StructType } from '../../lib/schema/index.js';
import { statefulFlow } from '../../lib/stateful.js';
import { requiredEventColumn } from '../columns/event-millis.js';
import { type GroupBy, type GroupKey, type KeyOf, groupKey } from './group-key.js';
import type { GroupState, GroupTimeout } from './group-state.js';
import { GroupedBatches } from './grouped-batches.js';

/** States to begin with: made for a group that has none, or given once, as pairs of a key and its state. */
export type InitialState<Key, S> = ((key: Key) => S) | Iterable<readonly [Key, S]>;

export interface GroupsWithStateOptions<Row, By extends GroupBy, S, Out> {
  /** What rows are grouped by. A single column or expression: the key is its value; else it is an object of them. */
  by: By;
  /**
   * A function: what `state.get()` gives of a group of which nothing is kept. Pairs of a key and a state: they are kept
   * with the first batch, unless something is kept of that key already, and these groups are called in it, with rows or
   * without. Default: `get()` gives undefined.
   */
  initial?: InitialState<KeyOf<Row, By>, S>;
  /**
   * When a group without rows is called: when a time has passed that it sets itself by `setTimeoutDuration`
   * (`'processingTime'`) or the watermark an instant, set by `setTimeoutTimestamp` (`'eventTime'`; needs
   * `withWatermark` above, and drops rows that are not after the watermark of the batch before). Default `'none'`.
   */
  timeout?: GroupTimeout;
  /**
   * The types of the state, which is an object then: kept as columns, and what does not fit is refused. Default: plain
   * values are kept as they are, whatever JSON knows, bigints, bytes, dates, decimals, maps and sets.
   */
  state?: SchemaLike<S>;
  /** The types of the rows that come out. Without it sinks that need types take them from the values. */
  schema?: SchemaLike<Out>;
  /**
   * What was not updated for so long, in processing time, is forgotten, without a call. Only without timeouts, which say
   * themselves what happens. Default: it is kept until it is removed.
   */
  ttl?: Duration;
  /** The name under which the state is kept in the checkpoint. Default: that of the operator. */
  name?: string;
  /**
   * A sink for rows that came too late, with every batch: it commits when they are durable. The sink is this operator's
   * alone. Default: they are dropped, and counted. Only with `timeout: 'eventTime'`.
   */
  lateRows?: Observer<MicroBatch>;
}

const isBy = (v: unknown): v is GroupBy => {
  const isKey = (key: unknown): boolean => (typeof key === 'string' && key !== '') || key instanceof Expr;
  if (isKey(v)) return true;
  if (typeof v !== 'object' || v === null) return false;
  const keys: unknown[] = Object.values(v);
  return keys.length > 0 && keys.every(isKey);
};

const isInitial = (v: unknown): v is InitialState<unknown, unknown> =>
  typeof v === 'function' || (typeof v === 'object' && v !== null && Symbol.iterator in v);

/** The option that says what rows are grouped by. */
export const byOption = required(custom(isBy, 'a column, an expression, or some of them'));

const spec = {
  by: byOption,
  initial: custom(isInitial, 'a function of the key, or pairs of a key and a state'),
  timeout: oneOf(['none', 'processingTime', 'eventTime'], 'none'),
  state: schema(),
  schema: schema(),
  ttl: duration(),
  name: nonEmptyText(),
  lateRows: sink<MicroBatch>(),
};

/** Calls the user's function for a group and adds what it gives to `out`. */
export type GroupCall = (key: unknown, rows: readonly unknown[], state: GroupState<unknown>, out: unknown[]) => void;

/** What the operators of groups with state have in common. */
export interface GroupsDefinition {
  readonly op: string;
  readonly by: GroupKey;
  readonly initial: InitialState<unknown, unknown> | undefined;
  readonly timeout: GroupTimeout;
  readonly state: StructType | undefined;
  readonly schema: Schema | undefined;
  readonly ttl: number | undefined;
  readonly lateRows: Observer<MicroBatch> | undefined;
  readonly call: GroupCall;
}

export function groupsWithState<Row, Out>(
  op: string,
  options: object,
  call: GroupCall,
  role: StreamingRole,
): FlowOperator<Row, Out> {
  const { name = op, by, ...given } = parseOptions(op, options, spec);
  const definition: GroupsDefinition = { ...given, op, by: groupKey(op, by), call };
  const { timeout, ttl, lateRows } = definition;
  if (ttl !== undefined && timeout !== 'none') {
    throw new SluiceError('INVALID_OPTION', `${op}: 'ttl' goes without timeouts: call state.remove() when one passes.`);
  }
  if (lateRows !== undefined && timeout !== 'eventTime') {
    throw new SluiceError(
      'INVALID_OPTION',
      `${op}: no row is late without timeout: 'eventTime', so 'lateRows' gets none.`,
    );
  }
  return (source) => {
    const input = planOf(source as never);
    const time =
      timeout === 'eventTime'
        ? requiredEventColumn(op, input.eventTime, 'timeouts in event time come').name
        : undefined;
    return statefulFlow<Out>(
      {
        op,
        detail: `${definition.by.detail}${timeout === 'none' ? '' : `; timeout ${timeout}`}`,
        inputs: [input],
        schema: definition.schema,
        // What a call makes has times of its own, and none of them is promised.
        eventTime: input.eventTime && { columns: new Map(), watermark: () => null },
        traits: { role },
      },
      {
        name,
        operatorName: 'flatMapGroupsWithState',
        noDataBatch: () => (timeout === 'none' ? 'never' : timeout === 'eventTime' ? 'watermark' : 'processingTime'),
        onComplete: () => lateRows?.complete(),
        start: (state) => {
          const batches = new GroupedBatches({ ...definition, settings: settingsOf(input), time }, state);
          return (batch, marks) => batches.take(batch, marks);
        },
      },
    );
  };
}

/** What a user's function gave: rows cannot wait for a promise, and it would be a silently wrong one. */
export function notPromised<T>(made: T): T {
  if (typeof (made as { then?: unknown } | null | undefined)?.then === 'function') {
    throw new TypeError('it returned a promise; do look-ups above, with mapRows(fn, { concurrency: 16 })');
  }
  return made;
}

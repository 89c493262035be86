import type { Observer } from 'rxjs';
import type { MicroBatch } from '../lib/batch/index.js';
import { SluiceError } from '../lib/errors/index.js';
import { planOf } from '../lib/flow.js';
import type { FlowOperator } from '../lib/operator.js';
import { custom, func, nonEmptyText, oneOf, parseOptions, required, schema, sink } from '../lib/options/index.js';
import { type EventTime, type PlanNode, settingsOf } from '../lib/plan/index.js';
import type { SchemaLike } from '../lib/schema/index.js';
import { statefulFlow } from '../lib/stateful.js';
import { requiredEventColumn } from './columns/event-millis.js';
import { type GroupBy, type KeyOf, groupKey } from './groups/group-key.js';
import { byOption } from './groups/groups-with-state.js';
import type { StatefulProcessor, StatefulProcessorHandle, TimeMode } from './transform/processor.js';
import { type Transformation, TransformedBatches } from './transform/transformed-batches.js';

export interface TransformWithStateOptions<Row, By extends GroupBy, Out, Initial> {
  /** What rows are grouped by. A single column or expression: the key is its value; else it is an object of them. */
  by: By;
  /**
   * By what timers expire: by the clock (`'processingTime'`, which state that lives for a time needs, too), or by the
   * watermark (`'eventTime'`; needs `withWatermark` above, and drops rows that are not after the watermark of the batch
   * before). Default `'none'`: there are none.
   */
  timeMode?: TimeMode;
  /**
   * What the rows are: final (`'append'`), or changes of rows before (`'update'`). The query's output mode has to be the
   * same; below `'append'` an aggregation may follow, whose output mode is the query's. Default: what the query has.
   */
  outputMode?: 'append' | 'update';
  /**
   * The column of the rows that come out that is event time for what follows. Its values must be after the watermark of
   * the batch before, as those of timers that expire are (USER_FUNCTION_FAILED). Needs `timeMode: 'eventTime'`. Default:
   * the rows have no event time.
   */
  eventTimeColumnName?: Extract<keyof Out, string>;
  /** Pairs of a key and something for `handleInitialState`, which is called for each once, in the first batch. */
  initialState?: Iterable<readonly [KeyOf<Row, By>, Initial]>;
  /** The types of the rows that come out. Without it sinks that need types take them from the values. */
  schema?: SchemaLike<Out>;
  /** The name under which the state is kept in the checkpoint. Default: that of the operator. */
  name?: string;
  /**
   * A sink for rows that came too late, with every batch: it commits when they are durable. The sink is this operator's
   * alone. Default: they are dropped, and counted. Only with `timeMode: 'eventTime'`.
   */
  lateRows?: Observer<MicroBatch>;
}

const op = 'transformWithState';

const spec = {
  by: byOption,
  timeMode: oneOf(['none', 'processingTime', 'eventTime'], 'none'),
  outputMode: oneOf(['append', 'update']),
  eventTimeColumnName: nonEmptyText(),
  initialState: custom(
    (v): v is Iterable<readonly [unknown, unknown]> => typeof v === 'object' && v !== null && Symbol.iterator in v,
    'pairs of a key and a state',
  ),
  schema: schema(),
  name: nonEmptyText(),
  lateRows: sink<MicroBatch>(),
};

/**
 * Hands the rows of each key to a processor that you write, with state of as many variables as you like (values, lists,
 * maps, for ever or for a time) and any number of timers a key. What a batch changes, in all of them, is in the
 * checkpoint with it, or not at all; a batch costs what it touches.
 *
 * `processor` makes one for a run, and is given the handle to ask for the variables; a class may do so in `init`. It must
 * not be asynchronous, and give the same for the same; what it throws ends the query with USER_FUNCTION_FAILED.
 *
 * @example
 * ```ts
 * logins$.pipe(
 *   withWatermark('at', '1 minute'),
 *   transformWithState({ by: 'user', timeMode: 'eventTime', outputMode: 'append' }, (handle) => {
 *     const failed = handle.getListState('failed', timestamp());
 *     return {
 *       *handleInputRows(user, logins) {
 *         for (const { at, worked } of logins) {
 *           if (worked) failed.clear();
 *           else failed.appendValue(at);
 *           handle.registerTimer(at, '10 minutes');
 *         }
 *         if (failed.get().length >= 5) yield { user, alert: '5 failed logins' };
 *       },
 *       *handleExpiredTimer(user, { currentWatermark }) {
 *         const recent = failed.get().filter((at) => at.getTime() > currentWatermark! - 600_000);
 *         failed.put(recent);
 *         if (recent.length === 0) yield { user, alert: 'quiet again' };
 *       },
 *     };
 *   }),
 * );
 * ```
 */
export function transformWithState<Row, Out extends object, const By extends GroupBy, Initial = unknown>(
  options: TransformWithStateOptions<Row, By, Out, Initial>,
  processor: (handle: StatefulProcessorHandle) => StatefulProcessor<KeyOf<Row, By>, Row, Out, Initial>,
): FlowOperator<Row, Out> {
  const { name = op, by, outputMode, ...given } = parseOptions(op, options, spec);
  const { make } = parseOptions(op, { make: processor }, { make: required(func<Transformation['make']>()) });
  const transformation: Transformation = { ...given, op, by: groupKey(op, by), make };
  const { timeMode, lateRows } = transformation;
  checkTimeMode(transformation);
  return (source) => {
    const input = planOf(source as never);
    const time =
      timeMode === 'eventTime' ? requiredEventColumn(op, input.eventTime, 'timers in event time expire') : undefined;
    return statefulFlow<Out>(
      {
        op,
        detail: `${transformation.by.detail}${timeMode === 'none' ? '' : `; timers in ${timeMode}`}`,
        inputs: [input],
        schema: transformation.schema,
        eventTime: eventTimeOf(transformation, input, time?.delay ?? 0),
        traits: { role: { kind: 'transform', ...(outputMode === undefined ? {} : { mode: outputMode }) } },
      },
      {
        name,
        operatorName: 'transformWithStateExec',
        noDataBatch: () => (timeMode === 'processingTime' ? 'processingTime' : 'watermark'),
        onComplete: () => lateRows?.complete(),
        start: (state, whenOver) => {
          const options = { ...transformation, settings: settingsOf(input), time: time?.name };
          const batches = new TransformedBatches(options, state);
          whenOver(() => batches.close());
          return (batch, marks) => batches.take(batch, marks);
        },
      },
    );
  };
}

function checkTimeMode({ timeMode, lateRows, eventTimeColumnName, schema: out }: Transformation): void {
  const needs = (option: string, why: string): SluiceError =>
    new SluiceError('INVALID_OPTION', `${op}: '${option}' goes with timeMode: 'eventTime': ${why}.`);
  if (lateRows !== undefined && timeMode !== 'eventTime') throw needs('lateRows', 'no row is late without');
  if (eventTimeColumnName === undefined) return;
  if (timeMode !== 'eventTime') throw needs('eventTimeColumnName', 'else it is not known which rows are late');
  if (out === undefined || out.fields.some((f) => f.name === eventTimeColumnName)) return;
  const names = out.fields.map((f) => f.name).join(', ');
  throw new SluiceError(
    'UNKNOWN_COLUMN',
    `${op}: the schema has no column '${eventTimeColumnName}'. It has: ${names}.`,
  );
}

/** Of what a processor makes only the column that is declared has a time that can be relied on. */
function eventTimeOf(
  { eventTimeColumnName }: Transformation,
  { eventTime }: PlanNode,
  delay: number,
): EventTime | undefined {
  if (eventTime === undefined) return undefined;
  if (eventTimeColumnName === undefined) return { columns: new Map(), watermark: () => null };
  return { columns: new Map([[eventTimeColumnName, delay]]), watermark: eventTime.watermark };
}

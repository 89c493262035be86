import { Observable } from 'rxjs';
import type { MicroBatch } from '../lib/batch/index.js';
import { type Column, FixedColumn } from '../lib/columns/index.js';
import { type EventTimes, inQuery } from '../lib/context/index.js';
import { tryParseUnits } from '../lib/datetime/index.js';
import { SluiceError } from '../lib/errors/index.js';
import { exactNumbers } from '../lib/expressions/kernels/numbers.js';
import { Flow, planOf } from '../lib/flow.js';
import { type FlowOperator, eachBatch } from '../lib/operator.js';
import { type Duration, duration, nonEmptyText, oneOf, parseOptions } from '../lib/options/index.js';
import { type EventTime, type PlanNode, mergedEventTime } from '../lib/plan/index.js';
import { typedFor } from '../lib/plan/used-columns.js';
import { type DataType, simpleString } from '../lib/schema/index.js';
import { columnNamed } from './columns/column-named.js';
import { timesIn } from './columns/event-millis.js';

export interface WatermarkOptions {
  /**
   * Without rows for so long (of processing time) this input no longer holds back the watermark of a query that has
   * several; it counts again with its next rows. Not of Spark, where a silent input holds everything back. Default:
   * it waits for ever.
   */
  idleAfter?: Duration;
  /**
   * With several watermarks in a query: its watermark is the least of them (`'min'`, the default: nothing of the
   * slowest input is late) or the greatest (`'max'`: the slower inputs' rows may be dropped). One for a query.
   */
  multipleWatermarkPolicy?: 'min' | 'max';
  /** Under which name its progress is kept in the checkpoint. Default `withWatermark(column)`. */
  name?: string;
}

const spec = {
  idleAfter: duration(),
  multipleWatermarkPolicy: oneOf(['min', 'max']),
  name: nonEmptyText(),
};

/**
 * Says which column holds the time of the events, and how late they may come. The **watermark** is the latest event
 * time seen, less the delay: no event before it is expected any more. It is found at the end of each batch, is in force
 * from the next one on, and never goes back. By it operators with state know what is final: windows close, duplicates
 * are forgotten, joins give up waiting; and rows that come later are dropped and counted (`numRowsDroppedByWatermark`).
 * A row whose time is null does not move it (in the progress it counts as 1970, as in Spark), nor do rows that a
 * `where` right below drops, unless its condition is about the event time.
 *
 * The column is a TIMESTAMP, or a window. The delay is text such as `'10 minutes'` or milliseconds; a month is 31 days.
 * Throws UNKNOWN_COLUMN, SCHEMA_MISMATCH or INVALID_OPTION, and UNSUPPORTED_PIPELINE where the flow has a watermark.
 *
 * @example
 * ```ts
 * orders$.pipe(
 *   withWatermark('at', '10 minutes'),
 *   aggregate({ by: { shop: 'shop', window: window('at', '5 minutes') }, values: { total: sum('amount') } }),
 * );
 * ```
 */
export function withWatermark<Row>(
  column: keyof Row & string,
  delay: Duration,
  options: WatermarkOptions = {},
): FlowOperator<Row, Row> {
  const { idleAfter, multipleWatermarkPolicy, name } = parseOptions('withWatermark', options, spec);
  if (typeof column !== 'string' || column === '') {
    throw new SluiceError('INVALID_OPTION', 'withWatermark: the column must be the name of one.');
  }
  const definition = {
    name: name ?? `withWatermark(${column})`,
    delay: delayOf(delay),
    idleAfter,
    policy: multipleWatermarkPolicy,
  };
  return (source) => {
    const input = planOf(source as Observable<MicroBatch>);
    if (input.eventTime !== undefined && input.eventTime.columns.size > 0) {
      const message =
        `withWatermark: the flow has a watermark already (on ${[...input.eventTime.columns.keys()].join(', ')}). ` +
        'A flow has one; give each input its own above union or join.';
      throw new SluiceError('UNSUPPORTED_PIPELINE', message);
    }
    const found = input.schema && columnNamed(column, input.schema);
    if (found !== undefined) checkType(found.name, found.type);
    return new Flow<Row>(watermarkNode(input, found?.name ?? column, definition));
  };
}

interface Definition {
  readonly name: string;
  readonly delay: number;
  readonly idleAfter: number | undefined;
  readonly policy: 'min' | 'max' | undefined;
}

function watermarkNode(input: PlanNode, column: string, definition: Definition): PlanNode {
  const own: EventTime = { columns: new Map([[column, definition.delay]]), watermark: (global) => global };
  return {
    kind: 'operator',
    op: 'withWatermark',
    detail: `${column}, ${definition.delay} ms`,
    inputs: [input],
    schema: input.schema,
    hidden: input.hidden,
    eventTime: mergedEventTime(own.columns, [own, input.eventTime]),
    traits: { stateful: true },
    needs: (wanted) => (wanted === 'all' ? 'all' : new Set([...wanted, column])),
    // What operators of columns find here to put filters above it.
    ...{ eventColumn: column, over: (other: PlanNode) => watermarkNode(other, column, definition) },
    connect: ([source]) =>
      new Observable((subscriber) =>
        inQuery(subscriber, (context, destination) => {
          const seat = context.watermarks.add(definition);
          const subscription = eachBatch(source!, (batch) => {
            const times = eventTimesOf(batch, column);
            if (times !== undefined) seat.report(times);
            return batch;
          }).subscribe(destination);
          return () => {
            subscription.unsubscribe();
            seat.release();
          };
        }),
      ),
  };
}

function delayOf(delay: Duration): number {
  const millis = typeof delay === 'number' ? delay : typeof delay === 'string' ? textDelay(delay) : undefined;
  if (millis === undefined || !Number.isFinite(millis) || millis < 0) {
    const message = `withWatermark: the delay must be a duration of at least 0 such as '10 minutes', not ${JSON.stringify(delay)}.`;
    throw new SluiceError('INVALID_OPTION', message);
  }
  return millis;
}

const dayMillis = 86_400_000;

function textDelay(text: string): number | undefined {
  const interval = tryParseUnits(text.trim().replace(/^interval\s+/i, ''));
  if (interval === undefined) return undefined;
  return (interval.months * 31 + interval.days) * dayMillis + Math.floor(Number(interval.micros) / 1000);
}

function checkType(name: string, type: DataType): void {
  const isWindow = type.kind === 'struct' && type.fields.find((f) => f.name === 'end')?.type.kind === 'timestamp';
  if (type.kind === 'timestamp' || type.kind === 'any' || type.kind === 'void' || isWindow) return;
  const message =
    `withWatermark: the column '${name}' is of type ${simpleString(type)}; event time has to be a timestamp. ` +
    `Convert it first, for example with withColumn('${name}', "CAST(${name} AS TIMESTAMP)").`;
  throw new SluiceError('SCHEMA_MISMATCH', message, { details: { column: name, found: simpleString(type) } });
}

/** The event times of the rows of a batch; undefined if it has none. */
function eventTimesOf(batch: MicroBatch, name: string): EventTimes | undefined {
  if (batch.numRows === 0) return undefined;
  const found = columnNamed(name, batch.table.schema).name;
  const column = typedFor([{ kind: 'name', parts: [found] }], batch.table).column(found);
  checkType(found, column.type);
  return timesOf(timesIn(column));
}

function timesOf(column: Column | undefined): EventTimes | undefined {
  if (!(column instanceof FixedColumn)) return undefined;
  // Past the year 2255 microseconds are no exact doubles, but their milliseconds are right within one.
  const micros = exactNumbers(column.values) ?? Float64Array.from(column.values as BigInt64Array, Number);
  let count = 0;
  let min = Infinity;
  let max = -Infinity;
  let mean = 0;
  const full = column.nullCount === 0;
  for (let i = 0; i < micros.length; i++) {
    const millis = full || column.isValid(i) ? Math.floor(micros[i]! / 1000) : 0;
    count++;
    if (millis < min) min = millis;
    if (millis > max) max = millis;
    mean += (millis - mean) / count;
  }
  return count === 0 ? undefined : { count, min, max, mean };
}

import { type Column, FixedColumn, StructColumn, type Table } from '../../lib/columns/index.js';
import { SluiceError } from '../../lib/errors/index.js';
import { exactNumbers } from '../../lib/expressions/kernels/numbers.js';
import type { EventTime } from '../../lib/plan/index.js';
import { typedFor } from '../../lib/plan/used-columns.js';

export interface EventColumn {
  readonly name: string;
  /** How late rows may be, in milliseconds. */
  readonly delay: number;
}

/** The column that carries event time. Throws UNSUPPORTED_PIPELINE where there are several. */
export function eventColumnOf(op: string, eventTime: EventTime | undefined): EventColumn | undefined {
  const [first, ...others] = eventTime?.columns ?? [];
  if (first === undefined) return undefined;
  if (others.length === 0) return { name: first[0], delay: first[1] };
  const names = [...eventTime!.columns.keys()].join(', ');
  const message =
    `${op}: several columns carry event time (${names}), and which of them says what is late is not known. ` +
    'Leave one of them, for example with drop() or select().';
  throw new SluiceError('UNSUPPORTED_PIPELINE', message);
}

/** The same for an operator that cannot do without: `what` it does, such as `timers in event time expire`, is by the watermark. */
export function requiredEventColumn(op: string, eventTime: EventTime | undefined, what: string): EventColumn {
  const found = eventColumnOf(op, eventTime);
  if (found !== undefined) return found;
  const message =
    `${op}: ${what} by the watermark, and the flow has none. Put withWatermark('at', ` +
    "'10 minutes') above it, and keep its column.";
  throw new SluiceError('UNSUPPORTED_PIPELINE', message);
}

/**
 * The event times of rows in milliseconds, of windows their ends; NaN where there is none. They are rounded up, so that
 * they are after a watermark, which is whole milliseconds, exactly where the time itself is.
 */
export function eventMillis(table: Table, name: string): Float64Array {
  return millisOf(typedFor([{ kind: 'name', parts: [name] }], table).column(name));
}

/** The same of a column of timestamps or windows. */
export function millisOf(column: Column): Float64Array {
  const none = new Float64Array(column.length).fill(NaN);
  const times = timesIn(column);
  if (!(times instanceof FixedColumn)) return none;
  const micros = exactNumbers(times.values);
  const full = column.nullCount === 0 && times.nullCount === 0;
  for (let i = 0; i < none.length; i++) {
    if (full || (column.isValid(i) && times.isValid(i)))
      none[i] = micros === undefined ? wholeMillis(times.values[i] as bigint) : Math.ceil(micros[i]! / 1000);
  }
  return none;
}

/** The timestamps of a column; of windows their ends. */
export function timesIn(column: Column): Column | undefined {
  if (!(column instanceof StructColumn)) return column;
  const { type, children } = column;
  return type.kind === 'struct' ? children[type.fields.findIndex((f) => f.name === 'end')] : undefined;
}

/** Milliseconds of microseconds, rounded up. */
export const wholeMillis = (micros: bigint): number => Number(micros / 1000n) + (micros % 1000n > 0n ? 1 : 0);

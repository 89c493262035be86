/**
 * A value as expressions compute with it, one JavaScript value per SQL value. What it is follows from the type:
 *
 * | type | value |
 * |---|---|
 * | boolean, string, binary | `boolean`, `string`, `Uint8Array` |
 * | byte, short, int, float (rounded by `Math.fround`), double | `number` |
 * | long | `bigint` |
 * | decimal | `bigint`, the unscaled number: 1.50 of `decimal(3,2)` is `150n` |
 * | date | `number`, days since 1970-01-01 |
 * | timestamp, timestamp_ntz | `bigint`, microseconds since the epoch (of UTC; of the wall clock) |
 * | day_time_interval | `bigint`, microseconds |
 * | year_month_interval | `number`, months |
 * | calendar_interval | `CalendarInterval` |
 * | array | `Value[]` |
 * | struct | `Value[]`, the fields by position |
 * | map | `[Value, Value][]`, in order |
 *
 * Missing is `null` in every type, never `undefined`. Bytes of a string that are no UTF-8 are kept as the lone
 * surrogates U+DC80 to U+DCFF, one a byte, so that nothing is lost on the way through.
 */
export type Value = null | boolean | number | bigint | string | Uint8Array | CalendarInterval | readonly Value[];

/** Months, days and microseconds, which no calendar turns into each other. */
export interface CalendarInterval {
  readonly months: number;
  readonly days: number;
  readonly micros: bigint;
}

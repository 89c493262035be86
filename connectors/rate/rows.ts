import { FixedColumn, Table } from '../../lib/columns/index.js';
import { field, long, structOf, timestamp } from '../../lib/schema/index.js';

/** What both sources give. */
export interface RateRow {
  timestamp: Date;
  /** Counts up from 0. */
  value: number;
}

export const rateSchema = structOf<RateRow>([field('timestamp', timestamp()), field('value', long())]);

/** The columns `names` of `length` rows, made straight as columns: no object a row. */
export function rateRows(
  length: number,
  names: readonly string[],
  values: Readonly<Record<keyof RateRow, () => BigInt64Array>>,
): Table {
  const fields = rateSchema.fields.filter((f) => names.includes(f.name));
  const columns = fields.map(({ name, type }) => new FixedColumn(type, values[name as keyof RateRow]()));
  return new Table(structOf(fields), columns, length);
}

/** 64-bit integers from exact numbers >= 0, written as halves: a bigint for each would cost several times as much. */
export function longs(length: number, at: (i: number) => number): BigInt64Array {
  const out = new BigInt64Array(length);
  const halves = new Uint32Array(out.buffer);
  for (let i = 0; i < length; i++) {
    const value = at(i);
    halves[2 * i] = value;
    halves[2 * i + 1] = value / 4294967296;
  }
  return out;
}

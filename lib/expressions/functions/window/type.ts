import { type Column, FixedColumn, StructColumn } from '../../../columns/index.js';
import { type DataType, type StructType, field, structOf } from '../../../schema/index.js';
import { presentIn } from '../../kernels/validity.js';
import type { Constant } from '../../vector.js';
import { toColumn } from '../../vector.js';
import { mapInstants } from '../datetime/columns.js';
import { moment } from '../datetime/params.js';
import type { Param } from '../define.js';

/** A window of times of a type: from `start` up to `end`, which is not part of it. */
export const windowType = (time: DataType): StructType => structOf([field('start', time), field('end', time)]);

/** Whether values of a type are windows. */
export function isWindowType(type: DataType): type is StructType {
  if (type.kind !== 'struct' || type.fields.length !== 2) return false;
  const [start, end] = type.fields as [StructType['fields'][0], StructType['fields'][0]];
  return (
    start.name.toLowerCase() === 'start' &&
    end.name.toLowerCase() === 'end' &&
    start.type.kind === end.type.kind &&
    (end.type.kind === 'timestamp' || end.type.kind === 'timestamp_ntz')
  );
}

/** The time of a row: a timestamp, or a window, of which the last instant is meant. */
export const timeOfRow = (name: string): Param => {
  const { coerce } = moment(name);
  return { name, coerce: (from, context) => (isWindowType(from) ? from : coerce(from, context)) };
};

/** The type of the times that an argument of `timeOfRow` has. */
export const timeType = (type: DataType): DataType => (isWindowType(type) ? type.fields[1]!.type : type);

/** The times of rows, from an argument of `timeOfRow`. */
export function timesOf(vector: Column | Constant, n: number): FixedColumn {
  const column = toColumn(vector, n);
  return column instanceof StructColumn ? lastInstants(column) : (column as FixedColumn);
}

/** The last instant of each window, a microsecond before its end. */
export function lastInstants(windows: StructColumn): FixedColumn {
  const ends = windows.children[1] as FixedColumn;
  const valid = presentIn([windows, ends], windows.length)!;
  return justBefore(new FixedColumn(ends.type, ends.values, valid));
}

const justBefore = (column: FixedColumn): FixedColumn =>
  mapInstants(
    column.type,
    (micros) => micros - 1,
    (micros) => micros - 1n,
  )(column);

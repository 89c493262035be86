import {
  type BooleanColumn,
  type BytesColumn,
  type Column,
  type DecimalColumn,
  type FixedColumn,
  type ListColumn,
  PlainColumn,
  type StructColumn,
  getBit,
} from '../../columns/index.js';
import { formatDecimalBriefly, formatDouble, formatFloat } from '../../numbers/index.js';
import { intervalText } from '../scan/intervals.js';

/**
 * A key of a map, which is there, as the name of a member. Like Spark: what a value is stored as, and not how it is
 * written elsewhere; of a date the number of days since the epoch.
 */
export function keyText(column: Column, row: number): string {
  switch (column.type.kind) {
    case 'string':
    case 'binary': {
      const { bytes, offsets } = column as BytesColumn;
      const from = offsets[row]!;
      const text = Buffer.from(bytes.buffer, bytes.byteOffset + from, offsets[row + 1]! - from);
      return text.toString(column.type.kind === 'string' ? 'utf8' : 'base64');
    }
    case 'boolean':
      return String(getBit((column as BooleanColumn).bits, row));
    case 'double':
      return formatDouble((column as FixedColumn).values[row] as number);
    case 'float':
      return formatFloat((column as FixedColumn).values[row] as number);
    case 'decimal': {
      const decimals = column as DecimalColumn;
      return formatDecimalBriefly(decimals.unscaled(row), decimals.type.scale);
    }
    case 'calendar_interval':
      return intervalText(column, row);
    case 'array': {
      const { child, offsets } = column as ListColumn;
      const positions = Array.from({ length: offsets[row + 1]! - offsets[row]! }, (_, i) => offsets[row]! + i);
      return `[${positions.map((i) => keyOrNull(child, i)).join(',')}]`;
    }
    case 'struct':
      return `[${(column as StructColumn).children.map((child) => keyOrNull(child, row)).join(',')}]`;
    case 'map':
    case 'void':
    case 'any':
      return String(column.get(row));
    default:
      return String((column as FixedColumn).values[row]);
  }
}

const keyOrNull = (column: Column, row: number): string =>
  (column instanceof PlainColumn ? column.isValid(row) : column.validity === null || getBit(column.validity, row))
    ? keyText(column, row)
    : 'null';

import type { BooleanColumn, BytesColumn, Column, DecimalColumn, FixedColumn } from '../../columns/index.js';
import { getBit } from '../../columns/index.js';
import {
  halvesOf,
  writeDate,
  writeDecimal,
  writeDouble,
  writeFloat,
  writeInteger,
  writeLong,
  writeTimestamp,
} from '../scan/format.js';
import type { Output } from '../scan/output.js';

/** Writes the value of row `i`, which is there, as Spark spells it. */
export type Format = (out: Output, i: number) => void;

/** The format of a column's values that are not strings; undefined for a type that CSV cannot hold. */
export function formatOf(column: Column): Format | undefined {
  const { values } = column as FixedColumn;
  switch (column.type.kind) {
    case 'boolean': {
      const { bits } = column as BooleanColumn;
      return (out, i) => out.ascii(getBit(bits, i) ? 'true' : 'false');
    }
    case 'byte':
    case 'short':
    case 'int':
      return (out, i) => writeInteger(out, values[i] as number);
    case 'long': {
      const halves = halvesOf(values as BigInt64Array);
      return (out, i) => writeLong(out, halves[2 * i]!, halves[2 * i + 1]!);
    }
    case 'double':
      return (out, i) => writeDouble(out, values[i] as number);
    case 'float':
      return (out, i) => writeFloat(out, values[i] as number);
    case 'decimal': {
      const decimals = column as DecimalColumn;
      const { scale } = decimals.type;
      return (out, i) => writeDecimal(out, decimals.unscaled(i), scale, false);
    }
    case 'date':
      return (out, i) => writeDate(out, values[i] as number);
    case 'timestamp':
    case 'timestamp_ntz': {
      const halves = halvesOf(values as BigInt64Array);
      const zoned = column.type.kind === 'timestamp';
      return (out, i) => writeTimestamp(out, halves[2 * i]!, halves[2 * i + 1]!, zoned);
    }
    case 'binary': {
      const { bytes, offsets } = column as BytesColumn;
      return (out, i) => out.ascii(hexList(bytes.subarray(offsets[i], offsets[i + 1])));
    }
    default:
      return undefined;
  }
}

const hexList = (bytes: Uint8Array): string =>
  `[${Array.from(bytes, (b) => b.toString(16).toUpperCase().padStart(2, '0')).join(' ')}]`;

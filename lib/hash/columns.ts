import type { PlainColumn } from '../columns/index.js';
import {
  BooleanColumn,
  BytesColumn,
  type Column,
  DecimalColumn,
  FixedColumn,
  ListColumn,
  MapColumn,
  StructColumn,
  getBit,
} from '../columns/index.js';
import type { Value } from '../expressions/values.js';
import type { Hasher } from './hasher.js';
import { bigIntegerBytes, floatBits, hashDouble, valueHasher } from './values.js';

/** Takes what stands in a row of a column into a hash. */
export type CellHasher = (hasher: Hasher, row: number) => void;

/** As `valueHasher`, straight from the buffers of a column. */
export function cellHasher(column: Column): CellHasher {
  const present = presentHasher(column);
  const { validity } = column;
  if (validity === null) return present;
  return (hasher, row) => {
    if (getBit(validity, row)) present(hasher, row);
  };
}

function presentHasher(column: Column): CellHasher {
  if (column instanceof FixedColumn) return fixedHasher(column);
  if (column instanceof BytesColumn) {
    const { bytes, offsets } = column;
    return (hasher, row) => hasher.bytes(bytes, offsets[row]!, offsets[row + 1]!);
  }
  if (column instanceof BooleanColumn) {
    const { bits } = column;
    return (hasher, row) => hasher.int(getBit(bits, row) ? 1 : 0);
  }
  if (column instanceof DecimalColumn) return decimalHasher(column);
  if (column instanceof ListColumn) {
    const { offsets } = column;
    const element = cellHasher(column.child);
    return (hasher, row) => {
      for (let p = offsets[row]!; p < offsets[row + 1]!; p++) element(hasher, p);
    };
  }
  if (column instanceof MapColumn) {
    const { offsets } = column;
    const key = cellHasher(column.keys);
    const item = cellHasher(column.values);
    return (hasher, row) => {
      for (let p = offsets[row]!; p < offsets[row + 1]!; p++) {
        key(hasher, p);
        item(hasher, p);
      }
    };
  }
  if (column instanceof StructColumn) {
    const fields = column.children.map(cellHasher);
    return (hasher, row) => {
      for (const field of fields) field(hasher, row);
    };
  }
  return plainHasher(column);
}

function fixedHasher({ values }: FixedColumn): CellHasher {
  if (values instanceof BigInt64Array) {
    const words = new Int32Array(values.buffer, values.byteOffset, values.length * 2);
    return (hasher, row) => hasher.long(words[2 * row]!, words[2 * row + 1]!);
  }
  if (values instanceof Float64Array) return (hasher, row) => hashDouble(hasher, values[row]!);
  if (values instanceof Float32Array) return (hasher, row) => hasher.int(floatBits(values[row]!));
  return (hasher, row) => hasher.int(values[row]!);
}

function decimalHasher(column: DecimalColumn): CellHasher {
  if (column.type.precision > 18) {
    return (hasher, row) => {
      const bytes = bigIntegerBytes(column.unscaled(row));
      hasher.bytes(bytes, 0, bytes.length);
    };
  }
  const { words } = column;
  const halves = new Int32Array(words.buffer, words.byteOffset, words.length * 2);
  return (hasher, row) => hasher.long(halves[4 * row]!, halves[4 * row + 1]!);
}

function plainHasher(column: PlainColumn): CellHasher {
  const hash = valueHasher(column.type);
  return (hasher, row) => hash(hasher, (column.values[row] ?? null) as Value);
}

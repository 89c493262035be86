import { BooleanColumn, BytesColumn, type Column, DecimalColumn, FixedColumn, StructColumn } from '../columns/index.js';
import type { Value } from '../expressions/values.js';
import { readerOf } from '../expressions/vector.js';
import type { DataType } from '../schema/index.js';
import { ByteReader, ByteWriter } from './bytes.js';
import { TupleCodec, codecOf, groupedNumber } from './codec.js';

/**
 * The key of a row in a store, as a text of one byte a character: the same for rows that Spark groups together (0.0 is
 * -0.0, NaN is NaN, maps in any order), another for all others. Missing is a value of its own.
 */
export interface KeyCodec {
  /** The keys of rows. */
  of(columns: readonly Column[], numRows: number): string[];
  /** The key of values as expressions compute with them. */
  ofValues(values: readonly Value[]): string;
  /** What a key was made of; zeros and maps as they are grouped. */
  values(key: string): Value[];
}

export function keyCodec(types: readonly DataType[]): KeyCodec {
  const tuple = new TupleCodec(types, true);
  const out = new ByteWriter();
  return {
    of: (columns, numRows) => {
      const write = tupleWriter(columns, types);
      const keys = new Array<string>(numRows);
      for (let row = 0; row < numRows; row++) {
        out.clear();
        write(out, row);
        keys[row] = out.latin1Slice(0, out.length);
      }
      return keys;
    },
    ofValues: (values) => {
      out.clear();
      tuple.write(out, values);
      return out.latin1Slice(0, out.length);
    },
    values: (key) => tuple.read(new ByteReader(Buffer.from(key, 'latin1'))),
  };
}

type RowWriter = (out: ByteWriter, row: number) => void;

/** As `TupleCodec` writes the values of a row. */
function tupleWriter(columns: readonly Column[], types: readonly DataType[]): RowWriter {
  const bitmap = (columns.length + 7) >> 3;
  const cells = columns.map((column, c) => cellWriter(column, types[c]!));
  return (out, row) => {
    const nulls = out.zeros(bitmap);
    for (let c = 0; c < cells.length; c++) {
      const column = columns[c]!;
      if (column.nullCount > 0 && !column.isValid(row)) out.setBit(nulls, c);
      else cells[c]!(out, row);
    }
  };
}

/** Writes the value of a row that has one: from the buffers where they hold it as it is written. */
function cellWriter(column: Column, type: DataType): RowWriter {
  if (column instanceof FixedColumn) return fixedWriter(column);
  if (column instanceof BytesColumn) {
    const { bytes, offsets } = column;
    return (out, row) => {
      const from = offsets[row]!;
      const to = offsets[row + 1]!;
      out.size(to - from);
      out.bytes(bytes, from, to);
    };
  }
  if (column instanceof BooleanColumn) {
    const { bits } = column;
    return (out, row) => out.byte((bits[row >> 3]! >> (row & 7)) & 1);
  }
  if (column instanceof DecimalColumn) {
    const { words } = column;
    if (column.type.precision <= 18) return (out, row) => out.int64(words[2 * row]!);
    return (out, row) => {
      out.int64(words[2 * row]!);
      out.int64(words[2 * row + 1]!);
    };
  }
  if (column instanceof StructColumn && type.kind === 'struct') {
    return tupleWriter(
      column.children,
      type.fields.map((f) => f.type),
    );
  }
  const codec = codecOf(type, true);
  const read = readerOf(column);
  return (out, row) => codec.write(out, read(row));
}

function fixedWriter({ values }: FixedColumn): RowWriter {
  if (values instanceof BigInt64Array) return (out, row) => out.int64(values[row]!);
  if (values instanceof Float64Array) return (out, row) => out.float64(groupedNumber(values[row]!));
  if (values instanceof Float32Array) return (out, row) => out.float32(groupedNumber(values[row]!));
  if (values instanceof Int32Array) return (out, row) => out.int32(values[row]!);
  if (values instanceof Int16Array) return (out, row) => out.int16(values[row]!);
  return (out, row) => out.byte(values[row]! & 0xff);
}

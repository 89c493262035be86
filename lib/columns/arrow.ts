import type * as Arrow from 'apache-arrow';
import { SluiceError } from '../errors/index.js';
import type { Schema } from '../schema/types.js';
import type { CalendarInterval } from '../schema/values.js';
import { columnFromArrow } from './arrow-read.js';
import { arrow, schemaFromArrow, schemaToArrow } from './arrow-types.js';
import { bitmapBytes, setBit } from './bits.js';
import {
  BooleanColumn,
  BytesColumn,
  type Column,
  DecimalColumn,
  FixedColumn,
  ListColumn,
  MapColumn,
  StructColumn,
} from './column.js';
import { withTypes } from './infer.js';
import { Table } from './table.js';

export { arrow, schemaFromArrow, schemaToArrow } from './arrow-types.js';

/**
 * The table as an Arrow record batch over the same memory: nothing is copied. Columns of plain values are given a
 * type first (`withTypes`: SCHEMA_MISMATCH if they have no common one), and are laid out anew. A column that the
 * schema says is never missing, and yet is, becomes nullable.
 */
export function tableToArrow(table: Table): Arrow.RecordBatch {
  const { RecordBatch, Struct, makeData } = arrow();
  const { schema, columns, numRows } = withTypes(table);
  const fields = schema.fields.map((f, i) => (columns[i]!.nullCount > 0 ? { ...f, nullable: true } : f));
  const arrowSchema = schemaToArrow({ kind: 'struct', fields });
  const children = columns.map((column, i) => dataOf(column, arrowSchema.fields[i]!.type as Arrow.DataType));
  const data = makeData({ type: new Struct(arrowSchema.fields), length: numRows, nullCount: 0, children });
  return new RecordBatch(arrowSchema, data);
}

/** The Arrow data over the buffers of `column`. */
function dataOf(column: Column, type: Arrow.DataType): Arrow.Data {
  const { makeData } = arrow();
  const { length, nullCount, validity: nullBitmap } = column;
  const make = (parts: object) => makeData({ type, length, nullCount, nullBitmap, ...parts } as never) as Arrow.Data;
  if (column instanceof FixedColumn) return make({ data: column.values });
  if (column instanceof BooleanColumn) return make({ data: column.bits });
  if (column instanceof BytesColumn) return make({ valueOffsets: column.offsets, data: column.bytes });
  if (column instanceof DecimalColumn) {
    const { buffer, byteOffset, length: words } = column.words;
    return make({ data: new Uint32Array(buffer, byteOffset, words * 2) });
  }
  const childType = (i: number): Arrow.DataType => type.children[i]!.type as Arrow.DataType;
  if (column instanceof ListColumn) {
    return make({ valueOffsets: column.offsets, child: dataOf(column.child, childType(0)) });
  }
  if (column instanceof MapColumn) {
    const entries = childType(0);
    const children = [column.keys, column.values].map((c, i) => dataOf(c, entries.children[i]!.type as Arrow.DataType));
    const child = makeData({ type: entries as Arrow.Struct, length: column.keys.length, nullCount: 0, children });
    return make({ valueOffsets: column.offsets, child });
  }
  if (column instanceof StructColumn) return make({ children: column.children.map((c, i) => dataOf(c, childType(i))) });
  if (column.type.kind === 'calendar_interval') return make(intervalParts(column.values));
  return make({ nullCount: length });
}

/** Months, days and nanoseconds, 16 bytes each, and which are there. */
function intervalParts(values: readonly unknown[]): object {
  const view = new DataView(new ArrayBuffer(values.length * 16));
  const nullBitmap = new Uint8Array(bitmapBytes(values.length));
  values.forEach((value, i) => {
    if (value === null || value === undefined) return;
    const { months, days, micros } = value as CalendarInterval;
    const nanos = micros * 1000n;
    if (BigInt.asIntN(64, nanos) !== nanos) {
      const message = `Row ${i} holds an interval of ${micros} microseconds, more nanoseconds than Arrow's 64 bits hold.`;
      throw new SluiceError('TYPE_MISMATCH', message, { details: { row: i } });
    }
    view.setInt32(i * 16, months, true);
    view.setInt32(i * 16 + 4, days, true);
    view.setBigInt64(i * 16 + 8, nanos, true);
    setBit(nullBitmap, i);
  });
  return { data: new Int32Array(view.buffer), nullBitmap };
}

/**
 * A table from Arrow data: a record batch, or a table, whose batches are put together. Buffers are shared where the
 * layout is ours. 64-bit offsets, views, dictionaries, units other than microseconds, unsigned integers and the other
 * widths of decimals and floats are converted; nanoseconds are cut to microseconds. Throws INVALID_SCHEMA for a type
 * that has no counterpart, naming the column.
 */
export function arrowToTable(data: Arrow.RecordBatch | Arrow.Table): Table {
  const schema = schemaFromArrow(data.schema);
  const batches = 'batches' in data ? data.batches : [data];
  if (batches.length === 0) return Table.empty(schema);
  return Table.concat(batches.map((batch) => batchToTable(batch, schema)));
}

function batchToTable(batch: Arrow.RecordBatch, schema: Schema): Table {
  const columns = schema.fields.map((f, i) => columnFromArrow(batch.data.children[i] as Arrow.Data, f.type, f.name));
  return new Table(schema, columns, batch.numRows);
}

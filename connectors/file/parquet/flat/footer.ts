import { ThriftReader, wire } from '../thrift.js';
import { expect } from './unusual.js';

/** An entry of the footer's schema. Numbers are those of the Parquet format. */
export interface Element {
  readonly name: string;
  readonly physical: number | undefined;
  readonly byteLength: number;
  /** 0 is required, 1 optional, 2 repeated. */
  readonly repetition: number;
  readonly numChildren: number;
  readonly converted: number | undefined;
  readonly scale: number;
  readonly precision: number;
  readonly logical: Logical | undefined;
}

/** A LogicalType: which one it is, and its parameters as far as it has them. */
export interface Logical {
  readonly id: number;
  readonly bits: number;
  readonly signed: boolean;
  readonly scale: number;
  readonly precision: number;
  readonly adjustedToUtc: boolean;
  readonly unit: number;
}

/** Where the values of one column in one row group are. Sizes are in bytes. */
export interface Chunk {
  readonly physical: number;
  readonly codec: number;
  readonly numValues: number;
  readonly from: number;
  readonly compressed: number;
  readonly uncompressed: number;
}

export interface RowGroup {
  readonly numRows: number;
  readonly chunks: readonly Chunk[];
}

export interface FlatFooter {
  readonly elements: readonly Element[];
  readonly numRows: number;
  readonly rowGroups: readonly RowGroup[];
  readonly createdBy: string;
  /** The base64 of an Arrow schema that the writer left. */
  readonly arrowSchema: string | undefined;
}

/** Throws Unusual and ThriftError. */
export function parseFooter(bytes: Uint8Array): FlatFooter {
  const reader = new ThriftReader(bytes);
  const elements: Element[] = [];
  const rowGroups: RowGroup[] = [];
  let numRows = -1;
  let createdBy = '';
  let arrowSchema: string | undefined;
  reader.struct((id, type) => {
    expect(id < 8, 'encryption');
    if (id === 2 && type === wire.list) reader.list(() => elements.push(elementOf(reader)) > 0);
    else if (id === 3 && type === wire.i64) numRows = reader.integer();
    else if (id === 4 && type === wire.list) reader.list(() => rowGroups.push(rowGroupOf(reader)) > 0);
    else if (id === 5 && type === wire.list) {
      reader.list(() => {
        const { key, value } = keyValueOf(reader);
        if (key === 'ARROW:schema') arrowSchema = value;
        return true;
      });
    } else if (id === 6 && type === wire.binary) createdBy = reader.text();
    else return false;
    return true;
  });
  return { elements, numRows, rowGroups, createdBy, arrowSchema };
}

function keyValueOf(reader: ThriftReader): { key: string; value: string } {
  let key = '';
  let value = '';
  reader.struct((id, type) => {
    if (type !== wire.binary) return false;
    if (id === 1) key = reader.text();
    else if (id === 2) value = reader.text();
    else return false;
    return true;
  });
  return { key, value };
}

function elementOf(reader: ThriftReader): Element {
  let name = '';
  let logical: Logical | undefined;
  const numbers: (number | undefined)[] = [];
  reader.struct((id, type) => {
    if (id === 4 && type === wire.binary) name = reader.text();
    else if (id === 10 && type === wire.struct) logical = logicalOf(reader);
    else if (id < 9 && type === wire.i32) numbers[id] = reader.integer();
    else return false;
    return true;
  });
  const [, physical, byteLength = 0, repetition = 0, , numChildren = 0, converted, scale = 0, precision = 0] = numbers;
  return { name, physical, byteLength, repetition, numChildren, converted, scale, precision, logical };
}

function logicalOf(reader: ThriftReader): Logical {
  let logical: Logical = { id: 0, bits: 0, signed: false, scale: 0, precision: 0, adjustedToUtc: false, unit: 0 };
  reader.struct((id, type) => {
    expect(type === wire.struct, 'a logical type');
    reader.struct((field, of) => {
      const isFlag = of === wire.true || of === wire.false;
      if (id === 5 && of === wire.i32 && field === 1) logical = { ...logical, scale: reader.integer() };
      else if (id === 5 && of === wire.i32 && field === 2) logical = { ...logical, precision: reader.integer() };
      else if (id === 8 && isFlag && field === 1) logical = { ...logical, adjustedToUtc: of === wire.true };
      else if (id === 8 && of === wire.struct && field === 2) logical = { ...logical, unit: unitOf(reader) };
      else if (id === 10 && of === wire.byte && field === 1) logical = { ...logical, bits: reader.byte() };
      else if (id === 10 && isFlag && field === 2) logical = { ...logical, signed: of === wire.true };
      else return false;
      return !isFlag;
    });
    logical = { ...logical, id };
    return true;
  });
  return logical;
}

function unitOf(reader: ThriftReader): number {
  let unit = 0;
  reader.struct((id) => {
    unit = id;
    return false;
  });
  return unit;
}

function rowGroupOf(reader: ThriftReader): RowGroup {
  const chunks: Chunk[] = [];
  let numRows = -1;
  reader.struct((id, type) => {
    if (id === 1 && type === wire.list) reader.list(() => chunks.push(chunkOf(reader)) > 0);
    else if (id === 3 && type === wire.i64) numRows = reader.integer();
    else return false;
    return true;
  });
  expect(numRows >= 0, 'a row group without a number of rows');
  return { numRows, chunks };
}

function chunkOf(reader: ThriftReader): Chunk {
  const numbers: (number | undefined)[] = [];
  reader.struct((id, type) => {
    expect(id !== 1 && id < 8, 'a column in another file, or encrypted');
    if (id !== 3 || type !== wire.struct) return false;
    reader.struct((field, of) => {
      if (of !== wire.i32 && of !== wire.i64) return false;
      numbers[field] = reader.integer();
      return true;
    });
    return true;
  });
  const [, physical, , , codec, numValues, uncompressed, compressed, , data, , dictionary] = numbers;
  const given = [physical, codec, numValues, uncompressed, compressed, data];
  expect(
    given.every((value) => value !== undefined && value >= 0),
    'a column without its place',
  );
  // Some writers say 0 where there is no dictionary.
  const from = dictionary !== undefined && dictionary > 0 ? Math.min(dictionary, data!) : data!;
  return {
    physical: physical!,
    codec: codec!,
    numValues: numValues!,
    from,
    compressed: compressed!,
    uncompressed: uncompressed!,
  };
}

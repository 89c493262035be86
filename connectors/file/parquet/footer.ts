import type { FileHandle } from 'node:fs/promises';
import { ThriftError, ThriftReader, wire } from './thrift.js';

/** A footer that is larger is left alone: what it would save is not worth its memory. */
const maxFooterBytes = 64 << 20;

/** The number of the field in FileMetaData that only encrypted files have. */
const encryptionAlgorithm = 8;

/** How the values of a column are stored, in Parquet's own numbers. */
export const physical = {
  boolean: 0,
  int32: 1,
  int64: 2,
  int96: 3,
  float: 4,
  double: 5,
  bytes: 6,
  fixedBytes: 7,
} as const;

export type LogicalType =
  | { readonly kind: 'none' | 'string' | 'decimal' | 'date' | 'uuid' | 'other' }
  | { readonly kind: 'integer'; readonly signed: boolean }
  | { readonly kind: 'timestamp'; readonly unit: 'millis' | 'micros' | 'nanos' };

/** A column, or a group of them, as the footer's schema says. */
export interface SchemaNode {
  readonly name: string;
  readonly repeated: boolean;
  readonly children: readonly SchemaNode[];
  /** Of a column: how many come before it. */
  readonly ordinal: number;
  readonly physical: number | undefined;
  readonly logical: LogicalType;
}

/** What a row group's metadata say of the values of one column. */
export interface Statistics {
  readonly nullCount?: number;
  readonly min?: Uint8Array;
  readonly max?: Uint8Array;
  /** As older writers gave them: in the order of signed bytes or numbers, whatever the type. */
  readonly oldMin?: Uint8Array;
  readonly oldMax?: Uint8Array;
}

export interface FooterRowGroup {
  readonly numRows: number;
  /** By the ordinals that were asked for. */
  readonly statistics: ReadonlyMap<number, Statistics>;
}

/** The part of a Parquet footer that parquet-wasm does not hand on. */
export class Footer {
  readonly root: SchemaNode;
  /** Whether columns are encrypted, although the footer is not. */
  readonly isEncrypted: boolean;
  /** For each column, whether `min` and `max` are in the order that its type has. */
  private readonly ordered: readonly boolean[];
  private readonly rowGroupsAt: number;

  /** Throws ThriftError for what is no footer. */
  constructor(readonly bytes: Uint8Array) {
    const reader = new ThriftReader(bytes);
    const elements: Element[] = [];
    const ordered: boolean[] = [];
    let rowGroupsAt: number | undefined;
    let isEncrypted = false;
    reader.struct((id, type) => {
      if (id === encryptionAlgorithm) isEncrypted = true;
      if (type !== wire.list) return false;
      if (id === 2) reader.list((of) => of === wire.struct && elements.push(readElement(reader)) > 0);
      else if (id === 7) reader.list((of) => of === wire.struct && ordered.push(readOrder(reader)) > 0);
      else if (id === 4) rowGroupsAt = reader.at;
      return id === 2 || id === 7;
    });
    if (rowGroupsAt === undefined) throw new ThriftError('It has no row groups.');
    this.root = treeOf(elements);
    this.isEncrypted = isEncrypted;
    this.ordered = ordered;
    this.rowGroupsAt = rowGroupsAt;
  }

  /** The row groups with the statistics of some columns. */
  rowGroups(columns: ReadonlySet<number>): readonly FooterRowGroup[] {
    const reader = new ThriftReader(this.bytes, this.rowGroupsAt);
    const groups: FooterRowGroup[] = [];
    reader.list((of) => of === wire.struct && groups.push(readRowGroup(reader, columns)) > 0);
    return groups;
  }

  isOrdered(ordinal: number): boolean {
    return this.ordered[ordinal] === true;
  }
}

/** Reads the footer of a file that is Parquet; undefined if it is damaged, or too large to be looked at. */
export async function readFooter(file: FileHandle, size: number): Promise<Footer | undefined> {
  const tail = Buffer.alloc(8);
  if (size < 12 || (await file.read(tail, 0, 8, size - 8)).bytesRead < 8) return undefined;
  const length = tail.readUInt32LE(0);
  if (length > Math.min(maxFooterBytes, size - 12)) return undefined;
  const bytes = Buffer.alloc(length);
  if ((await file.read(bytes, 0, length, size - 8 - length)).bytesRead < length) return undefined;
  return undamaged(() => new Footer(bytes));
}

/** What `read` gives, or undefined if the footer is damaged. */
export function undamaged<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof ThriftError) return undefined;
    throw error;
  }
}

interface Element {
  readonly name: string;
  readonly repeated: boolean;
  readonly numChildren: number | undefined;
  readonly physical: number | undefined;
  readonly logical: LogicalType;
}

function readElement(reader: ThriftReader): Element {
  let element = { name: '', repeated: false, numChildren: undefined, physical: undefined } as Omit<Element, 'logical'>;
  let converted: number | undefined;
  let logical: LogicalType | undefined;
  reader.struct((id, type) => {
    if (id === 4 && type === wire.binary) element = { ...element, name: reader.text() };
    else if (id === 10 && type === wire.struct) logical = readLogicalType(reader);
    else if (type !== wire.i32) return false;
    else if (id === 1) element = { ...element, physical: reader.integer() };
    else if (id === 3) element = { ...element, repeated: reader.integer() === 2 };
    else if (id === 5) element = { ...element, numChildren: reader.integer() };
    else if (id === 6) converted = reader.integer();
    else return false;
    return true;
  });
  return { ...element, logical: logical ?? convertedTypes.get(converted) ?? { kind: 'other' } };
}

/** The older way to say what a column means. */
const convertedTypes: ReadonlyMap<number | undefined, LogicalType> = new Map<number | undefined, LogicalType>([
  [undefined, { kind: 'none' }],
  [0, { kind: 'string' }],
  [4, { kind: 'string' }],
  [5, { kind: 'decimal' }],
  [6, { kind: 'date' }],
  [9, { kind: 'timestamp', unit: 'millis' }],
  [10, { kind: 'timestamp', unit: 'micros' }],
  ...[11, 12, 13, 14].map((id): [number, LogicalType] => [id, { kind: 'integer', signed: false }]),
  ...[15, 16, 17, 18].map((id): [number, LogicalType] => [id, { kind: 'integer', signed: true }]),
  [19, { kind: 'string' }],
]);

function readLogicalType(reader: ThriftReader): LogicalType {
  let logical: LogicalType = { kind: 'other' };
  reader.struct((id, type) => {
    if (type !== wire.struct) return false;
    switch (id) {
      case 1:
      case 4:
      case 12:
        logical = { kind: 'string' };
        return false;
      case 5:
        logical = { kind: 'decimal' };
        return false;
      case 6:
        logical = { kind: 'date' };
        return false;
      case 8:
        logical = readTimestampType(reader);
        return true;
      case 10:
        logical = readIntegerType(reader);
        return true;
      case 14:
        logical = { kind: 'uuid' };
        return false;
      default:
        return false;
    }
  });
  return logical;
}

function readTimestampType(reader: ThriftReader): LogicalType {
  const units = [undefined, 'millis', 'micros', 'nanos'] as const;
  let logical: LogicalType = { kind: 'other' };
  reader.struct((id, type) => {
    if (id !== 2 || type !== wire.struct) return false;
    reader.struct((unitId) => {
      const unit = units[unitId];
      if (unit !== undefined) logical = { kind: 'timestamp', unit };
      return false;
    });
    return true;
  });
  return logical;
}

function readIntegerType(reader: ThriftReader): LogicalType {
  let signed: boolean | undefined;
  reader.struct((id, type) => {
    if (id === 2 && (type === wire.true || type === wire.false)) signed = type === wire.true;
    return false;
  });
  return signed === undefined ? { kind: 'other' } : { kind: 'integer', signed };
}

/** A union, of which only the order that the type defines is known. */
function readOrder(reader: ThriftReader): boolean {
  let typeDefined = false;
  reader.struct((id) => {
    typeDefined = id === 1;
    return false;
  });
  return typeDefined;
}

/** The tree whose nodes are listed parents first. */
function treeOf(elements: readonly Element[]): SchemaNode {
  let at = 0;
  let ordinal = 0;
  const next = (depth: number): SchemaNode => {
    const element = elements[at++];
    if (element === undefined || depth > 100) throw new ThriftError('Its schema is cut short.');
    const { numChildren = 0, ...rest } = element;
    const isLeaf = element.physical !== undefined;
    const children: SchemaNode[] = [];
    const node = { ...rest, ordinal: isLeaf ? ordinal++ : -1, children };
    for (let i = 0; i < numChildren; i++) children.push(next(depth + 1));
    return node;
  };
  return next(0);
}

function readRowGroup(reader: ThriftReader, columns: ReadonlySet<number>): FooterRowGroup {
  let numRows = -1;
  const statistics = new Map<number, Statistics>();
  reader.struct((id, type) => {
    if (id === 1 && type === wire.list) {
      reader.list((of, ordinal) => {
        if (of !== wire.struct || !columns.has(ordinal)) return false;
        statistics.set(ordinal, readColumn(reader));
        return true;
      });
    } else if (id === 3 && type === wire.i64) numRows = reader.integer();
    else return false;
    return true;
  });
  return { numRows, statistics };
}

function readColumn(reader: ThriftReader): Statistics {
  let statistics: Statistics = {};
  reader.struct((id, type) => {
    if (id !== 3 || type !== wire.struct) return false;
    reader.struct((field, of) => {
      if (field !== 12 || of !== wire.struct) return false;
      statistics = readStatistics(reader);
      return true;
    });
    return true;
  });
  return statistics;
}

const bounds = { 1: 'oldMax', 2: 'oldMin', 5: 'max', 6: 'min' } as const;

function readStatistics(reader: ThriftReader): Statistics {
  const statistics: { -readonly [K in keyof Statistics]: Statistics[K] } = {};
  reader.struct((id, type) => {
    if (id === 3 && type === wire.i64) statistics.nullCount = reader.integer();
    else if (type === wire.binary && Object.hasOwn(bounds, id))
      statistics[bounds[id as keyof typeof bounds]] = reader.binary();
    else return false;
    return true;
  });
  return statistics;
}

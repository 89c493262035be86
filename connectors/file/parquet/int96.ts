import type { FileHandle } from 'node:fs/promises';
import type * as Arrow from 'apache-arrow';
import { arrow } from '../../../lib/columns/arrow.js';
import { type SchemaNode, physical, readFooter, undamaged } from './footer.js';
import { withLeaves } from './leaves.js';
import { ThriftError, ThriftReader, wire } from './thrift.js';

/** What a file ends with: its footer, the length of that, and PAR1. `from` is where it begins. */
export interface Tail {
  readonly from: number;
  readonly bytes: Uint8Array;
}

/**
 * For a file with INT96 columns a tail that says to read them as instants in microseconds; undefined for others.
 * INT96 is what Spark, Hive and Impala write. Unless the file holds an Arrow schema, it is read as nanoseconds in 64
 * bits, silently another time before 1677 and after 2262: so it is given one.
 */
export async function tailForInt96(file: FileHandle, size: number, schema: Arrow.Schema): Promise<Tail | undefined> {
  if (!schema.fields.some((f) => mayBeInt96(f.type as Arrow.DataType))) return undefined;
  const footer = await readFooter(file, size);
  const columns = footer && int96Columns(footer.root);
  if (columns === undefined || columns.size === 0) return undefined;
  const wanted = withInstants(schema, columns);
  const bytes = undamaged(() => withArrowSchema(footer!.bytes, wanted));
  if (bytes === undefined) return undefined;
  const end = Buffer.from('\0\0\0\0PAR1', 'latin1');
  end.writeUInt32LE(bytes.length);
  return { from: size - 8 - footer!.bytes.length, bytes: Buffer.concat([bytes, end]) };
}

function mayBeInt96(type: Arrow.DataType): boolean {
  if (arrow().DataType.isTimestamp(type)) return type.timezone == null;
  return (type.children ?? []).some((child) => mayBeInt96(child.type as Arrow.DataType));
}

/** The ordinals of the columns that are INT96. */
function int96Columns({ physical: stored, ordinal, children }: SchemaNode, found = new Set<number>()): Set<number> {
  if (stored === physical.int96) found.add(ordinal);
  for (const child of children) int96Columns(child, found);
  return found;
}

/** The columns of both schemas are the leaves of their trees, in the same order. */
function withInstants({ fields }: Arrow.Schema, columns: ReadonlySet<number>): Arrow.Schema {
  const { Schema, TimestampMicrosecond } = arrow();
  let ordinal = 0;
  return new Schema(withLeaves(fields, (type) => (columns.has(ordinal++) ? new TimestampMicrosecond('UTC') : type)));
}

/** The numbers of fields in Parquet's FileMetaData. */
const keyValueMetadata = 5;

/** A footer whose key-value metadata are `schema`, and nothing else. Throws ThriftError if it is damaged. */
function withArrowSchema(footer: Uint8Array, schema: Arrow.Schema): Uint8Array {
  const { Table, tableToIPC } = arrow();
  const reader = new ThriftReader(footer);
  let before = { id: 0, end: 0 };
  let after: { readonly id: number; readonly type: number; readonly from: number } | undefined;
  let last = 0;
  reader.struct((id, type) => {
    const from = reader.at;
    reader.skip(type);
    if (id <= last) throw new ThriftError('Its fields are out of order.');
    last = id;
    if (id < keyValueMetadata) before = { id, end: reader.at };
    else if (id > keyValueMetadata) after ??= { id, type, from };
    return true;
  });
  const text = Buffer.from(tableToIPC(new Table(schema), 'stream')).toString('base64');
  return Buffer.concat([
    footer.subarray(0, before.end),
    Buffer.of(((keyValueMetadata - before.id) << 4) | wire.list, (1 << 4) | wire.struct),
    Buffer.of((1 << 4) | wire.binary),
    binary('ARROW:schema'),
    Buffer.of((1 << 4) | wire.binary),
    binary(text),
    Buffer.of(0),
    ...(after === undefined
      ? [Buffer.of(0)]
      : [Buffer.of(((after.id - keyValueMetadata) << 4) | after.type), footer.subarray(after.from)]),
  ]);
}

function binary(text: string): Uint8Array {
  const size: number[] = [];
  for (let rest = text.length; ; rest >>>= 7) {
    if (rest < 128) return Buffer.concat([Buffer.of(...size, rest), Buffer.from(text)]);
    size.push((rest & 127) | 128);
  }
}

import { type FileHandle, open } from 'node:fs/promises';
import { Table } from '../../../lib/columns/index.js';
import { SluiceError, messageOf } from '../../../lib/errors/index.js';
import { type Schema, structOf } from '../../../lib/schema/index.js';
import { castColumn, findField, missing } from '../parquet/cast.js';
import { type ParquetFile, type ParquetReadRequest, openParquet } from '../parquet/index.js';
import { type ParquetJsReader, checkParquetJsSchema, parquetJs } from './parquetjs.js';

/** PLAIN and RLE, as the format numbers encodings: of dictionaries it makes texts, and of large ones others. */
const readEncodings = [0, 3];
/** None, snappy and gzip, as the format numbers codecs. */
const readCodecs = [0, 1, 2];
/** Of these it makes other values, or none. */
const changedTypes = [
  'UINT_8',
  'UINT_16',
  'UINT_32',
  'UINT_64',
  'JSON',
  'BSON',
  'TIMESTAMP_MILLIS',
  'TIMESTAMP_MICROS',
];

/**
 * Opens a Parquet file whose rows parquetjs-lite reads; its columns and statistics are read by our own. Throws
 * FILE_UNREADABLE where it would read something wrong, besides what `openParquet` throws.
 */
export async function openByParquetJs(path: string): Promise<ParquetFile> {
  const own = await openParquet(path);
  try {
    const handle = await open(path);
    try {
      const { size } = await handle.stat();
      return new ParquetJsFile(own, handle, await openReader(handle, size, path));
    } catch (error) {
      await handle.close();
      throw error;
    }
  } catch (error) {
    await own.close();
    throw error;
  }
}

class ParquetJsFile implements ParquetFile {
  readonly path: string;
  readonly numRows: number;
  readonly rowGroups: ParquetFile['rowGroups'];

  constructor(
    private readonly own: ParquetFile,
    private readonly handle: FileHandle,
    private readonly reader: ParquetJsReader,
  ) {
    this.path = own.path;
    this.numRows = own.numRows;
    this.rowGroups = own.rowGroups;
  }

  get schema(): Schema {
    return this.own.schema;
  }

  mayHold(...given: Parameters<ParquetFile['mayHold']>): Promise<readonly boolean[]> {
    return this.own.mayHold(...given);
  }

  async read({ rowGroup, from = 0, to, columns }: ParquetReadRequest): Promise<Table> {
    const { path } = this;
    const { fields } = this.schema;
    const places = columns.map(({ name }) => findField(this.schema, name, path));
    const found = structOf(places.flatMap((at) => (at === undefined ? [] : [fields[at]!])));
    const end = to ?? this.rowGroups[rowGroup]!.numRows;
    const read = await this.rowsOf(found, rowGroup);
    const table = Table.fromRows(read.slice(from, end), found);
    const wanted = columns.map((field, c) => {
      const at = places[c];
      if (at === undefined) return missing(field.type, end - from);
      const origin = { path, column: field.name };
      return castColumn(table.columns[found.fields.indexOf(fields[at]!)]!, field.type, origin);
    });
    return new Table(structOf(columns), wanted, end - from);
  }

  async close(): Promise<void> {
    await this.own.close();
    await this.handle.close();
  }

  private async rowsOf(found: Schema, rowGroup: number): Promise<readonly Readonly<Record<string, unknown>>[]> {
    if (found.fields.length === 0) return [];
    this.check(found, rowGroup);
    const cursor = this.reader.getCursor(found.fields.map(({ name }) => name));
    cursor.rowGroupIndex = rowGroup;
    try {
      const rows = await cursor.nextRowGroup();
      if (rows.length === this.rowGroups[rowGroup]!.numRows) return rows;
    } catch (error) {
      throw unreadable(this.path, messageOf(error), error);
    }
    throw unreadable(this.path, 'it finds another number of rows than there are');
  }

  /** Throws for what it would read wrong. */
  private check(found: Schema, rowGroup: number): void {
    checkParquetJsSchema(found, 'read');
    const { metadata, schema } = this.reader;
    for (const { name } of found.fields) {
      const of = metadata.row_groups[rowGroup]!.columns.find(({ meta_data: of }) => of.path_in_schema[0] === name);
      const { encodings, codec } = of!.meta_data;
      const { originalType = '' } = schema.fields[name]!;
      if (changedTypes.includes(originalType)) throw unreadable(this.path, `column '${name}' is ${originalType}`);
      if (!readCodecs.includes(codec)) throw unreadable(this.path, `the codec of column '${name}' is another`);
      if (encodings.every((encoding) => readEncodings.includes(encoding))) continue;
      throw unreadable(this.path, `the encoding of column '${name}' is another`);
    }
  }
}

async function openReader(handle: FileHandle, size: number, path: string): Promise<ParquetJsReader> {
  const { ParquetEnvelopeReader, ParquetReader } = parquetJs();
  const read = async (offset: number, length: number): Promise<Buffer> => {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(length), 0, length, offset);
    return buffer.subarray(0, bytesRead);
  };
  try {
    const envelope = new ParquetEnvelopeReader(read, () => undefined, size);
    return await ParquetReader.openEnvelopeReader(envelope, { rawStatistics: true });
  } catch (error) {
    throw unreadable(path, messageOf(error), error);
  }
}

function unreadable(path: string, why: string, cause?: unknown): SluiceError {
  const message = `Reading '${path}' by parquetjs-lite, which cannot read it right: ${why}. Leave \`engine\` out.`;
  const details = { path, engine: 'parquetjs-lite' };
  return new SluiceError('FILE_UNREADABLE', message, { details, ...(cause === undefined ? {} : { cause }) });
}

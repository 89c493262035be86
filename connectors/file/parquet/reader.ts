import { type FileHandle, open } from 'node:fs/promises';
import type * as Arrow from 'apache-arrow';
import type * as ParquetWasm from 'parquet-wasm/node';
import { arrow, arrowToTable, schemaFromArrow } from '../../../lib/columns/arrow.js';
import type { Condition } from '../../../lib/expressions/conditions.js';
import { type Column, Table } from '../../../lib/columns/index.js';
import { SluiceError, messageOf, systemCode } from '../../../lib/errors/index.js';
import { type DataType, type Field, type Schema, structOf } from '../../../lib/schema/index.js';
import { FileRange } from './blob.js';
import { castColumn, findField, missing } from './cast.js';
import { FlatFile } from './flat/index.js';
import { readFooter } from './footer.js';
import { tailForInt96 } from './int96.js';
import { createdBy } from './options.js';
import { type WasmInstance, WasmRuntime, undecodable } from './runtime.js';
import { rowGroupsThatMayHold } from './statistics.js';

/** A Parquet file that is open. Whoever opens it closes it. */
export interface ParquetFile {
  readonly path: string;
  /** The columns. Throws INVALID_SCHEMA if one is of a type that has no counterpart; `read` of the others still works. */
  readonly schema: Schema;
  readonly numRows: number;
  readonly rowGroups: readonly ParquetRowGroup[];
  /**
   * For each row group, whether it may hold a row that fulfils all conditions, as far as the statistics in the footer
   * can be trusted to tell. The conditions speak of columns of the names and types that `read` is asked for.
   */
  mayHold(conditions: readonly Condition[]): Promise<readonly boolean[]>;
  /**
   * Rows of one row group, with exactly the columns asked for, in that order. A column that the file does not have is
   * null, as in Spark, and so is a missing field of a struct; another case of a name will do where no other column has
   * it. A column of another type is cast where Spark's reader does it (`castColumn`), otherwise SCHEMA_MISMATCH.
   *
   * Throws FILE_UNREADABLE if the data is damaged, FILE_CHANGED if the file has become shorter. Every call reads the
   * bytes of the chosen columns in the whole row group, and decodes what comes before `from` only to skip it: take a
   * row group in a few large pieces, not in many small ones.
   */
  read(request: ParquetReadRequest): Promise<Table>;
  close(): Promise<void>;
}

export interface ParquetRowGroup {
  readonly numRows: number;
  /** What its columns take in the file, compressed. */
  readonly byteLength: number;
}

export interface ParquetReadRequest {
  /** The index in `rowGroups`. */
  readonly rowGroup: number;
  /** The first row, counted within the row group; 0 if not given. */
  readonly from?: number | undefined;
  /** The row to stop before; the end of the row group if not given. */
  readonly to?: number | undefined;
  readonly columns: readonly Field[];
}

const runtime = new WasmRuntime();

/**
 * Opens a Parquet file and reads its footer; of the data, only what is asked for is ever in memory. Throws
 * PATH_NOT_FOUND, and FILE_UNREADABLE for what is not a Parquet file, or a damaged or encrypted one.
 */
export async function openParquet(path: string): Promise<ParquetFile> {
  const file = await openFile(path);
  try {
    const { size } = await file.stat();
    await checkMagic(file, size, path);
    const source = new FileRange(file, path, 0, size);
    const footer = await readFooter(file, size).catch(() => undefined);
    const flat = footer && FlatFile.of(footer.bytes);
    if (flat !== undefined) return new ParquetReader(path, file, size, source, contentsOfFlat(flat), flat);
    const contents = await contentsOf(source, path);
    const tail = await tailForInt96(file, size, contents.arrowSchema);
    if (tail !== undefined) {
      const ending = source.endingWith(tail);
      return new ParquetReader(path, file, size, ending, await contentsOf(ending, path));
    }
    return new ParquetReader(path, file, size, source, contents);
  } catch (error) {
    await file.close();
    throw error;
  }
}

interface Contents {
  /** What the columns are called. */
  readonly names: readonly string[];
  /** The columns called so, or all. Throws INVALID_SCHEMA. */
  schema(name?: string): Schema;
  readonly createdBy: string;
  /** As the footer says; a few old writers put 0 here. */
  readonly numRows: number;
  readonly rowGroups: readonly ParquetRowGroup[];
}

/** As parquet-wasm tells them. */
interface ArrowContents extends Contents {
  readonly arrowSchema: Arrow.Schema;
}

class ParquetReader implements ParquetFile {
  readonly numRows: number;
  readonly rowGroups: readonly ParquetRowGroup[];
  private known: Schema | undefined;
  private closed: Promise<void> | undefined;
  /** What is being read. */
  private readonly reading = new Set<Promise<unknown>>();
  private isInWasm = false;

  constructor(
    readonly path: string,
    private readonly file: FileHandle,
    /** In bytes. */
    private readonly size: number,
    private readonly source: FileRange,
    private readonly contents: Contents,
    /** If its columns are not nested. */
    private readonly flat?: FlatFile,
  ) {
    this.rowGroups = contents.rowGroups;
    this.numRows = contents.rowGroups.reduce((sum, group) => sum + group.numRows, 0);
  }

  get schema(): Schema {
    return (this.known ??= this.contents.schema());
  }

  async mayHold(conditions: readonly Condition[]): Promise<readonly boolean[]> {
    const footer = await guarded(this.source, this.path, 'its footer', () => readFooter(this.file, this.size));
    const numRows = this.rowGroups.map((group) => group.numRows);
    const withoutNaN = this.contents.createdBy === createdBy;
    const file = { numRows, typeOf: (column: string) => this.typeOf(column), withoutNaN };
    const told = footer && rowGroupsThatMayHold(footer, conditions, file);
    return told ?? numRows.map(() => true);
  }

  async read({ rowGroup, from = 0, to, columns }: ParquetReadRequest): Promise<Table> {
    if (this.closed !== undefined) throw new Error(`'${this.path}' is closed`);
    const group = this.rowGroups[rowGroup];
    if (group === undefined) throw new RangeError(`'${this.path}' has no row group ${rowGroup}`);
    const end = Math.min(to ?? group.numRows, group.numRows);
    const numRows = Math.max(end - from, 0);
    const schema = structOf(columns);
    if (numRows === 0) return Table.empty(schema);

    const names = this.namesOf(columns);
    const wanted = [...new Set(names.filter((name) => name !== undefined))];
    const decoded = await this.busy(this.decode(rowGroup, from, numRows, wanted));
    const found = columns.map((field, i): Column => {
      const name = names[i];
      if (name === undefined) return missing(field.type, numRows);
      return castColumn(decoded.get(name)!, field.type, { path: this.path, column: field.name });
    });
    return new Table(schema, found, numRows);
  }

  close(): Promise<void> {
    return (this.closed ??= this.free().finally(() => this.file.close()));
  }

  private async free(): Promise<void> {
    await Promise.allSettled(this.reading);
    if (!this.isInWasm) return;
    await runtime.exclusive(async (instance) => {
      instance.files.get(this)?.free();
      instance.files.delete(this);
    });
  }

  /** As which a column is decoded; undefined for one that cannot be. */
  private typeOf(column: string): DataType | undefined {
    try {
      return this.contents.schema(column).fields[0]?.type;
    } catch (error) {
      if (error instanceof SluiceError) return undefined;
      throw error;
    }
  }

  /** What the columns are called in the file; undefined for those that it does not have. */
  private namesOf(columns: readonly Field[]): (string | undefined)[] {
    const { names } = this.contents;
    const file = { fields: names.map((name) => ({ name })) };
    return columns.map(({ name }) => {
      const at = findField(file, name, this.path);
      return at === undefined ? undefined : names[at]!;
    });
  }

  /** The columns by their names: those that are for `flat`, and the others by parquet-wasm. */
  private async decode(
    rowGroup: number,
    from: number,
    numRows: number,
    names: string[],
  ): Promise<ReadonlyMap<string, Column>> {
    const columns = new Map<string, Column>();
    const rest: string[] = [];
    const { flat, source } = this;
    for (const name of names) {
      const work = (): Promise<Column | undefined> => flat!.read(source, rowGroup, name, from, from + numRows);
      const column = flat && (await guarded(source, this.path, whatOf(rowGroup, from, numRows, [name]), work));
      if (column === undefined) rest.push(name);
      else columns.set(name, column);
    }
    if (rest.length > 0) {
      const table = await this.decodeInWasm(rowGroup, from, numRows, rest);
      for (const name of rest) columns.set(name, table.column(name));
    }
    return columns;
  }

  /** The file is not closed before that is done. */
  private busy<T>(work: Promise<T>): Promise<T> {
    this.reading.add(work);
    return work.finally(() => this.reading.delete(work));
  }

  private async decodeInWasm(rowGroup: number, from: number, numRows: number, names: string[]): Promise<Table> {
    const what = whatOf(rowGroup, from, numRows, names);
    this.isInWasm = true;
    const { tableFromIPC } = arrow();
    const data = await guarded(this.source, this.path, what, () =>
      runtime.exclusive(async (instance) => {
        const opened = instance.files.get(this) ?? (await openIn(instance, this.source));
        instance.files.set(this, opened);
        const options = {
          rowGroups: [rowGroup],
          offset: from,
          limit: numRows,
          columns: names,
          // One batch, which need not be put together. Where the footer is wrong about the rows, the default works.
          ...(this.contents.numRows === this.numRows ? { batchSize: numRows } : {}),
        };
        // Consumed by intoIPCStream: there is nothing to free.
        return tableFromIPC((await opened.read(options)).intoIPCStream());
      }),
    );
    // A column whose name begins with that of another one and a point comes along with it.
    const at = names.map((name) => data.schema.fields.findIndex((f) => f.name === name));
    if (data.numRows !== numRows) {
      const why = `it holds ${data.numRows} rows there, not ${numRows} as its footer says`;
      throw unreadable(this.path, what, why, { rowGroup, columns: names });
    }
    return arrowToTable(data.selectAt(at));
  }
}

const whatOf = (rowGroup: number, from: number, numRows: number, names: readonly string[]): string =>
  `rows ${from} to ${from + numRows} of row group ${rowGroup} (columns ${names.join(', ')})`;

function contentsOfFlat({ schema, footer }: FlatFile): Contents {
  const rowGroups = footer.rowGroups.map(({ numRows, chunks }) => {
    return { numRows, byteLength: chunks.reduce((sum, { compressed }) => sum + compressed, 0) };
  });
  return { ...contentsBy(schema.fields, structOf), createdBy: footer.createdBy, numRows: footer.numRows, rowGroups };
}

/** What is known of a schema of `fields`, which `read` makes ours. */
function contentsBy<F extends { readonly name: string }>(
  fields: readonly F[],
  read: (fields: readonly F[]) => Schema,
): Pick<Contents, 'names' | 'schema'> {
  const named = (name: string): F[] => fields.filter((f) => f.name === name).slice(0, 1);
  return {
    names: fields.map(({ name }) => name),
    schema: (name) => read(name === undefined ? fields : named(name)),
  };
}

function openIn({ wasm }: WasmInstance, source: FileRange): Promise<ParquetWasm.ParquetFile> {
  source.failure = undefined;
  return wasm.ParquetFile.fromFile(source as unknown as Blob);
}

function contentsOf(source: FileRange, path: string): Promise<ArrowContents> {
  return guarded(source, path, 'its footer', () =>
    runtime.exclusive(async (instance) => {
      const opened = await openIn(instance, source);
      try {
        return contentsIn(opened);
      } finally {
        opened.free();
      }
    }),
  );
}

function contentsIn(file: ParquetWasm.ParquetFile): ArrowContents {
  const { Schema: ArrowSchema, tableFromIPC } = arrow();
  const arrowSchema = tableFromIPC(file.schema().intoIPCStream()).schema;
  const metadata = file.metadata();
  const about = metadata.fileMetadata();
  const groups = metadata.rowGroups();
  try {
    const rowGroups = groups.map((group) => ({ numRows: group.numRows(), byteLength: group.compressedSize() }));
    const known = contentsBy(arrowSchema.fields, (fields) => schemaFromArrow(new ArrowSchema([...fields])));
    return { ...known, arrowSchema, createdBy: about.createdBy() ?? '', numRows: about.numRows(), rowGroups };
  } finally {
    for (const object of [...groups, about, metadata]) object.free();
  }
}

async function openFile(path: string): Promise<FileHandle> {
  try {
    return await open(path);
  } catch (error) {
    const code = systemCode(error) === 'ENOENT' ? 'PATH_NOT_FOUND' : 'FILE_UNREADABLE';
    throw SluiceError.from(error, code, `Opening '${path}'`, { path });
  }
}

/** Says what is wrong with a file that is not Parquet at all, or not all of it. */
async function checkMagic(file: FileHandle, size: number, path: string): Promise<void> {
  const word = async (at: number): Promise<string> => {
    const bytes = Buffer.alloc(4);
    await file.read(bytes, 0, 4, Math.max(at, 0));
    return bytes.toString('latin1');
  };
  let why: string | undefined;
  try {
    const [head, tail] = [await word(0), await word(size - 4)];
    if (tail === 'PARE') why = encrypted;
    else if (head !== 'PAR1') why = 'it is not a Parquet file: it does not begin with PAR1';
    else if (tail !== 'PAR1' || size < 12) why = 'it is cut short: a Parquet file ends with PAR1';
  } catch (error) {
    // A directory can be opened, but not read.
    throw SluiceError.from(error, 'FILE_UNREADABLE', `Reading '${path}'`, { path });
  }
  if (why !== undefined) throw unreadable(path, 'its footer', why);
}

/** Runs `work`, and says of an error what was being read, and that of the file rather than what came of it. */
async function guarded<T>(source: FileRange, path: string, what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { failure } = source;
    if (failure !== undefined)
      throw SluiceError.from(failure, 'FILE_UNREADABLE', `Reading ${what} of '${path}'`, { path });
    const damage = undecodable(error) ? 'the data there is damaged, or takes more than 4 GiB' : messageOf(error);
    throw unreadable(path, what, (await isEncrypted(source)) ? encrypted : damage, {}, error);
  }
}

const encrypted = 'it is encrypted, which is not supported';

async function isEncrypted({ file }: FileRange): Promise<boolean> {
  const footer = await file.stat().then(
    ({ size }) => readFooter(file, size),
    () => undefined,
  );
  return footer?.isEncrypted === true;
}

function unreadable(path: string, what: string, why: string, details: object = {}, cause?: unknown): SluiceError {
  const message = `Reading ${what} of '${path}': ${why}. Write the file again, or leave it out.`;
  return new SluiceError('FILE_UNREADABLE', message, {
    details: { path, ...details },
    ...(cause === undefined ? {} : { cause }),
  });
}

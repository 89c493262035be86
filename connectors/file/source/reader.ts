import type { Json } from '../../../lib/batch/index.js';
import { Table } from '../../../lib/columns/index.js';
import type { ReadLimit, SourceContext, SourceReader, SourceStatus } from '../../../lib/connect/index.js';
import { SluiceError } from '../../../lib/errors/index.js';
import { nullable } from '../../../lib/formats/nullable.js';
import type { Parsed } from '../../../lib/options/index.js';
import { type Field, type Schema, formatDdl, parseDdl, structOf } from '../../../lib/schema/index.js';
import type { Format } from '../formats.js';
import type { RecordDecoder } from '../format.js';
import type { BinaryReadOptions } from '../binary.js';
import { BinaryFile } from './binary-file.js';
import { FileList, type FileListOptions } from './file-list.js';
import { inferSchema, type inferenceOptions } from './infer.js';
import { type FileFacts, Listing, type ListingOptions } from './listing.js';
import { type OpenFile, closedWhileReading } from './open-file.js';
import { Opener } from './opener.js';
import { ParquetTable } from './parquet-file.js';
import { openRecords } from './open-records.js';
import { defaultChunkBytes } from './record-file.js';

/** Where reading goes on. A type, not an interface: offsets are JSON. */
export type FileOffset = {
  /** How many files come before it, in the order in which they were planned. */
  readonly file: number;
  /** In the file: bytes (csv, json, text) or rows (parquet). */
  readonly position: number;
};

export interface FileReaderOptions {
  readonly format: Format;
  readonly formatOptions: unknown;
  /** Undefined: that of the first file. */
  readonly schema: Schema | undefined;
  readonly listing: ListingOptions;
  readonly files: FileListOptions;
  readonly chunkBytes?: number;
  readonly unitBytes?: number;
}

/** Milliseconds after which it is worth to list again when there was nothing, and how much longer listing may take. */
const minPoll = 100;
const pollsPerListing = 10;

/** A batch that is bounded to few rows or bytes is read in small chunks: whole chunks are decoded. */
const assumedRowBytes = 64;
const minChunkBytes = 4096;

/** What a file costs a batch at least, whatever is in it: its facts, its columns. */
const minFileBytes = 2048;

/** What was decoded to find where a batch ends. */
interface ReadAhead {
  readonly start: FileOffset;
  readonly end: FileOffset;
  readonly table: Table;
}

/**
 * Reads the files of one run of a query. Where a record ends only its decoder can tell, so `latest` decodes until the
 * batch is full, and `read` hands over what it decoded; after a crash `read` decodes the same range again.
 */
export class FileReader<Row> implements SourceReader<Row, FileOffset> {
  private readonly list: FileList;
  private readonly opener: Opener;
  private schema: Schema | undefined;
  private ahead: ReadAhead | undefined;
  private chunkBytes = defaultChunkBytes;
  private cut = false;
  private malformed = 0;
  private skipped = 0;
  private pollAfter = minPoll;
  private closed = false;
  private busy: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly options: FileReaderOptions,
    private readonly context: SourceContext,
  ) {
    const ofSchema = (entry: Json): entry is { schema: string } => Object.hasOwn(entry as object, 'schema');
    const remembered = context.remembered.filter((entry) => !ofSchema(entry));
    const [learned] = context.remembered.filter(ofSchema);
    this.schema = options.schema ?? (learned === undefined ? undefined : parseDdl(learned.schema));
    this.list = new FileList(new Listing(options.listing), options.files, remembered);
    this.opener = new Opener((file, exact, position) => this.open(file, exact, position));
  }

  initial(): FileOffset {
    return { file: 0, position: 0 };
  }

  latest(start: FileOffset, limit: ReadLimit): Promise<FileOffset> {
    return this.exclusive(() => this.readAhead(start, limit));
  }

  read(start: FileOffset, end: FileOffset): Promise<Table | readonly Row[]> {
    const { ahead } = this;
    this.ahead = undefined;
    if (ahead !== undefined && isSame(ahead.start, start) && isSame(ahead.end, end))
      return Promise.resolve(ahead.table);
    return this.exclusive(() => this.readAgain(start, end));
  }

  freeze(): Promise<void> {
    return this.exclusive(() => this.list.freeze());
  }

  commit(end: FileOffset): void {
    this.list.done(end.file);
  }

  memory(): readonly Json[] {
    const learned = this.options.schema === undefined && this.schema !== undefined;
    return [...(learned ? [{ schema: formatDdl(this.schema!) }] : []), ...this.list.memory()];
  }

  status(): SourceStatus {
    const { files, bytes } = this.list.outstanding;
    return {
      latest: { file: this.list.next + files, position: 0 },
      cut: this.cut,
      pollAfter: this.pollAfter,
      metrics: {
        numFilesOutstanding: files,
        numBytesOutstanding: bytes,
        numMalformedRecords: this.malformed,
        ...(this.context.conditions.length > 0 && { numRowsSkipped: this.skipped }),
      },
    };
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.busy;
    this.ahead = undefined;
    await this.opener.close();
  }

  /** `close` waits for `work`, which ends soon when the source is closed. */
  private exclusive<T>(work: () => Promise<T>): Promise<T> {
    const result = work();
    this.busy = result.catch(() => undefined);
    return result;
  }

  private async readAhead(start: FileOffset, limit: ReadLimit): Promise<FileOffset> {
    const { list, opener } = this;
    this.ahead = undefined;
    this.cut = false;
    this.malformed = 0;
    this.skipped = 0;
    this.chunkBytes = chunkFor(limit, this.options.chunkBytes);
    list.startAt(start.file);
    const current = list.plannedAt(start.file);
    if (current === undefined && start.position > 0) throw this.forgotten(start.file);
    // A file that is larger than a batch does not make its directory be listed at each of its batches.
    if (limit.all || current === undefined || current.size - start.position < limit.bytes)
      await this.refresh(limit.all);
    await this.infer(start.file);

    const tables: Table[] = [];
    const fresh: FileFacts[] = [];
    const taken = new Taken(this.options.files, limit);
    let { file: ordinal, position } = start;
    for (let file = list.at(ordinal); file !== undefined; file = list.at(ordinal)) {
      if (!taken.hasRoomFor(file.size - position)) break;
      if (taken.isFull) {
        this.cut = true;
        break;
      }
      const known = list.plannedAt(ordinal) !== undefined;
      const opened = await opener.take(ordinal, file, known, position);
      this.prepare(ordinal, taken);
      const piece = await opened.read({ from: position, rows: taken.rowsLeft, bytes: taken.bytesLeft });
      // Positions in a compressed file go past its size.
      taken.add(piece, Math.max(0, opened.facts.size - position));
      tables.push(...piece.tables);
      this.malformed += piece.malformed;
      this.skipped += piece.skipped;
      if (!known) fresh.push(opened.facts);
      if (!piece.atEnd) {
        position = piece.position;
        this.cut = true;
        break;
      }
      opener.release();
      ordinal++;
      position = 0;
    }
    opener.forgetAhead();
    for (const entry of list.accept(fresh)) this.context.remember(entry);
    const end = { file: ordinal, position };
    if (!isSame(start, end)) this.ahead = { start, end, table: this.tableOf(tables) };
    return end;
  }

  /** Finds out the schema, if it has to be, from the files that are there. */
  private async infer(first: number): Promise<void> {
    const { list } = this;
    const { format, formatOptions } = this.options;
    if (this.schema !== undefined || list.at(first) === undefined) return;
    const inference = format.inference?.(formatOptions);
    if (inference === undefined) return;
    const fileAt = (n: number): FileFacts | undefined => list.at(first + n);
    const open = (file: FileFacts, decoder: () => RecordDecoder): Promise<OpenFile> =>
      this.openRecords(file, false, 0, decoder);
    const schema = await inferSchema(inference, fileAt, open, formatOptions as Parsed<typeof inferenceOptions>);
    if (schema !== undefined) this.learn(() => nullable(schema) as Schema);
  }

  private async refresh(all: boolean): Promise<void> {
    const begun = performance.now();
    await this.list.refresh(all);
    this.pollAfter = Math.max(minPoll, Math.round((performance.now() - begun) * pollsPerListing));
  }

  /** Opens the next files while this one is read, as far as they may belong to the batch. */
  private prepare(ordinal: number, taken: Taken): void {
    const end = ordinal + taken.filesLeft;
    this.opener.prepare(ordinal, (n) => {
      const file = n < end ? this.list.at(n) : undefined;
      return file && { file, exact: this.list.plannedAt(n) !== undefined };
    });
  }

  private async readAgain(start: FileOffset, end: FileOffset): Promise<Table> {
    const { list, opener } = this;
    const tables: Table[] = [];
    opener.release();
    this.malformed = 0;
    this.skipped = 0;
    for (let ordinal = start.file; ordinal < end.file || (ordinal === end.file && end.position > 0); ordinal++) {
      const file = list.plannedAt(ordinal);
      if (file === undefined) throw this.forgotten(ordinal);
      const from = ordinal === start.file ? start.position : 0;
      const until = ordinal === end.file ? end.position : undefined;
      const opened = await opener.take(ordinal, file, true, from);
      opener.prepare(ordinal, (n) => {
        const next = n <= end.file ? list.plannedAt(n) : undefined;
        return next && { file: next, exact: true };
      });
      const piece = await opened.read({ from, until, rows: Infinity, bytes: Infinity });
      tables.push(...piece.tables);
      this.malformed += piece.malformed;
      this.skipped += piece.skipped;
      if (piece.atEnd) opener.release();
    }
    opener.forgetAhead();
    return this.tableOf(tables);
  }

  private tableOf(tables: readonly Table[]): Table {
    return tables.length > 0 ? Table.concat(tables) : Table.empty(structOf(this.fieldsOf(this.schema)));
  }

  private open(file: FileFacts, exact: boolean, position: number): Promise<OpenFile> {
    if (this.closed) return Promise.reject(closedWhileReading(file.path));
    const { format, formatOptions, unitBytes } = this.options;
    const stopped = (): boolean => this.closed;
    if (format.name === 'binaryFile') {
      const { maxRecordBytes } = formatOptions as BinaryReadOptions;
      return BinaryFile.open({ file, exact, columns: this.fieldsOf(this.schema), maxRecordBytes });
    }
    if (format.decoder === undefined) {
      const columns = (schemaOfFile: () => Schema): readonly Field[] => this.fieldsOf(this.learn(schemaOfFile));
      const { conditions } = this.context;
      return ParquetTable.open({
        file,
        exact,
        columns,
        conditions,
        stopped,
        ...(unitBytes === undefined ? {} : { unitBytes }),
      });
    }
    // Files that tell of no columns have no rows.
    const schema = this.schema ?? structOf([]);
    const columns = this.fieldsOf(schema).map((f) => f.name);
    const decoder = (atStart: boolean) => format.decoder!(formatOptions, { schema, columns, atStart });
    return this.openRecords(file, exact, position, decoder);
  }

  private openRecords(
    file: FileFacts,
    exact: boolean,
    position: number,
    decoder: (atStart: boolean) => RecordDecoder,
  ): Promise<OpenFile> {
    const stopped = (): boolean => this.closed;
    const { maxDecompressedBytes } = this.options.formatOptions as { maxDecompressedBytes: number };
    const { chunkBytes } = this;
    return openRecords({ file, exact, chunkBytes, maxDecompressedBytes, stopped, decoder }, position);
  }

  /** The schema of the query: the declared one, or that of the first file that it ever opened. */
  private learn(schemaOfFile: () => Schema): Schema {
    if (this.schema === undefined) {
      this.schema = schemaOfFile();
      this.context.remember({ schema: formatDdl(this.schema) });
    }
    return this.schema;
  }

  /** The columns that are needed. */
  private fieldsOf(schema: Schema | undefined): readonly Field[] {
    const { columns } = this.context;
    const fields = schema?.fields ?? [];
    return columns === undefined ? fields : fields.filter((f) => columns.includes(f.name));
  }

  private forgotten(ordinal: number): SluiceError {
    const { name } = this.context;
    const message = `The source '${name}' is to read its file number ${ordinal} again, but the checkpoint does not say which one that was.`;
    return new SluiceError('CHECKPOINT_CORRUPT', message, { details: { source: name, file: ordinal } });
  }
}

/** How much a batch holds, and whether it may hold more. */
class Taken {
  private files = 0;
  private fileBytes = 0;
  private rows = 0;
  private bytes = 0;

  constructor(
    private readonly options: FileListOptions,
    private readonly limit: ReadLimit,
  ) {}

  /** Whether the limits that the user set allow a file of which so many bytes are left. */
  hasRoomFor(bytes: number): boolean {
    const { maxBytesPerTrigger = Infinity } = this.options;
    if (this.limit.all || this.files === 0) return true;
    return this.filesLeft > 0 && this.fileBytes + bytes <= maxBytesPerTrigger;
  }

  get filesLeft(): number {
    return this.limit.all ? Infinity : (this.options.maxFilesPerTrigger ?? Infinity) - this.files;
  }

  get rowsLeft(): number {
    return this.limit.rows - this.rows;
  }

  get bytesLeft(): number {
    return this.limit.bytes - this.bytes;
  }

  get isFull(): boolean {
    return this.files > 0 && (this.rowsLeft <= 0 || this.bytesLeft <= 0);
  }

  add(piece: { readonly tables: readonly Table[]; readonly bytes: number }, fileBytes: number): void {
    this.files++;
    this.fileBytes += fileBytes;
    this.bytes += Math.max(piece.bytes, minFileBytes);
    for (const table of piece.tables) this.rows += table.numRows;
  }
}

function chunkFor({ rows, bytes }: ReadLimit, chunkBytes = defaultChunkBytes): number {
  return Math.min(chunkBytes, Math.max(minChunkBytes, Math.ceil(Math.min(bytes, rows * assumedRowBytes))));
}

const isSame = (a: FileOffset, b: FileOffset): boolean => a.file === b.file && a.position === b.position;

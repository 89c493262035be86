import { Delivery, type Json } from '../../../lib/batch/index.js';
import { Table } from '../../../lib/columns/index.js';
import type { ReadLimit, SourceContext, SourceReader, SourceStatus } from '../../../lib/connect/index.js';
import { SluiceError, systemCode } from '../../../lib/errors/index.js';
import { structOf } from '../../../lib/schema/index.js';
import type { MalformedCounts, MalformedReason } from '../format.js';
import { BatchRoom, chunkFor } from './batch-room.js';
import { FileAccess, type FileReaderOptions, linesCount } from './file-access.js';
import { type Cleaned, Cleaner } from './clean.js';
import { FileColumns, type FileRows } from './file-columns.js';
import { FileList } from './file-list.js';
import { FolderWatch } from './folder-watch.js';
import { type FileFacts, Listing } from './listing.js';
import type { OpenFile, Piece } from './open-file.js';
import { Opener } from './opener.js';
import { PassedOver } from './partitioned-file.js';
import { PartitionLayout, isPartitionLayout } from './partition-layout.js';
import { Rejects } from './rejects.js';
import { SchemaVersions, isLearned } from './schema-versions.js';

/** Where reading goes on. A type, not an interface: offsets are JSON. */
export type FileOffset = {
  /** How many files come before it, in the order in which they were planned. */
  readonly file: number;
  /** In the file: bytes (csv, json, text) or rows (parquet). */
  readonly position: number;
};

/** Milliseconds after which it is worth to list again when there was nothing, and how much longer listing may take. */
const minPoll = 100;
const pollsPerListing = 10;

/** What was decoded to find where a batch ends. */
interface ReadAhead {
  readonly start: FileOffset;
  readonly end: FileOffset;
  readonly delivery: Delivery;
}

/** What a file gave to a batch. */
interface Part extends FileRows {
  readonly tables: readonly Table[];
}

/** What happened while a batch was read, for the progress. */
interface Counts {
  malformed: number;
  skipped: number;
  skippedFiles: number;
  corrupt: number;
  missing: number;
  rescued: number;
  /** How the columns changed with the first file of the batch. */
  change: string | undefined;
  readonly reasons: Partial<Record<MalformedReason, number>>;
}

const noCounts = (): Counts => ({
  malformed: 0,
  skipped: 0,
  skippedFiles: 0,
  corrupt: 0,
  missing: 0,
  rescued: 0,
  change: undefined,
  reasons: {},
});

/**
 * Reads the files of one run of a query. Where a record ends only its decoder can tell, so `latest` decodes until the
 * batch is full, and `read` hands over what it decoded; after a crash `read` decodes the same range again.
 */
export class FileReader<Row> implements SourceReader<Row, FileOffset> {
  private readonly list: FileList;
  private readonly opener: Opener;
  private readonly schemas: SchemaVersions;
  private readonly layout: PartitionLayout;
  private readonly access: FileAccess;
  private readonly rejects: Rejects | undefined;
  private readonly watch: FolderWatch;
  private readonly cleaner: Cleaner | undefined;
  private cleaned: Cleaned = { files: 0, failures: 0 };
  /** Files before that one are committed. */
  private committed = 0;
  private ahead: ReadAhead | undefined;
  private cut = false;
  private counts = noCounts();
  private pollAfter = minPoll;
  private closed = false;
  private busy: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly options: FileReaderOptions,
    private readonly context: SourceContext,
  ) {
    const remembered = context.remembered.filter((entry) => !isLearned(entry) && !isPartitionLayout(entry));
    const learns = options.schema === undefined || options.evolution === 'addColumns';
    this.schemas = new SchemaVersions(options.schema, learns ? context.remembered : []);
    this.rejects = options.rejects === true ? new Rejects(context.name, linesCount(options)) : undefined;
    this.access = new FileAccess(options, context, this.schemas, this.rejects, () => this.closed);
    this.layout = new PartitionLayout(options.partitions, context);
    this.watch = new FolderWatch(() => context.wake());
    this.cleaner = options.files.cleanSource === 'off' ? undefined : new Cleaner(options.files);
    const listing = new Listing({
      ...options.listing,
      belongs: (path) => this.layout.belongs(path),
      visit: (folder) => this.watch.add(folder),
    });
    this.list = new FileList(listing, options.files, remembered);
    this.opener = new Opener((ordinal, file, exact, position) => this.access.open(ordinal, file, exact, position));
  }

  initial(): FileOffset {
    return { file: 0, position: 0 };
  }

  latest(start: FileOffset, limit: ReadLimit): Promise<FileOffset> {
    this.committed = start.file;
    return this.exclusive(() => this.readAhead(start, limit));
  }

  read(start: FileOffset, end: FileOffset): Promise<Delivery> {
    const { ahead } = this;
    this.ahead = undefined;
    this.committed = start.file;
    if (ahead !== undefined && isSame(ahead.start, start) && isSame(ahead.end, end))
      return Promise.resolve(ahead.delivery);
    return this.exclusive(() => this.readAgain(start, end));
  }

  freeze(): Promise<void> {
    this.watch.close();
    return this.exclusive(() => this.list.freeze());
  }

  commit(end: FileOffset): Promise<void> | undefined {
    const { cleaner, committed, list } = this;
    if (cleaner !== undefined) {
      return this.exclusive(async () => {
        this.cleaned = await cleaner.clean(list.plannedBefore(committed));
        list.done(committed);
      });
    }
    list.done(end.file);
    return undefined;
  }

  memory(): readonly Json[] {
    return [...this.schemas.memory(this.list.firstNeeded), ...this.layout.memory(), ...this.list.memory()];
  }

  status(): SourceStatus {
    const { files, bytes } = this.list.outstanding;
    const { malformed, skipped, skippedFiles, corrupt, missing, rescued, change, reasons } = this.counts;
    const { cleaned } = this;
    const { ignoreCorruptFiles, ignoreMissingFiles, evolution } = this.options;
    return {
      latest: { file: this.list.next + files, position: 0 },
      cut: this.cut || this.list.hasMore,
      pollAfter: this.pollAfter,
      metrics: {
        numFilesOutstanding: files,
        numBytesOutstanding: bytes,
        numMalformedRecords: malformed,
        ...named(reasons),
        ...(this.context.conditions.length > 0 && {
          ...(this.options.format.describesItself === true && { numRowsSkipped: skipped }),
          ...(this.options.partitions !== undefined && { numFilesSkipped: skippedFiles }),
        }),
        ...(evolution === 'rescue' && { numRescuedRecords: rescued }),
        ...(change !== undefined && { schemaChange: change }),
        ...(ignoreCorruptFiles && { numCorruptFiles: corrupt }),
        ...(ignoreMissingFiles && { numMissingFiles: missing }),
        ...(this.cleaner && { numFilesCleaned: cleaned.files, numFilesNotCleaned: cleaned.failures }),
      },
    };
  }

  async close(): Promise<void> {
    this.closed = true;
    this.watch.close();
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
    this.counts = noCounts();
    this.rejects?.clear();
    this.access.chunkBytes = chunkFor(limit, this.options.chunkBytes);
    list.startAt(start.file);
    const current = list.plannedAt(start.file);
    if (current === undefined && start.position > 0) throw this.forgotten(start.file);
    // A file that is larger than a batch does not make its directory be listed at each of its batches.
    if (limit.all || current === undefined || current.size - start.position < limit.bytes)
      await this.refresh(limit.all);
    this.layout.settle();
    await this.access.infer(start.file, (n) => list.at(start.file + n));

    const parts: Part[] = [];
    const fresh: FileFacts[] = [];
    const taken = new BatchRoom(this.options.files, limit);
    let { file: ordinal, position } = start;
    for (let file = list.at(ordinal); file !== undefined; file = list.at(ordinal)) {
      if (!taken.hasRoomFor(file.size - position)) break;
      if (taken.isFull) {
        this.cut = true;
        break;
      }
      const known = list.plannedAt(ordinal) !== undefined;
      if (!known && !(await this.settle(ordinal, file, taken))) {
        this.cut = true;
        break;
      }
      const { facts, piece } = await this.pieceOf(ordinal, file, known, position, (opened) => {
        this.prepare(ordinal, taken);
        return opened.read({ from: position, rows: taken.rowsLeft, bytes: taken.bytesLeft });
      });
      // Positions in a compressed file go past its size.
      taken.add(piece, Math.max(0, facts.size - position));
      parts.push(this.count(facts, piece));
      if (!known) fresh.push(facts);
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
    if (!isSame(start, end)) this.ahead = { start, end, delivery: await this.deliver(start, parts) };
    return end;
  }

  private async refresh(all: boolean): Promise<void> {
    const begun = performance.now();
    // Nothing is looked at after it.
    if (all) this.watch.close();
    await this.list.refresh(all);
    const millis = performance.now() - begun;
    this.watch.rest(millis);
    this.pollAfter = Math.max(minPoll, Math.round(millis * pollsPerListing));
  }

  /** Opens the next files while this one is read, as far as they may belong to the batch. */
  private prepare(ordinal: number, taken: BatchRoom): void {
    // Whether a file has other columns has to be known before it is opened.
    if (this.options.evolution !== undefined) return;
    const end = ordinal + taken.filesLeft;
    this.opener.prepare(ordinal, (n) => {
      const file = n < end ? this.list.at(n) : undefined;
      return file && { file, exact: this.list.plannedAt(n) !== undefined };
    });
  }

  private async readAgain(start: FileOffset, end: FileOffset): Promise<Delivery> {
    const { list, opener } = this;
    const parts: Part[] = [];
    opener.release();
    this.counts = noCounts();
    this.rejects?.clear();
    for (let ordinal = start.file; ordinal < end.file || (ordinal === end.file && end.position > 0); ordinal++) {
      const file = list.plannedAt(ordinal);
      if (file === undefined) throw this.forgotten(ordinal);
      const from = ordinal === start.file ? start.position : 0;
      const until = ordinal === end.file ? end.position : undefined;
      const { facts, piece } = await this.pieceOf(ordinal, file, true, from, (opened) => {
        opener.prepare(ordinal, (n) => {
          const next = n <= end.file ? list.plannedAt(n) : undefined;
          return next && { file: next, exact: true };
        });
        return opened.read({ from, until, rows: Infinity, bytes: Infinity });
      });
      parts.push(this.count(facts, piece));
      if (piece.atEnd) opener.release();
    }
    opener.forgetAhead();
    return this.deliver(start, parts);
  }

  /** Sees to it that the columns of a new file are known; false if they are others than those of the batch so far. */
  private async settle(ordinal: number, file: FileFacts, taken: BatchRoom): Promise<boolean> {
    try {
      const change = await this.access.changeOf(ordinal, file);
      if (change === undefined) return true;
      if (!taken.isEmpty) return false;
      this.counts.change = `${change.what} (${file.path})`;
      this.context.remember(this.schemas.learn(ordinal, change.schema));
      return true;
    } catch (error) {
      // That it is to be passed over is found out once more.
      if (this.ignores(error) !== undefined) return true;
      // The files before it are to be read.
      if (!taken.isEmpty && error instanceof SluiceError && error.code === 'SCHEMA_CHANGED') return false;
      throw error;
    }
  }

  /** Whether a file that cannot be read is to be passed over, and as what. */
  private ignores(error: unknown): 'missing' | 'corrupt' | undefined {
    const { ignoreCorruptFiles, ignoreMissingFiles } = this.options;
    if (ignoreMissingFiles === true && isVanished(error)) return 'missing';
    return ignoreCorruptFiles === true && isDamaged(error) ? 'corrupt' : undefined;
  }

  /** What `read` makes of a file; nothing of one that is to be passed over. */
  private async pieceOf(
    ordinal: number,
    file: FileFacts,
    exact: boolean,
    position: number,
    read: (opened: OpenFile) => Promise<Piece>,
  ): Promise<{ readonly facts: FileFacts; readonly piece: Piece }> {
    try {
      const opened = await this.opener.take(ordinal, file, exact, position);
      if (opened instanceof PassedOver) this.counts.skippedFiles++;
      return { facts: opened.facts, piece: await read(opened) };
    } catch (error) {
      const how = this.ignores(error);
      if (how === undefined) throw error;
      this.counts[how]++;
      const piece = { tables: [], position, atEnd: true, bytes: 0, malformed: 0, skipped: 0 };
      return { facts: file, piece };
    }
  }

  private count(file: FileFacts, { tables, malformed, skipped, rescued = 0, reasons }: Piece): Part {
    const { counts } = this;
    counts.malformed += malformed;
    counts.skipped += skipped;
    counts.rescued += rescued;
    for (const [reason, count] of Object.entries(reasons ?? {}) as [MalformedReason, number][]) {
      counts.reasons[reason] = (counts.reasons[reason] ?? 0) + count;
    }
    return { file, tables, numRows: tables.reduce((sum, table) => sum + table.numRows, 0) };
  }

  private async deliver(start: FileOffset, parts: readonly Part[]): Promise<Delivery> {
    const tables = parts.flatMap((part) => part.tables);
    const table =
      tables.length > 0 ? Table.concat(tables) : Table.empty(structOf(this.access.outputFields(start.file)));
    return new Delivery(table, new FileColumns(parts), await this.rejects?.letters());
  }

  private forgotten(ordinal: number): SluiceError {
    const { name } = this.context;
    const message = `The source '${name}' is to read its file number ${ordinal} again, but the checkpoint does not say which one that was.`;
    return new SluiceError('CHECKPOINT_CORRUPT', message, { details: { source: name, file: ordinal } });
  }
}

const isSame = (a: FileOffset, b: FileOffset): boolean => a.file === b.file && a.position === b.position;

const isVanished = (error: unknown): boolean =>
  error instanceof SluiceError && error.code === 'FILE_CHANGED' && error.details['found'] === null;

/** Whether a file could be read and makes no sense. */
const isDamaged = (error: unknown): boolean =>
  error instanceof SluiceError && error.code === 'FILE_UNREADABLE' && systemCode(error.cause) === undefined;

/** `numMalformedBySyntax`, and so on. */
const named = (reasons: MalformedCounts): Record<string, number> =>
  Object.fromEntries(
    Object.entries(reasons).map(([reason, count]) => [
      `numMalformedBy${reason[0]!.toUpperCase()}${reason.slice(1)}`,
      count,
    ]),
  );

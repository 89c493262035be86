import { randomUUID } from 'node:crypto';
import { closeSync, openSync, readSync, readdirSync } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Json } from '../batch/index.js';
import type { BatchCommit, BatchPlan, QueryLog, Recovered } from '../context/index.js';
import { DurableFile, diskError, makeDirectory, remove, replace, syncDirectory, writeSynced } from '../durable.js';
import { SluiceError } from '../errors/index.js';
import { FileState, LmdbState, type StateBackend } from '../state/index.js';
import { Lease } from './lease.js';
import { type LogRecord, decodeRecords, encodeRecord } from './records.js';
import { Snapshot } from './snapshot.js';

export interface CheckpointLogOptions {
  /** A segment of the log is closed when it has grown by this many bytes (and doubled). */
  readonly segmentBytes: number;
  /** Segments whose batches are older than this many are removed. */
  readonly minBatchesToRetain: number;
  /** Where the stores of operators are. Default `memory`. */
  readonly state?: 'memory' | 'lmdb';
}

/** Where the stores of operators are kept. */
export const stateDirectory = (dir: string): string => join(dir, 'state');

const segmentName = /^(\d{20})\.log$/;

/**
 * The log of a query in a directory: plans and commits, one line each, appended and synced. Files `<batch>.log` hold
 * the batches from that one on and begin with all that was done before, so a start reads only the newest; older ones
 * are there for people to read, and go with time.
 */
export class CheckpointLog implements QueryLog {
  readonly queryId: string;
  memoryOf: (source: string) => readonly Json[] | undefined = () => undefined;
  readonly stores: StateBackend;
  private readonly dir: string;
  private snapshot = new Snapshot();
  private lease: Lease | undefined;
  private file: DurableFile | undefined;
  private fileLength = 0;
  private baseLength = 0;
  private segments: number[] = [];

  constructor(
    dir: string,
    private readonly options: CheckpointLogOptions,
  ) {
    this.dir = resolve(dir);
    const Stores = options.state === 'lmdb' ? LmdbState : FileState;
    this.stores = new Stores(stateDirectory(this.dir), options);
    this.queryId = queryIdIn(this.dir) ?? randomUUID();
  }

  async open(): Promise<Recovered> {
    return this.guarded('Opening the checkpoint', async () => {
      await makeDirectory(this.dir);
      this.lease = await Lease.take(this.dir);
      this.snapshot = new Snapshot();
      const names = await readdir(this.dir);
      for (const name of names) if (name.endsWith('.log.tmp')) await remove(join(this.dir, name));
      this.segments = segmentsOf(names);
      const newest = this.segments.at(-1);
      if (newest === undefined) {
        this.snapshot.queryId = this.queryId;
        await this.beginSegment();
      } else {
        await this.resumeSegment(newest);
      }
      if (this.snapshot.queryId !== this.queryId) throw new Error('it was replaced by another while the query started');
      return this.snapshot.recovered();
    });
  }

  async plan(plan: BatchPlan): Promise<void> {
    await this.append({ type: 'plan', ...plan });
  }

  async commit(commit: BatchCommit): Promise<void> {
    await this.append({ type: 'commit', ...commit });
    const { segmentBytes } = this.options;
    if (this.fileLength - this.baseLength > Math.max(segmentBytes, this.baseLength)) {
      await this.guarded('Compacting the checkpoint', () => this.beginSegment());
    }
  }

  async reserve(id: number): Promise<void> {
    await this.append({ type: 'reserve', id });
  }

  async close(): Promise<void> {
    await this.file?.close();
    this.file = undefined;
    await this.lease?.release();
    this.lease = undefined;
  }

  private async append(record: LogRecord): Promise<void> {
    await this.guarded('Writing the checkpoint', async () => {
      const { file } = this;
      if (file === undefined) throw new Error('it is closed, or was left after a failure');
      const bytes = Buffer.from(encodeRecord(record));
      try {
        await this.lease!.check();
        await file.write(bytes);
        await file.sync();
      } catch (error) {
        // What stands at the end of the file is unknown now: the next start repairs it.
        this.file = undefined;
        await file.close();
        throw error;
      }
      this.fileLength += bytes.length;
      this.snapshot.apply(record, file.path);
    });
  }

  /** Starts a new segment with all that was done, and removes segments that nobody will ask for. */
  private async beginSegment(): Promise<void> {
    const { snapshot } = this;
    snapshot.forget((source) => this.memoryOf(source));
    const path = this.pathOf(snapshot.nextBatch);
    const bytes = Buffer.from(snapshot.encode());
    await writeSynced(`${path}.tmp`, bytes);
    await replace(`${path}.tmp`, path);
    await syncDirectory(this.dir);
    await this.file?.close();
    this.file = await DurableFile.append(path, bytes.length);
    this.fileLength = this.baseLength = bytes.length;
    if (this.segments.at(-1) !== snapshot.nextBatch) this.segments.push(snapshot.nextBatch);
    await this.removeOldSegments();
  }

  private async removeOldSegments(): Promise<void> {
    const oldest = this.snapshot.nextBatch - this.options.minBatchesToRetain;
    // A segment's batches end where the next one begins.
    while (this.segments.length > 1 && this.segments[1]! <= oldest) {
      await remove(this.pathOf(this.segments.shift()!));
    }
  }

  private async resumeSegment(batch: number): Promise<void> {
    const path = this.pathOf(batch);
    const { records, length, ready } = await readSegment(path);
    records.forEach((record) => this.snapshot.apply(record, path));
    // Whoever put it in place may have been killed before its name was durable.
    await syncDirectory(this.dir);
    this.file = await DurableFile.append(path, length);
    this.fileLength = length;
    this.baseLength = records.slice(0, ready + 1).reduce((sum, r) => sum + Buffer.byteLength(encodeRecord(r)), 0);
  }

  private pathOf(batch: number): string {
    return join(this.dir, segmentFile(batch));
  }

  private async guarded<T>(doing: string, act: () => Promise<T>): Promise<T> {
    try {
      return await act();
    } catch (error) {
      throw diskError(error, 'CHECKPOINT_UNWRITABLE', doing, this.dir);
    }
  }
}

/** The batches from which on the files of a log reach. */
/** The records of a segment, up to where they are whole; `ready` ends its beginning. Throws CHECKPOINT_CORRUPT. */
export async function readSegment(
  path: string,
): Promise<{ readonly records: readonly LogRecord[]; readonly length: number; readonly ready: number }> {
  const { records, length, rest } = decodeRecords(await readFile(path));
  const ready = records.findIndex((record) => record.type === 'ready');
  if (rest === 'damaged' || ready < 0 || records[0]?.type !== 'segment') {
    const where = ready < 0 ? 'its beginning' : `byte ${length}`;
    throw new SluiceError(
      'CHECKPOINT_CORRUPT',
      `${path} is damaged at ${where}: a record does not match its checksum. Restore the file from a copy, or start ` +
        'with another checkpoint directory (the query then begins anew).',
      { details: { path, position: length } },
    );
  }
  return { records, length, ready };
}

export function segmentsOf(names: readonly string[]): number[] {
  const numbers = names.flatMap((name) => segmentName.exec(name)?.[1] ?? []);
  return numbers.map(Number).sort((a, b) => a - b);
}

/**
 * The id of the query whose checkpoint is in `dir`, so that a query knows its id from the start; undefined if there is
 * none, or none that can be read (then `open` says why).
 */
function queryIdIn(dir: string): string | undefined {
  try {
    const newest = segmentsOf(readdirSync(dir)).at(-1);
    if (newest === undefined) return undefined;
    const head = Buffer.alloc(4096);
    const fd = openSync(join(dir, segmentFile(newest)), 'r');
    try {
      const [first] = decodeRecords(head.subarray(0, readSync(fd, head))).records;
      return first?.type === 'segment' ? first.query : undefined;
    } finally {
      closeSync(fd);
    }
  } catch {
    return undefined;
  }
}

export const segmentFile = (batch: number): string => `${String(batch).padStart(20, '0')}.log`;

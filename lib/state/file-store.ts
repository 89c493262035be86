import type { Json } from '../batch/index.js';
import { DurableFile, diskError, makeDirectory, syncDirectory } from '../durable.js';
import type { MaybePromise } from '../maybe-promise.js';
import { ByteWriter } from './bytes.js';
import type { StoreLayout } from './contract.js';
import { writeChange } from './entry-codec.js';
import { FrameWriter, type Mark, nothing } from './frames.js';
import { encodeLayout } from './layout.js';
import { MemoryStore } from './memory-store.js';
import { SnapshotWriter } from './snapshot-writer.js';
import { type FilePointer, changesPath, fromPointer, readVersion, removeFiles, snapshotPath } from './store-files.js';

export interface FileStoreOptions {
  /** A snapshot is begun when the changes since the last have more bytes than this, and than the snapshot: 4 MiB. */
  readonly snapshotBytes?: number;
  /** For how many batches back a version can be read. */
  readonly minBatchesToRetain: number;
}

const defaultSnapshotBytes = 1 << 22;

/** How many times as large as they should be changes may grow while a snapshot is written; then batches wait for it. */
const patience = 4;

/**
 * Entries in memory, and in files what brings them back: each batch appends what it changed to a file and syncs it.
 * When the changes have outgrown what they change, a snapshot of all entries takes their place: it is written in pieces
 * while the query goes on, so it holds some of what later batches did; these are in the changes after it, and count
 * again when it is read.
 */
export class FileStore extends MemoryStore {
  private readonly header: string;
  /** The version as of the last commit; without changes: nothing of it is in files yet. */
  private pointer: FilePointer = { base: 0, snapshot: null, changes: [] };
  /** The version that the batch in hand makes. */
  private written: { readonly pointer: FilePointer; readonly batchId: number } | undefined;
  /** The file that the next changes go to; undefined: it has to be opened, cut to what counts. */
  private file: DurableFile | undefined;
  /** Resolves when the last write is over, however. */
  private writing: Promise<void> | undefined;
  private readonly out = new ByteWriter();
  private isClean = false;
  /** The file holds changes of a batch that did not commit. */
  private isTorn = false;
  private snapshot: SnapshotWriter | undefined;
  /** Bases that were left, with the batch that left them. */
  private readonly left: { readonly base: number; readonly batchId: number }[] = [];
  private oldest = 0;

  constructor(
    layout: StoreLayout,
    private readonly dir: string,
    private readonly options: FileStoreOptions,
  ) {
    super(layout);
    this.header = encodeLayout(layout);
  }

  /** The store as it was when it gave this pointer. Throws CHECKPOINT_CORRUPT. */
  static async load(dir: string, pointer: FilePointer, options: FileStoreOptions): Promise<FileStore> {
    let store!: FileStore;
    await readVersion(dir, pointer, (layout) => {
      store = new FileStore(layout, dir, options);
      return {
        put: (key, entry) => store.restore(key, entry),
        remove: (key) => store.restore(key, undefined),
      };
    });
    store.pointer = pointer;
    store.clear();
    return store;
  }

  override write(batchId: number): MaybePromise<Json | undefined> {
    if (this.staged.size === 0) return undefined;
    const writing = this.writeChanges(batchId);
    this.writing = writing.then(
      () => undefined,
      () => undefined,
    );
    return writing;
  }

  private async writeChanges(batchId: number): Promise<Json> {
    try {
      this.snapshot?.check();
      await this.prepare(batchId);
      const grown = bytesOf(this.pointer.changes);
      const limit = Math.max(this.options.snapshotBytes ?? defaultSnapshotBytes, this.pointer.snapshot?.[0] ?? 0);
      if (this.snapshot === undefined && grown > limit) await this.beginSnapshot();
      if (grown > limit * patience) await this.snapshot?.done();
      const pointer = this.versionAt(await this.append());
      this.written = { pointer, batchId };
      await this.removeOld(batchId);
      return fromPointer(pointer);
    } catch (error) {
      throw diskError(error, 'CHECKPOINT_UNWRITABLE', 'Writing the state in', this.dir);
    }
  }

  /** Before the first write: what was never committed is removed. */
  private async prepare(batchId: number): Promise<void> {
    if (this.isClean) return;
    const { base, changes } = this.pointer;
    const next = base + changes.length;
    await makeDirectory(this.dir);
    await removeFiles(
      this.dir,
      (index, kind, unfinished) => unfinished || index >= next || (kind === 'snapshot' && index > base),
    );
    if (changes.length === 0) await this.beginFile();
    // What went before is of earlier runs: since when is not known.
    this.left.push({ base, batchId });
    this.isClean = true;
  }

  /** The next changes go to a new file. */
  private async beginFile(): Promise<void> {
    const { base, snapshot, changes } = this.pointer;
    await this.file?.close();
    this.file = undefined;
    const frames = new FrameWriter(nothing);
    frames.open.text(this.header);
    frames.close();
    const file = await DurableFile.create(changesPath(this.dir, base + changes.length));
    this.file = file;
    await file.write(frames.take());
    await syncDirectory(this.dir);
    this.pointer = { base, snapshot, changes: [...changes, frames.mark] };
  }

  private async beginSnapshot(): Promise<void> {
    await this.beginFile();
    const { base, changes } = this.pointer;
    const index = base + changes.length - 1;
    this.snapshot = new SnapshotWriter(snapshotPath(this.dir, index), index, this.header, this.committed);
  }

  /** Appends what the batch changed, durably: the new end of the file. */
  private async append(): Promise<Mark> {
    const { base, changes } = this.pointer;
    const end = changes.at(-1)!;
    const path = changesPath(this.dir, base + changes.length - 1);
    if (this.isTorn) await this.file?.close();
    const file = this.isTorn || this.file === undefined ? await DurableFile.append(path, end[0]) : this.file;
    // If this fails, nobody knows what the file holds.
    [this.file, this.isTorn] = [undefined, false];
    const frames = new FrameWriter(end, this.out);
    try {
      for (const [key, entry] of this.changes()) {
        writeChange(frames.open, key, entry);
        if (!frames.isFull) continue;
        frames.close();
        await file.write(frames.take());
      }
      frames.close();
      await file.write(frames.take());
      await file.sync();
    } catch (error) {
      await file.close();
      throw error;
    }
    this.file = file;
    return frames.mark;
  }

  /** The version that ends at `end`, based on the newest snapshot: its changes are those of the last file. */
  private versionAt(end: Mark): FilePointer {
    const { base, snapshot, changes } = this.pointer;
    const newer = this.snapshot;
    if (newer?.mark === undefined) return { base, snapshot, changes: changes.with(-1, end) };
    return { base: newer.index, snapshot: newer.mark, changes: [end] };
  }

  /** Removes what only versions need that nobody will ask for. */
  private async removeOld(batchId: number): Promise<void> {
    const { minBatchesToRetain } = this.options;
    let oldest = this.oldest;
    while (this.left.length > 0 && this.left[0]!.batchId + minBatchesToRetain < batchId)
      oldest = this.left.shift()!.base;
    if (oldest === this.oldest) return;
    this.oldest = oldest;
    await removeFiles(this.dir, (index) => index < oldest);
  }

  override commit(): void {
    super.commit();
    if (this.written === undefined) return;
    const { pointer, batchId } = this.written;
    if (pointer.base !== this.pointer.base) {
      this.left.push({ base: pointer.base, batchId });
      this.snapshot = undefined;
    }
    this.pointer = pointer;
    this.written = undefined;
  }

  override discard(): void {
    super.discard();
    this.isTorn ||= this.written !== undefined;
    this.written = undefined;
  }

  override async close(): Promise<void> {
    // The query may be over for another reason: whoever opens these files next finds nobody writing.
    await this.writing;
    await this.snapshot?.abandon();
    this.snapshot = undefined;
    await this.file?.close();
    this.file = undefined;
  }
}

const bytesOf = (marks: readonly Mark[]): number => marks.reduce((sum, [length]) => sum + length, 0);

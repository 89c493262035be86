import { basename } from 'node:path';
import type { Json } from '../../../lib/batch/index.js';
import type { FileFacts, Listing } from './listing.js';

export interface FileListOptions {
  readonly latestFirst: boolean;
  readonly fileNameOnly: boolean;
  /** Milliseconds; Infinity: files never get too old. */
  readonly maxFileAge: number;
  readonly maxFilesPerTrigger: number | undefined;
  readonly maxBytesPerTrigger: number | undefined;
  /** Of a listing, how many files are kept for the batches after the one for which it was made. */
  readonly maxCachedFiles: number;
  /** A listing of which less than this part of a limit is left is not worth a batch. Default 0.2. */
  readonly discardCachedInputRatio: number | string | undefined;
}

/** What a checkpoint keeps of the files; see `FileList`. */
export type FileMemory =
  /** Files in the order of their ordinals, the first of which is `file`: path, size in bytes, mtime. */
  | { readonly file: number; readonly files: readonly (readonly [string, number, number])[] }
  /** Files that are done: path (or name, with `fileNameOnly`) and mtime. */
  | { readonly seen: readonly (readonly [string, number])[] }
  /** Files that were modified before this are too old. */
  | { readonly horizon: number };

/** How many files one remembered entry holds, so that entries stay readable. */
const filesPerEntry = 100;

/** More files than a batch holds that no user limits. */
const filesPerBatch = 16_384;

/**
 * Which files there are and in which order they are read: every file that enters a plan gets the next ordinal, for
 * ever. Keeps the facts of those that are not done yet, and of those done a path for as long as it could be taken for
 * new: a file is new if its path was not seen and it was not modified before the horizon, which is the newest mtime
 * seen less `maxFileAge`.
 */
export class FileList {
  /** The ordinal that the next new file gets. */
  next = 0;
  /** Planned and not done, by ordinal. */
  private readonly planned = new Map<number, FileFacts>();
  /** What was planned at any time, with its mtime. */
  private readonly seen = new Map<string, number>();
  private newest = -Infinity;
  private horizon = -Infinity;
  private seenAfterPurge = 0;
  /** What is kept of the last listing, from `taken` on, in the order in which it is to be read. */
  private backlog: FileFacts[] = [];
  private taken = 0;
  /** What the last listing found and is not planned, kept or not. */
  private found = { files: 0, bytes: 0 };
  /** Whether too little of the last listing was left for another batch. */
  private isLow = true;
  private frozen = false;

  constructor(
    private readonly listing: Listing,
    private readonly options: FileListOptions,
    remembered: readonly Json[],
  ) {
    for (const entry of remembered as readonly object[]) this.recall(entry as FileMemory);
  }

  /** The facts of the file with that ordinal, if it was planned and is not done. */
  plannedAt(ordinal: number): FileFacts | undefined {
    return this.planned.get(ordinal);
  }

  /** The file with that ordinal: planned, or found and next in line. */
  at(ordinal: number): FileFacts | undefined {
    return this.planned.get(ordinal) ?? this.backlog[this.taken + ordinal - this.next];
  }

  /** The ordinal of the first file that may be read again, or else next. */
  get firstNeeded(): number {
    const [first = this.next] = this.planned.keys();
    return first;
  }

  /** Files found and not planned, and their bytes. */
  get outstanding(): { readonly files: number; readonly bytes: number } {
    return this.found;
  }

  /** Whether files were found that did not fit into the list of those that are next, though the user set no limit. */
  get hasMore(): boolean {
    const { maxFilesPerTrigger, maxBytesPerTrigger } = this.options;
    if (maxFilesPerTrigger !== undefined || maxBytesPerTrigger !== undefined) return false;
    return this.found.files > this.backlog.length - this.taken;
  }

  /** Lists if too little is left of the last listing, or, with `all`, in any case and everything. */
  async refresh(all: boolean): Promise<void> {
    if (this.frozen) return;
    const needed = all || this.isLow || this.options.latestFirst || this.taken === this.backlog.length;
    if (needed) await this.list(all ? Infinity : this.room);
  }

  /** Lists for the last time. */
  async freeze(): Promise<void> {
    await this.list(Infinity);
    this.frozen = true;
  }

  /** Gives the files that are next in line their ordinals. `files` are their facts as of now; returns what to keep. */
  accept(files: readonly FileFacts[]): FileMemory[] {
    const memory = inEntries(this.next, files);
    for (const file of files) {
      const found = this.backlog[this.taken++];
      if (found !== undefined) this.found = { files: this.found.files - 1, bytes: this.found.bytes - found.size };
      this.planned.set(this.next++, file);
      this.see(this.keyOf(file.path), file.mtime);
    }
    if (this.moveHorizon()) memory.push({ horizon: this.horizon });
    if (!this.frozen) this.keepSome();
    return memory;
  }

  /** Files before that ordinal were planned, whether or not anything is remembered of them. */
  startAt(ordinal: number): void {
    this.next = Math.max(this.next, ordinal);
  }

  /** Those with ordinals before that one that are not done yet. */
  *plannedBefore(before: number): Generator<FileFacts> {
    for (const [ordinal, file] of this.planned) {
      if (ordinal >= before) return;
      yield file;
    }
  }

  /** Nothing is needed any more of files before that ordinal. */
  done(before: number): void {
    this.startAt(before);
    // In the order of their ordinals.
    for (const ordinal of this.planned.keys()) {
      if (ordinal >= before) break;
      this.planned.delete(ordinal);
    }
  }

  /** All that has to be remembered. */
  memory(): FileMemory[] {
    const memory: FileMemory[] = [];
    if (this.horizon > -Infinity) memory.push({ horizon: this.horizon });
    const current = new Set([...this.planned.values()].map(({ path }) => this.keyOf(path)));
    const seen: [string, number][] = [];
    for (const entry of this.seen) if (entry[1] >= this.horizon && !current.has(entry[0])) seen.push(entry);
    for (let i = 0; i < seen.length; i += filesPerEntry) memory.push({ seen: seen.slice(i, i + filesPerEntry) });
    const [first] = this.planned.keys();
    if (first !== undefined) memory.push(...inEntries(first, [...this.planned.values()]));
    return memory;
  }

  private recall(entry: FileMemory): void {
    if ('horizon' in entry) this.horizon = Math.max(this.horizon, entry.horizon);
    else if ('seen' in entry) for (const [key, mtime] of entry.seen) this.see(key, mtime);
    else {
      entry.files.forEach(([path, size, mtime], i) => {
        this.planned.set(entry.file + i, { path, size, mtime });
        this.see(this.keyOf(path), mtime);
      });
      this.next = Math.max(this.next, entry.file + entry.files.length);
    }
  }

  private see(key: string, mtime: number): void {
    this.seen.set(key, mtime);
    this.newest = Math.max(this.newest, mtime);
  }

  private keyOf(path: string): string {
    return this.options.fileNameOnly ? basename(path) : path;
  }

  private isSeen(path: string): boolean {
    const mtime = this.seen.get(this.keyOf(path));
    return mtime !== undefined && mtime >= this.horizon;
  }

  /** How many files of a listing may be of use. */
  private get room(): number {
    const { maxFilesPerTrigger = filesPerBatch, maxCachedFiles } = this.options;
    return 2 * maxFilesPerTrigger + maxCachedFiles;
  }

  private async list(room: number): Promise<void> {
    const sign = this.options.latestFirst ? -1 : 1;
    const inOrder = (a: FileFacts, b: FileFacts): number => sign * (a.mtime - b.mtime) || (a.path < b.path ? -1 : 1);
    const first: FileFacts[] = [];
    const found = { files: 0, bytes: 0 };
    await this.listing.find(
      (path) => this.isSeen(path),
      (file) => {
        if (file.mtime < this.horizon) return;
        found.files++;
        found.bytes += file.size;
        if (first.push(file) >= 2 * room) first.sort(inOrder).splice(room);
      },
    );
    this.backlog = first.sort(inOrder);
    if (first.length > room) first.splice(room);
    this.found = found;
    this.taken = 0;
  }

  /** As in Spark: of what a batch with a limit left of a listing, so many files serve the next ones, if they are worth it. */
  private keepSome(): void {
    const { maxFilesPerTrigger, maxBytesPerTrigger, maxCachedFiles, discardCachedInputRatio = 0.2 } = this.options;
    const limit = maxFilesPerTrigger ?? maxBytesPerTrigger;
    if (limit === undefined) {
      this.isLow = false;
      return;
    }
    const left = this.backlog.slice(this.taken);
    const amount = maxFilesPerTrigger === undefined ? left.reduce((sum, { size }) => sum + size, 0) : left.length;
    this.isLow = amount < Number(discardCachedInputRatio) * limit;
    this.backlog = left.slice(0, maxCachedFiles);
    this.taken = 0;
  }

  /**
   * Files of a listing are new whatever becomes of the horizon while they wait. Newest first they might be asked for
   * again (by the next listing, after a crash) when they have become too old, so the horizon waits for the last.
   */
  private moveHorizon(): boolean {
    if (this.options.latestFirst && this.outstanding.files > 0) return false;
    const horizon = this.newest - this.options.maxFileAge;
    if (!(horizon > this.horizon)) return false;
    this.horizon = horizon;
    // Not at every turn: it looks at all that was seen.
    if (this.seen.size > 2 * this.seenAfterPurge + 1000) {
      for (const [key, mtime] of this.seen) if (mtime < horizon) this.seen.delete(key);
      this.seenAfterPurge = this.seen.size;
    }
    return true;
  }
}

function inEntries(first: number, files: readonly FileFacts[]): FileMemory[] {
  const entries: FileMemory[] = [];
  for (let i = 0; i < files.length; i += filesPerEntry) {
    const part = files.slice(i, i + filesPerEntry);
    entries.push({ file: first + i, files: part.map(({ path, size, mtime }) => [path, size, mtime]) });
  }
  return entries;
}

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

/** A listing of which less than this part of a limit is left is not worth a batch: Spark's `discardCachedInputRatio`. */
const leftoverRatio = 0.2;

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
  /** What the last listing found, from `taken` on, in the order in which it is to be read. */
  private backlog: readonly FileFacts[] = [];
  private backlogBytes = 0;
  private taken = 0;
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

  /** Files found and not planned, and their bytes. */
  get outstanding(): { readonly files: number; readonly bytes: number } {
    return { files: this.backlog.length - this.taken, bytes: this.backlogBytes };
  }

  /** Lists if too little is left of the last listing, or, with `all`, in any case. */
  async refresh(all: boolean): Promise<void> {
    if (this.frozen || !(all || this.isLow())) return;
    await this.list();
  }

  /** Lists for the last time. */
  async freeze(): Promise<void> {
    await this.list();
    this.frozen = true;
  }

  /** Gives the files that are next in line their ordinals. `files` are their facts as of now; returns what to keep. */
  accept(files: readonly FileFacts[]): FileMemory[] {
    const memory = inEntries(this.next, files);
    for (const file of files) {
      this.backlogBytes -= this.backlog[this.taken++]?.size ?? 0;
      this.planned.set(this.next++, file);
      this.see(this.keyOf(file.path), file.mtime);
    }
    if (this.moveHorizon()) memory.push({ horizon: this.horizon });
    return memory;
  }

  /** Files before that ordinal were planned, whether or not anything is remembered of them. */
  startAt(ordinal: number): void {
    this.next = Math.max(this.next, ordinal);
  }

  /** Rows before that ordinal are durable downstream. */
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

  private async list(): Promise<void> {
    const files = await this.listing.list((path) => this.isSeen(path));
    const { latestFirst } = this.options;
    const sign = latestFirst ? -1 : 1;
    this.backlog = files
      .filter((file) => file.mtime >= this.horizon)
      .sort((a, b) => sign * (a.mtime - b.mtime) || (a.path < b.path ? -1 : 1));
    this.backlogBytes = this.backlog.reduce((sum, file) => sum + file.size, 0);
    this.taken = 0;
  }

  private isLow(): boolean {
    const { latestFirst, maxFilesPerTrigger, maxBytesPerTrigger } = this.options;
    const { files, bytes } = this.outstanding;
    if (files === 0 || latestFirst) return true;
    if (maxFilesPerTrigger !== undefined) return files < leftoverRatio * maxFilesPerTrigger;
    return maxBytesPerTrigger !== undefined && bytes < leftoverRatio * maxBytesPerTrigger;
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

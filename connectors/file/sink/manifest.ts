import { readFile, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { makeDirectory, remove, syncDirectory, writeAtomically } from '../../../lib/durable.js';
import { SluiceError, systemCode } from '../../../lib/errors/index.js';
import { forEachBounded } from '../bounded.js';
import { entryOf, logVersion, modifiedAt, uriIn, uriOf } from './manifest-entry.js';
import { diskOperationsAtOnce } from './staging.js';

/** How logs are put together and cleared away. The defaults are Spark's. */
export interface ManifestTuning {
  /** One log in so many holds all that were before it. Spark takes the number from the logs that it finds. */
  readonly compactInterval: number;
  /** For so many batches the logs stay, though a later one holds them, too. */
  readonly minBatchesToRetain: number;
  /** Logs that are younger stay, since somebody may be reading them: milliseconds. */
  readonly cleanupDelay: number;
}

const sparks: ManifestTuning = { compactInterval: 10, minBatchesToRetain: 100, cleanupDelay: 10 * 60 * 1000 };

export interface ManifestOptions {
  readonly root: string;
  /** Who writes it: a manifest has one writer, since batches of two would have the same numbers. */
  readonly owner: string;
  /** Files that are older are left out when logs are put together: milliseconds. */
  readonly retention: number;
  readonly tuning: Partial<ManifestTuning> | undefined;
}

/**
 * The manifest that Spark's file sink writes, `_spark_metadata/`: for each batch a log that lists its files, which
 * every tenth time is `<batch>.compact` and lists those of all batches before it, too. Spark reads the files of a
 * directory with a manifest that stand in it, and no others.
 *
 * The log of a batch is written in one step after all of its files are durable under their names, and before the
 * query commits it. From then on the batch is done: if it comes again, it is skipped, since a reader may already have
 * what it wrote. Before then nothing of it is in the manifest, and the next try replaces what this one left. So the
 * files in the manifest are whole batches, each of one try, and they never change.
 *
 * The file `.owner`, which Spark overlooks, has the name of the query. Without it another query, or one whose
 * checkpoint was removed, would take its batches for done.
 */
export class SparkManifest {
  private readonly folder: string;
  private readonly tuning: ManifestTuning;
  private latest = -1;
  /** Logs are written one after the other. */
  private tail: Promise<unknown> = Promise.resolve();

  private constructor(private readonly options: ManifestOptions) {
    this.folder = join(options.root, '_spark_metadata');
    this.tuning = { ...sparks, ...options.tuning };
  }

  /** Throws UNSUPPORTED_PIPELINE if another query has written it. */
  static async open(options: ManifestOptions): Promise<SparkManifest> {
    const manifest = new SparkManifest(options);
    await manifest.prepare();
    return manifest;
  }

  /** Whether the batch is in the manifest, and so done. */
  has(batch: number): boolean {
    return batch <= this.latest;
  }

  /**
   * Makes the files of a batch, which are durable below the root, those that Spark sees. Throws UNSUPPORTED_PIPELINE if
   * the batch before it is not there: Spark would refuse to read the directory.
   */
  add(batch: number, names: readonly string[]): Promise<void> {
    return this.exclusive(() => this.addLog(batch, names));
  }

  /** The URIs of the files that `swap` can take out: those of the last log that holds all before it. */
  async compactable(): Promise<ReadonlySet<string>> {
    const log = this.lastCompacted();
    return new Set(log === undefined ? [] : (await this.entriesOf(log)).map(uriIn));
  }

  /**
   * Puts one file, which is durable under its name, in the place of others, in one step for whoever reads the manifest.
   * There is no line by which Spark would take a file out, but the logs of many batches are one file, which can be
   * replaced. False if there is no such log, or it does not have all of these: then nothing has changed.
   */
  swap(names: readonly string[], by: string): Promise<boolean> {
    return this.exclusive(() => this.swapIn(names, by));
  }

  private async addLog(batch: number, names: readonly string[]): Promise<void> {
    if (batch > this.latest + 1) throw this.hasGap(batch);
    const entries = new Array<string>(names.length);
    await forEachBounded(names, diskOperationsAtOnce, async (name, i) => {
      entries[i] = await entryOf(join(this.options.root, name));
    });
    const compacts = this.isCompaction(batch);
    const lines = compacts ? [...(await this.before(batch)), ...entries] : entries;
    await this.write(batch, lines);
    this.latest = batch;
    if (compacts) await this.removeExpired(batch);
  }

  private async swapIn(names: readonly string[], by: string): Promise<boolean> {
    const { root } = this.options;
    const log = this.lastCompacted();
    if (log === undefined) return false;
    const entries = await this.entriesOf(log);
    const merged = uriOf(join(root, by));
    if (entries.some((entry) => uriIn(entry) === merged)) return true;
    const uris = new Set(names.map((name) => uriOf(join(root, name))));
    const taken = entries.filter((entry) => uris.has(uriIn(entry)));
    if (taken.length < uris.size) return false;
    // The rows are as old as they are: of retention.
    const modified = taken.reduce((last, entry) => Math.max(last, modifiedAt(entry)), 0);
    const entry = await entryOf(join(root, by), modified);
    const rest = entries.filter((each) => !uris.has(uriIn(each)));
    await this.write(log, [...rest, entry]);
    return true;
  }

  private async write(batch: number, entries: readonly string[]): Promise<void> {
    await writeAtomically(this.pathOf(batch), Buffer.from([logVersion, ...entries].join('\n')));
  }

  private exclusive<T>(act: () => Promise<T>): Promise<T> {
    const done = this.tail.then(act);
    this.tail = done.catch(() => undefined);
    return done;
  }

  private async prepare(): Promise<void> {
    await makeDirectory(this.folder);
    const names = await readdir(this.folder);
    for (const name of names) if (/^\d+(\.compact)?\.tmp$/.test(name)) await remove(join(this.folder, name));
    this.latest = Math.max(-1, ...names.map(batchOf).filter((id) => id !== undefined));
    const owner = join(this.folder, '.owner');
    if (this.latest < 0) await writeAtomically(owner, Buffer.from(this.options.owner));
    else if ((await textOf(owner)) !== this.options.owner) throw this.isOfAnother();
    // A log that was renamed before a crash may not be durable yet, and what it holds is about to be taken for done.
    await syncDirectory(this.folder);
  }

  /** What stands in the logs before a batch that holds them all. */
  private async before(batch: number): Promise<string[]> {
    const lines: string[] = [];
    for (let id = this.firstOf(batch - 1); id < batch; id++) {
      for (const entry of await this.entriesOf(id)) lines.push(entry);
    }
    const { retention } = this.options;
    if (retention === Infinity) return lines;
    const oldest = Date.now() - retention;
    return lines.filter((entry) => modifiedAt(entry) >= oldest);
  }

  private async entriesOf(batch: number): Promise<string[]> {
    return (await readFile(this.pathOf(batch), 'utf8')).split('\n').slice(1);
  }

  /** The last log that holds all before it; undefined if there is none yet. */
  private lastCompacted(): number | undefined {
    const batch = this.firstOf(this.latest);
    return batch <= this.latest && this.isCompaction(batch) ? batch : undefined;
  }

  /** Removes the logs that no reader needs any more. If some come back after a crash, nobody reads them. */
  private async removeExpired(batch: number): Promise<void> {
    const { minBatchesToRetain, cleanupDelay } = this.tuning;
    if (batch < minBatchesToRetain) return;
    const needed = this.firstOf(batch + 1 - minBatchesToRetain);
    const youngest = Date.now() - cleanupDelay;
    for (const name of await readdir(this.folder)) {
      const id = batchOf(name);
      if (id === undefined || id >= needed) continue;
      const path = join(this.folder, name);
      if ((await stat(path)).mtimeMs <= youngest) await remove(path);
    }
  }

  private isCompaction(batch: number): boolean {
    return (batch + 1) % this.tuning.compactInterval === 0;
  }

  /** The first of the logs that together hold all up to a batch. */
  private firstOf(batch: number): number {
    const { compactInterval } = this.tuning;
    return Math.max(0, Math.floor((batch + 1) / compactInterval) * compactInterval - 1);
  }

  private pathOf(batch: number): string {
    return join(this.folder, this.isCompaction(batch) ? `${batch}.compact` : String(batch));
  }

  private isOfAnother(): SluiceError {
    const { root } = this.options;
    const message =
      `fileSink: the manifest in '${root}' is of another query, or of this one with another checkpoint or name. ` +
      'A manifest has one writer: give this query a directory of its own.';
    return new SluiceError('UNSUPPORTED_PIPELINE', message, { details: { path: root } });
  }

  private hasGap(batch: number): SluiceError {
    const { root } = this.options;
    const message =
      `fileSink: the manifest in '${root}' has no batch ${batch - 1}, so it cannot get batch ${batch}. ` +
      "It has to be written from a query's first batch on: start with a new checkpoint and directory, or without `manifest`.";
    return new SluiceError('UNSUPPORTED_PIPELINE', message, { details: { path: root, batchId: batch } });
  }
}

/** The batch whose log has this name; undefined if it is no log. */
const batchOf = (name: string): number | undefined =>
  /^\d+(\.compact)?$/.test(name) ? Number.parseInt(name, 10) : undefined;

async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
    return undefined;
  }
}

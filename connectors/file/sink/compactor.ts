import { readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { warnOf } from '../../../lib/errors/index.js';
import { forEachBounded } from '../bounded.js';
import type { CompactOptions } from './compact-options.js';
import { uriOf } from './manifest-entry.js';
import type { SparkManifest } from './manifest.js';
import { type MergedContent, mergedParquet, mergedRecords } from './merge-content.js';
import { type SmallFile, planMerges } from './merge-plan.js';
import type { Merging } from './merging.js';
import type { FileNames, NamedFile } from './names.js';
import type { FileFormat } from './output.js';
import { diskOperationsAtOnce } from './staging.js';

export interface CompactorOptions extends CompactOptions {
  readonly root: string;
  readonly names: FileNames;
  readonly format: FileFormat;
  /** How many folders lie between the destination and its files. */
  readonly depth: number;
  readonly merging: Merging;
  readonly manifest: SparkManifest | undefined;
  /** What a file of records begins with; undefined as long as that is not known. */
  readonly start: () => Uint8Array | undefined;
}

/** If more folders are waiting to be looked at, all are. */
const maxFolders = 10_000;

/**
 * Merges small files of batches that are committed, beside the batches: a pass over the folders that they wrote to, now
 * and then, the first one over all. After each folder it rests as long as it worked, so that it never takes more than
 * half of what a disk can do. What fails is told as a warning, counted, and tried again.
 */
export class Compactor {
  /** Folders that batches wrote to since they were looked at last; undefined: any. */
  private folders: Set<string> | undefined;
  /** Batches before this one are committed. */
  private current = 0;
  private batches = Infinity;
  private pass: Promise<void> | undefined;
  private readonly unmergeable = new Set<string>();
  private readonly counts = { numFilesCompacted: 0, numFilesMerged: 0, numCompactionFailures: 0 };
  private closing = false;
  private wake: () => void = () => undefined;

  constructor(private readonly options: CompactorOptions) {}

  /** Small files that were put together so far, the files made of them, and what failed. */
  get metrics(): Readonly<Record<string, number>> {
    return { ...this.counts };
  }

  /** The files of a batch are in place; those of the batches before are committed, or this one had not come. */
  published(batch: number, files: readonly string[]): void {
    this.current = batch;
    for (const file of files) this.folders?.add(dirname(file));
    if (this.folders !== undefined && this.folders.size > maxFolders) this.folders = undefined;
    this.batches++;
    if (this.pass !== undefined || this.batches < this.options.every) return;
    if (this.options.format.format.encoder !== undefined && this.options.start() === undefined) return;
    this.batches = 0;
    this.pass = this.run().finally(() => (this.pass = undefined));
  }

  /** Ends with the merge in hand, or with one if there was none yet, so that many short runs are not without any. */
  async close(): Promise<void> {
    this.closing = true;
    this.wake();
    await this.pass;
  }

  private async run(): Promise<void> {
    const { folders } = this;
    const { root, depth, merging, manifest } = this.options;
    this.folders = new Set();
    try {
      await merging.recover();
      const listed = await manifest?.compactable();
      for await (const folder of folders ?? foldersBelow(root, '.', depth)) {
        if (this.closing && this.counts.numFilesMerged > 0) return;
        const begun = performance.now();
        await this.compact(folder, listed);
        await this.rest(performance.now() - begun);
      }
    } catch (error) {
      this.counts.numCompactionFailures++;
      this.folders = undefined;
      warnOf(error);
    }
  }

  private async compact(folder: string, listed: ReadonlySet<string> | undefined): Promise<void> {
    const { root, names, merging } = this.options;
    const found = (await readdir(join(root, folder))).flatMap((name) => names.parse(name) ?? []);
    let index = found.reduce((most, file) => (file.isMerged ? Math.max(most, file.index) : most), -1);
    for (const group of planMerges(await this.smallOnes(folder, found, listed), this.options)) {
      if (this.closing && this.counts.numFilesMerged > 0) return;
      const { used, unlike, bytes } = await this.contentOf(folder, group);
      // What has no match now will have none later.
      for (const { name } of used.length < 2 ? group : unlike) this.unmergeable.add(join(folder, name));
      if (used.length < 2) continue;
      const to = Math.max(...used.map((file) => file.to));
      const merged = join(folder, names.merged(used[0]!.from, to, ++index));
      await merging.merge({ inputs: used.map(({ name }) => join(folder, name)), merged }, bytes);
      this.counts.numFilesMerged++;
      this.counts.numFilesCompacted += used.length;
    }
  }

  /** The files that may be merged. */
  private async smallOnes(
    folder: string,
    found: readonly NamedFile[],
    listed: ReadonlySet<string> | undefined,
  ): Promise<SmallFile[]> {
    const { root, smallerThan } = this.options;
    const small: SmallFile[] = [];
    const committed = found.filter(({ name, to }) => to < this.current && !this.unmergeable.has(join(folder, name)));
    await forEachBounded(committed, diskOperationsAtOnce, async (file) => {
      const path = join(root, folder, file.name);
      if (listed !== undefined && !listed.has(uriOf(path))) return;
      const { size } = await stat(path);
      if (size < smallerThan) small.push({ ...file, size });
    });
    return small;
  }

  private contentOf(folder: string, files: readonly SmallFile[]): Promise<MergedContent> {
    const { root, format, start } = this.options;
    const pathOf = ({ name }: SmallFile): string => join(root, folder, name);
    if (format.format.encoder === undefined) return mergedParquet(files, pathOf, format);
    return mergedRecords(files, pathOf, start()!, format);
  }

  private async rest(millis: number): Promise<void> {
    if (this.closing) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, millis).unref();
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

/** The folders so many levels below, as `partitionBy` makes them. */
async function* foldersBelow(root: string, folder: string, depth: number): AsyncGenerator<string> {
  if (depth === 0) {
    yield folder;
    return;
  }
  for (const entry of await readdir(join(root, folder), { withFileTypes: true })) {
    if (entry.isDirectory() && entry.name.includes('=')) {
      yield* foldersBelow(root, join(folder, entry.name), depth - 1);
    }
  }
}

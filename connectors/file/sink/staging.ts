import { access, readFile, readdir, rmdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { makeDirectory, remove, replace, syncDirectory, writeAtomically } from '../../../lib/durable.js';
import { SluiceError, systemCode } from '../../../lib/errors/index.js';
import { forEachBounded } from '../bounded.js';

/** How many files and directories are written, synced or renamed at a time. */
export const diskOperationsAtOnce = 8;

/** A file that is written and synced, and the name (below the destination) under which it is to appear. */
export interface StagedFile {
  readonly staged: string;
  readonly name: string;
}

/** More folders than this are not kept in mind as being there. */
const maxKnownFolders = 100_000;

/** Who writes where, in this process: two sinks of one query would take each other's names. */
const writing = new Set<string>();

/**
 * The files of one query on their way to a directory. Aside, in `_temporary/<query>/`, are files that are being written
 * (`*.tmp`), and for the last batch its *intent*: `<batch>.files`, a JSON list of every name under which a file of that
 * batch may have appeared.
 *
 * Publishing a batch takes these steps, each durable before the one after next begins:
 *
 *  1. all files are written aside and synced
 *  2. the intent: the names of this try, and those of earlier tries of the same batch
 *  3. names of earlier tries that this one does not have are removed, and their directories synced
 *  4. the files are renamed into place, over those of earlier tries
 *  5. the directories are synced; then the query commits the batch
 *
 * A batch that is not committed comes again, so a crash only has to leave enough to finish. Before 2 nothing of this try
 * is visible, and what an earlier one left is in its intent. From 2 on all that may be visible is in the intent, and the
 * next try renames over it or removes it. After 5 the batch may still come again, until the commit is durable: that is
 * why the intent stays until the next batch has been published, which shows that this one was committed. Removing comes
 * before renaming, so that at no moment a row that moved from one file to another is there twice.
 *
 * A batch of a single file directly in the destination needs no intent: its name is known.
 */
export class Staging {
  /** Where files are before they are in place. */
  readonly aside: string;
  private readonly key: string;
  private readonly folders = new Set<string>();
  /** The batches whose intents are there. */
  private intents: number[] = [];
  private last: number | undefined;

  private constructor(
    private readonly root: string,
    query: string,
    run: string,
    /** The names that the only file of a batch could have had, whatever the options were then. */
    private readonly soleNames: (batch: number) => readonly string[],
  ) {
    this.aside = join(root, '_temporary', query);
    this.key = `${resolve(this.aside)} ${run}`;
  }

  /** Makes the directories and removes what a crash left aside. Throws DUPLICATE_NAME. */
  static async open(
    root: string,
    query: string,
    run: string,
    soleNames: (batch: number) => readonly string[],
  ): Promise<Staging> {
    const staging = new Staging(root, query, run, soleNames);
    if (writing.has(staging.key)) {
      const message = `fileSink: two sinks of one query write to '${root}'. Give one of them a name, or another path.`;
      throw new SluiceError('DUPLICATE_NAME', message, { details: { path: root } });
    }
    writing.add(staging.key);
    try {
      await staging.prepare();
    } catch (error) {
      writing.delete(staging.key);
      throw error;
    }
    return staging;
  }

  /** Where the file of that index of a batch is written. Its name ends like no format: nobody takes it for data. */
  pathOf(batch: number, index: number): string {
    return join(this.aside, `${batch}-${index}.tmp`);
  }

  /** Makes the files of a batch visible, and nothing else of it. `sole`: a batch of one file has no intent. */
  async publish(batch: number, files: readonly StagedFile[], sole: boolean): Promise<void> {
    const again = this.last === undefined || batch <= this.last;
    this.last = batch;
    const names = files.map((file) => file.name);
    const earlier = again ? await this.readIntent(batch) : [];
    const kept = new Set(names);
    const stale = [...earlier, ...(again ? await this.present(this.soleNames(batch)) : [])].filter((n) => !kept.has(n));

    if (files.length > 1 || (files.length === 1 && !sole))
      await this.writeIntent(batch, [...new Set([...names, ...earlier])]);
    const folders = [...new Set(names.map((name) => dirname(name)))];
    await forEachBounded(folders, diskOperationsAtOnce, (folder) => this.makeFolder(folder));
    await forEachBounded(stale, diskOperationsAtOnce, (name) => remove(join(this.root, name)));
    // A loss of power must not bring them back beside what is renamed after.
    const emptied = [...new Set(stale.map((name) => dirname(name)))];
    await forEachBounded(emptied, diskOperationsAtOnce, (folder) => this.syncFolder(folder));
    await forEachBounded(files, diskOperationsAtOnce, ({ staged, name }) => replace(staged, join(this.root, name)));
    await forEachBounded(folders, diskOperationsAtOnce, (folder) => this.syncFolder(folder));

    for (const old of this.intents.filter((b) => b < batch)) await remove(this.intentOf(old));
    this.intents = this.intents.filter((b) => b >= batch);
  }

  /** Removes what was written aside for a batch that failed: it may be what fills the disk. */
  async discard(staged: readonly string[]): Promise<void> {
    await forEachBounded(staged, diskOperationsAtOnce, (path) => remove(path).catch(() => undefined));
  }

  /** Leaves nothing but the intent of the last batch, if it has one: whether that was committed is not known here. */
  async close(): Promise<void> {
    writing.delete(this.key);
    for (const dir of [this.aside, dirname(this.aside)]) {
      // Not empty: the intent, or another query.
      await rmdir(dir).catch(() => undefined);
    }
  }

  private async prepare(): Promise<void> {
    await makeDirectory(this.aside);
    for (const name of await readdir(this.aside)) {
      if (name.endsWith('.tmp')) await remove(join(this.aside, name));
      else if (/^\d+\.files$/.test(name)) this.intents.push(Number.parseInt(name, 10));
    }
  }

  private intentOf(batch: number): string {
    return join(this.aside, `${batch}.files`);
  }

  private async readIntent(batch: number): Promise<readonly string[]> {
    if (!this.intents.includes(batch)) return [];
    return JSON.parse(await readFile(this.intentOf(batch), 'utf8')) as readonly string[];
  }

  private async writeIntent(batch: number, names: readonly string[]): Promise<void> {
    await writeAtomically(this.intentOf(batch), Buffer.from(JSON.stringify(names)));
    if (!this.intents.includes(batch)) this.intents.push(batch);
  }

  private async present(names: readonly string[]): Promise<string[]> {
    const present: string[] = [];
    await forEachBounded(names, diskOperationsAtOnce, async (name) => {
      try {
        await access(join(this.root, name));
        present.push(name);
      } catch (error) {
        if (systemCode(error) !== 'ENOENT') throw error;
      }
    });
    return present;
  }

  private async makeFolder(folder: string): Promise<void> {
    if (folder === '.' || this.folders.has(folder)) return;
    await makeDirectory(join(this.root, folder));
    if (this.folders.size >= maxKnownFolders) this.folders.clear();
    this.folders.add(folder);
  }

  private async syncFolder(folder: string): Promise<void> {
    try {
      await syncDirectory(join(this.root, folder));
    } catch (error) {
      // The folder of a file that was to be removed, and never came to be.
      if (systemCode(error) !== 'ENOENT') throw error;
    }
  }
}

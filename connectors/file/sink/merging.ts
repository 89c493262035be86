import { access, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { remove, replace, syncDirectory, writeAtomically } from '../../../lib/durable.js';
import { systemCode } from '../../../lib/errors/index.js';
import { forEachBounded } from '../bounded.js';
import type { Bytes } from '../compression/index.js';
import type { SparkManifest } from './manifest.js';
import { writeOut } from './output.js';
import { diskOperationsAtOnce } from './staging.js';

/** Files, by their names below the destination, and the one that is to take their place. */
export interface Merge {
  readonly inputs: readonly string[];
  readonly merged: string;
}

/**
 * Puts one file in the place of several that have its rows, in these steps, each durable before the next begins:
 *
 *  1. the file is written aside and synced
 *  2. the intent: the names of all
 *  3. the file is renamed into place
 *  4. the manifest, if there is one, names it instead of the others, in one step
 *  5. the others are removed
 *  6. the intent is removed
 *
 * So no row is ever missing. From 3 to 5, which is a matter of milliseconds, who lists the directory without the manifest
 * finds rows twice; if a crash comes in between, until the query is started again and the sink is opened, by its next
 * batch. A crash before 3 leaves all as it was. What a crash leaves is finished, or taken back, by `recover`, whatever the options are by then.
 */
export class Merging {
  private readonly staged: string;
  private readonly intent: string;

  constructor(
    private readonly root: string,
    aside: string,
    private readonly manifest: SparkManifest | undefined,
  ) {
    this.staged = join(aside, 'merge.tmp');
    this.intent = join(aside, 'merge.json');
  }

  async merge(merge: Merge, content: Bytes): Promise<void> {
    try {
      await writeOut(this.staged, content);
    } catch (error) {
      await remove(this.staged).catch(() => undefined);
      throw error;
    }
    await writeAtomically(this.intent, Buffer.from(JSON.stringify(merge)));
    await replace(this.staged, join(this.root, merge.merged));
    await this.finish(merge);
  }

  /** Finishes a merge that was interrupted by a crash, or by an error. */
  async recover(): Promise<void> {
    const text = await readFile(this.intent, 'utf8').catch((error: unknown) => {
      if (systemCode(error) === 'ENOENT') return undefined;
      throw error;
    });
    if (text === undefined) return;
    const merge = JSON.parse(text) as Merge;
    if (await this.isThere(merge.merged)) {
      await this.finish(merge);
      return;
    }
    await remove(this.staged);
    await remove(this.intent);
  }

  private async finish({ inputs, merged }: Merge): Promise<void> {
    const folder = join(this.root, dirname(merged));
    await syncDirectory(folder);
    if (this.manifest === undefined || (await this.manifest.swap(inputs, merged))) await this.removeAll(inputs);
    else if (await this.areThere(inputs)) await remove(join(this.root, merged));
    await syncDirectory(folder);
    await remove(this.intent);
  }

  private async removeAll(names: readonly string[]): Promise<void> {
    await forEachBounded(names, diskOperationsAtOnce, (name) => remove(join(this.root, name)));
  }

  private async areThere(names: readonly string[]): Promise<boolean> {
    for (const name of names) if (!(await this.isThere(name))) return false;
    return true;
  }

  private async isThere(name: string): Promise<boolean> {
    try {
      await access(join(this.root, name));
      return true;
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return false;
      throw error;
    }
  }
}

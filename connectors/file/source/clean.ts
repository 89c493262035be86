import { existsSync, statSync } from 'node:fs';
import { lstat, stat } from 'node:fs/promises';
import { dirname, join, parse, resolve, sep } from 'node:path';
import { makeDirectory, remove, replace } from '../../../lib/durable.js';
import { SluiceError, systemCode } from '../../../lib/errors/index.js';
import { forEachBounded } from '../bounded.js';
import { expandBraces, isGlob, nameMatcher } from './glob.js';
import { type FileFacts, factsOf } from './listing.js';

export const cleanModes = ['archive', 'delete', 'off'] as const;

/** What becomes of files that have been read. */
export interface CleanOptions {
  readonly cleanSource: (typeof cleanModes)[number];
  readonly sourceArchiveDir: string | undefined;
}

export interface Cleaned {
  readonly files: number;
  /** Files that stay where they are: each is tried once. */
  readonly failures: number;
}

const filesAtOnce = 32;

/** Deletes files, or moves them to an archive, below which each gets the path that it had. */
export class Cleaner {
  constructor(private readonly options: CleanOptions) {}

  /** Files that are gone are done; those that are not as they were read stay. */
  async clean(files: Iterable<FileFacts>): Promise<Cleaned> {
    const made = new Map<string, Promise<void>>();
    let cleaned = 0;
    let failures = 0;
    await forEachBounded([...files], filesAtOnce, async (file) => {
      try {
        const found = await factsIfThere(file.path);
        if (found === undefined) return;
        if (isSame(file, found) && (await this.putAway(file.path, made))) cleaned++;
        else failures++;
      } catch (error) {
        if (systemCode(error) === undefined) throw error;
        failures++;
      }
    });
    return { files: cleaned, failures };
  }

  /** False if the archive has a file of that name: it may be the only copy. */
  private async putAway(path: string, made: Map<string, Promise<void>>): Promise<boolean> {
    if (this.options.cleanSource === 'delete') {
      await remove(path);
      return true;
    }
    const from = resolve(path);
    const to = join(this.options.sourceArchiveDir!, from.slice(parse(from).root.length));
    if (await isTaken(to)) return false;
    const folder = dirname(to);
    if (!made.has(folder)) made.set(folder, makeDirectory(folder));
    await made.get(folder);
    await replace(path, to);
    return true;
  }
}

/**
 * Throws MISSING_OPTION without an archive, and INVALID_OPTION for one whose files could be found as new ones, or which
 * is on another disk, where nothing can be moved to in one step.
 */
export function checkCleaning(path: string, { cleanSource, sourceArchiveDir }: CleanOptions): void {
  if (cleanSource !== 'archive') return;
  const option = 'sourceArchiveDir';
  if (sourceArchiveDir === undefined) {
    const message = "fileSource: cleanSource: 'archive' needs the folder that files go to. Give sourceArchiveDir.";
    throw new SluiceError('MISSING_OPTION', message, { details: { option } });
  }
  const refuse = (why: string): SluiceError =>
    new SluiceError('INVALID_OPTION', `fileSource: the sourceArchiveDir '${sourceArchiveDir}' ${why}`, {
      details: { option, value: sourceArchiveDir },
    });
  const isThere = existsSync(path);
  if (meets(path, !isThere && isGlob(path), sourceArchiveDir))
    throw refuse(`and the path '${path}' lie within one another, so that files would be read again. Take another.`);
  if (isThere && statSync(path).dev !== deviceOf(resolve(sourceArchiveDir)))
    throw refuse(`is on another disk than '${path}'. Take one on the same, or delete.`);
}

/** As in Spark: whether one is the other, or lies in it, whatever the pattern matches. */
function meets(path: string, glob: boolean, folder: string): boolean {
  const names = namesOf(folder);
  return (glob ? expandBraces(resolve(path)) : [resolve(path)]).some((one) => {
    const parts = namesOf(one);
    const anyDepth = glob ? parts.indexOf('**') : -1;
    const depth = Math.min(names.length, anyDepth < 0 ? parts.length : anyDepth);
    return parts.slice(0, depth).every((part, i) => (glob ? nameMatcher(part)(names[i]!) : part === names[i]));
  });
}

const namesOf = (path: string): string[] =>
  resolve(path)
    .split(sep)
    .filter((name) => name !== '');

/** Of the folder, or of where it will be made. */
function deviceOf(folder: string): number {
  const stats = statSync(folder, { throwIfNoEntry: false });
  return stats === undefined ? deviceOf(dirname(folder)) : stats.dev;
}

const isSame = (a: FileFacts, b: FileFacts): boolean => a.size === b.size && a.mtime === b.mtime;

async function factsIfThere(path: string): Promise<FileFacts | undefined> {
  try {
    return factsOf(path, await stat(path));
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

const isTaken = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    (error: unknown) => {
      if (systemCode(error) === 'ENOENT') return false;
      throw error;
    },
  );

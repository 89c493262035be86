import { type Dirent, type Stats, stat as statWithCallback } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, isAbsolute, join, normalize, parse, sep } from 'node:path';
import { diskError } from '../../../lib/durable.js';
import { SluiceError, systemCode } from '../../../lib/errors/index.js';
import { forEachBounded } from '../bounded.js';
import { expandBraces, hasWildcard, nameMatcher, unescape } from './glob.js';

/** A file, and what tells whether it is still the same. */
export interface FileFacts {
  /** As the option `path` spells it, which is what identifies a file. */
  readonly path: string;
  readonly size: number;
  /** When it was last modified: milliseconds since the epoch, to the microsecond. */
  readonly mtime: number;
}

export interface ListingOptions {
  readonly path: string;
  /** Whether `path` is a pattern rather than a name. */
  readonly glob: boolean;
  readonly recursiveFileLookup: boolean;
  readonly pathGlobFilter: string | undefined;
}

/** How many questions the file system is asked at a time. */
const statsAtOnce = 32;

/** Names that no reader takes for data: of Spark's temporary and metadata files, of hidden and of half-copied ones. */
export const isHidden = (name: string): boolean =>
  (name.startsWith('_') && !name.includes('=')) || name.startsWith('.') || name.endsWith('._COPYING_');

/** Finds the files that a path stands for: a file, a directory, or whatever matches a pattern. */
export class Listing {
  private readonly accepts: (name: string) => boolean;

  constructor(private readonly options: ListingOptions) {
    const { pathGlobFilter } = options;
    this.accepts = pathGlobFilter === undefined ? () => true : nameMatcher(pathGlobFilter);
  }

  /** The files that are there, in no order; of those that `isKnown` knows nothing more is asked. */
  async list(isKnown: (path: string) => boolean): Promise<FileFacts[]> {
    const found = new Set<string>();
    for (const { path, stats } of await this.roots()) {
      if (stats.isDirectory()) await this.walk(path, found);
      else if (stats.isFile() && this.accepts(basename(path))) found.add(path);
    }
    const unknown = [...found].filter((path) => !isKnown(path));
    const files: FileFacts[] = [];
    await forEachBounded(unknown, statsAtOnce, async (path) => {
      const stats = await statIfThere(path);
      if (stats?.isFile() === true) files.push(factsOf(path, stats));
    });
    return files;
  }

  private async roots(): Promise<{ path: string; stats: Stats }[]> {
    const { path, glob } = this.options;
    const literal = tidy(path);
    const paths = glob ? await expand(path) : [literal];
    const roots: { path: string; stats: Stats }[] = [];
    await forEachBounded(paths, statsAtOnce, async (one) => {
      const stats = await statIfThere(one);
      if (stats !== undefined) roots.push({ path: one, stats });
      else if (!glob) throw pathNotFound(path);
    });
    return roots;
  }

  private async walk(root: string, found: Set<string>): Promise<void> {
    const pending = [root];
    for (let dir = pending.pop(); dir !== undefined; dir = pending.pop()) {
      for (const entry of await entriesOf(dir)) {
        if (isHidden(entry.name)) continue;
        if (entry.isDirectory()) {
          if (this.options.recursiveFileLookup) pending.push(join(dir, entry.name));
        } else if (this.accepts(entry.name)) {
          found.add(join(dir, entry.name));
        }
      }
    }
  }
}

export function pathNotFound(path: string): SluiceError {
  const message = `fileSource: there is no '${path}'. Create it first; only a pattern (with * or ?) may match nothing yet.`;
  return new SluiceError('PATH_NOT_FOUND', message, { details: { path } });
}

export const factsOf = (path: string, { size, mtimeMs }: Stats): FileFacts => ({
  path,
  size,
  mtime: Math.round(mtimeMs * 1000) / 1000,
});

/** One spelling for each path, so that a file that is found twice is one file. */
function tidy(path: string): string {
  const normal = normalize(path);
  return normal.length > parse(normal).root.length && normal.endsWith(sep) ? normal.slice(0, -1) : normal;
}

/** The paths that a pattern matches. `**` stands for any number of folders. */
async function expand(pattern: string): Promise<string[]> {
  const found = new Set<string>();
  for (const one of expandBraces(pattern)) for (const path of await expandOne(one)) found.add(path);
  return [...found];
}

async function expandOne(pattern: string): Promise<string[]> {
  const root = isAbsolute(pattern) ? parse(pattern).root : '';
  let paths = [root];
  for (const part of pattern.slice(root.length).split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '**') paths = (await Promise.all(paths.map(foldersBelow))).flat();
    else if (hasWildcard(part)) paths = (await Promise.all(paths.map((path) => matchesIn(path, part)))).flat();
    else paths = paths.map((path) => join(path, unescape(part)));
  }
  return paths.map(tidy);
}

async function matchesIn(dir: string, part: string): Promise<string[]> {
  const matches = nameMatcher(part);
  const askedFor = isHidden(part);
  const entries = await entriesOf(dir);
  return entries.flatMap(({ name }) => (matches(name) && (askedFor || !isHidden(name)) ? join(dir, name) : []));
}

async function foldersBelow(dir: string): Promise<string[]> {
  const folders = (await entriesOf(dir)).filter((entry) => entry.isDirectory() && !isHidden(entry.name));
  const below = await Promise.all(folders.map(({ name }) => foldersBelow(join(dir, name))));
  return [dir, ...below.flat()];
}

/** What is in a directory; nothing if there is no such directory (any more). */
async function entriesOf(dir: string): Promise<Dirent[]> {
  try {
    return await readdir(dir === '' ? '.' : dir, { withFileTypes: true });
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    throw diskError(error, 'FILE_UNREADABLE', 'Listing', dir);
  }
}

/** With a callback, since a promise of `fs/promises` costs more than what it asks for. */
function statIfThere(path: string): Promise<Stats | undefined> {
  return new Promise((resolve, reject) => {
    statWithCallback(path, (error, stats) => {
      if (error === null) resolve(stats);
      else if (error.code === 'ENOENT' || error.code === 'ENOTDIR') resolve(undefined);
      else reject(diskError(error, 'FILE_UNREADABLE', 'Asking about', path));
    });
  });
}

import { type Dirent, type Stats, stat as statWithCallback } from 'node:fs';
import { opendir, readdir, realpath } from 'node:fs/promises';
import { basename, isAbsolute, join, normalize, parse, sep } from 'node:path';
import { diskError } from '../../../lib/durable.js';
import { SluiceError, systemCode } from '../../../lib/errors/index.js';
import { forEachBounded } from '../bounded.js';
import { isMergedName } from '../sink/names.js';
import { expandBraces, hasWildcard, nameMatcher, unescape } from './glob.js';
import { SparkMetadata } from './spark-metadata.js';

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
  /** Which files are part of the data; all if not given. */
  readonly belongs?: ((path: string) => boolean) | undefined;
  /** Told of each folder before it is listed. */
  readonly visit?: ((folder: string) => void) | undefined;
  /** Whether files go when they have been read. */
  readonly cleanSource?: 'archive' | 'delete' | 'off' | undefined;
}

/** How many questions the file system is asked at a time. */
const statsAtOnce = 32;

/** Names that are looked at together: enough to be quick, few enough to let others run in between. */
const portion = 1024;

/** A folder that is to be read, and where the symbolic links on the way to it really are, and lead to. */
interface Folder {
  readonly path: string;
  readonly links: readonly string[];
}

/** Names that no reader takes for data: of Spark's temporary and metadata files, of hidden and of half-copied ones. */
export const isHidden = (name: string): boolean =>
  (name.startsWith('_') && !name.includes('=')) || name.startsWith('.') || name.endsWith('._COPYING_');

/** Finds the files that a path stands for: a file, a directory, or whatever matches a pattern. */
export class Listing {
  private readonly accepts: (name: string) => boolean;
  private readonly metadata: SparkMetadata;
  /** Whether `_spark_metadata` tells which files there are; undecided as long as there is none. */
  private hasMetadata: boolean | undefined;

  constructor(private readonly options: ListingOptions) {
    const { path, pathGlobFilter } = options;
    this.metadata = new SparkMetadata(tidy(path));
    this.accepts = pathGlobFilter === undefined ? () => true : nameMatcher(pathGlobFilter);
  }

  /**
   * Passes on the files that are there, in no order; of those that `isKnown` knows nothing more is asked. Directories are
   * read in portions, so that none is too large. What a symbolic link leads to goes by the name of the link. In a
   * directory with `_spark_metadata` the files are those that are listed there.
   */
  async find(isKnown: (path: string) => boolean, takeAny: (file: FileFacts) => void): Promise<void> {
    const { path, glob, belongs } = this.options;
    const take = (file: FileFacts): void => {
      if (belongs?.(file.path) === false) return;
      checkNotMerged(file.path);
      takeAny(file);
    };
    if (!glob) {
      const literal = tidy(path);
      const stats = await statIfThere(literal);
      if (stats === undefined) throw pathNotFound(path);
      if (stats.isDirectory()) await this.findIn(literal, isKnown, take);
      else if (stats.isFile() && this.isWanted(literal) && !isKnown(literal)) takeAny(factsOf(literal, stats));
      return;
    }
    // A file may be matched itself, and lie in a folder that is.
    const found = new Set<string>();
    const takeOnce = (file: FileFacts): void => {
      if (found.has(file.path)) return;
      found.add(file.path);
      take(file);
    };
    const paths = await expand(path, this.options.visit);
    await forEachThere(paths, isKnown, async (one, stats) => {
      if (stats.isDirectory()) await this.walk(one, isKnown, takeOnce);
      else if (stats.isFile() && this.isWanted(one)) takeOnce(factsOf(one, stats));
    });
  }

  private async findIn(
    folder: string,
    isKnown: (path: string) => boolean,
    take: (file: FileFacts) => void,
  ): Promise<void> {
    if (this.hasMetadata === undefined && (await this.metadata.isThere())) this.hasMetadata = true;
    if (this.hasMetadata === undefined) {
      const found: FileFacts[] = [];
      await this.walk(folder, isKnown, (file) => found.push(file));
      if (found.length === 0) return;
      // It may have been made in between, before the files.
      this.hasMetadata = await this.metadata.isThere();
      if (!this.hasMetadata) found.forEach(take);
    } else if (!this.hasMetadata) await this.walk(folder, isKnown, take);
    if (!this.hasMetadata) return;
    this.checkStays();
    this.options.visit?.(this.metadata.folder);
    const wanted = (await this.metadata.list()).filter(({ path }) => this.isWanted(path) && !isKnown(path));
    // Times are those on the disk, like all others. One that is missing is missed when it is to be read.
    await forEachBounded(wanted, statsAtOnce, async (file) => {
      const stats = await statIfThere(file.path);
      take(stats === undefined ? file : factsOf(file.path, stats));
    });
  }

  /** The manifest would list what is not there any more. */
  private checkStays(): void {
    const { path, cleanSource = 'off' } = this.options;
    if (cleanSource === 'off') return;
    const message = `fileSource: '${path}' has a _spark_metadata, which lists its files: they have to stay. Leave out cleanSource.`;
    throw new SluiceError('UNSUPPORTED_PIPELINE', message, { details: { path, option: 'cleanSource' } });
  }

  private isWanted(path: string): boolean {
    return this.accepts(basename(path)) && this.options.belongs?.(path) !== false;
  }

  private async walk(root: string, isKnown: (path: string) => boolean, take: (file: FileFacts) => void): Promise<void> {
    const { recursiveFileLookup, visit } = this.options;
    const pending: Folder[] = [{ path: root, links: [] }];
    for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
      const { path, links } = folder;
      visit?.(path);
      for await (const entries of portionsOf(path)) {
        const candidates: string[] = [];
        for (const entry of entries) {
          const below = join(path, entry.name);
          if (isHidden(entry.name)) continue;
          if (entry.isDirectory()) {
            if (recursiveFileLookup) pending.push({ path: below, links });
            else if (entry.name.includes('=') && (await holdsFiles(below))) throw newPartition(below);
          } else if (this.accepts(entry.name) || (recursiveFileLookup && entry.isSymbolicLink())) {
            candidates.push(below);
          }
        }
        await forEachThere(candidates, isKnown, async (one, stats) => {
          if (stats.isFile() && this.isWanted(one)) take(factsOf(one, stats));
          else if (stats.isDirectory() && recursiveFileLookup) {
            const [here, target] = await Promise.all([realpath(path), realpath(one)]).catch(() => []);
            // One that leads back to where it was come from ends here.
            if (here === undefined || target === undefined) return;
            if ([...links, here].some((place) => isWithin(place, target))) return;
            pending.push({ path: one, links: [...links, here, target] });
          }
        });
      }
    }
  }
}

export function pathNotFound(path: string): SluiceError {
  const message = `fileSource: there is no '${path}'. Create it first; only a pattern (with * or ?) may match nothing yet.`;
  return new SluiceError('PATH_NOT_FOUND', message, { details: { path } });
}

/** Those that were there at the start are columns. */
function newPartition(path: string): SluiceError {
  const message =
    `fileSource: the folder '${path}' of a partition came up after the start, and the query has no such column. ` +
    'Move it away, or start anew, with another checkpoint. With recursiveFileLookup names of folders mean nothing.';
  return new SluiceError('SCHEMA_MISMATCH', message, { details: { path } });
}

/** What was read before may be in it, too. */
function checkNotMerged(path: string): void {
  if (!isMergedName(basename(path))) return;
  const message =
    `fileSource: '${path}' was merged by fileSink from files that may have been read before, so that rows would count ` +
    'twice. Directories that are compacted cannot be read as a stream: write this one without `compact`.';
  throw new SluiceError('UNSUPPORTED_PIPELINE', message, { details: { path } });
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
async function expand(pattern: string, visit: ListingOptions['visit']): Promise<string[]> {
  const found = new Set<string>();
  for (const one of expandBraces(pattern)) for (const path of await expandOne(one, visit)) found.add(path);
  return [...found];
}

async function expandOne(pattern: string, visit: ListingOptions['visit']): Promise<string[]> {
  const root = isAbsolute(pattern) ? parse(pattern).root : '';
  let paths = [root];
  for (const part of pattern.slice(root.length).split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '**') paths = (await Promise.all(paths.map((path) => foldersBelow(path, visit)))).flat();
    else if (hasWildcard(part)) paths = (await Promise.all(paths.map((path) => matchesIn(path, part, visit)))).flat();
    else paths = paths.map((path) => join(path, unescape(part)));
  }
  return paths.map(tidy);
}

async function matchesIn(dir: string, part: string, visit: ListingOptions['visit']): Promise<string[]> {
  const matches = nameMatcher(part);
  const askedFor = isHidden(part);
  visit?.(dir);
  const entries = await entriesOf(dir);
  return entries.flatMap(({ name }) => (matches(name) && (askedFor || !isHidden(name)) ? join(dir, name) : []));
}

async function foldersBelow(dir: string, visit: ListingOptions['visit']): Promise<string[]> {
  visit?.(dir);
  const folders = (await entriesOf(dir)).filter((entry) => entry.isDirectory() && !isHidden(entry.name));
  const below = await Promise.all(folders.map(({ name }) => foldersBelow(join(dir, name), visit)));
  return [dir, ...below.flat()];
}

/** What is in a directory; nothing if there is no such directory (any more). */
async function entriesOf(dir: string): Promise<Dirent[]> {
  try {
    return await readdir(dir === '' ? '.' : dir, { withFileTypes: true });
  } catch (error) {
    if (isGone(error)) return [];
    throw cannotList(error, dir);
  }
}

/** The same, some at a time. */
async function* portionsOf(dir: string): AsyncGenerator<Dirent[]> {
  try {
    let entries: Dirent[] = [];
    for await (const entry of await opendir(dir, { bufferSize: portion })) {
      if (entries.push(entry) < portion) continue;
      yield entries;
      entries = [];
    }
    yield entries;
  } catch (error) {
    if (!isGone(error)) throw cannotList(error, dir);
  }
}

async function holdsFiles(folder: string): Promise<boolean> {
  for await (const entries of portionsOf(folder)) {
    for (const entry of entries) {
      if (isHidden(entry.name)) continue;
      if (entry.isFile() || (entry.isDirectory() && (await holdsFiles(join(folder, entry.name))))) return true;
    }
  }
  return false;
}

/** Calls `act` for those of the paths that nobody knows and that are there. */
const forEachThere = (
  paths: readonly string[],
  isKnown: (path: string) => boolean,
  act: (path: string, stats: Stats) => Promise<void>,
): Promise<void> =>
  forEachBounded(paths, statsAtOnce, async (path) => {
    if (isKnown(path)) return;
    const stats = await statIfThere(path);
    if (stats !== undefined) await act(path, stats);
  });

const isGone = (error: unknown): boolean => ['ENOENT', 'ENOTDIR'].includes(systemCode(error) ?? '');

const cannotList = (error: unknown, dir: string): SluiceError => diskError(error, 'FILE_UNREADABLE', 'Listing', dir);

const isWithin = (path: string, folder: string): boolean =>
  path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);

/** With a callback, since a promise of `fs/promises` costs more than what it asks for. */
function statIfThere(path: string): Promise<Stats | undefined> {
  return new Promise((resolve, reject) => {
    statWithCallback(path, (error, stats) => {
      if (error === null) resolve(stats);
      // A link that leads to itself leads nowhere.
      else if (isGone(error) || error.code === 'ELOOP') resolve(undefined);
      else reject(diskError(error, 'FILE_UNREADABLE', 'Asking about', path));
    });
  });
}

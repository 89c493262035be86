import { type Dirent, opendirSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join, parse, sep } from 'node:path';
import { diskError } from '../../../lib/durable.js';
import { systemCode } from '../../../lib/errors/index.js';
import { expandBraces, hasWildcard, nameMatcher, unescape } from './glob.js';
import { isHidden } from './listing.js';

/** The folders below which partitions are looked for, and those of them that hold files. */
export interface FoundFolders {
  readonly roots: readonly string[];
  /** Sorted. */
  readonly leaves: readonly string[];
}

/** The folders below a path (or pattern) that hold files now. Looks at names only, and at no more of them than it needs. */
export function findFolders(path: string, glob: boolean): FoundFolders {
  const roots = new Set<string>();
  const leaves = new Set<string>();
  for (const found of glob ? expandBraces(path).flatMap(expand) : [path]) {
    const kind = kindOf(found);
    if (kind === 'folder') {
      roots.add(found);
      for (const folder of leavesBelow(found)) leaves.add(folder);
    } else if (kind === 'file') {
      roots.add(dirname(found));
      leaves.add(dirname(found));
    }
  }
  return { roots: [...roots], leaves: [...leaves].sort() };
}

function* leavesBelow(root: string): Generator<string> {
  const pending = [root];
  for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
    const { files, folders } = contentOf(folder);
    if (files) yield folder;
    for (const name of folders) pending.push(join(folder, name));
  }
}

/** What is at a path; undefined if that is nothing that can be read, such as a link that leads nowhere or to itself. */
function kindOf(path: string): 'file' | 'folder' | undefined {
  try {
    const stats = statSync(path);
    return stats.isDirectory() ? 'folder' : stats.isFile() ? 'file' : undefined;
  } catch (error) {
    if (isNothing(error)) return undefined;
    throw diskError(error, 'FILE_UNREADABLE', 'Asking about', path);
  }
}

/** The same of an entry of a folder. A link to a folder in which it lies is passed over. */
function kindIn(folder: string, entry: Dirent): 'file' | 'folder' | undefined {
  if (!entry.isSymbolicLink()) return entry.isDirectory() ? 'folder' : 'file';
  const link = join(folder, entry.name);
  const kind = kindOf(link);
  const leadsBack = kind === 'folder' && `${realpathSync(folder)}${sep}`.startsWith(`${realpathSync(link)}${sep}`);
  return leadsBack ? undefined : kind;
}

/** Whether there are files in a folder, and the folders in it. */
function contentOf(path: string): { files: boolean; folders: readonly string[] } {
  const folders: string[] = [];
  let files = false;
  try {
    // Where the file system counts it, a folder with two links has no folder in it: no need to look at all its names.
    const flat = statSync(path).nlink === 2;
    const directory = opendirSync(path, { bufferSize: 1024 });
    try {
      for (let entry = directory.readSync(); entry !== null; entry = directory.readSync()) {
        if (isHidden(entry.name)) continue;
        const kind = kindIn(path, entry);
        if (kind === 'folder') folders.push(entry.name);
        else if (kind === 'file') files = true;
        if (files && flat) break;
      }
    } finally {
      directory.closeSync();
    }
  } catch (error) {
    // It may be gone by now.
    if (!isNothing(error)) throw diskError(error, 'FILE_UNREADABLE', 'Listing', path);
  }
  return { files, folders };
}

function expand(pattern: string): string[] {
  const root = isAbsolute(pattern) ? parse(pattern).root : '';
  let paths = [root];
  for (const part of pattern.slice(root.length).split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '**') paths = paths.flatMap(foldersBelow);
    else if (hasWildcard(part)) paths = paths.flatMap((path) => matchesIn(path, part));
    else paths = paths.map((path) => join(path, unescape(part)));
  }
  return paths;
}

function matchesIn(folder: string, part: string): string[] {
  const matches = nameMatcher(part);
  const names = namesIn(folder).filter((name) => matches(name) && (isHidden(part) || !isHidden(name)));
  return names.map((name) => join(folder, name));
}

function foldersBelow(folder: string): string[] {
  const { folders } = contentOf(folder === '' ? '.' : folder);
  return [folder, ...folders.flatMap((name) => foldersBelow(join(folder, name)))];
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder === '' ? '.' : folder);
  } catch (error) {
    if (isNothing(error)) return [];
    throw diskError(error, 'FILE_UNREADABLE', 'Listing', folder);
  }
}

const isNothing = (error: unknown): boolean => ['ENOENT', 'ENOTDIR', 'ELOOP'].includes(systemCode(error) ?? '');

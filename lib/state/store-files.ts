import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { Json } from '../batch/index.js';
import { remove } from '../durable.js';
import { systemCode } from '../errors/index.js';
import type { ByteReader } from './bytes.js';
import type { StoreLayout } from './contract.js';
import { type ChangeVisitor, readChanges } from './entry-codec.js';
import { otherBackend } from './other-backend.js';
import { type Mark, corrupt, readFrames } from './frames.js';
import { decodeLayout } from './layout.js';

/**
 * Where a version of a store is found: the snapshot `base` (none if that is 0), over it the changes in the files from
 * `base` on, each up to its mark. It stands in the commit of the batch that made the version.
 */
export interface FilePointer {
  readonly base: number;
  readonly snapshot: Mark | null;
  readonly changes: readonly Mark[];
}

/** Throws CHECKPOINT_MISMATCH if another backend gave it. */
export function toPointer(name: string, json: Json): FilePointer {
  if (isFilePointer(json)) return json as unknown as FilePointer;
  throw otherBackend(name, 'lmdb', 'memory');
}

export const isFilePointer = (json: Json): boolean => typeof json === 'object' && json !== null && 'changes' in json;

export const fromPointer = (pointer: FilePointer): Json => pointer as unknown as Json;

/** The directory of a store: its name where that can be a file's, and something to tell similar ones apart. */
export function storeDirectory(stateDir: string, name: string): string {
  const readable = name.toLowerCase().replace(/[^a-z0-9]+/g, '-').slice(0, 40); // prettier-ignore
  return join(stateDir, `${readable}-${crc32(name).toString(16).padStart(8, '0')}`);
}

const fileName = /^(\d{8})\.(snapshot|changes)(\.tmp)?$/;

export const snapshotPath = (dir: string, index: number): string => pathOf(dir, index, 'snapshot');
export const changesPath = (dir: string, index: number): string => pathOf(dir, index, 'changes');

const pathOf = (dir: string, index: number, kind: string): string =>
  join(dir, `${String(index).padStart(8, '0')}.${kind}`);

/** Removes those files of a store for which it is said. */
export async function removeFiles(
  dir: string,
  goes: (index: number, kind: 'snapshot' | 'changes', unfinished: boolean) => boolean,
): Promise<void> {
  for (const name of await namesIn(dir)) {
    const match = fileName.exec(name);
    if (match === null) continue;
    const [, index, kind, unfinished] = match;
    if (goes(Number(index), kind as 'snapshot' | 'changes', unfinished !== undefined)) await remove(join(dir, name));
  }
}

async function namesIn(dir: string): Promise<readonly string[]> {
  try {
    return await readdir(dir);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw error;
  }
}

/**
 * Goes through what makes a version of a store, in order; a key may come several times, and the last one counts. Reads
 * only. Throws CHECKPOINT_CORRUPT.
 */
export async function readVersion(
  dir: string,
  { base, snapshot, changes }: FilePointer,
  begin: (layout: StoreLayout) => ChangeVisitor,
): Promise<void> {
  let visitor: ChangeVisitor | undefined;
  const readFile = async (path: string, mark: Mark): Promise<void> => {
    let position = 0;
    for await (const bytes of readFrames(path, mark)) {
      try {
        if (position === 0) {
          const layout = decodeLayout(bytes.text(), path);
          visitor ??= begin(layout);
        } else {
          readChanges(bytes, visitor!);
        }
      } catch (error) {
        if (error instanceof RangeError || error instanceof SyntaxError) {
          throw corrupt(path, position, 'a frame holds no entries', error);
        }
        throw error;
      }
      position += frameLength(bytes);
    }
  };
  if (snapshot !== null) await readFile(snapshotPath(dir, base), snapshot);
  for (const [i, mark] of changes.entries()) await readFile(changesPath(dir, base + i), mark);
}

const frameLength = (bytes: ByteReader): number => bytes.end + 8;

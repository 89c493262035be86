import { createRequire } from 'node:module';
import type * as Lmdb from 'lmdb';
import { missingPackage } from '../errors/missing-package.js';

export type Database = Lmdb.Database<Buffer, Buffer>;
export type Environment = Lmdb.RootDatabase<Buffer, Buffer>;

/** Bytes under bytes. */
export const raw = { encoding: 'binary', keyEncoding: 'binary' } as const;

/** How many databases a file may have: four a store. */
const maxDbs = 4096;

/** The optional package `lmdb`, loaded when it is asked for. Throws MISSING_PACKAGE. */
export function lmdbPackage(): typeof Lmdb {
  try {
    return createRequire(import.meta.url)('lmdb') as typeof Lmdb;
  } catch (error) {
    throw missingPackage(error, 'State in lmdb needs', 'lmdb');
  }
}

export function openEnvironment(lmdb: typeof Lmdb, path: string, readOnly = false): Environment {
  // A commit waits for the disk.
  return lmdb.open<Buffer, Buffer>({ path, noSubdir: true, maxDbs, overlappingSync: false, readOnly, ...raw });
}

import { createRequire } from 'node:module';
import type * as Lmdb from 'lmdb';
import { SluiceError, systemCode } from '../errors/index.js';

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
    const missing = ['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND'].includes(systemCode(error) ?? '');
    const why = missing ? 'which is not installed' : 'which cannot be loaded';
    const message = `State in lmdb needs the package lmdb, ${why}. Install it: npm install lmdb`;
    throw new SluiceError('MISSING_PACKAGE', message, { cause: error, details: { package: 'lmdb' } });
  }
}

export function openEnvironment(lmdb: typeof Lmdb, path: string, readOnly = false): Environment {
  // A commit waits for the disk.
  return lmdb.open<Buffer, Buffer>({ path, noSubdir: true, maxDbs, overlappingSync: false, readOnly, ...raw });
}

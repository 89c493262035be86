import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { SluiceError, systemCode } from '../errors/index.js';
import { readSegment, segmentFile, segmentsOf } from './checkpoint-log.js';
import { Snapshot } from './snapshot.js';

/** What a query had done after a batch. */
export interface Done {
  readonly snapshot: Snapshot;
  /** The last batch that is committed; null: none. */
  readonly batchId: number | null;
}

/**
 * Reads from the log what a query had done after a batch, by default the last; the query may be running. Throws
 * PATH_NOT_FOUND, CHECKPOINT_CORRUPT, and INVALID_OPTION for a batch that is not in the log.
 */
export async function readLog(dir: string, batchId?: number): Promise<Done> {
  const segments = segmentsOf(await namesIn(dir));
  if (segments.length === 0) throw notFound(dir);
  const from = segments.findLast((first) => batchId === undefined || first <= batchId + 1);
  if (from === undefined) throw unknownBatch(dir, batchId!);
  const path = join(dir, segmentFile(from));
  const { records } = await readSegment(path);
  const snapshot = new Snapshot();
  let last: number | null = from === 0 ? null : from - 1;
  for (const record of records) {
    const isBegun = record.type === 'plan' || record.type === 'commit' || record.type === 'reserve';
    if (isBegun && batchId !== undefined && last === batchId) break;
    snapshot.apply(record, path);
    if (record.type === 'commit') last = record.id;
  }
  if (batchId !== undefined && last !== batchId) throw unknownBatch(dir, batchId);
  return { snapshot, batchId: last };
}

async function namesIn(dir: string): Promise<readonly string[]> {
  try {
    return await readdir(dir);
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') throw notFound(dir);
    throw error;
  }
}

const notFound = (dir: string): SluiceError =>
  new SluiceError('PATH_NOT_FOUND', `There is no checkpoint in ${dir}.`, { details: { path: dir } });

const unknownBatch = (dir: string, batchId: number): SluiceError =>
  new SluiceError('INVALID_OPTION', `The checkpoint ${dir} does not know a batch ${batchId}, or no longer.`, {
    details: { path: dir, batchId },
  });

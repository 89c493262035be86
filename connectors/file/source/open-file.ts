import type { Table } from '../../../lib/columns/index.js';
import { diskError } from '../../../lib/durable.js';
import { SluiceError, systemCode } from '../../../lib/errors/index.js';
import type { MalformedCounts } from '../format.js';
import type { FileFacts } from './listing.js';

/** What is to be read of a file. Positions are bytes (csv, json, text) or rows (parquet). */
export interface PieceRequest {
  readonly from: number;
  /** Where to stop at the latest; the end of the file if not given. */
  readonly until?: number | undefined;
  /** Stop at the first record boundary at which one of these is reached. */
  readonly rows: number;
  readonly bytes: number;
}

export interface Piece {
  readonly tables: readonly Table[];
  /** Where the next record begins. */
  readonly position: number;
  /** Whether nothing follows. */
  readonly atEnd: boolean;
  /** What counts for the bound of a batch: bytes of the file (csv, json, text) or of memory (parquet). */
  readonly bytes: number;
  readonly malformed: number;
  /** How many of these there were for each reason, where there are several. */
  readonly reasons?: MalformedCounts | undefined;
  /** Rows with values that have no column. */
  readonly rescued?: number;
  /** Rows between `from` and `position` that were passed over unread. */
  readonly skipped: number;
}

/** A file that is being read. Pieces are asked for one after the other. */
export interface OpenFile {
  /** As of when it was opened. */
  readonly facts: FileFacts;
  read(request: PieceRequest): Promise<Piece>;
  close(): Promise<void>;
}

/** Throws FILE_CHANGED unless a file still is what it was when it was planned. */
export function checkUnchanged(planned: FileFacts, found: FileFacts): void {
  if (planned.size === found.size && planned.mtime === found.mtime) return;
  const shrank = found.size < planned.size;
  throw changed(planned, `it ${shrank ? 'has shrunk' : 'has been replaced or written to'}: now ${show(found)}`, found);
}

export function vanished(planned: FileFacts, cause: unknown): SluiceError {
  return changed(planned, 'it is gone', undefined, cause);
}

function changed(planned: FileFacts, how: string, found?: FileFacts, cause?: unknown): SluiceError {
  const message =
    `Reading '${planned.path}': when it was found it had ${show(planned)}, and ${how}. Files must appear whole (be ` +
    'renamed into place) and stay as they are until they have been read. Put the file back, or give changed data a new name.';
  const details = { path: planned.path, planned, found: found ?? null };
  return new SluiceError('FILE_CHANGED', message, { details, ...(cause === undefined ? {} : { cause }) });
}

const show = ({ size, mtime }: FileFacts): string =>
  `${size} bytes, modified ${new Date(mtime).toISOString()} (${mtime} ms)`;

/** What is thrown when a file that was found cannot be opened or read. */
export function unreadable(error: unknown, file: FileFacts): SluiceError {
  if (systemCode(error) === 'ENOENT') return vanished(file, error);
  return diskError(error, 'FILE_UNREADABLE', 'Reading', file.path);
}

/** Thrown to whoever reads while the source is being closed. */
export const closedWhileReading = (path: string): SluiceError =>
  new SluiceError('QUERY_STOPPED', `Reading '${path}': the query has ended.`);

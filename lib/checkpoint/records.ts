import { crc32 } from 'node:zlib';
import type { Json } from '../batch/index.js';
import type { BatchCommit, BatchPlan } from '../context/index.js';

/** The version of the files in a checkpoint. */
export const formatVersion = 1;

/** One line of a checkpoint's log. */
export type LogRecord =
  /** The first of a segment: what the query had done when the segment began. */
  | {
      readonly type: 'segment';
      readonly format: number;
      readonly query: string;
      readonly nextBatch: number;
      readonly watermark: number | null;
    }
  | { readonly type: 'source'; readonly name: string; readonly kind: string; readonly offset: Json }
  | { readonly type: 'memory'; readonly source: string; readonly entries: readonly Json[] }
  | { readonly type: 'state'; readonly name: string; readonly value: Json }
  /** The end of the segment's beginning; what follows was appended. */
  | { readonly type: 'ready' }
  | ({ readonly type: 'plan' } & BatchPlan)
  | ({ readonly type: 'commit' } & BatchCommit)
  | { readonly type: 'reserve'; readonly id: number };

/** A record as a line: the CRC-32 of the JSON in eight hex digits, a space, the JSON. */
export function encodeRecord(record: LogRecord): string {
  const json = JSON.stringify(record);
  return `${checksum(json)} ${json}\n`;
}

const checksum = (text: string | Uint8Array): string => crc32(text).toString(16).padStart(8, '0');

/** What a log file holds. */
export interface Decoded {
  readonly records: readonly LogRecord[];
  /** Where the last whole record ends. */
  readonly length: number;
  /** What does not read as records: a tail that a crash tore, or damage. */
  readonly rest: 'nothing' | 'torn' | 'damaged';
}

const newline = 10;

/**
 * Reads records up to the first that is not whole. A crash leaves a tail without a line end, or one with zeros where
 * blocks never reached the disk: that is torn, and was never acted on. A line that is whole but has another checksum
 * was changed after it was written: that is damage.
 */
export function decodeRecords(bytes: Buffer): Decoded {
  const records: LogRecord[] = [];
  let at = 0;
  while (at < bytes.length) {
    const end = bytes.indexOf(newline, at);
    const record = end < 0 ? undefined : decodeLine(bytes.subarray(at, end));
    if (record === undefined) return { records, length: at, rest: isTorn(bytes, at, end) ? 'torn' : 'damaged' };
    records.push(record);
    at = end + 1;
  }
  return { records, length: at, rest: 'nothing' };
}

function decodeLine(line: Buffer): LogRecord | undefined {
  if (line.length < 10 || line[8] !== 32) return undefined;
  const json = line.subarray(9);
  if (line.toString('latin1', 0, 8) !== checksum(json)) return undefined;
  return JSON.parse(json.toString('utf8')) as LogRecord;
}

function isTorn(bytes: Buffer, from: number, end: number): boolean {
  if (end < 0) return true;
  const last = end === bytes.length - 1;
  return (last && hasHole(bytes, from, end)) || bytes.subarray(from).every((b) => b === 0);
}

/** What disks write at once; blocks of file systems are some of them. */
const sectorBytes = 512;

/**
 * Whether a part of a line is zeros as a block leaves it that was never written: from where the line or a sector begins
 * to where a sector ends. Other zeros are damage.
 */
function hasHole(bytes: Buffer, from: number, end: number): boolean {
  for (let at = bytes.indexOf(0, from); at >= 0 && at < end; at = bytes.indexOf(0, at)) {
    const start = at;
    while (bytes[at] === 0) at++;
    if ((start === from || start % sectorBytes === 0) && at % sectorBytes === 0) return true;
  }
  return false;
}

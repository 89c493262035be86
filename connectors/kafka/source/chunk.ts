import type { FetchAnswer } from '../client/contract.js';
import type { AbortedTransaction } from '../records/index.js';
import { at, lengthEnd, magic } from '../records/layout.js';

/** What one fetch brought of a partition: everything in `[from, next)`. */
export interface Chunk {
  readonly from: number;
  readonly next: number;
  /** Record batches; undefined for offsets that are lost. */
  readonly bytes: Buffer | undefined;
  readonly aborted: readonly AbortedTransaction[];
  /** Says that it is read. */
  readonly release?: () => void;
}

/** Where one ends that nothing may follow: who reads it is told what is wrong with it. */
export const nowhere = Number.MAX_SAFE_INTEGER;

/** The whole record batches of an answer to a fetch from the offset `from`; undefined if there is none. */
export function chunkOf({ bytes, aborted, release }: FetchAnswer, from: number): Chunk | undefined {
  let place = 0;
  let next = from;
  while (place + at.records <= bytes.length) {
    const size = lengthEnd + bytes.readInt32BE(place + at.length);
    const last = bytes.readInt32BE(place) * 0x100000000 + bytes.readUInt32BE(place + 4) + lastDelta(bytes, place);
    if (bytes[place + at.magic] !== magic || size < at.records || !Number.isSafeInteger(last)) {
      return { from, next: nowhere, bytes, aborted, release };
    }
    if (place + size > bytes.length) break;
    next = Math.max(next, last + 1);
    place += size;
  }
  return next === from ? undefined : { from, next, bytes: bytes.subarray(0, place), aborted, release };
}

const lastDelta = (bytes: Buffer, place: number): number => bytes.readInt32BE(place + at.lastOffsetDelta);

/** How many bytes the first record batch takes; 0 if the answer does not say. */
export const firstBatchBytes = (bytes: Buffer): number =>
  bytes.length < lengthEnd ? 0 : lengthEnd + Math.max(0, bytes.readInt32BE(at.length));

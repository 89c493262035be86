import { at, control, lengthEnd, transactional } from './layout.js';

/** A batch as it is in a log, its records left alone. */
export interface BatchHead {
  /** All of it. A view of what was fetched. */
  readonly bytes: Buffer;
  /** The offset of its last record. */
  readonly last: number;
  readonly producerId: bigint;
  readonly isTransactional: boolean;
  /** How a transaction of the producer ended, if this is the marker that says so. */
  readonly ends: 'commit' | 'abort' | undefined;
}

/** The batches of what was fetched, without the one that is cut off. */
export function* batchHeads(bytes: Buffer): Generator<BatchHead> {
  for (let from = 0; from + at.records <= bytes.length;) {
    const end = from + lengthEnd + bytes.readInt32BE(from + at.length);
    if (end > bytes.length) return;
    const batch = bytes.subarray(from, end);
    const attributes = batch.readInt16BE(at.attributes);
    yield {
      bytes: batch,
      last: Number(batch.readBigInt64BE(at.baseOffset)) + batch.readInt32BE(at.lastOffsetDelta),
      producerId: batch.readBigInt64BE(at.producerId),
      isTransactional: (attributes & transactional) !== 0,
      ends: (attributes & control) === 0 ? undefined : endOf(batch),
    };
    from = end;
  }
}

/** The key of a marker is a version and a type, 2 bytes each. */
function endOf(batch: Buffer): BatchHead['ends'] {
  // Its length; then, behind its attributes, its time, place and the length of its key.
  let key = numberEnd(batch, at.records) + 1;
  for (let i = 0; i < 3; i++) key = numberEnd(batch, key);
  const type = batch.length < key + 4 ? undefined : batch.readInt16BE(key + 2);
  return type === 0 ? 'abort' : type === 1 ? 'commit' : undefined;
}

function numberEnd(bytes: Buffer, from: number): number {
  let end = from;
  while (bytes[end]! >= 0x80) end++;
  return end + 1;
}

import type { Words } from './bytes-builder.js';
import type { RecordRows } from './rows.js';

/** The head of a batch, as far as its records need it. */
export interface Batch {
  /** The offset of the first record that was ever in it, and of the last. */
  readonly base: number;
  readonly last: number;
  /** The offsets that are wanted, `until` left out. */
  readonly from: number;
  readonly until: number;
  readonly count: number;
  readonly baseTimestamp: number;
  /** The timestamp of all of them, if the broker gave it. */
  readonly appendTime: number | undefined;
}

/** The shortest record: its length, attributes, two differences, two lengths, a number of headers. */
const minRecordBytes = 7;

/** Where the number ends that was read last. */
let after = 0;

/** Adds the records of a batch. Throws a plain Error for what is wrong with them. */
export function appendRecords(rows: RecordRows, body: Buffer, batch: Batch): void {
  const { appendTime, base, baseTimestamp, count, from, last, until } = batch;
  if (count < 0 || count > body.length / minRecordBytes) throw new Error(`it cannot hold ${count} records`);
  rows.reserve(count, body.length);
  const { headers, keys, values } = rows;
  // The records are put behind the values, and read there: a value moves down within one buffer, which is the fastest
  // way to copy it, and never onto what is still to be read.
  const { buffer } = values;
  const { bytes } = buffer;
  let to = values.end;
  let i = to;
  const end = to + body.length;
  bytes.set(body, to);
  let previous = base - 1;
  for (let record = 0; record < count; record++) {
    const length = readInt(bytes, i, end);
    const recordEnd = after + length;
    if (length < 0 || recordEnd > end) throw new Error(`record ${record} is cut off`);
    // Its attributes, which mean nothing yet.
    i = after + 1;
    const millis = baseTimestamp + readLong(bytes, i, recordEnd);
    const offset = base + readInt(bytes, after, recordEnd);
    if (offset <= previous || offset > last) throw new Error(`record ${record} has the offset ${offset}`);
    previous = offset;
    const keyLength = readInt(bytes, after, recordEnd);
    const key = after;
    i = keyLength > 0 ? key + keyLength : key;
    const valueLength = readInt(bytes, i, recordEnd);
    const value = after;
    i = valueLength > 0 ? value + valueLength : value;
    const numHeaders = readInt(bytes, i, recordEnd);
    i = after;
    const isWanted = offset >= from && offset < until;
    if (numHeaders !== 0) {
      if (numHeaders < 0) throw new Error(`record ${record} has ${numHeaders} headers`);
      i = readHeaders(isWanted ? headers : undefined, buffer, i, recordEnd, numHeaders);
    }
    if (i !== recordEnd) throw new Error(`record ${record} is not as long as it says`);
    if (!isWanted) continue;
    if (keyLength < 0) keys.addNull();
    else keys.add(buffer, key, key + keyLength);
    if (valueLength < 0) {
      values.addNull();
    } else {
      bytes.copyWithin(to, value, value + valueLength);
      to += valueLength;
      values.addUntil(to);
    }
    headers?.addRow();
    rows.place(offset, appendTime ?? millis);
  }
  if (i !== end) throw new Error('something follows its records');
}

function readHeaders(headers: RecordRows['headers'], buffer: Words, from: number, end: number, count: number): number {
  const { bytes } = buffer;
  // A header takes 2 bytes at least.
  if (count > (end - from) / 2) throw new Error(`it cannot hold ${count} headers`);
  headers?.keys.reserve(count, 0);
  headers?.values.reserve(count, 0);
  let i = from;
  for (let header = 0; header < count; header++) {
    const keyLength = readInt(bytes, i, end);
    const key = after;
    if (keyLength < 0) throw new Error('a header has no key');
    const valueLength = readInt(bytes, key + keyLength, end);
    const value = after;
    i = valueLength > 0 ? value + valueLength : value;
    if (i > end) throw new Error('a header is cut off');
    if (headers === undefined) continue;
    headers.keys.add(buffer, key, key + keyLength);
    if (valueLength < 0) headers.values.addNull();
    else headers.values.add(buffer, value, value + valueLength);
  }
  return i;
}

/** A number of 32 bits, small ones of either sign in few bytes; it ends before `end`. Sets `after`. */
function readInt(bytes: Buffer, i: number, end: number): number {
  if (i >= end) throw new Error('a record is cut off');
  const first = bytes[i]!;
  if (first < 0x80) {
    after = i + 1;
    return (first >>> 1) ^ -(first & 1);
  }
  let value = first & 0x7f;
  for (let k = 1; k < 5 && i + k < end; k++) {
    const byte = bytes[i + k]!;
    value |= (byte & 0x7f) << (7 * k);
    if (byte < 0x80) {
      after = i + k + 1;
      return (value >>> 1) ^ -(value & 1);
    }
  }
  throw new Error('a number does not end');
}

/** The same of 64 bits; beyond 2^53 it is not exact. */
function readLong(bytes: Buffer, i: number, end: number): number {
  let value = 0;
  let scale = 1;
  for (let k = i; k < i + 10 && k < end; k++) {
    const byte = bytes[k]!;
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) {
      after = k + 1;
      return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
    }
    scale *= 128;
  }
  throw new Error('a number does not end');
}

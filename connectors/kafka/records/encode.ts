import { BytesColumn, type Column, type ListColumn, type StructColumn } from '../../../lib/columns/index.js';
import { SluiceError } from '../../../lib/errors/index.js';
import type { BufferPool } from '../buffer-pool.js';
import { type Words, copyBytes, wordsOf } from './bytes-builder.js';
import { compressRecords } from './compress.js';
import { crc32c } from './crc32c.js';
import { type CodecName, codecNames } from './expand.js';
import { at, lengthEnd, magic, transactional } from './layout.js';

/** The columns that records are made of. A key, a value or the value of a header may be missing. */
export interface RecordColumns {
  /** Strings or binaries; null if no record has a key. */
  readonly key: BytesColumn | null;
  readonly value: BytesColumn | null;
  /** Arrays of `{ key: string, value: binary }`; null if no record has headers. */
  readonly headers: ListColumn | null;
  /** Milliseconds since the epoch, of all records or of each. */
  readonly timestamp: number | Float64Array;
}

export interface BatchSettings {
  readonly compression: CodecName;
  /** Bytes of a batch before it is compressed. */
  readonly maxBytes: number;
  /** Where it goes, as errors name it. */
  readonly topic: string;
  /** Who writes, so that a broker knows a batch that it has already; null for who does not care. */
  readonly producer: BatchProducer | null;
  /** Memory for batches; who has sent one gives it back. Default new memory for each. */
  readonly buffers?: BufferPool;
}

export interface BatchProducer {
  readonly id: bigint;
  readonly epoch: number;
  /** The number of the first record of the batch within its partition. */
  readonly baseSequence: number;
  readonly isTransactional: boolean;
}

export interface EncodedBatch {
  readonly bytes: Buffer;
  /** The place in `rows` behind the last row that is in it. */
  readonly until: number;
}

/** The number of the record that comes `count` after that of `sequence`: they go round at 2^31. */
export const sequenceAfter = (sequence: number, count: number): number => (sequence + count) & 0x7fffffff;

const noProducer: BatchProducer = { id: -1n, epoch: -1, baseSequence: -1, isTransactional: false };

/**
 * A record batch of the rows at `rows[from]`, `rows[from + 1]`…: as many as it may hold. Throws RECORD_TOO_LARGE for a
 * row that does not fit alone, TYPE_MISMATCH for a header without a key, MISSING_PACKAGE as `compressRecords` does.
 */
export async function encodeBatch(
  columns: RecordColumns,
  rows: Int32Array,
  from: number,
  { buffers, compression, maxBytes, producer, topic }: BatchSettings,
): Promise<EncodedBatch> {
  const encoder = new RecordEncoder(columns, rows, from);
  const until = encoder.measure(maxBytes, topic);
  const plain = buffers?.take(encoder.totalBytes) ?? Buffer.allocUnsafeSlow(encoder.totalBytes);
  const maxTimestamp = encoder.write(wordsOf(plain));
  let bytes = plain;
  if (compression !== 'none') {
    const records = await compressRecords(compression, plain.subarray(at.records));
    bytes = Buffer.concat([plain.subarray(0, at.records), records]);
    buffers?.give(plain);
  }
  const { baseSequence, epoch, id, isTransactional } = producer ?? noProducer;
  bytes.writeBigInt64BE(0n, at.baseOffset);
  bytes.writeInt32BE(bytes.length - lengthEnd, at.length);
  bytes.writeInt32BE(-1, at.leaderEpoch);
  bytes[at.magic] = magic;
  bytes.writeInt16BE(codecNames.indexOf(compression) | (isTransactional ? transactional : 0), at.attributes);
  bytes.writeInt32BE(until - from - 1, at.lastOffsetDelta);
  bytes.writeBigInt64BE(BigInt(encoder.baseTimestamp), at.baseTimestamp);
  bytes.writeBigInt64BE(BigInt(maxTimestamp), at.maxTimestamp);
  bytes.writeBigInt64BE(id, at.producerId);
  bytes.writeInt16BE(epoch, at.producerEpoch);
  bytes.writeInt32BE(baseSequence, at.baseSequence);
  bytes.writeInt32BE(until - from, at.count);
  bytes.writeInt32BE(crc32c(bytes, at.attributes, bytes.length), at.crc);
  return { bytes, until };
}

/** Bytes of a column, ready to be copied. */
interface Source {
  readonly column: BytesColumn;
  readonly offsets: Int32Array;
  readonly words: Words;
}

/** Measures records, then writes them. */
class RecordEncoder {
  readonly baseTimestamp: number;
  totalBytes: number = at.records;
  private readonly key: Source | null;
  private readonly value: Source | null;
  private readonly headers: Headers | null;
  private readonly timestamps: Float64Array | undefined;
  /** Bytes of each record behind its length. */
  private readonly sizes: number[] = [];

  constructor(
    { headers, key, timestamp, value }: RecordColumns,
    private readonly rows: Int32Array,
    private readonly from: number,
  ) {
    this.key = sourceOf(key);
    this.value = sourceOf(value);
    this.headers = headers === null ? null : new Headers(headers);
    this.timestamps = typeof timestamp === 'number' ? undefined : timestamp;
    this.baseTimestamp = typeof timestamp === 'number' ? timestamp : (timestamp[rows[from]!] ?? 0);
  }

  /** Finds how many rows fit into a batch of `maxBytes` for `topic`. Returns where in `rows` they end. */
  measure(maxBytes: number, topic: string): number {
    const { headers, key, rows, sizes, value } = this;
    for (let i = this.from; i < rows.length; i++) {
      const row = rows[i]!;
      const body =
        1 +
        longBytes(this.delta(row)) +
        intBytes(i - this.from) +
        valueBytes(key, row) +
        valueBytes(value, row) +
        (headers === null ? 1 : headers.measure(row));
      const size = intBytes(body) + body;
      if (this.totalBytes + size > maxBytes) {
        if (i > this.from) return i;
        throw tooLarge(row, at.records + size, maxBytes, topic);
      }
      sizes.push(body);
      this.totalBytes += size;
    }
    return rows.length;
  }

  /** Writes what was measured, behind room for the head. Returns the latest timestamp. */
  write(out: Words): number {
    const { from, headers, key, rows, sizes, value } = this;
    const { bytes } = out;
    let latest = 0;
    let to: number = at.records;
    for (let i = 0; i < sizes.length; i++) {
      const row = rows[from + i]!;
      to = writeInt(bytes, to, sizes[i]!);
      bytes[to++] = 0;
      const delta = this.delta(row);
      latest = Math.max(latest, delta);
      to = writeLong(bytes, to, delta);
      to = writeInt(bytes, to, i);
      to = writeValue(out, to, key, row);
      to = writeValue(out, to, value, row);
      if (headers === null) bytes[to++] = 0;
      else to = headers.write(out, to, row);
    }
    return this.baseTimestamp + latest;
  }

  private delta(row: number): number {
    return this.timestamps === undefined ? 0 : this.timestamps[row]! - this.baseTimestamp;
  }
}

class Headers {
  private readonly key: Source | null;
  private readonly value: Source | null;

  constructor(private readonly lists: ListColumn) {
    const [key, value] = (lists.child as StructColumn).children;
    this.key = sourceOf(key);
    this.value = sourceOf(value);
  }

  measure(row: number): number {
    const { lists } = this;
    if (!lists.isValid(row)) return 1;
    const first = lists.offsets[row]!;
    const end = lists.offsets[row + 1]!;
    let total = intBytes(end - first);
    for (let i = first; i < end; i++) {
      if (!this.key!.column.isValid(i)) throw keyless(row);
      total += valueBytes(this.key, i) + valueBytes(this.value, i);
    }
    return total;
  }

  write(out: Words, to: number, row: number): number {
    const { lists } = this;
    const isThere = lists.isValid(row);
    const first = isThere ? lists.offsets[row]! : 0;
    const end = isThere ? lists.offsets[row + 1]! : 0;
    to = writeInt(out.bytes, to, end - first);
    for (let i = first; i < end; i++) {
      to = writeValue(out, to, this.key, i);
      to = writeValue(out, to, this.value, i);
    }
    return to;
  }
}

/** Null for a column of nothing but nulls. */
function sourceOf(column: Column | null | undefined): Source | null {
  if (!(column instanceof BytesColumn)) return null;
  return { column, offsets: column.offsets, words: wordsOf(column.bytes) };
}

/** Bytes of a value with its length, which is -1 for what is missing. */
function valueBytes(source: Source | null, row: number): number {
  if (source === null || !source.column.isValid(row)) return 1;
  const length = source.offsets[row + 1]! - source.offsets[row]!;
  return intBytes(length) + length;
}

function writeValue(out: Words, to: number, source: Source | null, row: number): number {
  if (source === null || !source.column.isValid(row)) return writeInt(out.bytes, to, -1);
  const start = source.offsets[row]!;
  const end = source.offsets[row + 1]!;
  const value = writeInt(out.bytes, to, end - start);
  copyBytes(source.words, start, end, out, value);
  return value + end - start;
}

/** The bytes that `writeInt` writes. */
function intBytes(value: number): number {
  const zigzag = ((value << 1) ^ (value >> 31)) >>> 0;
  return zigzag < 0x80 ? 1 : zigzag < 0x4000 ? 2 : zigzag < 0x200000 ? 3 : zigzag < 0x10000000 ? 4 : 5;
}

/** Writes a number of 32 bits, small ones of either sign in few bytes. Returns where it ends. */
function writeInt(bytes: Buffer, to: number, value: number): number {
  let rest = ((value << 1) ^ (value >> 31)) >>> 0;
  for (; rest >= 0x80; rest >>>= 7) bytes[to++] = (rest & 0x7f) | 0x80;
  bytes[to++] = rest;
  return to;
}

const zigzagOf = (value: number): number => (value < 0 ? -2 * value - 1 : 2 * value);

function longBytes(value: number): number {
  let count = 1;
  for (let rest = zigzagOf(value); rest >= 0x80; rest = Math.floor(rest / 128)) count++;
  return count;
}

/** The same of numbers up to 2^52. */
function writeLong(bytes: Buffer, to: number, value: number): number {
  let rest = zigzagOf(value);
  for (; rest >= 0x80; rest = Math.floor(rest / 128)) bytes[to++] = (rest % 128) | 0x80;
  bytes[to++] = rest;
  return to;
}

function tooLarge(row: number, size: number, limit: number, topic: string): SluiceError {
  const message = `kafkaSink: row ${row} makes a message of ${size} bytes, more than the ${limit} that the topic '${topic}' takes (max.message.bytes).`;
  return new SluiceError('RECORD_TOO_LARGE', message, { details: { row, size, limit, topic } });
}

function keyless(row: number): SluiceError {
  const message = `kafkaSink: row ${row} has a header whose key is null. Give it a key, or leave the header out.`;
  return new SluiceError('TYPE_MISMATCH', message, { details: { row, column: 'headers' } });
}

import {
  BytesColumn,
  type Column,
  FixedColumn,
  ListColumn,
  StructColumn,
  Table,
  bitmapBytes,
  setBit,
  validityOf,
} from '../../../lib/columns/index.js';
import { binary, int, long, string, timestamp } from '../../../lib/schema/index.js';
import { BytesBuilder } from './bytes-builder.js';
import { headerType, headersType, recordSchema } from './schema.js';

/** Rows that came from one batch of records. */
interface Run {
  readonly topic: string;
  readonly partition: number;
  /** 0 if producers gave the timestamps, 1 if the broker did. */
  readonly timestampType: number;
  /** The row behind the last one. */
  readonly until: number;
}

/** Records that are read, as columns that grow: those of `recordSchema`. */
export class RecordRows {
  readonly keys = new BytesBuilder();
  readonly values = new BytesBuilder();
  readonly headers: HeaderRows | undefined;
  private offsets = new Int32Array(0);
  private times = new Int32Array(0);
  private readonly runs: Run[] = [];

  constructor(private readonly includeHeaders: boolean) {
    this.headers = includeHeaders ? new HeaderRows() : undefined;
  }

  get length(): number {
    return this.values.length;
  }

  /** Bytes of keys, values and headers. */
  get byteLength(): number {
    return this.keys.end + this.values.end + (this.headers?.byteLength ?? 0);
  }

  /** Makes room for the records of a batch, whose values are written over its bytes. */
  reserve(count: number, bytes: number): void {
    this.keys.reserve(count, 0);
    this.values.reserve(count, bytes);
    this.headers?.reserve(count);
    const words = 2 * (this.length + count);
    if (words <= this.offsets.length) return;
    const size = Math.max(words, 2 * this.offsets.length);
    this.offsets = grown(this.offsets, size);
    this.times = grown(this.times, size);
  }

  /** Adds what is beside key and value, which are added first: an offset, and milliseconds since the epoch. */
  place(offset: number, millis: number): void {
    const i = 2 * (this.length - 1);
    putLong(this.offsets, i, offset);
    if (Math.abs(millis) <= maxExactMillis) putLong(this.times, i, millis * 1000);
    else putBigint(this.times, i, BigInt(millis) * 1000n);
  }

  /** Says where the rows since the last call came from. */
  endBatch(topic: string, partition: number, timestampType: number): void {
    this.runs.push({ topic, partition, timestampType, until: this.length });
  }

  /** The rows as a table. They are not added to any more. */
  build(): Table {
    const { length } = this;
    const longs = (words: Int32Array<ArrayBuffer>): BigInt64Array => new BigInt64Array(words.buffer, 0, length);
    const columns: Column[] = [
      this.keys.build(binary()),
      this.values.build(binary()),
      this.topics(),
      new FixedColumn(
        int(),
        this.perRun((run) => run.partition),
      ),
      new FixedColumn(long(), longs(this.offsets)),
      new FixedColumn(timestamp(), longs(this.times)),
      new FixedColumn(
        int(),
        this.perRun((run) => run.timestampType),
      ),
    ];
    if (this.headers !== undefined) columns.push(this.headers.build());
    return new Table(recordSchema(this.includeHeaders), columns, length);
  }

  private perRun(valueOf: (run: Run) => number): Int32Array {
    const out = new Int32Array(this.length);
    let from = 0;
    for (const run of this.runs) {
      out.fill(valueOf(run), from, run.until);
      from = run.until;
    }
    return out;
  }

  private topics(): BytesColumn {
    const names = this.runs.map(({ topic }) => Buffer.from(topic));
    const offsets = new Int32Array(this.length + 1);
    let row = 0;
    this.runs.forEach(({ until }, k) => {
      for (; row < until; row++) offsets[row + 1] = offsets[row]! + names[k]!.length;
    });
    const bytes = new Uint8Array(offsets[this.length]!);
    let from = 0;
    this.runs.forEach(({ until }, k) => {
      Buffer.from(bytes.buffer).fill(names[k]!, from, offsets[until]);
      from = offsets[until]!;
    });
    return new BytesColumn(string(), offsets, bytes);
  }
}

/** The headers of records; null for a record that has none, as in Spark. */
export class HeaderRows {
  readonly keys = new BytesBuilder();
  readonly values = new BytesBuilder();
  private offsets = new Int32Array(1);
  private present = new Uint8Array(0);
  private length = 0;

  get byteLength(): number {
    return this.keys.end + this.values.end;
  }

  reserve(count: number): void {
    const needed = this.length + count;
    if (needed < this.offsets.length) return;
    const size = Math.max(needed + 1, 2 * this.offsets.length);
    this.offsets = grown(this.offsets, size);
    const present = new Uint8Array(bitmapBytes(size));
    present.set(this.present);
    this.present = present;
  }

  /** Adds a row, with the headers that were added since the last. */
  addRow(): void {
    const i = this.length++;
    this.offsets[i + 1] = this.keys.length;
    if (this.offsets[i + 1] !== this.offsets[i]) setBit(this.present, i);
  }

  build(): ListColumn {
    const { length, offsets, present } = this;
    const children = [this.keys.build(string()), this.values.build(binary())];
    const child = new StructColumn(headerType, this.keys.length, children);
    const valid = validityOf(present.slice(0, bitmapBytes(length)), length);
    return new ListColumn(headersType, offsets.subarray(0, length + 1), child, valid);
  }
}

/** Milliseconds whose microseconds are exact, too. */
const maxExactMillis = Math.floor(Number.MAX_SAFE_INTEGER / 1000);

const pair = new BigInt64Array(1);
const pairWords = new Int32Array(pair.buffer);

/** Writes a number of 64 bits in two halves: as a bigint each would be an object. */
function putLong(words: Int32Array, at: number, value: number): void {
  const high = Math.floor(value / 0x100000000);
  words[at] = value - high * 0x100000000;
  words[at + 1] = high;
}

function putBigint(words: Int32Array, at: number, value: bigint): void {
  pair[0] = value;
  words.set(pairWords, at);
}

function grown(from: Int32Array, length: number): Int32Array<ArrayBuffer> {
  const out = new Int32Array(length);
  out.set(from);
  return out;
}

import { SluiceError, messageOf } from '../../../lib/errors/index.js';
import { AbortedTransactions, type AbortedTransaction } from './aborted.js';
import { crc32c } from './crc32c.js';
import { appendRecords } from './decode.js';
import { TooLarge, expandRecords } from './expand.js';
import { at, codecMask, control, lengthEnd, logAppendTime, magic, transactional } from './layout.js';
import type { RecordRows } from './rows.js';

/** What a broker sent of one partition. */
export interface Fetched {
  readonly topic: string;
  readonly partition: number;
  /** Record batches, one after the other; the last one may be cut off. Left as they are. */
  readonly bytes: Buffer;
  /** The offset that was asked for: what comes before it is passed over. */
  readonly from: number;
  /** The offset behind the last one that is wanted. */
  readonly until: number;
  /** What the broker says of aborted transactions, whose records are passed over; empty when all is read. */
  readonly aborted: readonly AbortedTransaction[];
}

/** What a batch may take of memory, in bytes. */
export interface BatchLimits {
  /** As it was sent. Default 128 MiB; a broker takes 100 MiB at most, unless it is told otherwise. */
  readonly maxBatchBytes: number;
  /** Expanded. Default 256 MiB. */
  readonly maxDecompressedBytes: number;
}

/** Rows and one more batch are less than what a column can hold. */
const maxRowBytes = 1 << 30;

export const defaultLimits: BatchLimits = { maxBatchBytes: 128 << 20, maxDecompressedBytes: 256 << 20 };

/**
 * Reads record batches into rows, verifying their checksums. Markers of transactions, records of aborted ones, and what
 * is outside of the wanted range are passed over; offsets that compaction has left out are no error.
 */
export class RecordReader {
  private place = 0;
  private next: number;
  /** The last offset of the batch before. */
  private seen = -1;
  private readonly aborted: AbortedTransactions;

  constructor(
    private readonly fetched: Fetched,
    private readonly limits: BatchLimits = defaultLimits,
  ) {
    this.next = fetched.from;
    this.aborted = new AbortedTransactions(fetched.aborted);
  }

  /** The offset to fetch from next: everything before it was added to rows, or is not to be. */
  get position(): number {
    return Math.min(this.next, this.fetched.until);
  }

  /** The bytes of the batch that was cut off, as far as it tells them; 0 when none was. */
  get cutOff(): number {
    const { bytes } = this.fetched;
    const left = bytes.length - this.place;
    if (left === 0) return 0;
    return left < lengthEnd ? at.records : lengthEnd + bytes.readInt32BE(this.place + at.length);
  }

  /**
   * Adds records to `rows`, until they hold `maxBytes` (1 GiB at most) or there are no more. A batch is added as a
   * whole. Returns whether all that was fetched is read. Throws RECORDS_CORRUPT, DECOMPRESSED_TOO_LARGE (both with
   * topic, partition and offset) and MISSING_PACKAGE; the rows are of no use then.
   */
  async readInto(rows: RecordRows, maxBytes: number): Promise<boolean> {
    const enough = Math.min(maxBytes, maxRowBytes);
    while (rows.byteLength < enough || rows.length === 0) {
      const size = this.sizeOfNext();
      if (size === 0 || this.next >= this.fetched.until) return true;
      await this.readBatch(rows, size);
      this.place += size;
    }
    return this.sizeOfNext() === 0 || this.next >= this.fetched.until;
  }

  /** 0 when no whole batch follows. */
  private sizeOfNext(): number {
    const { bytes } = this.fetched;
    const left = bytes.length - this.place;
    if (left <= at.magic) return 0;
    if (bytes[this.place + at.magic] !== magic) {
      const found = bytes[this.place + at.magic]!;
      throw this.corrupt(`it is of format ${found}, not ${magic}, in which brokers write since Kafka 0.11`);
    }
    const size = this.cutOff;
    if (size < at.records || size > this.limits.maxBatchBytes) throw this.corrupt(`it has a length of ${size} bytes`);
    return size > left ? 0 : size;
  }

  private async readBatch(rows: RecordRows, size: number): Promise<void> {
    const { place } = this;
    const { bytes, from, partition, topic, until } = this.fetched;
    const base = this.longAt(place + at.baseOffset);
    const last = base + bytes.readInt32BE(place + at.lastOffsetDelta);
    if (base >= until) {
      // Nothing of it is wanted, and nothing after it.
      this.next = until;
      return;
    }
    if (crc32c(bytes, place + at.attributes, place + size) !== bytes.readInt32BE(place + at.crc)) {
      throw this.corrupt('its checksum does not fit');
    }
    if (last < base || base <= this.seen) throw this.corrupt(`it has the offsets ${base} to ${last}`);
    const attributes = bytes.readInt16BE(place + at.attributes);
    // Asked of each batch, as a marker counts wherever it is.
    const isPassedOver = this.isPassedOver(attributes, last);
    if (last >= from && !isPassedOver) {
      const count = bytes.readInt32BE(place + at.count);
      const body = await this.expand(attributes & codecMask, bytes.subarray(place + at.records, place + size));
      const isAppendTime = (attributes & logAppendTime) !== 0;
      const batch = {
        base,
        last,
        from,
        until,
        count,
        baseTimestamp: this.longAt(place + at.baseTimestamp),
        appendTime: isAppendTime ? this.longAt(place + at.maxTimestamp) : undefined,
      };
      try {
        appendRecords(rows, body, batch);
      } catch (error) {
        throw this.corrupt(messageOf(error), error);
      }
      rows.endBatch(topic, partition, isAppendTime ? 1 : 0);
    }
    this.seen = last;
    this.next = Math.max(this.next, last + 1);
  }

  private isPassedOver(attributes: number, last: number): boolean {
    const { bytes } = this.fetched;
    const isControl = (attributes & control) !== 0;
    if ((attributes & transactional) === 0) return isControl;
    const producer = bytes.readBigInt64BE(this.place + at.producerId);
    if (!isControl) return this.aborted.holds(producer, last);
    this.aborted.ends(producer, last);
    return true;
  }

  private async expand(codec: number, bytes: Buffer): Promise<Buffer> {
    const limit = this.limits.maxDecompressedBytes;
    try {
      return codec === 0 ? bytes : await expandRecords(codec, bytes, limit);
    } catch (error) {
      if (error instanceof SluiceError) throw error;
      if (!(error instanceof TooLarge))
        throw this.corrupt(`its records cannot be expanded: ${messageOf(error)}`, error);
      const message = `${this.batch()} holds more than maxDecompressedBytes, ${limit}, when it is expanded.`;
      throw new SluiceError('DECOMPRESSED_TOO_LARGE', message, { details: { ...this.details(), limit } });
    }
  }

  private longAt(i: number): number {
    const value = Number(this.fetched.bytes.readBigInt64BE(i));
    if (!Number.isSafeInteger(value)) throw this.corrupt(`it has a number past 2^53, ${value}`);
    return value;
  }

  private corrupt(reason: string, cause?: unknown): SluiceError {
    const message = `${this.batch()} cannot be read: ${reason}.`;
    return new SluiceError('RECORDS_CORRUPT', message, { cause, details: this.details() });
  }

  private batch(): string {
    const { partition, topic } = this.fetched;
    return `The record batch of topic '${topic}', partition ${partition}, offset ${this.next}`;
  }

  private details() {
    const { partition, topic } = this.fetched;
    return { topic, partition, offset: this.next };
  }
}

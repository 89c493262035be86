import { ByteReader, ByteWriter } from './bytes.js';
import { TupleCodec } from './codec.js';
import type { Entry, StoreLayout } from './contract.js';

/** What is to be done with the changes that are read. */
export interface ChangeVisitor {
  put(key: string, entry: string): unknown;
  remove(key: string): unknown;
}

/** The first character of an entry: whether its expiry follows. */
const [lasting, expiring] = [0, 1];

/**
 * Entries as texts of one byte a character: the expiry, if there is one, and the values. A text takes a third of the
 * memory of the values that it stands for, and is nothing to a garbage collector.
 */
export class EntryCodec {
  private readonly values: TupleCodec;
  private readonly out = new ByteWriter();
  private scratch = new ByteReader(Buffer.allocUnsafeSlow(1024));
  /** The expiry of the entry that was decoded last. */
  expiry: number | undefined;

  constructor({ value }: StoreLayout) {
    this.values = new TupleCodec(value.fields.map((f) => f.type));
  }

  encode(value: Entry, expiry: number | undefined): string {
    const { out } = this;
    out.clear();
    if (expiry === undefined) {
      out.byte(lasting);
    } else {
      out.byte(expiring);
      out.float64(expiry);
    }
    this.values.write(out, value);
    return out.latin1Slice(0, out.length);
  }

  decode(entry: string): Entry {
    const bytes = this.bytesOf(entry);
    this.expiry = bytes.byte() === expiring ? bytes.float64() : undefined;
    return this.values.read(bytes);
  }

  expiryOf(entry: string): number | undefined {
    if (entry.charCodeAt(0) !== expiring) return undefined;
    const bytes = this.bytesOf(entry);
    bytes.skip(1);
    return bytes.float64();
  }

  private bytesOf(entry: string): ByteReader {
    if (entry.length > this.scratch.buffer.length) {
      this.scratch = new ByteReader(Buffer.allocUnsafeSlow(entry.length * 2));
    }
    this.scratch.load(entry);
    return this.scratch;
  }
}

/** Appends what was put under a key, or that it was removed. */
export function writeChange(out: ByteWriter, key: string, entry: string | undefined): void {
  out.size(key.length);
  out.latin1(key);
  // No entry is empty.
  out.size(entry?.length ?? 0);
  if (entry !== undefined) out.latin1(entry);
}

/** Goes through all changes that `bytes` hold, in order. */
export function readChanges(bytes: ByteReader, visitor: ChangeVisitor): void {
  while (bytes.at < bytes.end) {
    const key = bytes.latin1(bytes.size());
    const length = bytes.size();
    if (length === 0) visitor.remove(key);
    else visitor.put(key, bytes.latin1(length));
  }
}

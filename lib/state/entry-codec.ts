import type { ByteReader } from './bytes.js';
import type { ByteWriter } from './bytes.js';
import { TupleCodec } from './codec.js';
import type { Entry, StoreLayout } from './contract.js';

/** What is to be done with the entries that are read. */
export interface EntryVisitor {
  put(key: string, value: Entry, expiry: number | undefined): void;
  remove(key: string): void;
}

/** An entry as a store holds it. */
export interface Held {
  readonly value: Entry;
  readonly expiry: number | undefined;
}

const kinds = { remove: 0, put: 1, putWithExpiry: 2 } as const;

/** Changes of a store as bytes: what was put under a key, or that it was removed. */
export class EntryCodec {
  private readonly values: TupleCodec;

  constructor({ value }: StoreLayout) {
    this.values = new TupleCodec(value.fields.map((f) => f.type));
  }

  /** @param held undefined: removed */
  write(out: ByteWriter, key: string, held: Held | undefined): void {
    if (held === undefined) {
      out.byte(kinds.remove);
      writeKey(out, key);
      return;
    }
    const { value, expiry } = held;
    out.byte(expiry === undefined ? kinds.put : kinds.putWithExpiry);
    writeKey(out, key);
    this.values.write(out, value);
    if (expiry !== undefined) out.float64(expiry);
  }

  /** Goes through all changes that `bytes` hold, in order. */
  read(bytes: ByteReader, visitor: EntryVisitor): void {
    while (bytes.at < bytes.end) {
      const kind = bytes.byte();
      const key = bytes.latin1(bytes.size());
      if (kind === kinds.remove) {
        visitor.remove(key);
      } else {
        const value = this.values.read(bytes);
        visitor.put(key, value, kind === kinds.putWithExpiry ? bytes.float64() : undefined);
      }
    }
  }
}

function writeKey(out: ByteWriter, key: string): void {
  out.size(key.length);
  out.latin1(key);
}

import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { ByteReader, ByteWriter } from './bytes.js';
import { readChanges, writeChange } from './entry-codec.js';
import { corrupt } from './frames.js';
import { type Database, type Environment, raw } from './lmdb.js';

/** What stands beside the entries of a store. */
export interface StoreHead {
  /** The layout, as `encodeLayout` writes it. */
  readonly layout: string;
  /** Counts the batches that changed the store. */
  readonly version: number;
  readonly count: number;
}

const headKey = Buffer.from('head');

/** A longer key is kept under its hash: LMDB takes no key of more than 1978 bytes. */
const longestKey = 1000;

const [short, hashed] = [0, 1];

/**
 * The databases of a store: its entries, each behind a checksum of key and entry; the keys by expiry; and for each of
 * the last versions what undoes it.
 */
export class LmdbTables {
  private readonly entries: Database;
  private readonly byExpiry: Database;
  private readonly undos: Database;
  private readonly heads: Database;

  private constructor(
    private readonly path: string,
    tables: readonly Database[],
  ) {
    [this.entries, this.byExpiry, this.undos, this.heads] = tables as [Database, Database, Database, Database];
  }

  /** Undefined if there is no such store and none may be made. */
  static open(path: string, environment: Environment, name: string): LmdbTables | undefined {
    const tables = ['entries', 'expiry', 'undo', 'head'].map((kind) =>
      environment.openDB({ name: `${kind}:${name}`, ...raw }),
    );
    return tables.some((table: Database | undefined) => table === undefined) ? undefined : new LmdbTables(path, tables);
  }

  get head(): StoreHead | undefined {
    const bytes = this.heads.get(headKey);
    return bytes === undefined ? undefined : (JSON.parse(this.checked(headKey, bytes)) as StoreHead);
  }

  set head(head: StoreHead) {
    void this.heads.put(headKey, sealed(headKey, Buffer.from(JSON.stringify(head)).toString('latin1')));
  }

  get(key: string): string | undefined {
    const physical = physicalKey(key);
    const bytes = this.entries.get(physical);
    return bytes === undefined ? undefined : this.entryIn(physical, bytes)[1];
  }

  /** Inside a transaction. */
  set(key: string, entry: string | undefined): void {
    const physical = physicalKey(key);
    if (entry === undefined) void this.entries.remove(physical);
    else void this.entries.put(physical, sealed(physical, physical[0] === short ? entry : withKey(key, entry)));
  }

  *all(): Generator<readonly [key: string, entry: string]> {
    for (const { key, value } of this.entries.getRange({})) yield this.entryIn(key, value);
  }

  private entryIn(physical: Buffer, bytes: Buffer): readonly [key: string, entry: string] {
    const text = this.checked(physical, bytes);
    if (physical[0] === short) return [physical.toString('latin1', 1), text];
    const reader = new ByteReader(Buffer.from(text, 'latin1'));
    const key = reader.latin1(reader.size());
    return [key, reader.latin1(reader.end - reader.at)];
  }

  private checked(key: Buffer, bytes: Buffer): string {
    if (bytes.length >= 4 && bytes.readUInt32LE() === crc32(bytes.subarray(4), crc32(key))) {
      return bytes.toString('latin1', 4);
    }
    throw corrupt(this.path, 0, `the entry under ${key.toString('hex').slice(0, 60)} does not match its checksum`);
  }

  /** Inside a transaction. */
  list(expiry: number, key: string): void {
    void this.byExpiry.put(expiryKey(expiry, key), Buffer.from(key, 'latin1'));
  }

  /** Inside a transaction. */
  unlist(expiry: number, key: string): void {
    void this.byExpiry.remove(expiryKey(expiry, key));
  }

  /** The keys that expire, the earliest first. */
  *expiring(): Generator<readonly [key: string, expiry: number]> {
    for (const { key, value } of this.byExpiry.getRange({})) yield [value.toString('latin1'), expiryIn(key)];
  }

  /** What the entries were before a version was made. */
  undo(version: number): (readonly [key: string, entry: string | undefined])[] | undefined {
    const bytes = this.undos.get(versionKey(version));
    if (bytes === undefined) return undefined;
    const before: (readonly [string, string | undefined])[] = [];
    readChanges(new ByteReader(Buffer.from(this.checked(versionKey(version), bytes), 'latin1')), {
      put: (key, entry) => before.push([key, entry]),
      remove: (key) => before.push([key, undefined]),
    });
    return before;
  }

  /** Inside a transaction. */
  setUndo(version: number, changes: readonly { readonly key: string; readonly before: string | undefined }[]): void {
    const out = new ByteWriter();
    for (const { key, before } of changes) writeChange(out, key, before);
    void this.undos.put(versionKey(version), sealed(versionKey(version), out.latin1Slice(0, out.length)));
  }

  /** Inside a transaction: versions up to this one cannot be undone any more. */
  forgetUndos(upTo: number): void {
    if (upTo < 0) return;
    const old = [...this.undos.getKeys({ end: versionKey(upTo + 1) })];
    for (const key of old) void this.undos.remove(key);
  }

  /** Inside a transaction: nothing is there. */
  empty(): void {
    for (const table of [this.entries, this.byExpiry, this.undos, this.heads]) table.clearSync();
  }
}

/** The value with a checksum over its key and itself before it. */
function sealed(key: Buffer, value: string): Buffer {
  const bytes = Buffer.allocUnsafe(4 + value.length);
  bytes.write(value, 4, 'latin1');
  bytes.writeUInt32LE(crc32(bytes.subarray(4), crc32(key)));
  return bytes;
}

function physicalKey(key: string): Buffer {
  if (key.length <= longestKey) {
    const bytes = Buffer.allocUnsafe(key.length + 1);
    bytes[0] = short;
    bytes.write(key, 1, 'latin1');
    return bytes;
  }
  return Buffer.concat([Buffer.of(hashed), createHash('sha256').update(key, 'latin1').digest()]);
}

function withKey(key: string, entry: string): string {
  const out = new ByteWriter();
  out.size(key.length);
  out.latin1(key);
  out.latin1(entry);
  return out.latin1Slice(0, out.length);
}

/** Bytes that are ordered as the numbers are, with the key after them. */
function expiryKey(expiry: number, key: string): Buffer {
  const number = Buffer.allocUnsafe(8);
  // -0 is 0.
  number.writeDoubleBE(expiry + 0);
  if (number[0]! >= 0x80) for (let i = 0; i < 8; i++) number[i] = ~number[i]!;
  else number[0]! |= 0x80;
  return Buffer.concat([number, physicalKey(key)]);
}

function expiryIn(key: Buffer): number {
  const number = Buffer.from(key.subarray(0, 8));
  if (number[0]! < 0x80) for (let i = 0; i < 8; i++) number[i] = ~number[i]!;
  else number[0]! &= 0x7f;
  return number.readDoubleBE();
}

function versionKey(version: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(version));
  return bytes;
}

import fc from 'fast-check';
import { type BytesColumn, type ListColumn, Table } from '../../../../lib/columns/index.js';
import { binary, field, structOf } from '../../../../lib/schema/index.js';
import {
  type BatchSettings,
  type Fetched,
  RecordReader,
  RecordRows,
  encodeBatch,
  headersType,
} from '../../../../connectors/kafka/records/index.js';

export interface Message {
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers: readonly { readonly key: string; readonly value: Uint8Array | null }[] | null;
  readonly timestamp: number;
}

export const message = (value: string, more: Partial<Message> = {}): Message => ({
  key: null,
  headers: null,
  timestamp: 1_700_000_000_000,
  ...more,
  value: bytesOf(value),
});

export const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text));

const bytes = fc.oneof(fc.uint8Array({ maxLength: 20 }), fc.uint8Array({ minLength: 60, maxLength: 300 }));
const header = fc.record({ key: fc.constantFrom('a', 'b', 'ключ', ''), value: fc.option(bytes) });
const anyMessage: fc.Arbitrary<Message> = fc.record({
  key: fc.option(bytes),
  value: fc.option(bytes),
  headers: fc.option(fc.array(header, { minLength: 1, maxLength: 3 })),
  timestamp: fc.oneof(fc.integer({ min: 1.6e12, max: 1.9e12 }), fc.integer({ min: -1e6, max: 1e6 })),
});
export const messages = fc.array(anyMessage, { minLength: 1, maxLength: 40 });

export const plainSettings: BatchSettings = { compression: 'none', maxBytes: 1 << 24, topic: 'orders', producer: null };

const schema = structOf([field('key', binary()), field('value', binary()), field('headers', headersType)]);

/** One batch of all messages, as we write it. */
export async function batchOf(all: readonly Message[], settings: Partial<BatchSettings> = {}): Promise<Buffer> {
  const table = Table.fromRows(all, schema);
  const [key, value, headers] = table.columns as [BytesColumn, BytesColumn, ListColumn];
  const timestamp = Float64Array.from(all, (m) => m.timestamp);
  const rows = Int32Array.from(all.keys());
  return (await encodeBatch({ key, value, headers, timestamp }, rows, 0, { ...plainSettings, ...settings })).bytes;
}

/** The batch, at another offset: a broker writes it, and the checksum does not cover it. */
export function at(offset: number, batch: Buffer): Buffer {
  const out = Buffer.from(batch);
  out.writeBigInt64BE(BigInt(offset));
  return out;
}

export const readerOf = (bytes: Buffer, more: Partial<Fetched> = {}): RecordReader =>
  new RecordReader({ topic: 'orders', partition: 3, bytes, from: 0, until: Infinity, aborted: [], ...more });

export type Row = Readonly<Record<string, unknown>>;

/** All rows that a broker's answer has. */
export async function rowsOf(bytes: Buffer, more: Partial<Fetched> = {}): Promise<Row[]> {
  const rows = new RecordRows(true);
  await readerOf(bytes, more).readInto(rows, Infinity);
  return rows.build().toRows();
}

/** What rows have to be when those messages were read. */
export const expectedRows = (all: readonly Message[], base = 0): Row[] =>
  all.map((m, i) => ({
    key: m.key,
    value: m.value,
    topic: 'orders',
    partition: 3,
    offset: base + i,
    timestamp: new Date(m.timestamp),
    timestampType: 0,
    headers: m.headers,
  }));

export const valuesOf = (rows: readonly Row[]): string[] => rows.map((row) => String(Buffer.from(row.value as Buffer)));

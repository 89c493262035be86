import fc from 'fast-check';
import { codecNames, encodeBatch, sequenceAfter } from '../../../../connectors/kafka/records/index.js';
import { type BytesColumn, columnFrom } from '../../../../lib/columns/index.js';
import { string } from '../../../../lib/schema/index.js';
import { type Message, batchOf, message, messages, plainSettings, rowsOf, valuesOf } from './batches.js';

interface ReadByKafkajs {
  readonly producerId: string;
  readonly producerEpoch: number;
  readonly firstSequence: number;
  readonly inTransaction: boolean;
  readonly lastOffsetDelta: number;
  readonly maxTimestamp: string;
  readonly records: readonly {
    readonly key: Buffer | null;
    readonly value: Buffer | null;
    readonly offset: string;
    readonly timestamp: string;
    readonly headers: Readonly<Record<string, unknown>>;
  }[];
}
const decode = jest.requireActual<(decoder: unknown) => Promise<ReadByKafkajs>>(
  'kafkajs/src/protocol/recordBatch/v0/decoder',
);
const Decoder = jest.requireActual<new (bytes: Buffer) => unknown>('kafkajs/src/protocol/decoder');
const readByKafkajs = (bytes: Buffer): Promise<ReadByKafkajs> => decode(new Decoder(bytes));

/** Keys that come up again have an array of values there. */
function headersOf({ headers }: Message): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const { key, value } of headers ?? []) {
    const bytes = value && Buffer.from(value);
    out[key] = !Object.hasOwn(out, key) ? bytes : Array.isArray(out[key]) ? [...out[key], bytes] : [out[key], bytes];
  }
  return out;
}

describe('writing record batches', () => {
  it('gives kafkajs what was written', async () => {
    const bufferOf = (bytes: Uint8Array | null): Buffer | null => bytes && Buffer.from(bytes);
    await fc.assert(
      fc.asyncProperty(messages, fc.constantFrom('none', 'gzip'), async (all, compression) => {
        const read = await readByKafkajs(await batchOf(all, { compression }));
        expect(read.records.map(({ headers, key, timestamp, value }) => ({ headers, key, timestamp, value }))).toEqual(
          all.map((m) => ({
            headers: headersOf(m),
            key: bufferOf(m.key),
            timestamp: String(m.timestamp),
            value: bufferOf(m.value),
          })),
        );
        expect(read.records.map(({ offset }) => Number(offset))).toEqual([...all.keys()]);
        expect(read).toMatchObject({
          producerId: '-1',
          producerEpoch: -1,
          firstSequence: -1,
          inTransaction: false,
          lastOffsetDelta: all.length - 1,
          maxTimestamp: String(Math.max(...all.map((m) => m.timestamp))),
        });
      }),
    );
  });

  it('says who writes', async () => {
    const producer = { id: 2n ** 60n, epoch: 12, baseSequence: 2 ** 31 - 1, isTransactional: true };
    const read = await readByKafkajs(await batchOf([message('a')], { producer }));
    expect(read).toMatchObject({
      producerId: String(2n ** 60n),
      producerEpoch: 12,
      firstSequence: 2 ** 31 - 1,
      inTransaction: true,
    });
  });

  it('goes round with sequence numbers', () => {
    expect(sequenceAfter(5, 3)).toBe(8);
    expect(sequenceAfter(2 ** 31 - 1, 1)).toBe(0);
    expect(sequenceAfter(2 ** 31 - 2, 5)).toBe(3);
  });

  it('takes the rows that are asked for, strings as well, and one time for all', async () => {
    const value = columnFrom(string(), ['zero', 'one', null, 'drei ß']) as BytesColumn;
    const columns = { key: null, value, headers: null, timestamp: 1_600_000_000_123 };
    const { bytes, until } = await encodeBatch(columns, Int32Array.of(3, 0, 2, 1), 1, plainSettings);
    expect(until).toBe(4);
    const rows = await rowsOf(bytes);
    expect(rows.map((row) => row.value && String(Buffer.from(row.value as Buffer)))).toEqual(['zero', null, 'one']);
    expect(rows[1]).toMatchObject({ key: null, headers: null, offset: 1, timestamp: new Date(1_600_000_000_123) });
  });

  it('fills batches up to their limit, and not further', async () => {
    const all = Array.from({ length: 50 }, (_, i) => `value ${i} ${'x'.repeat(i * 3)}`);
    const value = columnFrom(string(), all) as BytesColumn;
    const rows = Int32Array.from(all.keys());
    const columns = { key: null, value, headers: null, timestamp: 0 };
    const seen: string[] = [];
    const sizes: number[] = [];
    for (let from = 0; from < rows.length;) {
      const { bytes, until } = await encodeBatch(columns, rows, from, { ...plainSettings, maxBytes: 500 });
      seen.push(...valuesOf(await rowsOf(bytes)));
      sizes.push(bytes.length);
      from = until;
    }
    expect(seen).toEqual(all);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(500);
    // A batch with room for the next would have had it: none of these is longer than 170 bytes.
    expect(Math.min(...sizes.slice(0, -1))).toBeGreaterThan(500 - 175);
  });

  it.each(codecNames)('refuses the row that no batch can hold: %s', async (compression) => {
    const value = columnFrom(string(), ['short', 'x'.repeat(1000)]) as BytesColumn;
    const columns = { key: null, value, headers: null, timestamp: 0 };
    const settings = { ...plainSettings, compression, maxBytes: 900 };
    expect((await encodeBatch(columns, Int32Array.of(0, 1), 0, settings)).until).toBe(1);
    // 61 of the head, 2 of the length, then attributes, time, place, no key, 2 of the length, the value, no headers.
    const size = 61 + 2 + 1 + 1 + 1 + 1 + 2 + 1000 + 1;
    await expect(encodeBatch(columns, Int32Array.of(0, 1), 1, settings)).rejects.toMatchObject({
      code: 'RECORD_TOO_LARGE',
      details: { row: 1, size, limit: 900 },
    });
    expect((await encodeBatch(columns, Int32Array.of(1), 0, { ...settings, maxBytes: size })).until).toBe(1);
  });

  it('refuses a header without a key', async () => {
    const bad = [message('a'), message('b', { headers: [{ key: null as unknown as string, value: null }] })];
    await expect(batchOf(bad)).rejects.toMatchObject({ code: 'TYPE_MISMATCH', details: { row: 1 } });
  });
});

import fc from 'fast-check';
import { RecordReader, RecordRows, codecNames, defaultLimits } from '../../../../connectors/kafka/records/index.js';
import { crc32c } from '../../../../connectors/kafka/records/crc32c.js';
import { SluiceError } from '../../../../lib/errors/index.js';
import { at, batchOf, expectedRows, message, messages, readerOf, rowsOf, valuesOf } from './batches.js';

type Encode = (options: object) => Promise<{ readonly buffer: Buffer }>;
const { RecordBatch } = jest.requireActual<{ RecordBatch: Encode }>('kafkajs/src/protocol/recordBatch/v0');
const Record = jest.requireActual<(options: object) => unknown>('kafkajs/src/protocol/recordBatch/record/v0');

const five = ['a', 'b', 'c', 'd', 'e'].map((value) => message(value));

/** The batch with its head changed, and a checksum that fits. */
function changed(batch: Buffer, change: (bytes: Buffer) => void): Buffer {
  const out = Buffer.from(batch);
  change(out);
  out.writeInt32BE(crc32c(out, 21, out.length), 17);
  return out;
}

const thrownBy = async (act: Promise<unknown>): Promise<SluiceError> => {
  const error: unknown = await act.then(
    () => undefined,
    (e: unknown) => e,
  );
  expect(error).toBeInstanceOf(SluiceError);
  return error as SluiceError;
};

describe('reading record batches', () => {
  it('gives what kafkajs has written', async () => {
    await fc.assert(
      fc.asyncProperty(messages, fc.constantFrom(0, 1), async (all, compression) => {
        const first = all[0]!.timestamp;
        const records = all.map((m, i) =>
          Record({
            offsetDelta: i,
            timestampDelta: m.timestamp - first,
            key: m.key && Buffer.from(m.key),
            value: m.value && Buffer.from(m.value),
            // It has no null there, and puts values of one key beside each other.
            headers: Object.fromEntries((m.headers ?? []).map((h) => [h.key, Buffer.from(h.value ?? [])])),
          }),
        );
        const { buffer } = await RecordBatch({
          compression,
          firstTimestamp: first,
          maxTimestamp: first,
          lastOffsetDelta: all.length - 1,
          records,
        });
        const headersOf = (m: (typeof all)[0]) =>
          m.headers && [...new Map(m.headers.map((h) => [h.key, h.value ?? new Uint8Array(0)]))];
        const expected = all.map((m) => ({
          ...m,
          headers: headersOf(m)?.map(([key, value]) => ({ key, value })) ?? null,
        }));
        expect(await rowsOf(buffer)).toEqual(expectedRows(expected));
      }),
    );
  });

  it.each(codecNames)('gives what we have written: %s', async (compression) => {
    await fc.assert(
      fc.asyncProperty(messages, messages, async (one, other) => {
        const bytes = Buffer.concat([
          at(0, await batchOf(one, { compression })),
          at(one.length, await batchOf(other, { compression })),
        ]);
        expect(await rowsOf(bytes)).toEqual(expectedRows([...one, ...other]));
      }),
      { numRuns: 25 },
    );
  });

  it('leaves headers out when they are not asked for', async () => {
    const bytes = await batchOf([message('a', { headers: [{ key: 'k', value: null }] })]);
    const rows = new RecordRows(false);
    await readerOf(bytes).readInto(rows, Infinity);
    const table = rows.build();
    expect(table.schema.fields.map(({ name }) => name)).not.toContain('headers');
    expect(valuesOf(table.toRows())).toEqual(['a']);
  });

  it('gives the time of the broker where that is what counts', async () => {
    const bytes = changed(await batchOf(five), (b) => {
      b.writeInt16BE(8, 21);
      b.writeBigInt64BE(1_234_567n, 35);
    });
    const [row] = await rowsOf(bytes);
    expect(row).toMatchObject({ timestamp: new Date(1_234_567), timestampType: 1 });
  });

  it('gives what is wanted of a batch, and says where to go on', async () => {
    const bytes = Buffer.concat([
      at(10, await batchOf(five)),
      at(15, await batchOf(five)),
      at(20, await batchOf(five)),
    ]);
    expect(valuesOf(await rowsOf(bytes, { from: 13, until: 17 }))).toEqual(['d', 'e', 'a', 'b']);
    const reader = readerOf(bytes, { from: 13, until: 17 });
    expect(await reader.readInto(new RecordRows(false), Infinity)).toBe(true);
    expect(reader.position).toBe(17);
    const last = readerOf(bytes, { from: 22, until: 100 });
    await last.readInto(new RecordRows(false), Infinity);
    expect(last.position).toBe(25);
  });

  it('does not mind what compaction has left out', async () => {
    // Of 10 to 30 only 14 to 18 are left.
    const bytes = changed(at(10, await batchOf(five)), (b) => {
      b.writeInt32BE(20, 23);
      // The first record: its offset comes behind length, attributes, and time.
      b[61 + 3] = 4 << 1;
    });
    await expect(rowsOf(bytes)).rejects.toThrow('has the offset 11');
    const gaps = changed(at(10, await batchOf([five[0]!])), (b) => {
      b.writeInt32BE(20, 23);
      b[61 + 3] = 4 << 1;
    });
    const reader = readerOf(gaps, { from: 10, until: 100 });
    const rows = new RecordRows(false);
    await reader.readInto(rows, Infinity);
    expect(rows.build().toRows()[0]).toMatchObject({ offset: 14 });
    expect(reader.position).toBe(31);
  });

  it('stops at a batch that is cut off, wherever that is, and says how long it is', async () => {
    const one = at(0, await batchOf(five));
    const other = at(5, await batchOf(five));
    for (let length = 0; length < other.length; length++) {
      const reader = readerOf(Buffer.concat([one, other.subarray(0, length)]));
      const rows = new RecordRows(true);
      expect(await reader.readInto(rows, Infinity)).toBe(true);
      expect([rows.length, reader.position]).toEqual([5, 5]);
      expect(reader.cutOff).toBe(length === 0 ? 0 : length < 12 ? 61 : other.length);
    }
  });

  it('stops when rows hold enough, and goes on', async () => {
    const batch = await batchOf(five);
    const bytes = Buffer.concat([at(0, batch), at(5, batch), at(10, batch)]);
    const reader = readerOf(bytes);
    const seen: number[] = [];
    for (let done = false; !done;) {
      const rows = new RecordRows(false);
      done = await reader.readInto(rows, 7);
      seen.push(rows.length);
    }
    expect(seen).toEqual([10, 5]);
    expect(reader.position).toBe(15);
  });

  it('notices any bit that has changed, and says where', async () => {
    const bytes = at(
      40,
      await batchOf(five, { producer: { id: 7n, epoch: 1, baseSequence: 0, isTransactional: false } }),
    );
    for (let i = 16; i < bytes.length; i++) {
      const damaged = Buffer.from(bytes);
      damaged[i]! ^= 1 << (i % 8);
      const error = await thrownBy(rowsOf(damaged, { from: 40 }));
      expect(error.code).toBe('RECORDS_CORRUPT');
      expect(error.message).toContain("topic 'orders', partition 3, offset 40");
      expect(error.details).toEqual({ topic: 'orders', partition: 3, offset: 40 });
    }
    // The length, which no checksum covers: the batch is refused, or waited for.
    for (let bit = 0; bit < 32; bit++) {
      const damaged = Buffer.from(bytes);
      damaged[8 + (bit >> 3)]! ^= 1 << (bit & 7);
      const reader = readerOf(damaged, { from: 40 });
      const refused = await reader.readInto(new RecordRows(true), Infinity).then(
        () => false,
        () => true,
      );
      expect(refused || reader.cutOff > bytes.length).toBe(true);
    }
  });

  it('takes no records that make no sense, whatever the checksum says', async () => {
    const bytes = await batchOf([message('a', { key: new Uint8Array(3), headers: [{ key: 'h', value: null }] })]);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.integer({ min: 57, max: bytes.length - 1 }), fc.nat(255))),
        async (writes) => {
          const damaged = changed(bytes, (b) => writes.forEach(([i, byte]) => (b[i] = byte)));
          await rowsOf(damaged).then(
            (rows) => expect(rows.length).toBeLessThanOrEqual(1),
            (error: SluiceError) => expect(error.code).toBe('RECORDS_CORRUPT'),
          );
        },
      ),
    );
  });

  it.each<[string, (b: Buffer) => void]>([
    ['it cannot hold 1000000000 records', (b) => b.writeInt32BE(1e9, 57)],
    ['something follows its records', (b) => b.writeInt32BE(4, 57)],
    ['it has the offsets 0 to -1', (b) => b.writeInt32BE(-1, 23)],
    ['record 4 has the offset 4', (b) => b.writeInt32BE(3, 23)],
    ['record 0 is not as long as it says', (b) => (b[61]! += 2)],
    ['a number past 2^53', (b) => b.writeBigInt64BE(1n << 60n, 27)],
    ['its records cannot be expanded: they are compressed by a codec of number 7', (b) => b.writeInt16BE(7, 21)],
    ['its records cannot be expanded', (b) => b.writeInt16BE(3, 21)],
    ['it is of format 1, not 2', (b) => (b[16] = 1)],
  ])('says what is wrong: %s', async (reason, change) => {
    const error = await thrownBy(rowsOf(changed(await batchOf(five), change)));
    expect(error.code).toBe('RECORDS_CORRUPT');
    expect(error.message).toContain(reason);
  });

  it('takes no more headers than there can be', async () => {
    const bytes = await batchOf([message('a', { headers: [{ key: 'h', value: null }] })]);
    // Their number is before a length, the key, and a length; in its double.
    const error = await thrownBy(rowsOf(changed(bytes, (b) => (b[b.length - 4] = 126))));
    expect(error.message).toContain('it cannot hold 63 headers');
  });

  it('takes no batches whose offsets go backwards', async () => {
    const bytes = Buffer.concat([at(5, await batchOf(five)), at(9, await batchOf(five))]);
    await expect(rowsOf(bytes)).rejects.toThrow('it has the offsets 9 to 13');
  });

  it.each(codecNames.slice(1))('bounds what a batch expands to: %s', async (compression) => {
    const bytes = await batchOf([message('x'.repeat(100_000))], { compression });
    const fetched = { topic: 'orders', partition: 3, bytes, from: 0, until: 9, aborted: [] };
    const reader = new RecordReader(fetched, { ...defaultLimits, maxDecompressedBytes: 100_000 });
    const error = await thrownBy(reader.readInto(new RecordRows(true), Infinity));
    expect(error.code).toBe('DECOMPRESSED_TOO_LARGE');
    expect(error.details).toEqual({ topic: 'orders', partition: 3, offset: 0, limit: 100_000 });
  });

  it('bounds how long a batch may say that it is', async () => {
    const bytes = await batchOf([message('x'.repeat(1000))]);
    const fetched = { topic: 'orders', partition: 3, bytes: bytes.subarray(0, 100), from: 0, until: 9, aborted: [] };
    const reader = new RecordReader(fetched, { ...defaultLimits, maxBatchBytes: 1000 });
    expect((await thrownBy(reader.readInto(new RecordRows(true), Infinity))).message).toContain(
      `of ${bytes.length} bytes`,
    );
  });
});

describe('reading transactions', () => {
  it('passes over what brokers write for themselves', async () => {
    const bytes = changed(await batchOf(five), (b) => b.writeInt16BE(32, 21));
    expect(await rowsOf(bytes)).toEqual([]);
  });

  const write = (id: number, value: string) =>
    batchOf([message(value)], { producer: { id: BigInt(id), epoch: 0, baseSequence: 0, isTransactional: true } });
  /** Ends a transaction of the producer: a record whose key says how. */
  const marker = async (id: number, isCommit: boolean) => {
    const key = new Uint8Array([0, 0, 0, isCommit ? 1 : 0]);
    const producer = { id: BigInt(id), epoch: 0, baseSequence: -1, isTransactional: true };
    const batch = await batchOf([message('', { key })], { producer });
    return changed(batch, (b) => b.writeInt16BE(16 | 32, 21));
  };

  async function log(batches: readonly Promise<Buffer>[]): Promise<Buffer> {
    return Buffer.concat((await Promise.all(batches)).map((batch, offset) => at(offset, batch)));
  }

  it('passes over markers and over what was aborted', async () => {
    const bytes = await log([
      write(1, 'kept 1'),
      write(2, 'aborted 2'),
      write(1, 'kept 1 again'),
      batchOf([message('no transaction')]),
      marker(2, false),
      write(2, 'kept 2'),
      marker(1, true),
      write(1, 'aborted 1'),
      marker(1, false),
      marker(2, true),
    ]);
    const aborted = [
      { producerId: 1n, firstOffset: 7 },
      { producerId: 2n, firstOffset: 1 },
    ];
    expect(valuesOf(await rowsOf(bytes, { aborted }))).toEqual(['kept 1', 'kept 1 again', 'no transaction', 'kept 2']);
    // All is read, uncommitted or not; markers are nobody's records.
    expect(await rowsOf(bytes)).toHaveLength(6);
    const reader = readerOf(bytes, { aborted });
    await reader.readInto(new RecordRows(false), Infinity);
    expect(reader.position).toBe(10);
  });

  it('knows that a transaction has begun before what was fetched', async () => {
    const bytes = Buffer.concat([
      at(50, await write(1, 'aborted')),
      at(51, await marker(1, false)),
      at(52, await write(1, 'kept')),
    ]);
    const aborted = [{ producerId: 1n, firstOffset: 3 }];
    expect(valuesOf(await rowsOf(bytes, { from: 50, aborted }))).toEqual(['kept']);
  });

  it('heeds a marker that comes before what was asked for', async () => {
    const bytes = Buffer.concat([at(51, await marker(1, false)), at(52, await write(1, 'kept'))]);
    expect(valuesOf(await rowsOf(bytes, { from: 52, aborted: [{ producerId: 1n, firstOffset: 3 }] }))).toEqual([
      'kept',
    ]);
  });
});

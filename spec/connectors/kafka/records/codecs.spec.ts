import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { codecNames } from '../../../../connectors/kafka/records/index.js';
import { crc32c } from '../../../../connectors/kafka/records/crc32c.js';
import { compressRecords } from '../../../../connectors/kafka/records/compress.js';
import { TooLarge, expandRecords } from '../../../../connectors/kafka/records/expand.js';
import { murmur2, partitionsOfKeys } from '../../../../connectors/kafka/records/murmur2.js';
import { type BytesColumn, columnFrom } from '../../../../lib/columns/index.js';
import { binary } from '../../../../lib/schema/index.js';

const kafkajsCrc = jest.requireActual<(bytes: Buffer) => number>('kafkajs/src/protocol/recordBatch/crc32C');
const kafkajsMurmur2 = jest.requireActual<(bytes: Buffer) => number>(
  'kafkajs/src/producer/partitioners/default/murmur2',
);

describe('checksums and hashes', () => {
  it('has the CRC-32C of RFC 3720', () => {
    expect(crc32c(Buffer.from('123456789'), 0, 9) >>> 0).toBe(0xe3069283);
    expect(crc32c(Buffer.alloc(32), 0, 32) >>> 0).toBe(0x8a9136aa);
  });

  it('has the CRC-32C of any bytes, wherever they begin', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), fc.nat(20), (bytes, from) => {
        const start = Math.min(from, bytes.length);
        expect(crc32c(bytes, start, bytes.length)).toBe(kafkajsCrc(Buffer.from(bytes.subarray(start))) | 0);
      }),
    );
  });

  // From the tests of the Java client.
  it.each([
    ['21', -973932308],
    ['foobar', -790332482],
    ['a-little-bit-long-string', -985981536],
    ['a-little-bit-longer-string', -1486304829],
    ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
    ['abc', 479470107],
  ])('has the murmur2 of %s', (text, hash) => {
    expect(murmur2(Buffer.from(text), 0, text.length)).toBe(hash);
  });

  it('has the murmur2 of any bytes, and no partition for no key', () => {
    fc.assert(
      fc.property(
        fc.array(fc.option(fc.uint8Array({ maxLength: 40 }))),
        fc.integer({ min: 1, max: 100 }),
        (keys, n) => {
          const expected = keys.map((key) => (key === null ? -1 : (kafkajsMurmur2(Buffer.from(key)) & 0x7fffffff) % n));
          expect([...partitionsOfKeys(columnFrom(binary(), keys) as BytesColumn, n)]).toEqual(expected);
        },
      ),
    );
  });
});

describe('compressed records', () => {
  const compressible = fc
    .array(fc.oneof(fc.constantFrom('order 1234', 'shop 17 ', 'zzzzzzzz'), fc.string()), { maxLength: 40 })
    .map((parts) => Buffer.from(parts.join('').repeat(3)));

  it.each(codecNames.map((name, id) => [name, id] as const))('are the same again: %s', async (name, id) => {
    await fc.assert(
      fc.asyncProperty(compressible, async (bytes) => {
        const smaller = Buffer.from(await compressRecords(name, bytes));
        expect(await expandRecords(id, smaller, bytes.length + 1)).toEqual(bytes);
      }),
      { numRuns: 30 },
    );
    // More than one block of each.
    const large = Buffer.alloc(300_000, 'some text that comes up again and again, ');
    for (let i = 0; i < large.length; i += 7) large[i] = (i * 7919) >> 5;
    expect((await expandRecords(id, Buffer.from(await compressRecords(name, large)), large.length)).equals(large)).toBe(
      true,
    );
  });

  it.each(codecNames.slice(1).map((name, i) => [name, i + 1] as const))(
    'take no more memory than they may: %s',
    async (name, id) => {
      const bomb = Buffer.from(await compressRecords(name, Buffer.alloc(3 << 20)));
      await expect(expandRecords(id, bomb, (3 << 20) - 1)).rejects.toThrow(TooLarge);
      await expect(expandRecords(id, bomb, 3 << 20)).resolves.toHaveLength(3 << 20);
    },
  );

  it.each(codecNames.slice(1).map((name, i) => [name, i + 1] as const))(
    'are refused when they are cut off: %s',
    async (name, id) => {
      const whole = Buffer.from(await compressRecords(name, Buffer.alloc(100_000, 'abc')));
      for (const length of [1, 5, whole.length >> 1, whole.length - 1]) {
        await expect(expandRecords(id, whole.subarray(0, length), 1 << 20)).rejects.toThrow();
      }
    },
  );

  it('may be a snappy block without the frame of Java', async () => {
    // 5 bytes, as a literal.
    expect(String(await expandRecords(2, Buffer.from([5, 4 << 2, ...Buffer.from('hello')]), 100))).toBe('hello');
  });

  it('may be several gzip members, and no codec that there is not', async () => {
    const bytes = Buffer.concat([gzipSync('a'), gzipSync('b')]);
    expect(String(await expandRecords(1, bytes, 100))).toBe('ab');
    await expect(expandRecords(5, bytes, 100)).rejects.toThrow('number 5');
  });
});

import fc from 'fast-check';
import { type EncoderName, encoders } from '../../../../connectors/file/compression/index.js';
import { rotations } from '../../../../connectors/file/compression/bzip2/rotations.js';
import { codeLengths } from '../../../../connectors/file/compression/bzip2/huffman.js';
import { canEncodeZstd } from '../../../../connectors/file/compression/zstd.js';
import { codecOf, collect, decompress } from './support.js';

const names = (Object.keys(encoders) as EncoderName[]).filter((name) => name !== 'zstd' || canEncodeZstd);

const roundTrip = async (name: EncoderName, chunks: readonly Uint8Array[], level?: number): Promise<Buffer> => {
  const { encode, extension } = encoders[name];
  const bytes = await collect(encode(chunks, level));
  return decompress(codecOf(extension, bytes), bytes);
};

/** Texts that repeat themselves, with runs. */
const bytes = fc
  .array(
    fc.oneof(
      fc.uint8Array({ maxLength: 20 }),
      fc.tuple(fc.uint8Array({ maxLength: 6 }), fc.nat({ max: 300 })).map(([part, times]) => {
        return Uint8Array.from({ length: part.length * times }, (_, i) => part[i % part.length]!);
      }),
    ),
    { maxLength: 8 },
  )
  .map((parts) => parts.map((part) => Buffer.from(part)));

it.each(names)('%s: what was written is read', async (name) => {
  await fc.assert(
    fc.asyncProperty(bytes, async (chunks) => {
      expect(await roundTrip(name, chunks)).toEqual(Buffer.concat(chunks));
    }),
    { numRuns: 60 },
  );
});

it.each(names)('%s: files of many blocks, of each level', async (name) => {
  let seed = 1;
  const rows = Array.from({ length: 20_000 }, (_, i) => {
    seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
    return `${i},name ${i % 7},${seed}\n`;
  });
  const content = Buffer.from(rows.join(''));
  const levels = { gzip: [0, 9], deflate: [1], bzip2: [1, 9], zstd: [1, 19], snappy: [undefined], lz4: [undefined] };
  for (const level of levels[name]) {
    const read = await roundTrip(name, [content.subarray(0, 100_001), content.subarray(100_001)], level);
    expect(read.equals(content)).toBe(true);
  }
});

it.each(['snappy', 'lz4', 'bzip2'] as const)('%s: text gets smaller, noise hardly larger', async (name) => {
  const { encode } = encoders[name];
  const text = Buffer.from(Array.from({ length: 5000 }, (_, i) => `${i},some name or other\n`).join(''));
  const noise = Buffer.from(Array.from({ length: 50_000 }, (_, i) => Math.imul(i + 1, 0x9e3779b1) >>> 13));
  expect((await collect(encode([text], undefined))).length).toBeLessThan(text.length / 2);
  expect((await collect(encode([noise], undefined))).length).toBeLessThan(noise.length * 1.02 + 600);
});

it('blocks that Hadoop can expand: 256 KiB at most', async () => {
  const bytes = await collect(encoders.lz4.encode([new Uint8Array(1_000_000)]));
  for (let at = 0; at < bytes.length; at += 8 + bytes.readUInt32BE(at + 4)) {
    expect(bytes.readUInt32BE(at)).toBeLessThanOrEqual(256 * 1024);
  }
});

it('sorts rotations as comparing them does', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 40, max: 3 }), (block) => {
      const rotation = (at: number): string => [...block.subarray(at), ...block.subarray(0, at)].join();
      const sorted = Array.from(block.keys(), rotation).sort();
      expect(Array.from(rotations(block), rotation)).toEqual(sorted);
    }),
  );
});

it('has no code of more than 17 bits, however uneven the counts are', () => {
  const fibonacci = [1, 1];
  while (fibonacci.length < 30) fibonacci.push(fibonacci.at(-1)! + fibonacci.at(-2)!);
  const lengths = codeLengths(Uint32Array.from(fibonacci));
  expect(Math.max(...lengths)).toBeLessThanOrEqual(17);
  // A code that can be read: all of its codes together fill the room there is.
  expect(lengths.reduce((sum, length) => sum + 2 ** -length, 0)).toBe(1);
});

import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { Damaged, codecOfContent, codecOfName, encoders } from '../../../../connectors/file/compression/index.js';
import { attempt, codecOf, collect, decompress, files, pieces, text } from './support.js';

describe.each(files)('%s', (what, extension, base64) => {
  const bytes = Buffer.from(base64, 'base64');
  const codec = codecOf(extension, bytes);

  it('is read, wherever chunks end', async () => {
    for (const chunk of [1, 2, 3, 7, 65536]) expect((await decompress(codec, bytes, chunk)).toString()).toBe(text);
  });

  it('is damaged when it is cut off anywhere', async () => {
    const whole: number[] = [];
    for (let length = 1; length < bytes.length; length++) {
      const got = await attempt(codec, bytes.subarray(0, length));
      if (got !== 'damaged') whole.push(length);
    }
    // A file of several may end after each of them, and then nothing tells that more was there.
    const ends = { 'gzip of several members': [45, 65], 'bzip2 of several streams': [60, 74] };
    expect(whole.length).toBe(ends[what as keyof typeof ends]?.length ?? 0);
  });

  it('is read or found damaged with any byte changed, and never as something else if it has checksums', async () => {
    const checked = !/without|brotli|blocks$/.test(what) && extension !== '.zst';
    for (let at = 0; at < bytes.length; at++) {
      for (const flip of [0x01, 0x80, 0xff]) {
        const changed = Buffer.from(bytes);
        changed[at]! ^= flip;
        const got = await attempt(codec, changed);
        if (got !== 'damaged' && checked) expect(text.startsWith(got.toString())).toBe(true);
      }
    }
  });
});

it('says where a file is damaged', async () => {
  const bytes = Buffer.concat([gzipSync(Buffer.alloc(100_000, 'abc')), Buffer.from('garbage')]);
  const error: unknown = await decompress(codecOf('.gz', bytes), bytes).catch((e: unknown) => e);
  expect(error).toBeInstanceOf(Damaged);
  expect((error as Damaged).position).toBeGreaterThan(0);
  expect((error as Damaged).message).toMatch(/header/);
});

it.each([
  ['.gz', gzipSync(text)],
  ['.deflate', deflateSync(text)],
  ['.br', brotliCompressSync(text)],
])('%s: what follows is damage, too', async (extension, bytes) => {
  expect(await attempt(codecOf(extension, bytes), Buffer.concat([bytes, Buffer.from('x\n')]))).toBe('damaged');
});

it('gzip may be filled up with zeros, as on tapes', async () => {
  const bytes = Buffer.concat([gzipSync(text), Buffer.alloc(512)]);
  expect((await decompress(codecOf('.gz', bytes), bytes)).toString()).toBe(text);
});

describe('snappy frames', () => {
  // RFC 3720 has the CRC-32C of 32 zeros: 0x8a9136aa. Masked as the format has it: rotated right by 15, plus a constant.
  const masked = (((0x8a9136aa >>> 15) | (0x8a9136aa << 17)) + 0xa282ead8) >>> 0;
  const frame = (type: number, body: readonly number[]): number[] => [type, body.length, 0, 0, ...body];
  const crc = [masked & 255, (masked >>> 8) & 255, (masked >>> 16) & 255, masked >>> 24];
  const start = [0xff, 6, 0, 0, ...Buffer.from('sNaPpY')];
  const read = (...frames: readonly number[][]): Promise<Buffer | 'damaged'> => {
    const bytes = Buffer.from([...start, ...frames.flat()]);
    return attempt(codecOf('.csv', bytes), bytes);
  };

  it('are read: plain and compressed, with padding between', async () => {
    const plain = frame(1, [...crc, ...Buffer.alloc(32)]);
    // The length 32, a literal of one zero, a copy of 31 bytes from one back.
    const compressed = frame(0, [...crc, 32, 0, 0, (30 << 2) | 2, 1, 0]);
    expect(await read(plain, frame(0xfe, [1, 2, 3]), compressed, start)).toEqual(Buffer.alloc(64));
  });

  it('are damaged if a checksum does not fit, or a frame is not known', async () => {
    expect(await read(frame(1, [...crc, 1]))).toBe('damaged');
    expect(await read(frame(2, [1]))).toBe('damaged');
    expect(await read(frame(0, [1]))).toBe('damaged');
  });
});

it('knows files by what they begin with, whatever their name, and texts are not taken for compressed', () => {
  for (const [what, , base64] of files) {
    const found = codecOfContent(Buffer.from(base64, 'base64'))?.name;
    expect(found).toBe(/deflate|brotli|blocks$/.test(what) ? undefined : what.split(' ')[0]);
  }
  for (const begin of ['', 'B', 'BZh9,1\n', 'BZh91AYa', '(', 'x^2', '\x04', '\u00ff\u0006']) {
    expect(codecOfContent(Buffer.from(begin))).toBeUndefined();
  }
});

it('knows files by their names', () => {
  const names = [
    'a.csv.gz',
    'a.GZ',
    'a.json.bz2',
    'a.zst',
    'a.br',
    'a.deflate',
    'a.snappy',
    'a.lz4',
    'a.csv',
    'gz',
    'x/y.gz/z',
  ];
  expect(names.map((name) => codecOfName(name)?.name)).toEqual([
    ...['gzip', 'gzip', 'bzip2', 'zstd', 'brotli', 'deflate', 'snappy', 'lz4', undefined, undefined, undefined],
  ]);
});

it.each(['gzip', 'bzip2', 'snappy', 'lz4'] as const)('a bomb of %s comes out in small pieces', async (name) => {
  const { encode, extension } = encoders[name];
  const zeros = new Uint8Array(4 << 20);
  const bytes = await collect(encode([zeros], undefined));
  let total = 0;
  for await (const piece of pieces(codecOf(extension, bytes), bytes)) {
    expect(piece.length).toBeLessThanOrEqual(256 * 1024);
    total += piece.length;
  }
  expect(total).toBe(zeros.length);
});

it.each([
  ['.snappy', 'a length of a block that is too large', [0x7f, 0, 0, 0, 0, 0, 0, 1, 0]],
  ['.snappy', 'a length that its bytes cannot fill', [0, 0x40, 0, 0, 0, 0, 0, 5, 0x80, 0x80, 0x80, 2, 0]],
  ['.snappy', 'a copy from before the start', [0, 0, 0, 8, 0, 0, 0, 4, 8, 0x1e, 1, 0]],
  ['.lz4', 'a copy from before the start', [0, 0, 0, 8, 0, 0, 0, 4, 0x10, 65, 2, 0]],
  ['.lz4', 'more than the block has', [0, 0, 0, 1, 0, 0, 0, 3, 0x20, 65, 65]],
  ['.lz4', 'a part without anything', [0, 0, 0, 1, 0, 0, 0, 0]],
])('%s: refuses %s', async (extension, _, bytes) => {
  expect(await attempt(codecOf(extension, Buffer.alloc(0)), Buffer.from(bytes))).toBe('damaged');
});

it.each([
  ['a window of nearly 2 GiB', [0x00, (20 << 3) | 7]],
  ['1 GiB in one segment', [0xa0, 0, 0, 0, 0x40]],
])('zstd: refuses %s', async (_, head) => {
  const bytes = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, ...head, 0x0a, 0, 0, 65, ...Buffer.alloc(16)]);
  await expect(decompress(codecOf('.zst', bytes), bytes)).rejects.toThrow(/window|memory/);
});

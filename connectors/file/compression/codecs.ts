import { decodeBlocks, encodeBlocks } from './blocks.js';
import { blockMagic, bzip2Magic, decodeBzip2 } from './bzip2/decode.js';
import { encodeBzip2 } from './bzip2/encode.js';
import type { Bytes, Input } from './input.js';
import { decodeLz4Frames, lz4FrameMagic } from './lz4-frames.js';
import { compressLz4, expandLz4 } from './lz4.js';
import { decodeSnappyFrames, snappyFrameMagic } from './snappy-frames.js';
import { compressSnappy, expandSnappy } from './snappy.js';
import { decodeBrotli, decodeDeflate, decodeGzip, encodeDeflate, encodeGzip } from './zlib.js';
import { decodeZstd, encodeZstd } from './zstd.js';

type Decode = (input: Input) => AsyncGenerator<Buffer>;

/** How a file is compressed. */
export interface Codec {
  readonly name: string;
  readonly decode: Decode;
}

/** `bzip2` begins with text: the head of the first block, too, tells it from a table about BZh1. */
const bzip2Head = (level: number): number[] => {
  const block = Buffer.from(blockMagic.map((part) => part.toString(16)).join(''), 'hex');
  return [...Buffer.from(`${bzip2Magic}${level}`), ...block];
};

/** What files begin with that no text begins with. */
const byContent: readonly (Codec & { readonly magic: readonly number[] })[] = [
  { name: 'gzip', magic: [0x1f, 0x8b, 0x08], decode: decodeGzip },
  { name: 'zstd', magic: [0x28, 0xb5, 0x2f, 0xfd], decode: decodeZstd },
  { name: 'lz4', magic: lz4FrameMagic, decode: decodeLz4Frames },
  { name: 'snappy', magic: snappyFrameMagic, decode: decodeSnappyFrames },
  ...Array.from({ length: 9 }, (_, i) => ({ name: 'bzip2', magic: bzip2Head(i + 1), decode: decodeBzip2 })),
];

/** How many bytes of a file `codecOfContent` looks at. */
export const magicBytes = 10;

const byExtension: Readonly<Record<string, Codec>> = {
  '.gz': { name: 'gzip', decode: decodeGzip },
  '.gzip': { name: 'gzip', decode: decodeGzip },
  '.deflate': { name: 'deflate', decode: decodeDeflate },
  '.zst': { name: 'zstd', decode: decodeZstd },
  '.zstd': { name: 'zstd', decode: decodeZstd },
  '.br': { name: 'brotli', decode: decodeBrotli },
  '.bz2': { name: 'bzip2', decode: decodeBzip2 },
  '.snappy': { name: 'snappy', decode: (input) => decodeBlocks(input, expandSnappy) },
  '.lz4': { name: 'lz4', decode: (input) => decodeBlocks(input, expandLz4) },
};

/** How a file of that name is compressed; undefined if the name says nothing of it. */
export function codecOfName(path: string): Codec | undefined {
  const dot = path.lastIndexOf('.');
  const extension = dot < 0 ? '' : path.slice(dot).toLowerCase();
  return Object.hasOwn(byExtension, extension) ? byExtension[extension] : undefined;
}

/** How a file that begins so is compressed; undefined if it does not look compressed. */
export function codecOfContent(bytes: Uint8Array): Codec | undefined {
  // Few texts begin with any of the first bytes.
  if (!firstBytes.has(bytes[0] ?? 0)) return undefined;
  return byContent.find(({ magic }) => bytes.length >= magic.length && magic.every((byte, i) => bytes[i] === byte));
}

/** How a file is compressed, by what it begins with, or else its name; undefined for one that has nothing in it, too. */
export const codecOf = (path: string, head: Uint8Array): Codec | undefined =>
  head.length > 0 ? (codecOfContent(head) ?? codecOfName(path)) : undefined;

const firstBytes = new Set(byContent.map(({ magic }) => magic[0]!));

type Encode = (chunks: Bytes, level: number | undefined) => AsyncIterable<Uint8Array>;

/** What files are written with, and how their names end then. Names are Spark's. */
export const encoders = {
  gzip: { extension: '.gz', encode: encodeGzip },
  deflate: { extension: '.deflate', encode: encodeDeflate },
  bzip2: { extension: '.bz2', encode: encodeBzip2 },
  snappy: { extension: '.snappy', encode: (chunks) => encodeBlocks(chunks, compressSnappy) },
  lz4: { extension: '.lz4', encode: (chunks) => encodeBlocks(chunks, compressLz4) },
  zstd: { extension: '.zst', encode: encodeZstd },
} as const satisfies Readonly<Record<string, { readonly extension: string; readonly encode: Encode }>>;

export type EncoderName = keyof typeof encoders;

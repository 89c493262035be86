import { promisify } from 'node:util';
import zlib from 'node:zlib';
import { Input } from '../../file/compression/input.js';
import { decodeLz4Frames } from '../../file/compression/lz4-frames.js';
import { expandSnappy } from '../../file/compression/snappy.js';
import { decodeZstd } from '../../file/compression/zstd.js';
import { systemCode } from '../../../lib/errors/index.js';

/** Records hold more than they may when they are expanded. */
export class TooLarge extends Error {
  constructor(limit: number) {
    super(`they hold more than ${limit} bytes`);
  }
}

/** How the records of a batch are compressed, as its attributes number it. */
export const codecNames = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const;
export type CodecName = (typeof codecNames)[number];

/**
 * Expands records to at most `limit` bytes. Throws `TooLarge`, MISSING_PACKAGE for zstd without the package fzstd, and
 * a plain Error for what is damaged.
 */
export async function expandRecords(codec: number, bytes: Buffer, limit: number): Promise<Buffer> {
  switch (codecNames[codec]) {
    case 'none':
      return bytes;
    case 'gzip':
      return expandGzip(bytes, limit);
    case 'snappy':
      return expandBlocks(bytes, limit);
    case 'lz4':
      return collect(decodeLz4Frames(inputOf(bytes)), limit);
    case 'zstd':
      return collect(decodeZstd(inputOf(bytes)), limit);
    default:
      throw new Error(`they are compressed by a codec of number ${codec}`);
  }
}

const gunzip = promisify(zlib.gunzip) as unknown as (bytes: Buffer, options: zlib.ZlibOptions) => Promise<Buffer>;

async function expandGzip(bytes: Buffer, limit: number): Promise<Buffer> {
  try {
    return await gunzip(bytes, { maxOutputLength: limit });
  } catch (error) {
    throw systemCode(error) === 'ERR_BUFFER_TOO_LARGE' ? new TooLarge(limit) : error;
  }
}

/** What the Java client writes: this, two version numbers of 4 bytes, then blocks with 4 bytes of length before each. */
export const snappyHead = Buffer.from([0x82, ...Buffer.from('SNAPPY'), 0, 0, 0, 0, 1, 0, 0, 0, 1]);
const snappyName = snappyHead.subarray(0, 8);

/** Snappy as Java writes it, or one block as others do. */
function expandBlocks(bytes: Buffer, limit: number): Buffer {
  if (!bytes.subarray(0, snappyName.length).equals(snappyName)) return expandBlock(bytes, limit);
  const parts: Buffer[] = [];
  let total = 0;
  for (let at = snappyHead.length; at < bytes.length;) {
    if (at + 4 > bytes.length) throw new Error('they end too soon');
    const length = bytes.readInt32BE(at);
    at += 4;
    if (length < 0 || at + length > bytes.length) throw new Error('they end too soon');
    const part = expandBlock(bytes.subarray(at, at + length), limit - total);
    parts.push(part);
    total += part.length;
    at += length;
  }
  return Buffer.concat(parts, total);
}

function expandBlock(bytes: Buffer, limit: number): Buffer {
  if (lengthOfBlock(bytes) > limit) throw new TooLarge(limit);
  return expandSnappy(bytes, limit);
}

/** What a block says that it holds. */
function lengthOfBlock(bytes: Buffer): number {
  let length = 0;
  for (let i = 0; i < Math.min(5, bytes.length); i++) {
    length += (bytes[i]! & 0x7f) * 2 ** (7 * i);
    if (bytes[i]! < 0x80) break;
  }
  return length;
}

async function collect(parts: AsyncGenerator<Buffer>, limit: number): Promise<Buffer> {
  const all: Buffer[] = [];
  let total = 0;
  for await (const part of parts) {
    total += part.length;
    if (total > limit) throw new TooLarge(limit);
    all.push(part);
  }
  return Buffer.concat(all, total);
}

async function* once(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}

const inputOf = (bytes: Buffer): Input => new Input(once(bytes));

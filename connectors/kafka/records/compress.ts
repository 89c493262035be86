import { promisify } from 'node:util';
import zlib from 'node:zlib';
import type * as ZstdWasm from '@bokuweb/zstd-wasm';
import { compressLz4 } from '../../file/compression/lz4.js';
import { lz4FrameMagic } from '../../file/compression/lz4-frames.js';
import { compressSnappy } from '../../file/compression/snappy.js';
import { Xxh32 } from '../../file/compression/xxh32.js';
import { missingPackage } from '../../../lib/errors/missing-package.js';
import { type CodecName, snappyHead } from './expand.js';

const gzip = promisify(zlib.gzip);

/** Compresses records as the Java client does. Throws MISSING_PACKAGE for zstd where nothing can write it. */
export async function compressRecords(codec: CodecName, bytes: Buffer): Promise<Uint8Array> {
  switch (codec) {
    case 'none':
      return bytes;
    case 'gzip':
      return gzip(bytes);
    case 'snappy':
      return compressBlocks(bytes);
    case 'lz4':
      return compressFrame(bytes);
    case 'zstd':
      return (await zstd())(bytes);
  }
}

const snappyBlockBytes = 32 * 1024;

function compressBlocks(bytes: Buffer): Buffer {
  const parts: Buffer[] = [snappyHead];
  for (let from = 0; from < bytes.length; from += snappyBlockBytes) {
    const block = compressSnappy(bytes.subarray(from, from + snappyBlockBytes));
    parts.push(lengthOf(block).swap32(), block);
  }
  return Buffer.concat(parts);
}

const lz4BlockBytes = 64 * 1024;

/** Version 1, blocks that stand alone, of 64 KiB at most, without checksums. */
const lz4Kind = Buffer.from([0x60, 0x40]);
const lz4Head = Buffer.from([...lz4FrameMagic, ...lz4Kind, (new Xxh32().update(lz4Kind).digest() >>> 8) & 0xff]);
const lz4End = Buffer.alloc(4);
const isStored = 0x80;

function compressFrame(bytes: Buffer): Buffer {
  const parts: Buffer[] = [lz4Head];
  for (let from = 0; from < bytes.length; from += lz4BlockBytes) {
    const plain = bytes.subarray(from, from + lz4BlockBytes);
    const smaller = compressLz4(plain);
    if (smaller.length < plain.length) {
      parts.push(lengthOf(smaller), smaller);
    } else {
      const length = lengthOf(plain);
      length[3]! |= isStored;
      parts.push(length, plain);
    }
  }
  return Buffer.concat([...parts, lz4End]);
}

/** The length in 4 bytes, the lowest first. */
function lengthOf(bytes: Buffer): Buffer {
  const out = Buffer.alloc(4);
  out.writeUInt32LE(bytes.length);
  return out;
}

type Compress = (bytes: Buffer) => Promise<Uint8Array> | Uint8Array;

let loaded: Promise<Compress> | undefined;

/** What Node has from 22.15 on, or the package that is as good. */
function zstd(): Promise<Compress> {
  return (loaded ??= loadZstd());
}

async function loadZstd(): Promise<Compress> {
  const native = (zlib as unknown as { zstdCompress?: typeof zlib.gzip }).zstdCompress;
  if (native !== undefined) return promisify(native);
  const { compress, init } = await zstdPackage();
  await init();
  return (bytes) => compress(bytes);
}

async function zstdPackage(): Promise<typeof ZstdWasm> {
  try {
    return await import('@bokuweb/zstd-wasm');
  } catch (error) {
    throw missingPackage(error, 'Writing zstd needs Node 22.15 or', '@bokuweb/zstd-wasm');
  }
}

import type { Transform } from 'node:stream';
import zlib from 'node:zlib';
import type * as Fzstd from 'fzstd';
import { messageOf } from '../../../lib/errors/index.js';
import { missingPackage } from '../../../lib/errors/missing-package.js';
import { type Bytes, Damaged, type Input } from './input.js';
import { through } from './zlib.js';

/** What Node has from 22.15 on. */
interface NativeZstd {
  readonly createZstdCompress?: (options?: object) => Transform;
  readonly constants: { readonly ZSTD_c_compressionLevel?: number };
}

const native = zlib as unknown as NativeZstd;

/** Whether this Node can write zstd. */
export const canEncodeZstd = native.createZstdCompress !== undefined;

export function encodeZstd(bytes: Bytes, level: number | undefined): AsyncIterable<Uint8Array> {
  const params = level === undefined ? {} : { [native.constants.ZSTD_c_compressionLevel!]: level };
  return through(native.createZstdCompress!({ params }), bytes);
}

/** A block of 4 bytes can stand for 128 KiB: so few at a time bound what comes out at once. */
const bytesAtOnce = 512;

/**
 * Reads zstd, by the package fzstd on every Node: what Node has from 22.15 on takes a file that was cut off for whole.
 * Throws MISSING_PACKAGE.
 */
export async function* decodeZstd(input: Input): AsyncGenerator<Buffer> {
  const { Decompress } = await fzstd();
  const head = await input.peek(18);
  if (head.length === 0) throw new Damaged(input.position, 'it is empty');
  const window = windowBytes(head);
  if (window > maxWindowBytes) throw new Damaged(input.position, `it needs a window of ${window} bytes`);
  let out: Buffer[] = [];
  const stream = new Decompress((data) => {
    if (data.length > 0) out.push(Buffer.from(data.buffer, data.byteOffset, data.byteLength));
  });
  let at = input.position;
  const push = (bytes: Uint8Array, last: boolean): Buffer[] => {
    out = [];
    try {
      stream.push(bytes, last);
    } catch (error) {
      throw new Damaged(at, messageOf(error), error);
    }
    at += bytes.length;
    return out;
  };
  for await (const chunk of input.rest()) {
    // It keeps parts of what it is given, and the buffer of a chunk is used again.
    for (let from = 0; from < chunk.length; from += bytesAtOnce) {
      yield* push(Uint8Array.from(chunk.subarray(from, from + bytesAtOnce)), false);
    }
  }
  yield* push(new Uint8Array(0), true);
}

/** What Node and the command `zstd` accept, too. */
const maxWindowBytes = 128 << 20;

/** How far back the frame that begins here may reach, which is the memory that it takes. */
function windowBytes(head: Buffer): number {
  if (head.length < 18 || head.readUInt32LE() !== 0xfd2fb528) return 0;
  const flags = head[4]!;
  const inOneSegment = (flags & 0x20) !== 0;
  if (!inOneSegment) return 2 ** (10 + (head[5]! >>> 3)) * (1 + (head[5]! & 7) / 8);
  // All of the content, whose length comes after the number of a dictionary.
  const at = 5 + [0, 1, 2, 4][flags & 3]!;
  const size = 1 << (flags >>> 6);
  return size === 8 ? Number(head.readBigUInt64LE(at)) : head.readUIntLE(at, size) + (size === 2 ? 256 : 0);
}

async function fzstd(): Promise<typeof Fzstd> {
  try {
    return await import('fzstd');
  } catch (error) {
    throw missingPackage(error, 'Reading zstd needs', 'fzstd');
  }
}

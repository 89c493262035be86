import { messageOf } from '../../../lib/errors/index.js';
import { type Bytes, Damaged, type Input } from './input.js';

/** Expands one block; throws a plain Error for what is wrong. `limit` is how many bytes there may be of it. */
export type ExpandBlock = (bytes: Buffer, limit: number) => Buffer;

/** No writer makes blocks that are as large. */
export const maxBlockBytes = 64 << 20;

/** Hadoop expands into buffers of 256 KiB, and this leaves room for what does not get smaller. */
const bytesPerBlock = 192 * 1024;

/**
 * Hadoop's files of blocks (`.snappy`, `.lz4`): the length of a block as it was, then parts, each of its compressed
 * length and the bytes, until they make up the block. Lengths have 4 bytes, the highest first.
 */
export async function* decodeBlocks(input: Input, expand: ExpandBlock): AsyncGenerator<Buffer> {
  while ((await input.peek(1)).length > 0) {
    const at = input.position;
    const size = (await input.take(4)).readUInt32BE();
    if (size > maxBlockBytes) throw new Damaged(at, `a block has a length of ${size} bytes`);
    for (let have = 0; have < size;) {
      const compressed = (await input.take(4)).readUInt32BE();
      if (compressed > maxBlockBytes) throw new Damaged(at, `a part of a block has a length of ${compressed} bytes`);
      const start = input.position;
      const part = expandAt(start, expand, await input.take(compressed), size - have);
      if (part.length === 0) throw new Damaged(start, 'a part of a block is empty');
      have += part.length;
      yield part;
    }
  }
}

/** Expands a block of the file; what is wrong with it is told with its place. */
export function expandAt(position: number, expand: ExpandBlock, bytes: Buffer, limit: number): Buffer {
  try {
    return expand(bytes, limit);
  } catch (error) {
    throw new Damaged(position, messageOf(error), error);
  }
}

export async function* encodeBlocks(
  chunks: Bytes,
  compress: (bytes: Uint8Array) => Buffer,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    for (let from = 0; from < chunk.length; from += bytesPerBlock) {
      const block = chunk.subarray(from, from + bytesPerBlock);
      const bytes = compress(block);
      const lengths = Buffer.alloc(8);
      lengths.writeUInt32BE(block.length, 0);
      lengths.writeUInt32BE(bytes.length, 4);
      yield lengths;
      yield bytes;
    }
    // Others get their turn: compressing does not wait for anything.
    await new Promise((resolve) => setImmediate(resolve));
  }
}

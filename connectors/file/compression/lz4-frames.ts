import { Damaged, type Input } from './input.js';
import { expandLz4Into } from './lz4.js';
import { Xxh32 } from './xxh32.js';

/** What a file of frames begins with. */
export const lz4FrameMagic = [0x04, 0x22, 0x4d, 0x18] as const;

const magic = 0x184d2204;

/** Blocks may copy from the blocks before them so far back. */
const windowBytes = 64 * 1024;

/** The format of the `lz4` command: frames, one after the other, with checksums. */
export async function* decodeLz4Frames(input: Input): AsyncGenerator<Buffer> {
  while ((await input.peek(1)).length > 0) {
    const at = input.position;
    const first = (await input.take(4)).readUInt32LE();
    if (first === magic) yield* decodeFrame(input);
    else if ((first & 0xfffffff0) >>> 0 === 0x184d2a50) await skipFrame(input);
    else throw new Damaged(at, 'something follows that does not belong to it');
  }
}

async function skipFrame(input: Input): Promise<void> {
  for (let left = (await input.take(4)).readUInt32LE(); left > 0;) {
    left -= (await input.take(Math.min(left, windowBytes))).length;
  }
}

async function* decodeFrame(input: Input): AsyncGenerator<Buffer> {
  const frame = await readHead(input);
  const content = frame.hasChecksum ? new Xxh32() : undefined;
  let window = Buffer.alloc(0);
  let total = 0;
  for (;;) {
    const at = input.position;
    const length = (await input.take(4)).readUInt32LE();
    if (length === 0) break;
    const stored = length >= 0x80000000;
    const size = stored ? length - 0x80000000 : length;
    if (size > frame.blockBytes) throw new Damaged(at, `a block has a length of ${size} bytes`);
    const bytes = await input.take(size);
    if (frame.blocksHaveChecksums) await check(input, new Xxh32().update(bytes));
    // A copy: what was handed on is not looked at any more.
    const out = Buffer.allocUnsafe(window.length + (stored ? size : frame.blockBytes));
    window.copy(out);
    const plain = out.subarray(window.length, expand(at, out, window.length, bytes, stored));
    if (!frame.independent) window = Buffer.from(out.subarray(0, window.length + plain.length).subarray(-windowBytes));
    content?.update(plain);
    total += plain.length;
    if (plain.length > 0) yield plain;
  }
  if (content !== undefined) await check(input, content);
  if (frame.size !== undefined && frame.size !== total) {
    throw new Damaged(input.position, `a frame holds ${total} bytes, and says that it holds ${frame.size}`);
  }
}

function expand(at: number, out: Buffer, start: number, bytes: Buffer, stored: boolean): number {
  if (stored) return start + bytes.copy(out, start);
  try {
    return expandLz4Into(out, start, bytes);
  } catch (error) {
    throw new Damaged(at, (error as Error).message, error);
  }
}

async function check(input: Input, hash: Xxh32): Promise<void> {
  const at = input.position;
  if ((await input.take(4)).readUInt32LE() !== hash.digest()) throw new Damaged(at, 'a checksum does not fit');
}

interface Head {
  readonly independent: boolean;
  readonly blocksHaveChecksums: boolean;
  readonly hasChecksum: boolean;
  readonly blockBytes: number;
  readonly size: number | undefined;
}

async function readHead(input: Input): Promise<Head> {
  const at = input.position;
  const [flags, sizes] = (await input.peek(2)) as unknown as [number | undefined, number | undefined];
  if (flags === undefined || sizes === undefined) throw new Damaged(at, 'it ends too soon');
  const hasSize = (flags & 8) !== 0;
  const head = await input.take(hasSize ? 10 : 2);
  const sum = (await input.take(1))[0];
  const known = flags >>> 6 === 1 && (flags & 3) === 0 && (sizes & 0x8f) === 0 && sizes >>> 4 >= 4;
  if (!known || sum !== ((new Xxh32().update(head).digest() >>> 8) & 0xff)) {
    throw new Damaged(at, 'the head of a frame is damaged, or of a kind that cannot be read');
  }
  return {
    independent: (flags & 0x20) !== 0,
    blocksHaveChecksums: (flags & 0x10) !== 0,
    hasChecksum: (flags & 4) !== 0,
    blockBytes: 256 << (2 * (sizes >>> 4)),
    size: hasSize ? Number(head.readBigUInt64LE(2)) : undefined,
  };
}

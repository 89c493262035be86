import { Damaged, type Input } from '../input.js';
import { BitReader } from './bits.js';
import { combined, crcOf, crcStart } from './crc.js';
import { readSymbols } from './symbols.js';

/** What files begin with, before and after the digit that says how large blocks are. */
export const bzip2Magic = 'BZh';
export const blockMagic = [0x314159, 0x265359] as const;
export const endMagic = [0x177245, 0x385090] as const;

/** What a block of 900 000 symbols takes at most (20 bits each, and its tables). */
const maxBlockBytes = 2_400_000;

const bytesAtOnce = 64 * 1024;

/** Several streams, as parallel compressors write them, are read as one file. */
export async function* decodeBzip2(input: Input): AsyncGenerator<Buffer> {
  do {
    yield* decodeStream(input);
  } while ((await input.peek(1)).length > 0);
}

async function* decodeStream(input: Input): AsyncGenerator<Buffer> {
  const start = input.position;
  const head = await input.take(4);
  const level = head[3]! - 0x30;
  if (head.toString('latin1', 0, 3) !== bzip2Magic || level < 1 || level > 9) {
    throw new Damaged(
      start,
      start === 0 ? 'it does not begin like bzip2' : 'something follows that does not belong to it',
    );
  }
  let bit = 0;
  let crc = 0;
  for (;;) {
    const bytes = await input.peek(maxBlockBytes);
    const at = input.position;
    const bits = new BitReader(bytes, bit);
    const wrong = (reason: string): Damaged => new Damaged(at, bits.isPastEnd ? 'it ends too soon' : reason);
    const [first, second] = [bits.read(24), bits.read(24)];
    const expected = bits.read32();
    if (first === endMagic[0] && second === endMagic[1]) {
      if (bits.isPastEnd || expected !== crc) throw wrong('its checksum does not fit');
      input.skip(Math.ceil(bits.position / 8));
      return;
    }
    if (first !== blockMagic[0] || second !== blockMagic[1]) throw wrong('a block does not begin as blocks do');
    // What a damaged block says of itself it says at once, so that the place is that of the block.
    let block: Block;
    try {
      block = readBlock(bits, level * 100_000);
    } catch (error) {
      throw wrong((error as Error).message);
    }
    if (bits.isPastEnd) throw wrong('');
    let blockCrc = crcStart;
    for (const { piece, crc: sum } of plainPieces(block)) {
      blockCrc = sum;
      yield piece;
    }
    if (~blockCrc !== expected) throw new Damaged(at, 'the checksum of a block does not fit');
    crc = combined(crc, expected);
    input.skip(bits.position >>> 3);
    bit = bits.position & 7;
  }
}

interface Block {
  /** For each position the byte there, and from bit 8 on the position that follows it. */
  readonly chain: Uint32Array;
  readonly first: number;
  readonly length: number;
}

function readBlock(bits: BitReader, maxLength: number): Block {
  if (bits.read(1) === 1) throw new Error('a block is randomised, as no writer has done for decades');
  const origin = bits.read(24);
  const chain = new Uint32Array(maxLength);
  const length = readSymbols(bits, chain);
  if (origin >= length) throw new Error('a block begins outside of itself');
  const starts = new Uint32Array(257);
  for (let i = 0; i < length; i++) starts[chain[i]! + 1]!++;
  for (let byte = 0; byte < 256; byte++) starts[byte + 1]! += starts[byte]!;
  for (let i = 0; i < length; i++) {
    const place = starts[chain[i]! & 0xff]!++;
    chain[place] = chain[place]! | (i << 8);
  }
  return { chain, first: chain[origin]! >>> 8, length };
}

/** The bytes of a block, in which four of a kind are followed by how many more there are. */
function* plainPieces({ chain, first, length }: Block): Generator<{ piece: Buffer; crc: number }> {
  let out = Buffer.allocUnsafe(bytesAtOnce);
  let to = 0;
  let crc = crcStart;
  let run = 0;
  let last = -1;
  for (let i = 0, at = first; i < length; i++) {
    const entry = chain[at]!;
    const byte = entry & 0xff;
    at = entry >>> 8;
    let times = 1;
    let value = byte;
    if (run === 4) {
      times = byte;
      value = last;
      run = 0;
      last = -1;
    } else if (byte === last) {
      run++;
    } else {
      run = 1;
      last = byte;
    }
    for (; times > 0; times--) {
      crc = crcOf(crc, value);
      out[to++] = value;
    }
    // There is always room for a run.
    if (to > bytesAtOnce - 256) {
      yield { piece: out.subarray(0, to), crc };
      out = Buffer.allocUnsafe(bytesAtOnce);
      to = 0;
    }
  }
  if (to > 0) yield { piece: out.subarray(0, to), crc };
}

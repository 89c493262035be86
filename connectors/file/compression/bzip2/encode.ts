import type { Bytes } from '../input.js';
import { BitWriter } from './bits.js';
import { combined, crcOf, crcStart } from './crc.js';
import { blockMagic, bzip2Magic, endMagic } from './decode.js';
import { codeLengths, codesOf, maxCodeBits } from './huffman.js';
import { rotations } from './rotations.js';
import { groupSize } from './symbols.js';

/** `level` is the size of blocks in 100 000 bytes, 1 to 9. */
export async function* encodeBzip2(chunks: Bytes, level = 9): AsyncGenerator<Uint8Array> {
  const bits = new BitWriter();
  for (const char of `${bzip2Magic}${level}`) bits.write(char.charCodeAt(0), 8);
  // Readers want some room to be left.
  const block = new Block(level * 100_000 - 32);
  let crc = 0;
  const flush = (): Buffer => {
    if (block.length > 0) crc = combined(crc, writeBlock(bits, block));
    block.clear();
    return bits.take();
  };
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length;) {
      at = block.add(chunk, at);
      if (!block.isFull) continue;
      yield flush();
      // Others get their turn: compressing does not wait for anything.
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
  block.endRun();
  yield flush();
  for (const part of endMagic) bits.write(part, 24);
  bits.write32(crc);
  bits.align();
  yield bits.take();
}

/** The bytes of a block: after four of a kind comes how many more there are. */
class Block {
  readonly bytes: Uint8Array;
  length = 0;
  crc = crcStart;
  private last = -1;
  private run = 0;

  constructor(private readonly size: number) {
    this.bytes = new Uint8Array(size + 8);
  }

  get isFull(): boolean {
    return this.length >= this.size;
  }

  /** Takes bytes from `at` on while there is room; returns where it stopped. */
  add(chunk: Uint8Array, at: number): number {
    for (; at < chunk.length && this.length < this.size; at++) {
      const byte = chunk[at]!;
      if (byte !== this.last || this.run === 259) {
        this.endRun();
        this.last = byte;
      }
      this.crc = crcOf(this.crc, byte);
      if (++this.run <= 4) this.bytes[this.length++] = byte;
    }
    if (this.isFull) this.endRun();
    return at;
  }

  endRun(): void {
    if (this.run >= 4) this.bytes[this.length++] = this.run - 4;
    this.run = 0;
    this.last = -1;
  }

  clear(): void {
    this.length = 0;
    this.crc = crcStart;
  }
}

/** Returns the CRC of the block. */
function writeBlock(bits: BitWriter, { bytes, length, crc }: Block): number {
  const sum = ~crc;
  const block = bytes.subarray(0, length);
  const order = rotations(block);
  for (const part of blockMagic) bits.write(part, 24);
  bits.write32(sum);
  bits.write(0, 1);
  bits.write(order.indexOf(0), 24);
  const used = usedBytes(block);
  writeUsed(bits, used);
  const symbols = symbolsOf(block, order, used);
  const size = used.length + 2;
  const counts = new Uint32Array(size);
  for (const symbol of symbols) counts[symbol]!++;
  const lengths = codeLengths(counts);
  const codes = codesOf(lengths);
  // There must be two tables at least: they are the same, and all groups have the first.
  bits.write(2, 3);
  const groups = Math.ceil(symbols.length / groupSize);
  bits.write(groups, 15);
  for (let i = 0; i < groups; i++) bits.write(0, 1);
  writeLengths(bits, lengths);
  writeLengths(bits, lengths);
  for (const symbol of symbols) bits.write(codes[symbol]!, lengths[symbol]!);
  return sum;
}

function usedBytes(block: Uint8Array): Uint8Array {
  const is = new Uint8Array(256);
  for (const byte of block) is[byte] = 1;
  return Uint8Array.from(is.keys()).filter((byte) => is[byte] === 1);
}

function writeUsed(bits: BitWriter, used: Uint8Array): void {
  const ranges = new Uint16Array(16);
  for (const byte of used) ranges[byte >>> 4]! |= 0x8000 >>> (byte & 15);
  bits.write(
    ranges.reduce((all, range, i) => all | (range === 0 ? 0 : 0x8000 >>> i), 0),
    16,
  );
  for (const range of ranges) if (range !== 0) bits.write(range, 16);
}

/**
 * The bytes before the sorted rotations, each as its place among the bytes seen last; how many zeros follow one another
 * is written with the digits 1 and 2 (the symbols 0 and 1), the lowest first.
 */
function symbolsOf(block: Uint8Array, order: Uint32Array, used: Uint8Array): Uint16Array {
  const symbols = new Uint16Array(block.length + 1);
  const recent = Uint8Array.from(used);
  let count = 0;
  let zeros = 0;
  const writeZeros = (): void => {
    for (; zeros > 0; zeros = (zeros - 1) >>> 1) symbols[count++] = (zeros - 1) & 1;
  };
  for (let i = 0; i < order.length; i++) {
    const at = order[i]!;
    const byte = block[at === 0 ? block.length - 1 : at - 1]!;
    const place = recent.indexOf(byte);
    if (place === 0) {
      zeros++;
      continue;
    }
    writeZeros();
    recent.copyWithin(1, 0, place);
    recent[0] = byte;
    symbols[count++] = place + 1;
  }
  writeZeros();
  symbols[count++] = used.length + 1;
  return symbols.subarray(0, count);
}

function writeLengths(bits: BitWriter, lengths: Uint8Array): void {
  let current = lengths[0] ?? maxCodeBits;
  bits.write(current, 5);
  for (const length of lengths) {
    for (; current < length; current++) bits.write(0b10, 2);
    for (; current > length; current--) bits.write(0b11, 2);
    bits.write(0, 1);
  }
}

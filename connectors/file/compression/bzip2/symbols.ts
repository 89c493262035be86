import type { BitReader } from './bits.js';

const maxCodeBits = 20;

/** So many symbols have one table. */
export const groupSize = 50;

/** A Huffman code: symbols in the order of their codes, with the codes of each length as numbers in a row. */
interface Code {
  /** By length: a code of fewer than `limit` (all filled up to 20 bits) has that length at most. */
  readonly limits: Int32Array;
  /** By length: from a code of that length to its place in `symbols`. */
  readonly offsets: Int32Array;
  readonly symbols: Uint16Array;
  readonly shortest: number;
}

/**
 * Reads the bytes of a block, as they are after the sorting, into `out`. Returns how many there are. Throws a plain
 * Error for what cannot be.
 */
export function readSymbols(bits: BitReader, out: Uint32Array): number {
  const recent = readUsed(bits);
  const end = recent.length + 1;
  const tables = bits.read(3);
  const groups = bits.read(15);
  if (recent.length === 0 || tables < 2 || tables > 6 || groups === 0)
    throw new Error('the head of a block is damaged');
  const selectors = readSelectors(bits, tables, groups);
  const codes = Array.from({ length: tables }, () => readCode(bits, end + 1));
  let length = 0;
  let run = 0;
  let weight = 1;
  for (const selector of selectors) {
    if (bits.isPastEnd) break;
    const code = codes[selector]!;
    for (let i = 0; i < groupSize; i++) {
      const symbol = readSymbol(bits, code);
      if (symbol <= 1) {
        run += weight << symbol;
        weight *= 2;
        if (run > out.length) throw new Error('a block is too long');
        continue;
      }
      if (run > 0) {
        if (length + run > out.length) throw new Error('a block is too long');
        out.fill(recent[0]!, length, length + run);
        length += run;
        run = 0;
        weight = 1;
      }
      if (symbol === end) return length;
      if (length === out.length) throw new Error('a block is too long');
      const byte = recent[symbol - 1]!;
      recent.copyWithin(1, 0, symbol - 1);
      recent[0] = byte;
      out[length++] = byte;
    }
  }
  throw new Error('a block has no end');
}

/** The bytes that a block has. */
function readUsed(bits: BitReader): Uint8Array {
  const used: number[] = [];
  const ranges = bits.read(16);
  for (let high = 0; high < 16; high++) {
    if ((ranges & (0x8000 >>> high)) === 0) continue;
    const range = bits.read(16);
    for (let low = 0; low < 16; low++) if ((range & (0x8000 >>> low)) !== 0) used.push(high * 16 + low);
  }
  return Uint8Array.from(used);
}

/** Which table each group has. */
function readSelectors(bits: BitReader, tables: number, groups: number): Uint8Array {
  const recent = Uint8Array.from({ length: tables }, (_, i) => i);
  return Uint8Array.from({ length: groups }, () => {
    let place = 0;
    while (bits.read(1) === 1) if (++place >= tables) throw new Error('a selector is damaged');
    const table = recent[place]!;
    recent.copyWithin(1, 0, place);
    recent[0] = table;
    return table;
  });
}

function readCode(bits: BitReader, size: number): Code {
  let length = bits.read(5);
  const lengths = Uint8Array.from({ length: size }, () => {
    for (;;) {
      if (length < 1 || length > maxCodeBits) throw new Error('a code is too long');
      if (bits.read(1) === 0) return length;
      length += bits.read(1) === 0 ? 1 : -1;
    }
  });
  const counts = new Int32Array(maxCodeBits + 1);
  for (const bitsOf of lengths) counts[bitsOf]!++;
  const limits = new Int32Array(maxCodeBits + 1);
  const offsets = new Int32Array(maxCodeBits + 1);
  const starts = new Int32Array(maxCodeBits + 1);
  for (let n = 1, code = 0, before = 0; n <= maxCodeBits; n++) {
    offsets[n] = before - code;
    starts[n] = before;
    before += counts[n]!;
    code += counts[n]!;
    if (code > 1 << n) throw new Error('there are more codes than there can be');
    limits[n] = code << (maxCodeBits - n);
    code <<= 1;
  }
  const symbols = new Uint16Array(size);
  for (let symbol = 0; symbol < size; symbol++) symbols[starts[lengths[symbol]!]!++] = symbol;
  return { limits, offsets, symbols, shortest: lengths.reduce((a, b) => Math.min(a, b)) };
}

function readSymbol(bits: BitReader, { limits, offsets, symbols, shortest }: Code): number {
  const code = bits.peek(maxCodeBits);
  let length = shortest;
  while (length <= maxCodeBits && code >= limits[length]!) length++;
  if (length > maxCodeBits) throw new Error('there is no such code');
  bits.skip(length);
  return symbols[(code >>> (maxCodeBits - length)) + offsets[length]!]!;
}

import type { Hasher } from './hasher.js';

/**
 * XXH64 as Spark's `xxhash64` computes it, in 32-bit halves: 64-bit integers of JavaScript are objects, ten times
 * slower here. Of each prime the comment gives the whole number.
 */
export class Xxh64 implements Hasher {
  /** The halves of the hash so far, signed 32-bit integers. */
  low = 42;
  high = 0;

  reset(): void {
    this.low = 42;
    this.high = 0;
  }

  int(value: number): void {
    this.add(P5_LOW, P5_HIGH);
    this.add(4, 0);
    this.word32(value);
    this.finish();
  }

  long(low: number, high: number): void {
    this.add(P5_LOW, P5_HIGH);
    this.add(8, 0);
    this.word64(low, high);
    this.finish();
  }

  bytes(bytes: Uint8Array, from: number, to: number): void {
    const length = to - from;
    let p = from;
    if (length >= 32) p = this.stripes(bytes, from, to);
    else this.add(P5_LOW, P5_HIGH);
    this.add(length, 0);
    for (; p + 8 <= to; p += 8) this.word64(int32(bytes, p), int32(bytes, p + 4));
    if (p + 4 <= to) {
      this.word32(int32(bytes, p));
      p += 4;
    }
    for (; p < to; p++) {
      // hash = rotl(hash ^ byte * P5, 11) * P1
      const byte = bytes[p]!;
      this.xor(Math.imul(byte, P5_LOW), productHigh(byte, 0, P5_LOW, P5_HIGH));
      this.rotate(11);
      this.multiply(P1_LOW, P1_HIGH);
    }
    this.finish();
  }

  /** The 32 bytes at a time with which a long text begins, in four lanes; returns where they end. */
  private stripes(bytes: Uint8Array, from: number, to: number): number {
    for (const lane of lanes) {
      lane.low = this.low;
      lane.high = this.high;
    }
    lanes[0]!.add(P1_LOW, P1_HIGH);
    lanes[0]!.add(P2_LOW, P2_HIGH);
    lanes[1]!.add(P2_LOW, P2_HIGH);
    lanes[3]!.add(-P1_LOW, ~P1_HIGH);
    let p = from;
    for (; p + 32 <= to; p += 32) {
      for (let k = 0; k < 4; k++) lanes[k]!.round(int32(bytes, p + 8 * k), int32(bytes, p + 8 * k + 4));
    }
    this.low = 0;
    this.high = 0;
    for (let k = 0; k < 4; k++) {
      const { low, high } = lanes[k]!;
      lanes[k]!.rotate(turns[k]!);
      this.add(lanes[k]!.low, lanes[k]!.high);
      lanes[k]!.low = low;
      lanes[k]!.high = high;
    }
    for (const lane of lanes) {
      // hash = (hash ^ round(0, lane)) * P1 + P4
      const { low, high } = lane;
      lane.low = 0;
      lane.high = 0;
      lane.round(low, high);
      this.xor(lane.low, lane.high);
      this.multiply(P1_LOW, P1_HIGH);
      this.add(P4_LOW, P4_HIGH);
    }
    return p;
  }

  /** hash = rotl(hash + word * P2, 31) * P1 */
  private round(low: number, high: number): void {
    this.add(Math.imul(low, P2_LOW), productHigh(low, high, P2_LOW, P2_HIGH));
    this.rotate(31);
    this.multiply(P1_LOW, P1_HIGH);
  }

  // What follows is the path of every value, so the halves stay in variables until the end.

  /** hash = rotl(hash ^ rotl(word * P2, 31) * P1, 27) * P1 + P4 */
  private word64(low: number, high: number): void {
    const a = Math.imul(low, P2_LOW);
    const b = productHigh(low, high, P2_LOW, P2_HIGH);
    const turnedLow = (a << 31) | (b >>> 1);
    const turnedHigh = (b << 31) | (a >>> 1);
    const l = this.low ^ Math.imul(turnedLow, P1_LOW);
    const h = this.high ^ productHigh(turnedLow, turnedHigh, P1_LOW, P1_HIGH);
    const rotatedLow = (l << 27) | (h >>> 5);
    const rotatedHigh = (h << 27) | (l >>> 5);
    this.store(Math.imul(rotatedLow, P1_LOW), productHigh(rotatedLow, rotatedHigh, P1_LOW, P1_HIGH), P4_LOW, P4_HIGH);
  }

  /** hash = rotl(hash ^ unsigned word * P1, 23) * P2 + P3 */
  private word32(word: number): void {
    const l = this.low ^ Math.imul(word, P1_LOW);
    const h = this.high ^ productHigh(word, 0, P1_LOW, P1_HIGH);
    const rotatedLow = (l << 23) | (h >>> 9);
    const rotatedHigh = (h << 23) | (l >>> 9);
    this.store(Math.imul(rotatedLow, P2_LOW), productHigh(rotatedLow, rotatedHigh, P2_LOW, P2_HIGH), P3_LOW, P3_HIGH);
  }

  private finish(): void {
    let l = this.low ^ (this.high >>> 1);
    let h = productHigh(l, this.high, P2_LOW, P2_HIGH);
    l = Math.imul(l, P2_LOW);
    l ^= (l >>> 29) | (h << 3);
    h ^= h >>> 29;
    h = productHigh(l, h, P3_LOW, P3_HIGH);
    this.low = Math.imul(l, P3_LOW) ^ h;
    this.high = h;
  }

  /** hash = (low, high) + (moreLow, moreHigh) */
  private store(low: number, high: number, moreLow: number, moreHigh: number): void {
    const sum = (low + moreLow) | 0;
    this.low = sum;
    this.high = (high + moreHigh + (sum >>> 0 < moreLow >>> 0 ? 1 : 0)) | 0;
  }

  private xor(low: number, high: number): void {
    this.low ^= low;
    this.high ^= high;
  }

  private add(low: number, high: number): void {
    this.store(this.low, this.high, low, high);
  }

  private multiply(low: number, high: number): void {
    this.high = productHigh(this.low, this.high, low, high);
    this.low = Math.imul(this.low, low);
  }

  /** To the left, by 1 to 31 bits. */
  private rotate(bits: number): void {
    const { low, high } = this;
    this.low = (low << bits) | (high >>> (32 - bits));
    this.high = (high << bits) | (low >>> (32 - bits));
  }
}

const int32 = (bytes: Uint8Array, p: number): number =>
  bytes[p]! | (bytes[p + 1]! << 8) | (bytes[p + 2]! << 16) | (bytes[p + 3]! << 24);

const lanes = [new Xxh64(), new Xxh64(), new Xxh64(), new Xxh64()];
const turns = [1, 7, 12, 18];

/** Bits 32 to 63 of the product of two 64-bit integers. */
function productHigh(aLow: number, aHigh: number, bLow: number, bHigh: number): number {
  return (highProduct(aLow, bLow) + Math.imul(aLow, bHigh) + Math.imul(aHigh, bLow)) | 0;
}

/** Bits 32 to 63 of the product of two unsigned 32-bit integers. */
function highProduct(a: number, b: number): number {
  const a0 = a & 0xffff;
  const a1 = a >>> 16;
  const b0 = b & 0xffff;
  const b1 = b >>> 16;
  const middle = Math.imul(a1, b0) + (Math.imul(a0, b0) >>> 16);
  const other = Math.imul(a0, b1) + (middle & 0xffff);
  return (Math.imul(a1, b1) + (middle >>> 16) + (other >>> 16)) | 0;
}

const P1_HIGH = 0x9e3779b1 | 0; // 9E3779B185EBCA87
const P1_LOW = 0x85ebca87 | 0;
const P2_HIGH = 0xc2b2ae3d | 0; // C2B2AE3D27D4EB4F
const P2_LOW = 0x27d4eb4f | 0;
const P3_HIGH = 0x165667b1 | 0; // 165667B19E3779F9
const P3_LOW = 0x9e3779f9 | 0;
const P4_HIGH = 0x85ebca77 | 0; // 85EBCA77C2B2AE63
const P4_LOW = 0xc2b2ae63 | 0;
const P5_HIGH = 0x27d4eb2f | 0; // 27D4EB2F165667C5
const P5_LOW = 0x165667c5 | 0;

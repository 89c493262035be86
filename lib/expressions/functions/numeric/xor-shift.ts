import { Murmur3 } from '../../../hash/index.js';

/** With what Scala begins the hash of an array. */
const arraySeed = 0x3c074a61;

/** The random numbers that Spark gives for a seed: Java's, made of a 64-bit shift register. */
export class XorShift {
  private high: number;
  private low: number;
  /** Normal numbers come in pairs; this is the second of one. */
  private kept: number | undefined;

  constructor(seed: bigint) {
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setBigInt64(0, BigInt.asIntN(64, seed));
    const hash = new Murmur3();
    hash.value = arraySeed;
    hash.bytes(bytes, 0, 8);
    this.low = hash.value;
    hash.bytes(bytes, 0, 8);
    this.high = hash.value;
  }

  /** From 0 (inclusive) to 1 (exclusive), evenly distributed. */
  uniform(): number {
    return (this.bits(26) * 2 ** 27 + this.bits(27)) * 2 ** -53;
  }

  /** Any 32-bit integer. */
  integer(): number {
    return this.bits(32);
  }

  /** From the normal distribution around 0 with deviation 1. */
  normal(): number {
    const { kept } = this;
    this.kept = undefined;
    if (kept !== undefined) return kept;
    for (;;) {
      const x = 2 * this.uniform() - 1;
      const y = 2 * this.uniform() - 1;
      const square = x * x + y * y;
      if (square >= 1 || square === 0) continue;
      const factor = Math.sqrt((-2 * Math.log(square)) / square);
      this.kept = y * factor;
      return x * factor;
    }
  }

  private bits(count: number): number {
    const high = this.high ^ ((this.high << 21) | (this.low >>> 11));
    let low = this.low ^ (this.low << 21);
    low ^= high >>> 3;
    this.high = high ^ ((high << 4) | (low >>> 28));
    this.low = low ^ (low << 4);
    return this.low & (2 ** count - 1);
  }
}

/**
 * A running hash: each call takes in one more value, the hash so far being the seed. Integers are 32 bits each;
 * a 64-bit one comes as its two halves.
 */
export interface Hasher {
  /** Starts again with the seed 42. */
  reset(): void;
  int(value: number): void;
  long(low: number, high: number): void;
  /** Bytes `from` to `to` (exclusive). */
  bytes(bytes: Uint8Array, from: number, to: number): void;
}

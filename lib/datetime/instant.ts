/** Microseconds in 64 bits, split into seconds and the rest as numbers: those are far quicker to compute with. */

export const SECONDS_PER_DAY = 86_400;
export const MICROS_PER_SECOND = 1_000_000n;
export const MICROS_PER_MINUTE = 60_000_000n;
export const MICROS_PER_HOUR = 3_600_000_000n;
export const MICROS_PER_DAY = 86_400_000_000n;
export const MAX_LONG = 0x7fff_ffff_ffff_ffffn;
export const MIN_LONG = -0x8000_0000_0000_0000n;

/** Whole seconds, rounded down, of microseconds below 2^53. */
export function wholeSeconds(micros: number): number {
  const rest = micros % 1_000_000;
  return (micros - rest) / 1_000_000 - (rest < 0 ? 1 : 0);
}

/** Whole seconds, rounded down. */
export function secondsOf(micros: bigint): number {
  const n = Number(micros);
  if (Math.abs(n) < Number.MAX_SAFE_INTEGER) return wholeSeconds(n);
  const rest = micros % MICROS_PER_SECOND;
  return Number(micros / MICROS_PER_SECOND) - (rest < 0n ? 1 : 0);
}

/** Microseconds past the whole second, 0 to 999999. */
export function microsOfSecond(micros: bigint): number {
  const n = Number(micros);
  const rest = Math.abs(n) < Number.MAX_SAFE_INTEGER ? n % 1_000_000 : Number(micros % MICROS_PER_SECOND);
  return rest < 0 ? rest + 1_000_000 : rest + 0;
}

export function microsFrom(seconds: number, micros: number): bigint {
  const n = seconds * 1_000_000 + micros;
  return Math.abs(n) < Number.MAX_SAFE_INTEGER ? BigInt(n) : BigInt(seconds) * MICROS_PER_SECOND + BigInt(micros);
}

/** Whether it fits 64 bits, as every physical value has to. */
export const isLong = (value: bigint): boolean => value >= MIN_LONG && value <= MAX_LONG;

/** Days from seconds, rounded down. */
export const daysIn = (seconds: number): number => Math.floor(seconds / SECONDS_PER_DAY);

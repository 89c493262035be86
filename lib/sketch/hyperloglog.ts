/**
 * HyperLogLog++: estimates how many different values there were from their 64-bit hashes, in one byte a register.
 * The registers, and the estimate up to 2.5 values a register, are those of Spark's `approx_count_distinct`.
 */

/** How many bits of a hash choose the register, for a relative standard deviation; undefined above 0.39. */
export function precisionFor(deviation: number): number | undefined {
  const bits = Math.ceil((2 * Math.log(1.106 / deviation)) / Math.LN2);
  return bits >= 4 ? bits : undefined;
}

/** Notes a hash, given as its two halves. `registers` are 2^`precision`, 4 to 31 bits. */
export function addHash(registers: Uint8Array, precision: number, low: number, high: number): void {
  const register = high >>> (32 - precision);
  // The position of the first 1 in the bits that are left; one is put behind them.
  const leftHigh = (high << precision) | (low >>> (32 - precision));
  const leftLow = (low << precision) | (1 << (precision - 1));
  const rank = (leftHigh === 0 ? 32 + Math.clz32(leftLow) : Math.clz32(leftHigh)) + 1;
  if (rank > registers[register]!) registers[register] = rank;
}

/** Takes the values that `other` has seen into `registers`. */
export function mergeRegisters(registers: Uint8Array, other: Uint8Array): void {
  for (let i = 0; i < registers.length; i++) if (other[i]! > registers[i]!) registers[i] = other[i]!;
}

/** How many different values were noted, to the nearest whole number. */
export function estimate(registers: Uint8Array): number {
  const m = registers.length;
  let inverse = 0;
  let empty = 0;
  for (const rank of registers) {
    inverse += 2 ** -rank;
    if (rank === 0) empty++;
  }
  const raw = (alpha(m) * m * m) / inverse;
  if (empty > 0) {
    const linear = m * Math.log(m / empty);
    const precision = Math.log2(m);
    if (linear <= (thresholds[precision - 4] ?? 0) || raw <= 2.5 * m) return Math.round(linear);
  }
  return Math.round(raw < 5 * m ? unbiased(raw, m) : raw);
}

/** Up to here, by precision from 4 on, counting empty registers is the better estimate. */
const thresholds = [10, 20, 40, 80, 220, 400, 900, 1800, 3100, 6500, 15500, 20000, 50000, 120000, 350000];

function alpha(m: number): number {
  return m === 16 ? 0.673 : m === 32 ? 0.697 : m === 64 ? 0.709 : 0.7213 / (1 + 1.079 / m);
}

/**
 * The number of values that leads to this raw estimate on average. The paper, and Spark, take the bias from tables
 * of simulations; this is what the simulations approach, so the two agree up to the noise of those tables.
 */
function unbiased(raw: number, m: number): number {
  let from = 0;
  let to = 6 * m;
  while (to - from > 1e-3) {
    const middle = (from + to) / 2;
    if (expectedRaw(middle, m) < raw) from = middle;
    else to = middle;
  }
  return from;
}

/**
 * The mean of the raw estimate after `n` values, up to terms of the order 1/m²: that of c/Z for a sum Z over the
 * registers with mean μ and variance σ² is c/μ · (1 + σ²/μ²). A register is at most k with probability
 * exp(-n/m·2^-k) if the number of values is random (Poisson); fixing it takes n·(dμ/dn)² off the variance.
 */
function expectedRaw(n: number, m: number): number {
  const load = n / m;
  let mean = 0;
  let square = 0;
  let slope = 0;
  let before = 0;
  let slopeBefore = 0;
  for (let k = 0; k <= 64; k++) {
    const weight = 2 ** -k;
    const below = Math.exp(-load * weight);
    const slopeBelow = -weight * below;
    mean += weight * (below - before);
    square += weight * weight * (below - before);
    slope += weight * (slopeBelow - slopeBefore);
    before = below;
    slopeBefore = slopeBelow;
  }
  const variance = (square - mean * mean - load * slope * slope) / m;
  return ((alpha(m) * m) / mean) * (1 + variance / (mean * mean));
}

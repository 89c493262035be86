/*
 * Powers to the last digit. V8 computes them with errors that show (10 to the power of -4 is not 0.0001), Java does not:
 * whole powers are computed here with pairs of doubles, a number and what it lacks, of about 106 bits.
 */

/** The product of two doubles: its rounded value and, exactly, what rounding took away (Dekker). */
function product(a: number, b: number): readonly [number, number] {
  const p = a * b;
  const aHigh = upperHalf(a);
  const bHigh = upperHalf(b);
  const aLow = a - aHigh;
  const bLow = b - bHigh;
  return [p, aLow * bLow - (p - aHigh * bHigh - aLow * bHigh - aHigh * bLow)];
}

/** The upper 26 bits of a double. */
function upperHalf(a: number): number {
  const c = 134217729 * a;
  return c - (c - a);
}

/** Outside of these the halves of a product would overflow or lose bits. */
const isModerate = (value: number): boolean => Math.abs(value) > 1e-140 && Math.abs(value) < 1e140;

/** `x` to the power of `y`, as Java has it. */
export function pow(x: number, y: number): number {
  const rough = Math.pow(x, y);
  if (!Number.isInteger(y) || Math.abs(y) > 4096 || !isModerate(rough) || !isModerate(x)) return rough;
  let high = 1;
  let low = 0;
  let base = x;
  let baseLow = 0;
  for (let left = Math.abs(y); ;) {
    if (left % 2 === 1) {
      const [p, e] = product(high, base);
      const rest = e + (high * baseLow + low * base);
      high = p + rest;
      low = p - high + rest;
    }
    left = Math.floor(left / 2);
    if (left === 0) break;
    const [p, e] = product(base, base);
    const rest = e + 2 * base * baseLow;
    base = p + rest;
    baseLow = p - base + rest;
  }
  if (y >= 0) return high;
  const quotient = 1 / high;
  const [p, e] = product(quotient, high);
  return quotient + (1 - p - e - quotient * low) / high;
}

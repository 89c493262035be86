import { divideRounded, fits, maxPrecision, pow10, rescale } from './decimal.js';

export interface DecimalShape {
  readonly precision: number;
  readonly scale: number;
}

/** What arithmetic keeps of the fraction, if it must give up digits. */
const minAdjustedScale = 6;

/** The shape that holds a result: past 38 digits the fraction gives way to the integral digits, down to six digits. */
export function adjusted(precision: number, scale: number): DecimalShape {
  if (precision <= maxPrecision) return { precision, scale };
  const integral = precision - scale;
  return { precision: maxPrecision, scale: Math.max(maxPrecision - integral, Math.min(scale, minAdjustedScale)) };
}

/** A shape cut to what a decimal can have. */
export const bounded = (precision: number, scale: number): DecimalShape => ({
  precision: Math.min(precision, maxPrecision),
  scale: Math.min(scale, maxPrecision),
});

/** The shapes of results, by Spark's rules. */
export const resultShape = {
  add(a: DecimalShape, b: DecimalShape): DecimalShape {
    const scale = Math.max(a.scale, b.scale);
    return adjusted(Math.max(a.precision - a.scale, b.precision - b.scale) + scale + 1, scale);
  },
  multiply: (a: DecimalShape, b: DecimalShape): DecimalShape =>
    adjusted(a.precision + b.precision + 1, a.scale + b.scale),
  divide(a: DecimalShape, b: DecimalShape): DecimalShape {
    const scale = Math.max(minAdjustedScale, a.scale + b.precision + 1);
    return adjusted(a.precision - a.scale + b.scale + scale, scale);
  },
  remainder(a: DecimalShape, b: DecimalShape): DecimalShape {
    const scale = Math.max(a.scale, b.scale);
    return adjusted(Math.min(a.precision - a.scale, b.precision - b.scale) + scale, scale);
  },
  /** Of the quotient of `div` before it becomes a long. */
  integralDivide(a: DecimalShape, b: DecimalShape): DecimalShape {
    return bounded(Math.max(1, a.precision - a.scale + b.scale), 0);
  },
} as const;

/** A binary operation of unscaled numbers. Null where the result does not fit. The divisor is never zero. */
export type DecimalOperation = (a: bigint, b: bigint) => bigint | null;

const checked = (value: bigint, precision: number): bigint | null => (fits(value, precision) ? value : null);

export function decimalAdd(a: DecimalShape, b: DecimalShape, to: DecimalShape): DecimalOperation {
  const scale = Math.max(a.scale, b.scale);
  const left = pow10(scale - a.scale);
  const right = pow10(scale - b.scale);
  return (x, y) => checked(rescale(x * left + y * right, scale, to.scale, 'half_up'), to.precision);
}

export function decimalSubtract(a: DecimalShape, b: DecimalShape, to: DecimalShape): DecimalOperation {
  const add = decimalAdd(a, b, to);
  return (x, y) => add(x, -y);
}

export function decimalMultiply(a: DecimalShape, b: DecimalShape, to: DecimalShape): DecimalOperation {
  const scale = a.scale + b.scale;
  return (x, y) => checked(rescale(x * y, scale, to.scale, 'half_up'), to.precision);
}

export function decimalDivide(a: DecimalShape, b: DecimalShape, to: DecimalShape): DecimalOperation {
  const shift = to.scale + b.scale - a.scale;
  const left = pow10(Math.max(0, shift));
  const right = pow10(Math.max(0, -shift));
  return (x, y) => checked(divideRounded(x * left, y * right, 'half_up'), to.precision);
}

/** The remainder with the sign of the dividend. */
export function decimalRemainder(a: DecimalShape, b: DecimalShape, to: DecimalShape): DecimalOperation {
  const scale = Math.max(a.scale, b.scale);
  const left = pow10(scale - a.scale);
  const right = pow10(scale - b.scale);
  return (x, y) => checked(rescale((x * left) % (y * right), scale, to.scale, 'half_up'), to.precision);
}

/** The remainder with the sign of the divisor, as `pmod` has it. */
export function decimalPositiveModulo(a: DecimalShape, b: DecimalShape, to: DecimalShape): DecimalOperation {
  const scale = Math.max(a.scale, b.scale);
  const left = pow10(scale - a.scale);
  const right = pow10(scale - b.scale);
  return (x, y) => {
    const divisor = y * right;
    const rest = (x * left) % divisor;
    const positive = rest < 0n ? (rest + divisor) % divisor : rest;
    return checked(rescale(positive, scale, to.scale, 'half_up'), to.precision);
  };
}

/** The quotient without its fraction. Null where it has more digits than `resultShape.integralDivide` says. */
export function decimalIntegralDivide(a: DecimalShape, b: DecimalShape): DecimalOperation {
  const divide = resultShape.integralDivide(a, b);
  const left = pow10(Math.max(0, b.scale - a.scale));
  const right = pow10(Math.max(0, a.scale - b.scale));
  return (x, y) => checked((x * left) / (y * right), divide.precision);
}

import { decimalPositiveModulo, doubleToLong, resultShape, wrapLong } from '../../../numbers/index.js';
import type { DataType, DecimalType } from '../../../schema/index.js';
import { isAnsiInterval } from '../../coerce.js';
import { failed, invalid } from '../../errors.js';
import type { Value } from '../../values.js';
import type { FunctionDef, Param, SpecialDef } from '../define.js';
import { numbers } from '../operator/arithmetic.js';
import { any, double, long, oneOf } from '../params.js';

/** The remainder, moved to the side of zero on which the divisor is. */
function positiveModulo(a: DataType, b: DataType, type: DataType): (x: never, y: never) => Value {
  switch (type.kind) {
    case 'decimal':
      return decimalPositiveModulo(a as DecimalType, b as DecimalType, type);
    case 'long':
      return (x: bigint, y: bigint) => {
        const rest = x % y;
        return rest < 0n ? wrapLong(rest + y) % y : rest;
      };
    case 'float':
    case 'double': {
      const round = type.kind === 'float' ? Math.fround : (value: number): number => value;
      return (x: number, y: number) => {
        const rest = x % y;
        return round(rest < 0 ? (rest + y) % y : rest);
      };
    }
    default:
      return (x: number, y: number) => {
        const rest = x % y;
        // The sum wraps around as in Java; what is left of a negative zero goes.
        return (rest < 0 ? ((rest + y) | 0) % y : rest) + 0;
      };
  }
}

const pmod: SpecialDef = {
  name: 'pmod',
  group: 'numeric',
  usage: 'a, b',
  summary:
    'The remainder of a division that is not negative if the divisor is not. By zero an error with ANSI, else null.',
  examples: [
    ['pmod(10, 3)', '1'],
    ['pmod(-10, 3)', '2'],
  ],
  params: [any('a'), any('b')],
  bind: ([a, b], binder) => {
    const [x, y] = numbers('%', a!, b!, binder);
    const type: DataType =
      x.type.kind === 'decimal' ? { kind: 'decimal', ...resultShape.remainder(x.type, y.type as DecimalType) } : x.type;
    const compute = positiveModulo(x.type, y.type, type) as (p: Value, q: Value) => Value;
    const scalar = (p: Value, q: Value): Value => {
      if (q !== 0 && q !== 0n) return compute(p, q);
      if (binder.ansi) throw failed('REMAINDER_BY_ZERO', 'Division by zero. Use try_mod to get null instead.');
      return null;
    };
    const kernel = { nulls: 'propagate', total: !binder.ansi, deterministic: true, scalar } as const;
    return binder.apply('pmod', [x, y], type, true, kernel);
  },
};

const ansiInterval = (name: string): Param => ({ name, coerce: (from) => (isAnsiInterval(from) ? from : undefined) });
const bound = oneOf(double, ansiInterval);

/** Buckets of the same width between two bounds, counted from 1; 0 before the first bound, one more than there are after the last. */
function bucket(value: number, first: number, last: number, count: bigint): bigint | null {
  const none = count <= 0n || count === 2n ** 63n - 1n || first === last;
  if (none || Number.isNaN(value) || !Number.isFinite(first) || !Number.isFinite(last)) return null;
  const rising = first < last;
  const before = rising ? value < first : value > first;
  if (before) return 0n;
  if (rising ? value >= last : value <= last) return count + 1n;
  const way = rising ? value - first : first - value;
  return doubleToLong((Number(count) * way) / Math.abs(last - first)) + 1n;
}

const widthBucket: FunctionDef = {
  name: 'width_bucket',
  group: 'numeric',
  usage: 'value, min, max, count',
  summary:
    'In which of `count` buckets of the same width between `min` and `max` the value is, from 1 on; 0 before the first, count + 1 after the last. Null for a count below 1, bounds that are equal, and NaN.',
  examples: [
    ['width_bucket(5.3, 0.2, 10.6, 5)', '3'],
    ['width_bucket(-2.1, 1.3, 3.4, 3)', '0'],
  ],
  params: [bound('value'), bound('min'), bound('max'), long('count')],
  returns: ([value, min, max]) => {
    if (value!.kind === min!.kind && value!.kind === max!.kind) return { kind: 'long' };
    throw invalid(
      'DATATYPE_MISMATCH.DATA_DIFF_TYPES',
      'The value and both bounds must be numbers, or intervals of one kind.',
    );
  },
  total: true,
  evaluate: () => (value: number | bigint, min: number | bigint, max: number | bigint, count: bigint) =>
    bucket(Number(value), Number(min), Number(max), count),
};

export const divisions: readonly (FunctionDef | SpecialDef)[] = [pmod, widthBucket];

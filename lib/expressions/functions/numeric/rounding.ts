import {
  type Rounding,
  bounded,
  decimalOfDouble,
  divideRounded,
  doubleToLong,
  fits,
  formatDecimal,
  maxPrecision,
  parseFloat32,
  pow10,
  rescale,
  roundDouble,
} from '../../../numbers/index.js';
import { type DataType, type DecimalType, simpleString } from '../../../schema/index.js';
import type { Bound, EagerKernel } from '../../bound.js';
import { decimalFor, isIntegral, isNumeric } from '../../coerce.js';
import { failed, invalid } from '../../errors.js';
import type { Binder, Binding, FunctionDef, ScalarFunction, SpecialDef } from '../define.js';
import { constant, double, int, numeric, optional } from '../params.js';
import { ofDouble, overDoubles } from './doubles.js';

const double64: DataType = { kind: 'double' };
const long64: DataType = { kind: 'long' };

/** Rounding may take one digit more before the point: 9.9 becomes 10. */
function roundedType({ precision, scale }: DecimalType, to: number): DecimalType {
  const integral = precision - scale + 1;
  const shape =
    to < 0 ? bounded(Math.max(integral, -to + 1), 0) : bounded(integral + Math.min(scale, to), Math.min(scale, to));
  return { kind: 'decimal', ...shape };
}

function decimalRounding(
  from: DecimalType,
  to: DecimalType,
  scale: number,
  rounding: Rounding,
): (value: bigint) => bigint {
  if (scale >= 0) return (value) => rescale(value, from.scale, to.scale, rounding);
  const kept = Math.max(scale, -maxPrecision - 1);
  return (value) => {
    const rounded = rescale(value, from.scale, kept, rounding) * pow10(-kept);
    if (fits(rounded, to.precision)) return rounded;
    const message = `${formatDecimal(rounded, 0)} has more digits than ${simpleString(to).toUpperCase()}.`;
    throw failed('NUMERIC_VALUE_OUT_OF_RANGE.WITHOUT_SUGGESTION', message);
  };
}

const bitsOf: Partial<Record<DataType['kind'], number>> = { byte: 8, short: 16, int: 32, long: 64 };

/** Integers to tens, hundreds and so on. */
function integerRounding({ type, ansi }: Binding, scale: number, rounding: Rounding): ScalarFunction {
  if (scale >= 0) return (value: number | bigint) => value;
  const bits = bitsOf[type.kind]!;
  const unit = pow10(Math.min(-scale, 40));
  return (value: number | bigint) => {
    const rounded = divideRounded(BigInt(value), unit, rounding) * unit;
    const wrapped = BigInt.asIntN(bits, rounded);
    if (ansi && wrapped !== rounded) {
      const message = `${rounded} does not fit ${simpleString(type).toUpperCase()}. Cast to a wider type before rounding.`;
      throw failed('ARITHMETIC_OVERFLOW', message);
    }
    return bits === 64 ? wrapped : Number(wrapped);
  };
}

function roundFloat(value: number, scale: number, rounding: Rounding): number {
  if (!Number.isFinite(value) || scale > 340) return value;
  if (scale < -50) return 0;
  const { unscaled, scale: digits } = decimalOfDouble(value);
  if (digits <= scale) return value;
  const rounded = rescale(unscaled, digits, scale, rounding);
  return parseFloat32(scale < 0 ? `${rounded}e${-scale}` : formatDecimal(rounded, scale))! + 0;
}

function rounding(
  name: string,
  mode: 'half_up' | 'half_even',
  summary: string,
  examples: FunctionDef['examples'],
): FunctionDef {
  const scaleOf = (binding: Omit<Binding, 'type'>): number =>
    Number(binding.types.length > 1 ? binding.constant(1) : 0);
  return {
    name,
    group: 'numeric',
    usage: 'expr[, scale]',
    summary: `${summary} The scale is how many digits stay after the point (default 0); of a negative one, as many before the point become zero.`,
    examples,
    params: [numeric('expr'), optional(constant(int('scale')))],
    returns: ([type], binding) =>
      type!.kind === 'decimal' ? roundedType(type as DecimalType, scaleOf(binding)) : type!,
    evaluate: (binding) => {
      const { type, types } = binding;
      const scale = scaleOf(binding);
      switch (type.kind) {
        case 'double':
          return (value: number) => roundDouble(value, scale, mode);
        case 'float':
          return (value: number) => roundFloat(value, scale, mode);
        case 'decimal':
          return decimalRounding(types[0] as DecimalType, type, scale, mode);
        default:
          return integerRounding(binding, scale, mode);
      }
    },
    vector: (binding) => {
      const scale = scaleOf(binding);
      return binding.type.kind === 'double' ? overDoubles((value) => roundDouble(value, scale, mode)) : undefined;
    },
  };
}

function towards(
  name: string,
  aliases: string[],
  mode: 'ceiling' | 'floor',
  summary: string,
  examples: SpecialDef['examples'],
): SpecialDef {
  return {
    name,
    aliases,
    group: 'numeric',
    usage: 'expr[, scale]',
    summary,
    examples,
    params: [double('expr'), optional(int('scale'))],
    bind: ([value, scale], binder) =>
      scale === undefined ? toWhole(name, mode, value!, binder) : toScale(name, mode, value!, scale, binder),
  };
}

/** To a whole number: a long, or a decimal of a decimal. */
function toWhole(name: string, mode: 'ceiling' | 'floor', value: Bound, binder: Binder): Bound {
  const { type } = value;
  if (type.kind === 'decimal') {
    const to: DecimalType =
      type.scale === 0 ? type : { kind: 'decimal', ...bounded(type.precision - type.scale + 1, 0) };
    return binder.apply(name, [value], to, value.nullable, kernel(decimalRounding(type, to, 0, mode), true));
  }
  if (isIntegral(type))
    return binder.apply(
      name,
      [binder.cast(value, long64)],
      long64,
      value.nullable,
      kernel((v: bigint) => v, true),
    );
  checkNumber(name, type);
  const round = mode === 'floor' ? Math.floor : Math.ceil;
  const scalar = (v: number): bigint => {
    const whole = round(v);
    if (binder.ansi && !(whole >= -(2 ** 63) && whole <= 2 ** 63)) {
      throw failed('ARITHMETIC_OVERFLOW', `${name} of ${v} does not fit a BIGINT.`);
    }
    return doubleToLong(whole);
  };
  return binder.apply(name, [binder.cast(value, double64)], long64, value.nullable, kernel(scalar, !binder.ansi));
}

/** To a number of digits, of a number as a decimal. */
function toScale(name: string, mode: 'ceiling' | 'floor', value: Bound, scale: Bound, binder: Binder): Bound {
  if (scale.kind !== 'literal' || scale.type.kind !== 'int' || scale.value === null) {
    throw invalid('NON_FOLDABLE_ARGUMENT', `The scale of ${name} must be a constant INT.`);
  }
  checkNumber(name, value.type);
  const from = decimalFor(value.type);
  const digits = Number(scale.value);
  const to = roundedType(from, digits);
  return binder.apply(
    name,
    [binder.cast(value, from), scale],
    to,
    true,
    kernel(decimalRounding(from, to, digits, mode), digits >= 0),
  );
}

const kernel = (scalar: ScalarFunction, total: boolean): EagerKernel => ({
  nulls: 'propagate',
  deterministic: true,
  total,
  scalar,
});

function checkNumber(name: string, type: DataType): void {
  if (isNumeric(type) || type.kind === 'string' || type.kind === 'void') return;
  throw invalid(
    'DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE',
    `${name} needs a number, not ${simpleString(type).toUpperCase()}.`,
  );
}

/** To the nearest whole number, of two that are as near to the even one. */
function rint(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest < 0.5 || (rest === 0.5 && floor % 2 === 0)) return floor;
  // Of -0.4 and -0.5 this is a negative zero, as it is in Java.
  return Math.ceil(value);
}

export const roundings: readonly (FunctionDef | SpecialDef)[] = [
  rounding('round', 'half_up', 'The number rounded; a half goes away from zero.', [
    ['round(2.5)', '3'],
    ['round(123.456, -1)', '120'],
    ['round(1.005D, 2)', '1.01'],
  ]),
  rounding('bround', 'half_even', 'The number rounded; a half goes to the even neighbour.', [
    ['bround(2.5)', '2'],
    ['bround(25, -1)', '20'],
  ]),
  towards(
    'ceil',
    ['ceiling'],
    'ceiling',
    'The least whole number that is not below the number; with a scale, the least number of so many digits after the point.',
    [
      ['ceil(-0.1)', '0'],
      ['ceil(3.1411, 3)', '3.142'],
    ],
  ),
  towards(
    'floor',
    [],
    'floor',
    'The greatest whole number that is not above the number; with a scale, the greatest number of so many digits after the point.',
    [
      ['floor(-0.1)', '-1'],
      ['floor(3.1411, -3)', '0'],
    ],
  ),
  ofDouble(
    'rint',
    { summary: 'The nearest whole number as a double, the even one of two.', examples: [['rint(12.5)', '12.0']] },
    rint,
  ),
];

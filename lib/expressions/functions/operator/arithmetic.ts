import { type DataType, type DecimalType, simpleString } from '../../../schema/index.js';
import {
  type DecimalOperation,
  countDigits,
  decimalAdd,
  decimalDivide,
  decimalIntegralDivide,
  decimalMultiply,
  decimalRemainder,
  decimalSubtract,
  resultShape,
} from '../../../numbers/index.js';
import type { Bound, EagerKernel } from '../../bound.js';
import { commonType, decimalFor, isAtomic, isIntegral, isNumeric } from '../../coerce.js';
import { failed, invalid } from '../../errors.js';
import { arithmeticVector, decimalVector } from '../../kernels/arithmetic.js';
import type { Value } from '../../values.js';
import type { Binder, SpecialDef, VectorFunction } from '../define.js';
import { temporalArithmetic } from '../datetime/arithmetic.js';
import { binaryOperator } from './binary.js';

export type ArithmeticOperator = '+' | '-' | '*' | '/' | '%' | 'div';

const arithmetic = binaryOperator<ArithmeticOperator>((name, a, b, binder) => bindArithmetic(name, a, b, binder));

/** Binds an operation; `lenient` gives null instead of an error, as the `try_` functions do. */
export function bindArithmetic(name: ArithmeticOperator, a: Bound, b: Bound, binder: Binder, lenient = false): Bound {
  const temporal = temporalArithmetic(name, a, b, binder, lenient);
  if (temporal !== undefined) return temporal;
  const [x, y] = numbers(name, a, b, binder);
  const decimal = x.type.kind === 'decimal';
  const type: DataType =
    name === 'div' ? { kind: 'long' } : decimal ? decimalResult(name, x.type, y.type as DecimalType) : x.type;
  const scalar = decimal
    ? decimalScalar(name, x.type, y.type as DecimalType, type, binder.ansi || lenient)
    : plainScalar(name, x.type, binder.ansi || lenient);
  const fallible = binder.ansi && !lenient && !(isFloat(x.type) && name !== '/' && name !== '%');
  const kernel: EagerKernel = {
    nulls: 'propagate',
    total: !fallible,
    deterministic: true,
    scalar: lenient ? orNull(scalar) : scalar,
    vector: lenient
      ? undefined
      : decimal
        ? decimalKernel(name, x.type, y.type as DecimalType, type, scalar as (a: Value, b: Value) => Value)
        : arithmeticVector(name, x.type, scalar as (a: Value, b: Value) => Value),
  };
  const mayBeNull = lenient || decimal || name === '/' || name === '%' || name === 'div';
  return binder.apply(lenient ? `try_${name}` : name, [x, y], type, x.nullable || y.nullable || mayBeNull, kernel);
}

/** Only where the result has the scale that the operation gives it, so that nothing is rounded. */
function decimalKernel(
  name: ArithmeticOperator,
  a: DecimalType,
  b: DecimalType,
  type: DataType,
  scalar: (a: Value, b: Value) => Value,
): VectorFunction | undefined {
  if (name !== '+' && name !== '-' && name !== '*') return undefined;
  const scale = name === '*' ? a.scale + b.scale : Math.max(a.scale, b.scale);
  if ((type as DecimalType).scale !== scale) return undefined;
  const shift = name === '*' ? ([0, 0] as const) : ([scale - a.scale, scale - b.scale] as const);
  return decimalVector(name, type as DecimalType, shift, scalar);
}

const orNull =
  (scalar: (a: never, b: never) => Value) =>
  (a: never, b: never): Value => {
    try {
      return scalar(a, b);
    } catch {
      return null;
    }
  };

const isFloat = ({ kind }: DataType): boolean => kind === 'float' || kind === 'double';

/** Both sides as numbers of the type in which they are computed. */
export function numbers(name: ArithmeticOperator, a: Bound, b: Bound, binder: Binder): [Bound, Bound] {
  let [x, y] = fromText(name, a, b, binder);
  if (!isNumberOrVoid(x.type) || !isNumberOrVoid(y.type)) throw wrongTypes(name, a.type, b.type);
  if (x.type.kind === 'void')
    x = binder.cast(x, y.type.kind === 'void' ? { kind: name === 'div' ? 'long' : 'double' } : y.type);
  if (y.type.kind === 'void') y = binder.cast(y, x.type);
  const decimals = x.type.kind === 'decimal' || y.type.kind === 'decimal';
  if (decimals && !isFloat(x.type) && !isFloat(y.type)) return [asDecimal(x, binder), asDecimal(y, binder)];
  if (name === '/') return [binder.cast(x, { kind: 'double' }), binder.cast(y, { kind: 'double' })];
  const type = commonType(x.type, y.type, binder.ansi)!;
  if (name === 'div') {
    if (!isIntegral(type)) throw wrongTypes(name, a.type, b.type);
    return [binder.cast(x, { kind: 'long' }), binder.cast(y, { kind: 'long' })];
  }
  return [binder.cast(x, type), binder.cast(y, type)];
}

const isNumberOrVoid = (type: DataType): boolean => isNumeric(type) || type.kind === 'void';

/** With ANSI a text beside a number is a number; without ANSI every text is a double. */
function fromText(name: ArithmeticOperator, a: Bound, b: Bound, binder: Binder): [Bound, Bound] {
  const texts = [a, b].filter(({ type }) => type.kind === 'string');
  if (texts.length === 0) return [a, b];
  const convert = (side: Bound, other: Bound): Bound => {
    if (side.type.kind !== 'string') return side;
    if (!binder.ansi) return binder.cast(side, { kind: 'double' });
    if (!isNumeric(other.type)) throw wrongTypes(name, a.type, b.type);
    return binder.cast(side, { kind: isIntegral(other.type) ? 'long' : 'double' });
  };
  return [convert(a, b), convert(b, a)];
}

/** A whole literal has as many digits as it has, not as many as its type could have. */
function asDecimal(bound: Bound, binder: Binder): Bound {
  if (bound.type.kind === 'decimal') return bound;
  if (bound.kind === 'literal' && bound.value !== null) {
    const precision = countDigits(BigInt(bound.value as number | bigint));
    return binder.cast(bound, { kind: 'decimal', precision, scale: 0 });
  }
  return binder.cast(bound, decimalFor(bound.type));
}

export function wrongTypes(name: string, a: DataType, b: DataType): Error {
  const shown = [a, b].map((t) => simpleString(t).toUpperCase());
  const same = shown[0] === shown[1];
  const condition = same || !isAtomic(a) || !isAtomic(b) ? 'BINARY_OP_WRONG_TYPE' : 'BINARY_OP_DIFF_TYPES';
  return invalid(
    `DATATYPE_MISMATCH.${condition}`,
    `${shown.join(' and ')} do not go with '${name}': cast one of them.`,
  );
}

function decimalResult(name: ArithmeticOperator, a: DecimalType, b: DecimalType): DecimalType {
  const shapes = {
    '+': 'add',
    '-': 'add',
    '*': 'multiply',
    '/': 'divide',
    '%': 'remainder',
    div: 'integralDivide',
  } as const;
  return { kind: 'decimal', ...resultShape[shapes[name]](a, b) };
}

const decimalOperations = {
  '+': decimalAdd,
  '-': decimalSubtract,
  '*': decimalMultiply,
  '/': decimalDivide,
  '%': decimalRemainder,
} as const;

function decimalScalar(
  name: ArithmeticOperator,
  a: DecimalType,
  b: DecimalType,
  type: DataType,
  ansi: boolean,
): (x: bigint, y: bigint) => Value {
  const operation: DecimalOperation =
    name === 'div' ? decimalIntegralDivide(a, b) : decimalOperations[name](a, b, type as DecimalType);
  const divides = name === '/' || name === '%' || name === 'div';
  return (x, y) => {
    if (divides && y === 0n) return byZero(name, ansi);
    const out = operation(x, y);
    if (out !== null)
      return name === 'div' && BigInt.asIntN(64, out) !== out
        ? overflow('long', name, ansi, BigInt.asIntN(64, out))
        : out;
    if (!ansi) return null;
    throw failed(
      'NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION',
      `The result of '${name}' does not fit ${simpleString(type).toUpperCase()}. Cast to a wider type, or use try_${wordFor[name]}.`,
    );
  };
}

export const wordFor: Readonly<Record<ArithmeticOperator, string>> = {
  '+': 'add',
  '-': 'subtract',
  '*': 'multiply',
  '/': 'divide',
  '%': 'mod',
  div: 'divide',
};

function byZero(name: ArithmeticOperator, ansi: boolean): null {
  if (!ansi) return null;
  const condition = name === '%' ? 'REMAINDER_BY_ZERO' : 'DIVIDE_BY_ZERO';
  throw failed(condition, `Division by zero. Use try_${wordFor[name]} to get null instead.`);
}

function overflow<V extends Value>(kind: string, name: ArithmeticOperator, ansi: boolean, wrapped: V): V {
  if (!ansi) return wrapped;
  const condition = kind === 'byte' || kind === 'short' ? 'BINARY_ARITHMETIC_OVERFLOW' : 'ARITHMETIC_OVERFLOW';
  throw failed(
    condition,
    `The result of '${name}' does not fit the type ${kind.toUpperCase()}. Cast to a wider type, or use try_${wordFor[name]}.`,
  );
}

function plainScalar(name: ArithmeticOperator, { kind }: DataType, ansi: boolean): (x: never, y: never) => Value {
  if (kind === 'long') return longScalar(name, ansi);
  if (kind === 'float' || kind === 'double') return floatScalar(name, kind, ansi);
  const bits = kind === 'byte' ? 8 : kind === 'short' ? 16 : 32;
  const operation = wholeNumbers[name as keyof typeof wholeNumbers];
  const divides = name === '%';
  return (x: number, y: number): Value => {
    if (divides && y === 0) return byZero(name, ansi);
    const out = operation(x, y);
    // A product of two ints may be past 2^53: the low bits come from exact arithmetic.
    const wrapped = Number.isSafeInteger(out) ? wrap(out, bits) : Number(BigInt.asIntN(bits, BigInt(x) * BigInt(y)));
    return wrapped === out ? out + 0 : overflow(kind, name, ansi, wrapped);
  };
}

const wrap = (value: number, bits: number): number => {
  const span = 2 ** bits;
  const low = ((value % span) + span) % span;
  return low >= span / 2 ? low - span : low;
};

const wholeNumbers = {
  '+': (x: number, y: number) => x + y,
  '-': (x: number, y: number) => x - y,
  '*': (x: number, y: number) => x * y,
  '%': (x: number, y: number) => x % y,
};

function longScalar(name: ArithmeticOperator, ansi: boolean): (x: bigint, y: bigint) => Value {
  const operation = {
    '+': (x: bigint, y: bigint) => x + y,
    '-': (x: bigint, y: bigint) => x - y,
    '*': (x: bigint, y: bigint) => x * y,
    '%': (x: bigint, y: bigint) => x % y,
    div: (x: bigint, y: bigint) => x / y,
    '/': (x: bigint, y: bigint) => x / y,
  }[name];
  const divides = name === '%' || name === 'div';
  return (x, y) => {
    if (divides && y === 0n) return byZero(name, ansi);
    const out = operation(x, y);
    const wrapped = BigInt.asIntN(64, out);
    return wrapped === out ? out : overflow('long', name, ansi, wrapped);
  };
}

function floatScalar(
  name: ArithmeticOperator,
  kind: 'float' | 'double',
  ansi: boolean,
): (x: number, y: number) => Value {
  const round = kind === 'float' ? Math.fround : (v: number): number => v;
  switch (name) {
    case '+':
      return (x, y) => round(x + y);
    case '-':
      return (x, y) => round(x - y);
    case '*':
      return (x, y) => round(x * y);
    case '/':
      return (x, y) => (y === 0 ? byZero(name, ansi) : round(x / y));
    default:
      return (x, y) => (y === 0 ? byZero(name, ansi) : round(x % y));
  }
}

export const arithmetics: readonly SpecialDef[] = [
  arithmetic(
    '+',
    'The sum of two numbers or intervals, or a date or timestamp moved by an interval. A date plus a number is that many days later.',
    [
      ['1 + 1.5', '2.5'],
      ["DATE '2024-02-28' + 2", '2024-03-01'],
    ],
  ),
  arithmetic(
    '-',
    'The difference of two numbers, dates (an interval) or intervals, or a date or timestamp moved back.',
    [['3 - 5', '-2']],
  ),
  arithmetic('*', 'The product of two numbers, or of an interval and a number.', [['3 * 1.5', '4.5']]),
  arithmetic(
    '/',
    'The quotient of two numbers, a DOUBLE unless one is a DECIMAL. Division by zero is an error with ANSI, else null.',
    [['7 / 2', '3.5']],
  ),
  arithmetic('div', 'The quotient of two whole numbers without its fraction, a BIGINT.', [['7 div 2', '3']]),
  arithmetic('%', 'The remainder of a division; it has the sign of the dividend.', [['-7 % 3', '-1']], ['mod']),
];

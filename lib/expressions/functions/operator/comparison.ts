import { BooleanColumn, BytesColumn, type Column, bitmapBytes, fixedArrays, setBit } from '../../../columns/index.js';
import { type DataType, simpleString } from '../../../schema/index.js';
import type { Bound, Kernel } from '../../bound.js';
import { comparisonType, isNumeric } from '../../coerce.js';
import { invalid } from '../../errors.js';
import { exactNumbers, valuesOf } from '../../kernels/numbers.js';
import { decimalNumbers } from '../../kernels/arithmetic.js';
import { isPresent, presentIn } from '../../kernels/validity.js';
import { comparator, equality, isOrderable } from '../../order.js';
import { encodeText } from '../../../text/index.js';
import type { Value } from '../../values.js';
import { Constant, type ValueReader, type Vector, readerOf } from '../../vector.js';
import type { Binder, SpecialDef, VectorFunction } from '../define.js';
import { binaryOperator } from './binary.js';

type Operator = '=' | '!=' | '<' | '<=' | '>' | '>=' | '<=>';

/** Of the sign of a comparison. */
const holds: Readonly<Record<Operator, (order: number) => boolean>> = {
  '=': (o) => o === 0,
  '!=': (o) => o !== 0,
  '<': (o) => o < 0,
  '<=': (o) => o <= 0,
  '>': (o) => o > 0,
  '>=': (o) => o >= 0,
  '<=>': (o) => o === 0,
};

const comparison = binaryOperator(compare);

function compare(name: Operator, a: Bound, b: Bound, binder: Binder): Bound {
  const type = typeToCompare(name, a.type, b.type, binder.ansi);
  const args = [binder.cast(a, type), binder.cast(b, type)];
  if (!isOrderable(type)) {
    throw invalid(
      'DATATYPE_MISMATCH.INVALID_ORDERING_TYPE',
      `${simpleString(type).toUpperCase()} values cannot be compared.`,
    );
  }
  const nullable = name !== '<=>' && (a.nullable || b.nullable);
  return binder.apply(name, args, { kind: 'boolean' }, nullable, kernelOf(name, type));
}

function typeToCompare(name: Operator, a: DataType, b: DataType, ansi: boolean): DataType {
  // Without ANSI `true = 1` holds.
  const mixed = !ansi && (name === '=' || name === '<=>') && (a.kind === 'boolean' || b.kind === 'boolean');
  if (mixed && isNumeric(a)) return a;
  if (mixed && isNumeric(b)) return b;
  const type = comparisonType(a, b, ansi);
  if (type !== undefined) return type;
  const shown = [a, b].map((t) => simpleString(t).toUpperCase());
  throw invalid(
    'DATATYPE_MISMATCH.BINARY_OP_DIFF_TYPES',
    `${shown.join(' and ')} cannot be compared (${name}): cast one of them.`,
  );
}

function kernelOf(name: Operator, type: DataType): Kernel {
  const test = holds[name];
  const order = comparator(type);
  const equal = equality(type);
  const scalar =
    name === '<=>'
      ? (a: Value, b: Value) => (a === null || b === null ? a === b : equal(a, b))
      : name === '='
        ? equal
        : (a: Value, b: Value) => test(order(a, b));
  const shared = { total: true, deterministic: true, scalar };
  if (name === '<=>') return { ...shared, nulls: 'handle' };
  return { ...shared, nulls: 'propagate', vector: vectorOf(name, type, scalar) };
}

function vectorOf(name: Operator, type: DataType, scalar: (a: Value, b: Value) => boolean): VectorFunction | undefined {
  if (type.kind === 'string' || type.kind === 'binary') return (args, n) => compareBytes(name, args, n);
  if (type.kind === 'decimal') return (args, n) => compareDecimals(name, args, n, scalar);
  if (!Object.hasOwn(fixedArrays, type.kind)) return undefined;
  const floats = type.kind === 'float' || type.kind === 'double';
  return (args, n) => {
    const present = presentIn(args, n);
    if (present === undefined) return new Constant(boolean, null);
    const a = valuesOf(args[0]!, n)!;
    const b = valuesOf(args[1]!, n)!;
    const x = exactNumbers(a);
    const y = exactNumbers(b);
    const bits = new Uint8Array(bitmapBytes(n));
    if (x === undefined || y === undefined) {
      for (let i = 0; i < n; i++) if (scalar(a[i]!, b[i]!)) setBit(bits, i);
    } else if (floats) {
      compareFloats(name, x as Float64Array, y as Float64Array, bits, n);
    } else {
      compareNumbers(name, x as Int32Array, y as Int32Array, bits, n);
    }
    return new BooleanColumn(boolean, n, bits, present);
  };
}

const boolean: DataType = { kind: 'boolean' };

function compareDecimals(
  name: Operator,
  args: readonly Vector[],
  n: number,
  scalar: (a: Value, b: Value) => boolean,
): BooleanColumn | Constant {
  const present = presentIn(args, n);
  if (present === undefined) return new Constant(boolean, null);
  const bits = new Uint8Array(bitmapBytes(n));
  const x = decimalNumbers(args[0]!, n);
  const y = decimalNumbers(args[1]!, n);
  if (x !== undefined && y !== undefined) compareNumbers(name, x, y, bits, n);
  else {
    const [a, b] = args.map((arg) => readerOf(arg as Column | Constant)) as [ValueReader, ValueReader];
    for (let i = 0; i < n; i++) if (isPresent(present, i) && scalar(a(i), b(i))) setBit(bits, i);
  }
  return new BooleanColumn(boolean, n, bits, present);
}

type Numbers = Int32Array | Float64Array;

/** A loop each, so that each has one comparison in it. */
function compareNumbers(name: Operator, x: Numbers, y: Numbers, bits: Uint8Array, n: number): void {
  switch (name) {
    case '<':
      for (let i = 0; i < n; i++) bits[i >> 3]! |= Number(x[i]! < y[i]!) << (i & 7);
      return;
    case '<=':
      for (let i = 0; i < n; i++) bits[i >> 3]! |= Number(x[i]! <= y[i]!) << (i & 7);
      return;
    case '>':
      return compareNumbers('<', y, x, bits, n);
    case '>=':
      return compareNumbers('<=', y, x, bits, n);
    case '!=':
      for (let i = 0; i < n; i++) bits[i >> 3]! |= Number(x[i]! !== y[i]!) << (i & 7);
      return;
    default:
      for (let i = 0; i < n; i++) bits[i >> 3]! |= Number(x[i]! === y[i]!) << (i & 7);
  }
}

/** NaN is equal to itself and greater than all else: `x < y` is then "not y <= x" for all that are not NaN. */
function compareFloats(name: Operator, x: Float64Array, y: Float64Array, bits: Uint8Array, n: number): void {
  switch (name) {
    case '<':
      for (let i = 0; i < n; i++) {
        const a = x[i]!;
        const b = y[i]!;
        bits[i >> 3]! |= Number(a < b || (b !== b && a === a)) << (i & 7);
      }
      return;
    case '<=':
      for (let i = 0; i < n; i++) bits[i >> 3]! |= Number(x[i]! <= y[i]! || y[i]! !== y[i]!) << (i & 7);
      return;
    case '>':
      return compareFloats('<', y, x, bits, n);
    case '>=':
      return compareFloats('<=', y, x, bits, n);
    default: {
      const flip = name === '!=' ? 1 : 0;
      for (let i = 0; i < n; i++) {
        const a = x[i]!;
        const b = y[i]!;
        bits[i >> 3]! |= (Number(a === b || (a !== a && b !== b)) ^ flip) << (i & 7);
      }
    }
  }
}

/** Texts go by their bytes, so nothing has to be decoded. */
function compareBytes(name: Operator, args: readonly Vector[], n: number): BooleanColumn | Constant {
  const present = presentIn(args, n);
  if (present === undefined) return new Constant(boolean, null);
  const [a, b] = args.map(bytesOf) as [Bytes, Bytes];
  const bits = new Uint8Array(bitmapBytes(n));
  const test = holds[name];
  const wantsEqual = name === '=';
  const equality = wantsEqual || name === '!=';
  for (let i = 0; i < n; i++) {
    const from = a.offsets[i & a.mask]!;
    const start = b.offsets[i & b.mask]!;
    const length = a.offsets[(i & a.mask) + 1]! - from;
    const other = b.offsets[(i & b.mask) + 1]! - start;
    if (equality && length !== other) {
      if (!wantsEqual) setBit(bits, i);
      continue;
    }
    const shorter = length < other ? length : other;
    let k = 0;
    while (k < shorter && a.bytes[from + k] === b.bytes[start + k]) k++;
    const order = k < shorter ? a.bytes[from + k]! - b.bytes[start + k]! : length - other;
    if (test(order)) setBit(bits, i);
  }
  return new BooleanColumn(boolean, n, bits, present);
}

interface Bytes {
  readonly bytes: Uint8Array;
  readonly offsets: Int32Array;
  /** A constant has one value, at position 0 whatever the row. */
  readonly mask: number;
}

function bytesOf(vector: Vector): Bytes {
  if (vector instanceof BytesColumn) return { bytes: vector.bytes, offsets: vector.offsets, mask: -1 };
  const { value } = vector as Constant;
  const bytes = typeof value === 'string' ? encodeText(value) : (value as Uint8Array);
  return { bytes, offsets: Int32Array.of(0, bytes.length), mask: 0 };
}

export const comparisons: readonly SpecialDef[] = [
  comparison(
    '=',
    'Whether two values are equal; null if one is missing. NaN equals NaN.',
    [['1 = 1.0', 'true']],
    ['=='],
  ),
  comparison('!=', 'Whether two values differ; null if one is missing.', [['1 != 2', 'true']], ['<>']),
  comparison('<', 'Whether `a` comes before `b`. Texts go by their bytes, NaN is the greatest number.', [
    ["'a' < 'b'", 'true'],
  ]),
  comparison('<=', 'Whether `a` comes before `b` or equals it.', [['2 <= 2', 'true']]),
  comparison('>', 'Whether `a` comes after `b`.', [['2 > 1', 'true']]),
  comparison('>=', 'Whether `a` comes after `b` or equals it.', [['2 >= 3', 'false']]),
  comparison('<=>', 'Whether two values are equal, missing values being equal to each other: never null.', [
    ['NULL <=> NULL', 'true'],
  ]),
];

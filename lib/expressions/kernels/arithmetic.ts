import { type Column, DecimalColumn, FixedColumn, type FixedValues, type Validity } from '../../columns/index.js';
import type { DataType, DecimalType } from '../../schema/index.js';
import type { VectorFunction } from '../functions/define.js';
import type { Value } from '../values.js';
import { Constant, type Vector, columnOf, readerOf } from '../vector.js';
import { doublesOf, longsOf, valuesOf } from './numbers.js';
import { isPresent, presentIn } from './validity.js';

type Operator = '+' | '-' | '*' | '/' | '%' | 'div';
type Narrow = Int8Array | Int16Array | Int32Array | Float32Array | Float64Array;

/**
 * Arithmetic on columns of numbers of one type: one loop for an operation, the result in the array of its type.
 * Whatever a loop finds out of the ordinary (an overflow, a zero below the line, longs past 2^53) goes to `scalar`,
 * which says what is right a row at a time.
 */
export function arithmeticVector(
  operator: Operator,
  type: DataType,
  scalar: (a: Value, b: Value) => Value,
): VectorFunction {
  const long = type.kind === 'long';
  const floats = type.kind === 'float' || type.kind === 'double';
  return (args, n) => {
    const present = presentIn(args, n);
    if (present === undefined) return new Constant(type, null);
    const a = valuesOf(args[0]!, n)!;
    const b = valuesOf(args[1]!, n)!;
    const slow = (): Column => rowByRow(type, a, b, present, n, scalar);
    const divides = operator === '/' || operator === '%' || operator === 'div';
    if (divides && !long && hasZero(b as Narrow, n)) return slow();
    if (long) {
      const x = doublesOf(a as BigInt64Array);
      const y = doublesOf(b as BigInt64Array);
      if (x === undefined || y === undefined || (divides && hasZero(y, n))) return slow();
      run(operator, x, y, x, n);
      const out = longsOf(x);
      return out === undefined ? slow() : new FixedColumn(type, out, present);
    }
    const out = new (a.constructor as new (n: number) => Narrow)(n);
    if (floats) {
      run(operator, a as Narrow, b as Narrow, out, n);
      return new FixedColumn(type, out, present);
    }
    const fits = runChecked(operator, a as Int32Array, b as Int32Array, out as Int32Array, n);
    return fits ? new FixedColumn(type, out, present) : slow();
  };
}

function hasZero(values: Narrow, n: number): boolean {
  let found = false;
  for (let i = 0; i < n; i++) found ||= values[i] === 0;
  return found;
}

function run(operator: Operator, a: Narrow, b: Narrow, out: Narrow, n: number): void {
  switch (operator) {
    case '+':
      for (let i = 0; i < n; i++) out[i] = a[i]! + b[i]!;
      return;
    case '-':
      for (let i = 0; i < n; i++) out[i] = a[i]! - b[i]!;
      return;
    case '*':
      for (let i = 0; i < n; i++) out[i] = a[i]! * b[i]!;
      return;
    case '/':
      for (let i = 0; i < n; i++) out[i] = a[i]! / b[i]!;
      return;
    case 'div':
      // Exact, which the quotient of two doubles rounded down is not.
      for (let i = 0; i < n; i++) out[i] = (a[i]! - (a[i]! % b[i]!)) / b[i]!;
      return;
    default:
      for (let i = 0; i < n; i++) out[i] = a[i]! % b[i]!;
  }
}

/** The same for whole numbers; false if a result did not fit. What rows without a value hold counts, too. */
function runChecked(operator: Operator, a: Int32Array, b: Int32Array, out: Int32Array, n: number): boolean {
  let off = 0;
  switch (operator) {
    case '+':
      for (let i = 0; i < n; i++) off |= Number((out[i] = a[i]! + b[i]!) !== out[i]);
      break;
    case '-':
      for (let i = 0; i < n; i++) off |= Number((out[i] = a[i]! - b[i]!) !== out[i]);
      break;
    case '*':
      for (let i = 0; i < n; i++) off |= Number((out[i] = a[i]! * b[i]!) !== out[i]);
      break;
    default:
      for (let i = 0; i < n; i++) out[i] = a[i]! % b[i]!;
  }
  return off === 0;
}

function rowByRow(
  type: DataType,
  a: FixedValues,
  b: FixedValues,
  present: Validity,
  n: number,
  scalar: (a: Value, b: Value) => Value,
): Column {
  const out = new Array<Value>(n);
  for (let i = 0; i < n; i++) out[i] = isPresent(present, i) ? scalar(a[i]!, b[i]!) : null;
  return columnOf(type, out);
}

/**
 * `+ - *` on decimals as exact doubles, where both sides and the result are below 2^53 and nothing is rounded away;
 * `scalar` for a batch that has others. `shift` brings each side to the scale in which they are computed.
 */
export function decimalVector(
  operator: '+' | '-' | '*',
  type: DecimalType,
  shift: readonly [number, number],
  scalar: (a: Value, b: Value) => Value,
): VectorFunction {
  const [left, right] = shift.map((digits) => 10 ** digits) as [number, number];
  const limit = Math.min(10 ** type.precision, 2 ** 53);
  return (args, n) => {
    const present = presentIn(args, n);
    if (present === undefined) return new Constant(type, null);
    const x = decimalNumbers(args[0]!, n);
    const y = decimalNumbers(args[1]!, n);
    if (x !== undefined && y !== undefined) {
      const words = new BigInt64Array(n * 2);
      const halves = new Int32Array(words.buffer);
      let fits = true;
      for (let i = 0; i < n; i++) {
        const a = x[i]! * left;
        const b = y[i]! * right;
        const value = operator === '+' ? a + b : operator === '-' ? a - b : a * b;
        fits &&= value < limit && value > -limit && a < limit && a > -limit && b < limit && b > -limit;
        const high = Math.floor(value / 4294967296);
        halves[4 * i] = value - high * 4294967296;
        halves[4 * i + 1] = high;
        const sign = value < 0 ? -1 : 0;
        halves[4 * i + 2] = sign;
        halves[4 * i + 3] = sign;
      }
      if (fits) return new DecimalColumn(type, words, present);
    }
    const read = args.map((arg) => readerOf(arg as Column | Constant));
    const out = new Array<Value>(n);
    for (let i = 0; i < n; i++) out[i] = isPresent(present, i) ? scalar(read[0]!(i), read[1]!(i)) : null;
    return columnOf(type, out);
  };
}

/** The unscaled numbers of a column of decimals; undefined if one is past 2^53. */
export function decimalNumbers(vector: Vector, n: number): Float64Array | undefined {
  if (vector instanceof Constant) {
    const value = Number(vector.value);
    return Number.isSafeInteger(value) ? new Float64Array(n).fill(value) : undefined;
  }
  const { words } = vector as DecimalColumn;
  const halves = new Int32Array(words.buffer, words.byteOffset, n * 4);
  const out = new Float64Array(n);
  let wide = 0;
  for (let i = 0; i < n; i++) {
    const high = halves[4 * i + 1]!;
    const sign = high >> 31;
    wide |= high ^ sign;
    if (halves[4 * i + 2] !== sign || halves[4 * i + 3] !== sign) return undefined;
    out[i] = high * 4294967296 + (halves[4 * i]! >>> 0);
  }
  return wide < 1 << 21 ? out : undefined;
}

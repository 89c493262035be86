import { FixedColumn, type FixedValues } from '../../../columns/index.js';
import type { DataType } from '../../../schema/index.js';
import type { CastFunction, CastOptions } from '../options.js';
import { type ColumnCast, Outcome } from './outcome.js';

const order = ['byte', 'short', 'int', 'long', 'float', 'double'] as const;

type NumberKind = (typeof order)[number];

type Narrow = Exclude<FixedValues, BigInt64Array>;

const arrays = {
  byte: Int8Array,
  short: Int16Array,
  int: Int32Array,
  float: Float32Array,
  double: Float64Array,
} as const;

/** Between the machine numbers, where there is a quick way. */
export function numberCast(
  from: DataType,
  to: DataType,
  scalar: CastFunction,
  options: CastOptions,
): ColumnCast | undefined {
  if (!isNumber(from.kind) || !isNumber(to.kind)) return undefined;
  if (from.kind === 'long') {
    if (to.kind === 'double') return (column) => longsToDoubles(column as FixedColumn, to);
    return to.kind === 'float' || !options.ansi
      ? undefined
      : (column) => longsToInts(column as FixedColumn, to, scalar);
  }
  if (to.kind === 'long') return isInteger(from.kind) ? (column) => intsToLongs(column as FixedColumn, to) : undefined;
  const widens = order.indexOf(from.kind) < order.indexOf(to.kind) || to.kind === 'float';
  // Typed arrays convert as Java does: integers wrap around, floats are rounded.
  if (widens || (!options.ansi && isInteger(from.kind))) {
    const Values = arrays[to.kind];
    return (column) => new FixedColumn(to, new Values((column as FixedColumn).values as Narrow), column);
  }
  return options.ansi ? (column) => narrowed(column as FixedColumn, to, scalar) : undefined;
}

const isNumber = (kind: DataType['kind']): kind is NumberKind => (order as readonly string[]).includes(kind);
const isInteger = (kind: NumberKind): boolean => kind === 'byte' || kind === 'short' || kind === 'int';

const limits: Partial<Record<DataType['kind'], number>> = { byte: 2 ** 7, short: 2 ** 15, int: 2 ** 31 };

/** Integers and floats to integers of 32 bits or less: the fraction is cut, what does not fit is left to `scalar`. */
function narrowed(column: FixedColumn, to: DataType, scalar: CastFunction): FixedColumn {
  const values = column.values as Narrow;
  const out = new arrays[to.kind as 'int'](values.length);
  const outcome = new Outcome(column);
  const limit = limits[to.kind]!;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    out[i] = value > -limit - 1 && value < limit ? value : outcome.settle(i, 0, () => scalar(value));
  }
  return new FixedColumn(to, out, outcome.validity);
}

/** The 64-bit integers as pairs of 32 bits, low ones first: reading a bigint allocates one. */
const halves = (values: BigInt64Array): Int32Array =>
  new Int32Array(values.buffer, values.byteOffset, values.length * 2);

function intsToLongs(column: FixedColumn, to: DataType): FixedColumn {
  const values = column.values as Narrow;
  const out = new BigInt64Array(values.length);
  const words = halves(out);
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    words[2 * i] = value;
    words[2 * i + 1] = value >> 31;
  }
  return new FixedColumn(to, out, column);
}

function longsToDoubles(column: FixedColumn, to: DataType): FixedColumn {
  const words = halves(column.values as BigInt64Array);
  const out = new Float64Array(column.length);
  // The product is exact, so that the sum is rounded once.
  for (let i = 0; i < out.length; i++) out[i] = words[2 * i + 1]! * 4294967296 + (words[2 * i]! >>> 0);
  return new FixedColumn(to, out, column);
}

function longsToInts(column: FixedColumn, to: DataType, scalar: CastFunction): FixedColumn {
  const values = column.values as BigInt64Array;
  const words = halves(values);
  const out = new arrays[to.kind as 'int'](column.length);
  const outcome = new Outcome(column);
  const limit = limits[to.kind]!;
  for (let i = 0; i < out.length; i++) {
    const low = words[2 * i]!;
    const fits = words[2 * i + 1] === low >> 31 && low >= -limit && low < limit;
    out[i] = fits ? low : outcome.settle(i, 0, () => scalar(values[i]!));
  }
  return new FixedColumn(to, out, outcome.validity);
}

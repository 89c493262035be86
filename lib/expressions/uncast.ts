import { type DataType, sameType } from '../schema/index.js';
import type { Value } from './values.js';

export type Comparison = '=' | '<' | '<=' | '>' | '>=' | 'in';

export interface Uncast {
  readonly op: Comparison | 'isNotNull';
  readonly values: readonly Value[];
}

/** Nothing fulfils it. */
const never: Uncast = { op: 'in', values: [] };

/**
 * A comparison of a value of the type `from`, cast to the type `to`, as one of the value itself. Undefined where the
 * cast does not keep every value and the order.
 */
export function uncast(op: Comparison, values: readonly Value[], to: DataType, from: DataType): Uncast | undefined {
  if (sameType(from, to)) return { op, values };
  const floor = floorOf(from, to);
  if (floor === undefined) return undefined;
  const floors = values.map(floor);
  if (op === '=' || op === 'in') {
    const exact = floors.flatMap((f) => (f?.exact ? [f.value] : []));
    return op === '=' && exact.length === 1 ? { op, values: exact } : { op: 'in', values: exact };
  }
  const [least] = floors;
  // Less than all that the column can hold.
  if (least === undefined) return op === '<' || op === '<=' ? never : { op: 'isNotNull', values: [] };
  const value = [least.value];
  if (least.exact) return { op, values: value };
  return { op: op === '<' || op === '<=' ? '<=' : '>', values: value };
}

/** The greatest value of the narrow type that is not greater than one of the wide type, if there is any. */
type Floor = (wide: Value) => { readonly value: Value; readonly exact: boolean } | undefined;

const bits: Partial<Record<DataType['kind'], number>> = { byte: 8, short: 16, int: 32, long: 64 };
const digits: Partial<Record<DataType['kind'], number>> = { byte: 3, short: 5, int: 10, long: 19 };

function floorOf(from: DataType, to: DataType): Floor | undefined {
  const own = bits[from.kind];
  if (own !== undefined) {
    const limit = 1n << BigInt(own - 1);
    const narrow = from.kind === 'long' ? (whole: bigint): Value => whole : Number;
    const wider = bits[to.kind];
    if (wider !== undefined && wider > own)
      return (wide) => clamped(BigInt(wide as number | bigint), true, limit, narrow);
    if (to.kind === 'double' && own < 64) return (wide) => floorOfFloat(wide as number, limit, narrow);
    if (to.kind === 'float' && own < 32) return (wide) => floorOfFloat(wide as number, limit, narrow);
    if (to.kind === 'decimal' && to.precision - to.scale >= digits[from.kind]!) {
      return (wide) => {
        const { whole, exact } = divided(wide as bigint, 10n ** BigInt(to.scale));
        return clamped(whole, exact, limit, narrow);
      };
    }
  }
  if (from.kind === 'float' && to.kind === 'double') return (wide) => nearest(wide as number);
  if (from.kind === 'decimal' && to.kind === 'decimal') {
    const more = to.scale - from.scale;
    if (more < 0 || to.precision - more < from.precision) return undefined;
    return (wide) => {
      const { whole, exact } = divided(wide as bigint, 10n ** BigInt(more));
      return clampedTo(whole, exact, 1n - 10n ** BigInt(from.precision), 10n ** BigInt(from.precision) - 1n);
    };
  }
  if (from.kind === 'date' && to.kind === 'timestamp_ntz') {
    return (wide) => {
      const { whole, exact } = divided(wide as bigint, 86_400_000_000n);
      return { value: Number(whole), exact };
    };
  }
  return undefined;
}

function divided(value: bigint, by: bigint): { readonly whole: bigint; readonly exact: boolean } {
  const rest = value % by;
  return { whole: value / by - (rest < 0n ? 1n : 0n), exact: rest === 0n };
}

function clamped(whole: bigint, exact: boolean, limit: bigint, narrow: (whole: bigint) => Value): ReturnType<Floor> {
  const found = clampedTo(whole, exact, -limit, limit - 1n);
  return found && { ...found, value: narrow(found.value) };
}

function clampedTo(
  whole: bigint,
  exact: boolean,
  min: bigint,
  max: bigint,
): { readonly value: bigint; readonly exact: boolean } | undefined {
  if (whole < min) return undefined;
  return whole > max ? { value: max, exact: false } : { value: whole, exact };
}

function floorOfFloat(wide: number, limit: bigint, narrow: (whole: bigint) => Value): ReturnType<Floor> {
  const max = Number(limit) - 1;
  // NaN is greater than every number.
  if (Number.isNaN(wide) || wide > max) return { value: narrow(limit - 1n), exact: false };
  if (wide < -Number(limit)) return undefined;
  const whole = Math.floor(wide);
  return { value: narrow(BigInt(whole)), exact: whole === wide };
}

/** The greatest float that is not greater than a double. */
function nearest(wide: number): ReturnType<Floor> {
  const near = Math.fround(wide);
  if (Object.is(near, wide) || near === wide) return { value: near, exact: true };
  if (near < wide) return { value: near, exact: false };
  return { value: nextBelow(near), exact: false };
}

/** The float before one that is not minus infinity. */
function nextBelow(value: number): number {
  const float = Float32Array.of(value);
  const word = new Int32Array(float.buffer);
  if (value === 0) return -(2 ** -149);
  word[0]! += value > 0 ? -1 : 1;
  return float[0]!;
}

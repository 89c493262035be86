import type { CalendarInterval, Value } from '../expressions/values.js';
import type { DataType } from '../schema/index.js';
import { encodeText } from '../text/index.js';
import type { Hasher } from './hasher.js';

/** Takes a value of `type` into a hash; one that is missing leaves the hash as it is. */
export function valueHasher(type: DataType): (hasher: Hasher, value: Value) => void {
  const present = presentHasher(type);
  return (hasher, value) => {
    if (value !== null) present(hasher, value);
  };
}

function presentHasher(type: DataType): (hasher: Hasher, value: Value) => void {
  switch (type.kind) {
    case 'boolean':
      return (hasher, v) => hasher.int(v === true ? 1 : 0);
    case 'byte':
    case 'short':
    case 'int':
    case 'date':
    case 'year_month_interval':
      return (hasher, v) => hasher.int(v as number);
    case 'long':
    case 'timestamp':
    case 'timestamp_ntz':
    case 'day_time_interval':
      return (hasher, v) => hashLong(hasher, v as bigint);
    case 'float':
      return (hasher, v) => hasher.int(floatBits(v as number));
    case 'double':
      return (hasher, v) => hashDouble(hasher, v as number);
    case 'decimal':
      return type.precision <= 18
        ? (hasher, v) => hashLong(hasher, v as bigint)
        : (hasher, v) => hashBytes(hasher, bigIntegerBytes(v as bigint));
    case 'string':
      return (hasher, v) => hashBytes(hasher, encodeText(v as string));
    case 'binary':
      return (hasher, v) => hashBytes(hasher, v as Uint8Array);
    case 'calendar_interval':
      return (hasher, v) => {
        const { months, days, micros } = v as CalendarInterval;
        hashLong(hasher, micros);
        hasher.int(days);
        hasher.int(months);
      };
    case 'array': {
      const element = valueHasher(type.element);
      return (hasher, v) => {
        for (const item of v as readonly Value[]) element(hasher, item);
      };
    }
    case 'struct': {
      const fields = type.fields.map((f) => valueHasher(f.type));
      return (hasher, v) => {
        for (let i = 0; i < fields.length; i++) fields[i]!(hasher, (v as readonly Value[])[i]!);
      };
    }
    case 'map': {
      const key = valueHasher(type.key);
      const item = valueHasher(type.value);
      return (hasher, v) => {
        for (const [k, i] of v as readonly (readonly [Value, Value])[]) {
          key(hasher, k);
          item(hasher, i);
        }
      };
    }
    default:
      return () => undefined;
  }
}

function hashLong(hasher: Hasher, value: bigint): void {
  hasher.long(Number(BigInt.asIntN(32, value)), Number(BigInt.asIntN(32, value >> 32n)));
}

function hashBytes(hasher: Hasher, bytes: Uint8Array): void {
  hasher.bytes(bytes, 0, bytes.length);
}

const bits = new DataView(new ArrayBuffer(8));

/** As Java's `floatToIntBits`, which knows one NaN, with -0.0 as 0.0. */
export function floatBits(value: number): number {
  if (value !== value) return 0x7fc00000;
  bits.setFloat32(0, value + 0);
  return bits.getInt32(0);
}

export function hashDouble(hasher: Hasher, value: number): void {
  if (value !== value) {
    hasher.long(0, 0x7ff80000);
  } else {
    bits.setFloat64(0, value + 0);
    hasher.long(bits.getInt32(4), bits.getInt32(0));
  }
}

/** As Java's `BigInteger.toByteArray`: two's complement, most significant byte first, as short as possible. */
export function bigIntegerBytes(value: bigint): Uint8Array {
  let length = 1;
  while (BigInt.asIntN(8 * length, value) !== value) length++;
  const out = new Uint8Array(length);
  for (let i = length - 1, rest = value; i >= 0; i--, rest >>= 8n) out[i] = Number(rest & 0xffn);
  return out;
}

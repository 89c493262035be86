import { fitsLong } from '../../numbers/index.js';
import { type DataType, Decimal, epochMicros, field, structOf } from '../../schema/index.js';
import type { Value } from '../values.js';
import { canCast } from './can-cast.js';
import { malformed } from './errors.js';
import type { CastOf } from './nested.js';
import type { CastFunction, CastOptions, Convert } from './options.js';

interface Typed {
  readonly type: DataType;
  readonly value: Value;
}

const any: DataType = { kind: 'any' };

/**
 * Values of columns whose type nobody declared: each is cast as what it is in JavaScript. Whole numbers count as longs,
 * objects as structs, whose fields go by their names here.
 */
export function fromAny(to: DataType, options: CastOptions, castOf: CastOf): Convert {
  const scalars = new Map<DataType['kind'], CastFunction>();
  const castFrom = (type: DataType, shown: string): CastFunction => {
    const known = scalars.get(type.kind);
    if (known !== undefined) return known;
    if (!canCast(type, to, options)) {
      if (options.ansi) throw malformed(shown, type, to);
      return () => null;
    }
    const cast = castOf(type, to);
    if (!('element' in type || 'key' in type || 'fields' in type || 'scale' in type)) scalars.set(type.kind, cast);
    return cast;
  };
  return (plain: unknown) => {
    const { type, value } = typed(plain, to);
    return castFrom(type, String(plain))(value);
  };
}

function typed(plain: unknown, to: DataType): Typed {
  switch (typeof plain) {
    case 'boolean':
      return { type: { kind: 'boolean' }, value: plain };
    case 'string':
      return { type: { kind: 'string' }, value: plain };
    case 'number':
      if (Number.isSafeInteger(plain)) return { type: { kind: 'long' }, value: BigInt(plain) };
      return { type: { kind: 'double' }, value: plain };
    case 'bigint':
      if (fitsLong(plain)) return { type: { kind: 'long' }, value: plain };
      return { type: { kind: 'decimal', precision: 38, scale: 0 }, value: plain };
    case 'object':
      return typedObject(plain ?? {}, to);
    default:
      return { type: { kind: 'string' }, value: String(plain) };
  }
}

function typedObject(plain: object, to: DataType): Typed {
  if (plain instanceof Date) {
    if (Number.isNaN(plain.getTime())) return { type: { kind: 'string' }, value: 'Invalid Date' };
    return { type: { kind: 'timestamp' }, value: epochMicros(plain) };
  }
  if (plain instanceof Uint8Array) return { type: { kind: 'binary' }, value: plain };
  if (plain instanceof Decimal) {
    return { type: { kind: 'decimal', precision: plain.precision, scale: plain.scale }, value: plain.unscaled };
  }
  if (Array.isArray(plain)) {
    const value = plain.map((element: Value | undefined) => element ?? null);
    return { type: { kind: 'array', element: any, containsNull: true }, value };
  }
  const entries = (plain instanceof Map ? [...plain] : Object.entries(plain)) as [string, Value | undefined][];
  if (plain instanceof Map || to.kind === 'map') {
    const key = plain instanceof Map ? any : ({ kind: 'string' } as const);
    const value = entries.map(([k, v]) => [k, v ?? null]);
    return { type: { kind: 'map', key, value: any, valueContainsNull: true }, value };
  }
  const names = to.kind === 'struct' ? to.fields.map((f) => f.name) : entries.map(([name]) => name);
  const values = new Map(entries);
  return {
    type: structOf(names.map((name) => field(name, any))),
    value: names.map((name) => values.get(name) ?? null),
  };
}

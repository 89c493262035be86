import type { ArrayType, MapType, StructType } from '../../schema/index.js';
import type { Value } from '../values.js';
import type { CastFunction, Convert } from './options.js';

/** Makes the cast of what is inside. */
export type CastOf = (from: ArrayType['element'], to: ArrayType['element']) => CastFunction;

export function toArray(from: ArrayType, to: ArrayType, castOf: CastOf): Convert {
  const element = castOf(from.element, to.element);
  return (values: readonly Value[]) => values.map(element);
}

export function toMap(from: MapType, to: MapType, castOf: CastOf): Convert {
  const key = castOf(from.key, to.key);
  const value = castOf(from.value, to.value);
  return (entries: readonly (readonly [Value, Value])[]) => entries.map(([k, v]) => [key(k), value(v)]);
}

/** Fields go by their position, not by their names. */
export function toStruct(from: StructType, to: StructType, castOf: CastOf): Convert {
  const fields = from.fields.map((f, i) => castOf(f.type, to.fields[i]!.type));
  return (values: readonly Value[]) => fields.map((cast, i) => cast(values[i]!));
}

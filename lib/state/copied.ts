import { Decimal, Timestamp } from '../schema/index.js';
import { refused } from './any-codec.js';

/** Deeper than that an object holds itself. */
const deepest = 500;

/**
 * A value that shares nothing that can be changed with the given one, as it would come back from a store. Throws
 * TYPE_MISMATCH for what cannot be kept there.
 */
export function copied<T>(value: T, depth = 0): T {
  if (typeof value === 'object') return value === null ? value : (copiedObject(value, depth + 1) as T);
  if (typeof value === 'function' || typeof value === 'symbol') throw refused(`a ${typeof value}`);
  return value;
}

function copiedObject(value: object, depth: number): unknown {
  if (depth > deepest) throw refused('what is nested more than 500 deep, or holds itself,');
  if (Array.isArray(value)) return value.map((item: unknown) => copied(item, depth));
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null) {
    const copy: Record<string, unknown> = {};
    for (const [name, item] of Object.entries(value)) copy[name] = copied(item, depth);
    return copy;
  }
  if (value instanceof Timestamp || value instanceof Decimal) return value;
  if (value instanceof Date) return new Date(value.getTime());
  if (value instanceof Uint8Array) return Uint8Array.from(value);
  if (value instanceof Map) return new Map([...value].map(([key, item]) => [copied(key, depth), copied(item, depth)]));
  if (value instanceof Set) return new Set([...value].map((item: unknown) => copied(item, depth)));
  throw refused(`an object of the class ${value.constructor.name || 'without a name'}`);
}

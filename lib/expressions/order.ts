import { type DataType, type MapType, simpleString } from '../schema/index.js';
import { encodeText } from '../text/index.js';
import { invalid } from './errors.js';
import type { CalendarInterval, Value } from './values.js';

/** Negative, zero or positive, for two values that are not missing. Inside arrays and structs missing comes first. */
export type Comparator = (a: Value, b: Value) => number;

/** What stands for a value in a `Map` or `Set`: equal keys for equal values. Missing is `null`. */
export type Key = string | number | bigint | null;

/**
 * The order of the values of a type: NaN is equal to itself and the greatest, -0.0 equals 0.0, strings go by their
 * UTF-8 bytes, binaries by unsigned bytes, arrays and structs from left to right. Of a type that has no order
 * (`isOrderable`), only zero or not zero is meant.
 */
export function comparator(type: DataType): Comparator {
  switch (type.kind) {
    case 'string':
      return compareStrings as Comparator;
    case 'binary':
      return ((a: Uint8Array, b: Uint8Array) => Buffer.compare(a, b)) as Comparator;
    case 'float':
    case 'double':
      return compareDoubles as Comparator;
    case 'array':
      return arrayComparator(comparator(type.element));
    case 'struct':
      return structComparator(type.fields.map((f) => comparator(f.type)));
    case 'map':
    case 'calendar_interval': {
      const key = groupKey(type);
      return (a, b) => (key(a) === key(b) ? 0 : 1);
    }
    case 'void':
      return () => 0;
    default:
      return compareNatively as Comparator;
  }
}

/** Whether two values that are not missing are equal; missing parts of arrays and structs equal each other. */
export function equality(type: DataType): (a: Value, b: Value) => boolean {
  switch (type.kind) {
    case 'float':
    case 'double':
      return (a, b) => a === b || (a !== a && b !== b);
    case 'binary':
    case 'array':
    case 'struct':
    case 'map':
    case 'calendar_interval': {
      const compare = comparator(type);
      return (a, b) => compare(a, b) === 0;
    }
    default:
      return (a, b) => a === b;
  }
}

/** Whether `<` makes sense: not for maps, nor for intervals of months, days and microseconds. */
export function isOrderable(type: DataType): boolean {
  switch (type.kind) {
    case 'map':
    case 'calendar_interval':
      return false;
    case 'array':
      return isOrderable(type.element);
    case 'struct':
      return type.fields.every((f) => isOrderable(f.type));
    default:
      return true;
  }
}

/** Refuses a type whose values have no order. */
export function requireOrder(type: DataType, name: string): void {
  if (isOrderable(type)) return;
  throw invalid(
    'DATATYPE_MISMATCH.INVALID_ORDERING_TYPE',
    `${name} needs values that can be compared, and those of ${simpleString(type).toUpperCase()} cannot.`,
  );
}

/** The order that puts missing values first. */
export function nullsFirst(compare: Comparator): Comparator {
  return (a, b) => (a === null ? (b === null ? 0 : -1) : b === null ? 1 : compare(a, b));
}

/** The order that puts missing values last. */
export function nullsLast(compare: Comparator): Comparator {
  return (a, b) => (a === null ? (b === null ? 0 : 1) : b === null ? -1 : compare(a, b));
}

function compareNatively(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function compareDoubles(a: number, b: number): number {
  if (a < b) return -1;
  if (a > b) return 1;
  if (a === b) return 0;
  const nanA = a !== a;
  return nanA === (b !== b) ? 0 : nanA ? 1 : -1;
}

/** By UTF-8 bytes. That is the order of the code units, except where surrogates are compared with what is above. */
export function compareStrings(a: string, b: string): number {
  if (a === b) return 0;
  const n = Math.min(a.length, b.length);
  for (let i = 0; i < n; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x === y) continue;
    if (x < 0xd800 && y < 0xd800) return x - y;
    return Buffer.compare(encodeText(a), encodeText(b));
  }
  return a.length - b.length;
}

function arrayComparator(compareElement: Comparator): Comparator {
  const compare = nullsFirst(compareElement);
  return (a, b) => {
    const x = a as readonly Value[];
    const y = b as readonly Value[];
    const n = Math.min(x.length, y.length);
    for (let i = 0; i < n; i++) {
      const order = compare(x[i]!, y[i]!);
      if (order !== 0) return order;
    }
    return x.length - y.length;
  };
}

function structComparator(fields: readonly Comparator[]): Comparator {
  const compare = fields.map(nullsFirst);
  return (a, b) => {
    for (let i = 0; i < compare.length; i++) {
      const order = compare[i]!((a as readonly Value[])[i]!, (b as readonly Value[])[i]!);
      if (order !== 0) return order;
    }
    return 0;
  };
}

/** The key under which a value is grouped: the same for all NaNs, and for 0.0 and -0.0. */
export function groupKey(type: DataType): (value: Value) => Key {
  const present = presentKey(type);
  return (value) => (value === null ? null : present(value));
}

/** One key for several values, missing ones among them. */
export function rowKey(types: readonly DataType[]): (values: readonly Value[]) => Key {
  const keys = types.map(groupKey);
  if (keys.length === 1) return (values) => keys[0]!(values[0]!);
  return (values) => joined(values.length, (i) => keys[i]!(values[i]!));
}

function presentKey(type: DataType): (value: Value) => Key {
  switch (type.kind) {
    case 'boolean':
      return (v) => (v === true ? 1 : 0);
    case 'binary':
      return (v) => Buffer.from(v as Uint8Array).toString('latin1');
    case 'array': {
      const key = groupKey(type.element);
      return (v) => joined((v as readonly Value[]).length, (i) => key((v as readonly Value[])[i]!));
    }
    case 'struct': {
      const keys = type.fields.map((f) => groupKey(f.type));
      return (v) => joined(keys.length, (i) => keys[i]!((v as readonly Value[])[i]!));
    }
    case 'map':
      return mapKey(type);
    case 'calendar_interval':
      return (v) => {
        const { months, days, micros } = v as CalendarInterval;
        return `${months} ${days} ${micros}`;
      };
    default:
      return (v) => v as Key;
  }
}

/** Maps are equal whatever the order of their entries. */
function mapKey(type: MapType): (value: Value) => Key {
  const keyOf = groupKey(type.key);
  const valueOf = groupKey(type.value);
  return (v) => {
    const entries = (v as readonly (readonly [Value, Value])[]).map(([key, value]) =>
      joined(2, (i) => (i === 0 ? keyOf(key) : valueOf(value))),
    );
    entries.sort();
    return joined(entries.length, (i) => entries[i]!);
  };
}

/** The keys as one text: each with its length before it, so that no two lists share a text. */
function joined(n: number, key: (i: number) => Key): string {
  let text = '';
  for (let i = 0; i < n; i++) {
    const part = key(i);
    if (part === null) text += 'n';
    else if (typeof part === 'string') text += `${part.length}:${part}`;
    // Adding 0 turns -0 into 0, as it is in a `Map`.
    else text += typeof part === 'number' ? `${part + 0};` : `${part};`;
  }
  return text;
}

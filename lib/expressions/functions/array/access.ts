import { type Column, FixedColumn, ListColumn, MapColumn } from '../../../columns/index.js';
import { type DataType, int, map as mapType, simpleString } from '../../../schema/index.js';
import type { Bound, EagerKernel } from '../../bound.js';
import { commonType, isIntegral } from '../../coerce.js';
import { failed, invalid } from '../../errors.js';
import { equality } from '../../order.js';
import type { Value } from '../../values.js';
import type { Constant } from '../../vector.js';
import { type Vector, columnOf, readerOf } from '../../vector.js';
import type { Binder, FunctionDef, Param, SpecialDef } from '../define.js';
import { any, int as intParam } from '../params.js';
import { elementOf, list } from './typing.js';

type Values = readonly Value[];
type Entries = readonly (readonly [Value, Value])[];

const get: FunctionDef = {
  name: 'get',
  group: 'array',
  usage: 'array, index',
  summary: 'The element at the index, the first being 0; null where there is none.',
  examples: [
    ['get(array(1, 2), 0)', '1'],
    ['get(array(1, 2), 2)', 'NULL'],
  ],
  params: [list('array'), intParam('index')],
  returns: ([type]) => elementOf(type),
  total: true,
  evaluate: () => (values: Values, index: number) => values[index] ?? null,
};

/** What `element_at` does where there is no such element. */
type Missing = 'error' | 'null';

/** The position that an index from 1 on, or from -1 down, means; -1 if there is none. */
function positionOf(index: number, length: number, missing: Missing, name: string): number {
  if (index === 0) throw failed('INVALID_INDEX_OF_ZERO', 'The first element has the index 1, the last -1; 0 is none.');
  const position = index > 0 ? index - 1 : length + index;
  if (position >= 0 && position < length) return position;
  if (missing === 'null') return -1;
  throw failed(
    'INVALID_ARRAY_INDEX_IN_ELEMENT_AT',
    `The index ${index} is out of bounds: the array has ${length} elements. Use try_${name}(array, index) to get null instead.`,
  );
}

/** Reads one element of each array where it lies, without making the arrays. */
function elementsOf(list: ListColumn, index: Column | Constant, position: (index: number, length: number) => number) {
  const read = readerOf(list.child);
  const indexes = readerOf(index);
  const { offsets } = list;
  const out = new Array<Value>(list.length);
  for (let i = 0; i < list.length; i++) {
    const at = list.isValid(i) ? (indexes(i) as number | null) : null;
    const from = offsets[i]!;
    const k = at === null ? -1 : position(at, offsets[i + 1]! - from);
    out[i] = k < 0 ? null : read(from + k);
  }
  return columnOf(elementOf(list.type), out);
}

function bindArray(name: string, args: readonly Bound[], binder: Binder, missing: Missing): Bound {
  const [of, index] = args as readonly [Bound, Bound];
  if (!(isIntegral(index.type) && index.type.kind !== 'long') && index.type.kind !== 'void') {
    throw invalid(
      'DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE',
      `${name}: the index into an array is an INT, not ${simpleString(index.type).toUpperCase()}.`,
    );
  }
  const place = (at: number, length: number): number => positionOf(at, length, missing, name.replace(/^try_/, ''));
  const kernel: EagerKernel = {
    nulls: 'propagate',
    total: false,
    deterministic: true,
    scalar: (values: Values, at: number) => values[place(at, values.length)] ?? null,
    vector: (vectors) => {
      const [values, at] = vectors as readonly [Vector, Column | Constant];
      if (values instanceof ListColumn) return elementsOf(values, at, place);
      return elementsOf(repeated(values as Constant, at as Column), at, place);
    },
  };
  return binder.apply(name, [of, binder.cast(index, int())], elementOf(of.type), true, kernel);
}

/** One array for all rows, as a column that holds it once. */
function repeated({ type, value }: Constant, rows: Column): ListColumn {
  return columnOf(type, new Array<Value>(rows.length).fill(value)) as ListColumn;
}

function bindMap(name: string, args: readonly Bound[], binder: Binder): Bound {
  const [of, key] = args as readonly [Bound, Bound];
  const { key: keyType, value, valueContainsNull } = of.type as DataType & { kind: 'map' };
  const mixed = key.type.kind !== 'void' && (keyType.kind === 'string') !== (key.type.kind === 'string');
  const shared = mixed ? undefined : commonType(keyType, key.type, binder.ansi);
  if (shared === undefined) {
    throw invalid(
      'DATATYPE_MISMATCH.MAP_FUNCTION_DIFF_TYPES',
      `${name}: the keys of the map are ${simpleString(keyType).toUpperCase()}, which ${simpleString(key.type).toUpperCase()} is not.`,
    );
  }
  const equal = equality(shared);
  const kernel: EagerKernel = {
    nulls: 'propagate',
    total: true,
    deterministic: true,
    scalar: (entries: Entries, wanted: Value) => entries.find(([k]) => equal(k, wanted))?.[1] ?? null,
    vector: (vectors, n) => valuesOfKey(vectors as readonly [Column | Constant, Column | Constant], n, value, equal),
  };
  const args2 = [binder.cast(of, mapType(shared, value, valueContainsNull)), binder.cast(key, shared)];
  return binder.apply(name, args2, value, true, kernel);
}

/** Looks up keys where the maps lie, without making the maps. */
function valuesOfKey(
  [maps, keys]: readonly [Column | Constant, Column | Constant],
  n: number,
  type: DataType,
  equal: (a: Value, b: Value) => boolean,
): Column {
  const wanted = readerOf(keys);
  const out = new Array<Value>(n).fill(null);
  if (!(maps instanceof MapColumn)) {
    const entries = (maps as Constant).value as Entries | null;
    for (let i = 0; i < n && entries !== null; i++) {
      const key = wanted(i);
      if (key !== null) out[i] = entries.find(([k]) => equal(k, key))?.[1] ?? null;
    }
    return columnOf(type, out);
  }
  const readKey = readerOf(maps.keys);
  const readValue = readerOf(maps.values);
  for (let i = 0; i < n; i++) {
    const key = maps.isValid(i) ? wanted(i) : null;
    if (key === null) continue;
    for (let p = maps.offsets[i]!; p < maps.offsets[i + 1]!; p++) {
      if (equal(readKey(p), key)) {
        out[i] = readValue(p);
        break;
      }
    }
  }
  return columnOf(type, out);
}

const elementAt = (name: string, missing: (ansi: boolean) => Missing, summary: string): SpecialDef => ({
  name,
  group: 'array',
  usage: 'array, index  |  map, key',
  summary,
  examples: [
    [`${name}(array(1, 2, 3), -1)`, '3'],
    [`${name}(map('a', 1), 'b')`, 'NULL'],
  ],
  params: [any('arrayOrMap'), any('indexOrKey')],
  bind: (args, binder) => {
    const { type } = args[0]!;
    if (type.kind === 'array') return bindArray(name, args, binder, missing(binder.ansi));
    if (type.kind === 'map') return bindMap(name, args, binder);
    throw invalid(
      'DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE',
      `${name} takes an array or a map, not ${simpleString(type).toUpperCase()}.`,
    );
  },
});

/** An array or a map; a null literal is one, too. */
const sized = (name: string): Param => ({
  name,
  coerce: (type) => (type.kind === 'map' ? type : list(name).coerce(type, { ansi: true, constant: false })),
});

const size: FunctionDef = {
  name: 'size',
  aliases: ['cardinality'],
  group: 'array',
  usage: 'arrayOrMap',
  summary: 'How many elements an array or entries a map has. Of null it is null, and -1 without ANSI.',
  examples: [['size(array(1, 2))', '2']],
  params: [sized('arrayOrMap')],
  returns: int(),
  nulls: 'handle',
  total: true,
  evaluate:
    ({ ansi }) =>
    (values: Values | null) =>
      values === null ? (ansi ? null : -1) : values.length,
  vector:
    ({ ansi }) =>
    ([values], n) => {
      if (values instanceof ListColumn || values instanceof MapColumn) return lengths(values, ansi);
      return columnOf(int(), new Array<Value>(n).fill(sizeOfConstant(values as Constant, ansi)));
    },
};

const sizeOfConstant = ({ value }: Constant, ansi: boolean): number | null =>
  value === null ? (ansi ? null : -1) : (value as Values).length;

function lengths(lists: ListColumn | MapColumn, ansi: boolean): FixedColumn {
  const n = lists.length;
  const { offsets, validity, nullCount } = lists;
  const out = new Int32Array(n);
  for (let i = 0; i < n; i++) out[i] = offsets[i + 1]! - offsets[i]!;
  if (validity === null) return new FixedColumn(int(), out);
  if (ansi) return new FixedColumn(int(), out, { validity, nullCount });
  for (let i = 0; i < n; i++) if (!lists.isValid(i)) out[i] = -1;
  return new FixedColumn(int(), out);
}

const arraySize: FunctionDef = {
  name: 'array_size',
  group: 'array',
  usage: 'array',
  summary: 'How many elements the array has; null of null.',
  examples: [['array_size(array(1, 2))', '2']],
  params: [list('array')],
  returns: int(),
  nullable: false,
  total: true,
  evaluate: () => (values: Values) => values.length,
};

const slice: FunctionDef = {
  name: 'slice',
  group: 'array',
  usage: 'array, start, length',
  summary: 'So many elements from `start` on, which counts from 1, or from the end if it is negative.',
  examples: [
    ['slice(array(1, 2, 3, 4), 2, 2)', '[2, 3]'],
    ['slice(array(1, 2, 3, 4), -2, 2)', '[3, 4]'],
  ],
  params: [list('array'), intParam('start'), intParam('length')],
  returns: ([type]) => type!,
  nullable: false,
  evaluate: () => (values: Values, start: number, length: number) => {
    if (start === 0) {
      throw failed('INVALID_PARAMETER_VALUE.START', 'slice counts from 1, or from -1 for the last: 0 is no start.');
    }
    if (length < 0) throw failed('INVALID_PARAMETER_VALUE.LENGTH', `The length of a slice is not ${length}.`);
    const from = start > 0 ? start - 1 : values.length + start;
    return from < 0 ? [] : values.slice(from, from + length);
  },
};

export const accessors: readonly (FunctionDef | SpecialDef)[] = [
  get,
  elementAt(
    'element_at',
    (ansi) => (ansi ? 'error' : 'null'),
    'The element at the index, 1 being the first and -1 the last, or the value of the key. An index that is not there is an error with ANSI, else null; a key that is not there gives null.',
  ),
  elementAt('try_element_at', () => 'null', 'As `element_at`, but null where there is no such index.'),
  size,
  arraySize,
  slice,
];

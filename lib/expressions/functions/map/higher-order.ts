import { type DataType, map, simpleString } from '../../../schema/index.js';
import type { Bound } from '../../bound.js';
import { invalid } from '../../errors.js';
import { type Key, groupKey } from '../../order.js';
import type { Value } from '../../values.js';
import { commonWithoutTexts } from '../array/typing.js';
import type { FunctionDef, LambdaFunction, Param, SpecialDef } from '../define.js';
import { lambda } from '../params.js';
import { type Entries, type Entry, asMap, mapMaker, mapParam, requireKeyType } from './entries.js';

const overEntries: Param = lambda('function', ([type]) => [[asMap(type).key, asMap(type).value]]);

const mapFilter: FunctionDef = {
  name: 'map_filter',
  group: 'map',
  usage: 'map, (key, value) -> condition',
  summary: 'The entries for which the condition holds.',
  examples: [["map_filter(map('a', 1, 'b', 2), (k, v) -> v > 1)", '{b -> 2}']],
  params: [mapParam('map'), overEntries],
  returns: ([type, result]) => {
    if (result!.kind !== 'boolean' && result!.kind !== 'void') {
      throw invalid(
        'DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE',
        `The function of map_filter must give a BOOLEAN, not ${simpleString(result!).toUpperCase()}.`,
      );
    }
    return type!;
  },
  nullable: false,
  total: true,
  evaluate: () => (entries: Entries, call: LambdaFunction) => entries.filter(([k, v]) => call(k, v) === true),
};

const transformKeys: FunctionDef = {
  name: 'transform_keys',
  group: 'map',
  usage: 'map, (key, value) -> …',
  summary: 'The map with the keys that the function gives. They must not be null, nor come twice.',
  examples: [["transform_keys(map('a', 1), (k, v) -> upper(k))", '{A -> 1}']],
  params: [mapParam('map'), overEntries],
  returns: ([type, key]) => {
    requireKeyType(key!);
    return map<DataType, DataType>(key!, asMap(type).value, asMap(type).valueContainsNull);
  },
  nullable: false,
  evaluate: ({ type, settings }) => {
    const make = mapMaker(asMap(type).key, settings);
    return (entries: Entries, call: LambdaFunction) => make(entries.map(([k, v]) => [call(k, v), v]));
  },
};

const transformValues: FunctionDef = {
  name: 'transform_values',
  group: 'map',
  usage: 'map, (key, value) -> …',
  summary: 'The map with the values that the function gives.',
  examples: [["transform_values(map('a', 1), (k, v) -> v + 1)", '{a -> 2}']],
  params: [mapParam('map'), overEntries],
  returns: ([type, value]) => map<DataType, DataType>(asMap(type).key, value!),
  nullable: false,
  total: true,
  evaluate: () => (entries: Entries, call: LambdaFunction) => entries.map(([k, v]) => [k, call(k, v)]),
};

/** The type that the keys of two maps have in common; texts are no numbers here. */
function commonKey(a: DataType | undefined, b: DataType | undefined, ansi: boolean): DataType | undefined {
  return a?.kind === 'map' && b?.kind === 'map' ? commonWithoutTexts(a.key, b.key, ansi) : undefined;
}

const valueOf = (type: DataType | undefined): DataType => (type?.kind === 'map' ? type.value : { kind: 'void' });

const mapZipWith: SpecialDef = {
  name: 'map_zip_with',
  group: 'map',
  usage: 'a, b, (key, x, y) -> …',
  summary: 'A map of the keys of both with what the function gives for their values; null where a map lacks the key.',
  examples: [
    [
      "map_zip_with(map('a', 1), map('a', 2, 'b', 3), (k, x, y) -> coalesce(x, 0) + coalesce(y, 0))",
      '{a -> 3, b -> 3}',
    ],
  ],
  params: [
    mapParam('a'),
    mapParam('b'),
    lambda('function', ([a, b]) => [[commonKey(a, b, true) ?? { kind: 'void' }, valueOf(a), valueOf(b)]]),
  ],
  bind: ([a, b, call], binder) => {
    const key = commonKey(a!.type, b!.type, binder.ansi);
    if (key === undefined) {
      throw invalid('DATATYPE_MISMATCH.MAP_ZIP_WITH_DIFF_TYPES', 'map_zip_with takes two maps with keys of one type.');
    }
    const withKey = (of: Bound): Bound => binder.cast(of, { ...asMap(of.type), key });
    const keyOf = groupKey(key);
    const type = map<DataType, DataType>(key, call!.type);
    return binder.apply('map_zip_with', [withKey(a!), withKey(b!), call!], type, a!.nullable || b!.nullable, {
      nulls: 'propagate',
      total: true,
      deterministic: true,
      scalar: (left: Entries, right: Entries, value: LambdaFunction) => zipped(keyOf, left, right, value),
    });
  },
};

function zipped(keyOf: (key: Value) => Key, a: Entries, b: Entries, call: LambdaFunction): Entry[] {
  const rows = new Map<Key, [key: Value, x: Value, y: Value]>();
  for (const [key, x] of a) rows.set(keyOf(key), [key, x, null]);
  for (const [key, y] of b) {
    const row = rows.get(keyOf(key));
    if (row === undefined) rows.set(keyOf(key), [key, null, y]);
    else row[2] = y;
  }
  return [...rows.values()].map((row) => [row[0], call(...row)]);
}

export const higherOrder: readonly (FunctionDef | SpecialDef)[] = [
  mapFilter,
  transformKeys,
  transformValues,
  mapZipWith,
];

import { type Column, MapColumn } from '../../../columns/index.js';
import { type DataType, array, boolean, simpleString } from '../../../schema/index.js';
import { ListColumn } from '../../../columns/index.js';
import { commonType } from '../../coerce.js';
import { invalid } from '../../errors.js';
import { equality } from '../../order.js';
import type { Value } from '../../values.js';
import { type Constant, columnOf } from '../../vector.js';
import type { FunctionDef, SpecialDef } from '../define.js';
import { any } from '../params.js';
import { type Entries, asMap, mapParam } from './entries.js';

/** The keys or the values of a map, which share the memory of the map. */
const side = (name: string, which: 0 | 1, summary: string, example: string): FunctionDef => ({
  name,
  group: 'map',
  usage: 'map',
  summary,
  examples: [[`${name}(map('a', 1, 'b', 2))`, example]],
  params: [mapParam('map')],
  returns: ([type]) => {
    const { key, value, valueContainsNull } = asMap(type);
    return which === 0 ? array(key, false) : array(value, valueContainsNull);
  },
  nullable: false,
  total: true,
  evaluate: () => (entries: Entries) => entries.map((entry) => entry[which]),
  vector:
    ({ type }) =>
    ([maps], n) => {
      if (!(maps instanceof MapColumn)) {
        const entries = (maps as Constant).value as Entries | null;
        const taken = entries && entries.map((entry) => entry[which]);
        return columnOf(type, new Array<Value>(n).fill(taken));
      }
      const { offsets, validity, nullCount } = maps;
      const child: Column = which === 0 ? maps.keys : maps.values;
      return new ListColumn(type, offsets, child, { validity, nullCount });
    },
});

const mapContainsKey: SpecialDef = {
  name: 'map_contains_key',
  group: 'map',
  usage: 'map, key',
  summary: 'Whether the map has the key.',
  examples: [["map_contains_key(map('a', 1), 'a')", 'true']],
  params: [mapParam('map'), any('key')],
  bind: ([of, key], binder) => {
    if (key!.type.kind === 'void') {
      throw invalid('DATATYPE_MISMATCH.NULL_TYPE', 'map_contains_key cannot look for NULL, which is no key.');
    }
    if (of!.type.kind !== 'map') {
      throw invalid('DATATYPE_MISMATCH.MAP_FUNCTION_DIFF_TYPES', 'map_contains_key takes a map and a key.');
    }
    const { key: keyType, value, valueContainsNull } = of!.type;
    const mixed = (keyType.kind === 'string') !== (key!.type.kind === 'string');
    const shared = mixed ? undefined : commonType(keyType, key!.type, binder.ansi);
    if (shared === undefined) {
      throw invalid(
        'DATATYPE_MISMATCH.MAP_FUNCTION_DIFF_TYPES',
        `The keys of the map are ${simpleString(keyType).toUpperCase()}, which ${simpleString(key!.type).toUpperCase()} is not.`,
      );
    }
    const equal = equality(shared);
    const type: DataType = { kind: 'map', key: shared, value, valueContainsNull };
    const nullable = of!.nullable || key!.nullable;
    return binder.apply('map_contains_key', [binder.cast(of!, type), binder.cast(key!, shared)], boolean(), nullable, {
      nulls: 'propagate',
      total: true,
      deterministic: true,
      scalar: (entries: Entries, wanted: Value) => entries.some(([k]) => equal(k, wanted)),
    });
  },
};

export const readers: readonly (FunctionDef | SpecialDef)[] = [
  side('map_keys', 0, 'The keys as an array.', '[a, b]'),
  side('map_values', 1, 'The values as an array.', '[1, 2]'),
  mapContainsKey,
];

import type { DataType } from '../../../schema/index.js';
import { simpleString } from '../../../schema/index.js';
import { failed, invalid } from '../../errors.js';
import { type Key, groupKey } from '../../order.js';
import type { ExpressionSettings } from '../../settings.js';
import type { Value } from '../../values.js';
import type { Param } from '../define.js';

export type Entry = readonly [key: Value, value: Value];
export type Entries = readonly Entry[];

/** Makes a map of entries: refuses null keys, and treats keys given twice as the settings say. */
export type MapMaker = (entries: Iterable<Entry>) => Entry[];

export function mapMaker(key: DataType, { mapKeyDedupPolicy }: ExpressionSettings): MapMaker {
  const keyOf = groupKey(key);
  const lastWins = mapKeyDedupPolicy === 'LAST_WIN';
  return (entries) => {
    const out: Entry[] = [];
    const places = new Map<Key, number>();
    for (const [k, value] of entries) {
      if (k === null) throw failed('NULL_MAP_KEY', 'A key of a map must not be null.');
      const id = keyOf(k);
      const place = places.get(id);
      if (place === undefined) {
        places.set(id, out.length);
        // A map knows one zero.
        out.push([k === 0 ? 0 : k, value]);
      } else if (lastWins) {
        out[place] = [out[place]![0], value];
      } else {
        throw failed(
          'DUPLICATED_MAP_KEY',
          `The key ${shownKey(k)} is given twice. Set mapKeyDedupPolicy to 'LAST_WIN' to let the last one stay.`,
        );
      }
    }
    return out;
  };
}

const shownKey = (key: Value): string => (typeof key === 'object' ? 'of a map' : `'${key}'`);

/** Refuses types that cannot be keys. */
export function requireKeyType(key: DataType): void {
  if (!holdsMap(key)) return;
  throw invalid(
    'DATATYPE_MISMATCH.INVALID_MAP_KEY_TYPE',
    `The keys of a map cannot be of the type ${simpleString(key).toUpperCase()}.`,
  );
}

const holdsMap = (type: DataType): boolean =>
  type.kind === 'map' ||
  (type.kind === 'array' && holdsMap(type.element)) ||
  (type.kind === 'struct' && type.fields.some((f) => holdsMap(f.type)));

export type MapType = DataType & { readonly kind: 'map' };

export const asMap = (type: DataType | undefined): MapType => type as MapType;

/** A map; a null literal is one, too. */
export const mapParam = (name: string): Param => ({
  name,
  coerce: (type) => {
    if (type.kind === 'map') return type;
    return type.kind === 'void' ? { kind: 'map', key: type, value: type, valueContainsNull: true } : undefined;
  },
});

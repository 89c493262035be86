import { type DataType, array, field, map, string, structOf } from '../../../schema/index.js';
import { PatternError, javaPattern, splitBy } from '../../../text/index.js';
import { failed, invalid } from '../../errors.js';
import type { Value } from '../../values.js';
import { unify } from '../conditional/case.js';
import type { FunctionDef, SpecialDef } from '../define.js';
import { any, optional, rest, text } from '../params.js';
import { elementOf, list } from '../array/typing.js';
import { type Entries, type Entry, mapMaker, mapParam, requireKeyType, asMap } from './entries.js';

type Values = readonly Value[];

function* pairs(values: Values): Iterable<Entry> {
  for (let i = 0; i < values.length; i += 2) yield [values[i]!, values[i + 1]!];
}

const makeMap: SpecialDef = {
  name: 'map',
  group: 'map',
  usage: '[key, value, …]',
  summary: 'A map of these keys and values. Keys must not be null, nor be given twice.',
  examples: [["map('a', 1, 'b', 2)", '{a -> 1, b -> 2}']],
  params: [optional(rest(any('keyOrValue')))],
  bind: (args, binder) => {
    if (args.length % 2 === 1) {
      const message = `map takes keys and values in turn, so an even number of arguments, not ${args.length}.`;
      throw invalid('WRONG_NUM_ARGS.WITHOUT_SUGGESTION', message);
    }
    const keys = unify(
      args.filter((_, i) => i % 2 === 0),
      'map',
      binder,
    );
    const values = unify(
      args.filter((_, i) => i % 2 === 1),
      'map',
      binder,
    );
    requireKeyType(keys.type);
    const make = mapMaker(keys.type, binder.settings);
    const inTurn = keys.values.flatMap((key, i) => [key, values.values[i]!]);
    const type = map<DataType, DataType>(keys.type, values.type);
    return binder.apply('map', inTurn, type, false, {
      nulls: 'handle',
      total: false,
      deterministic: true,
      scalar: (...given: Value[]) => make(pairs(given)),
    });
  },
};

const mapFromArrays: FunctionDef = {
  name: 'map_from_arrays',
  group: 'map',
  usage: 'keys, values',
  summary: 'A map of the keys of one array and the values at the same places of another.',
  examples: [["map_from_arrays(array('a', 'b'), array(1, 2))", '{a -> 1, b -> 2}']],
  params: [list('keys'), list('values')],
  returns: ([keys, values]) => {
    requireKeyType(elementOf(keys));
    return map<DataType, DataType>(elementOf(keys), elementOf(values));
  },
  nullable: false,
  evaluate: ({ type, settings }) => {
    const make = mapMaker(asMap(type).key, settings);
    return (keys: Values, values: Values) => {
      if (keys.length === values.length) return make(keys.map((key, i) => [key, values[i]!]));
      throw failed(
        'MAP_ARRAYS_OF_DIFFERENT_LENGTH',
        `There are ${keys.length} keys, but ${values.length} values. Each key needs one.`,
      );
    };
  },
};

const mapFromEntries: FunctionDef = {
  name: 'map_from_entries',
  group: 'map',
  usage: 'entries',
  summary: 'A map of an array of structs of a key and a value; null if one of them is null.',
  examples: [["map_from_entries(array(struct('a', 1), struct('b', 2)))", '{a -> 1, b -> 2}']],
  params: [
    {
      name: 'entries',
      coerce: (type) => {
        const element = elementOf(type);
        return element.kind === 'struct' && element.fields.length === 2 ? type : undefined;
      },
    },
  ],
  returns: ([entries]) => {
    const [key, value] = (elementOf(entries) as DataType & { kind: 'struct' }).fields;
    requireKeyType(key!.type);
    return map<DataType, DataType>(key!.type, value!.type, value!.nullable);
  },
  evaluate: ({ type, settings }) => {
    const make = mapMaker(asMap(type).key, settings);
    return (entries: readonly (Entry | null)[]) => (entries.includes(null) ? null : make(entries as Entries));
  },
};

const mapConcat: SpecialDef = {
  name: 'map_concat',
  group: 'map',
  usage: '[map, …]',
  summary: 'The entries of all maps in one; null if one of them is null. A key must not be in two of them.',
  examples: [["map_concat(map('a', 1), map('b', 2))", '{a -> 1, b -> 2}']],
  params: [optional(rest(mapParam('map')))],
  bind: (args, binder) => {
    const { type, values } = unify(args, 'map_concat', binder);
    const known: DataType = type.kind === 'void' ? map<DataType, DataType>(type, type) : type;
    if (known.kind !== 'map') {
      throw invalid('DATATYPE_MISMATCH.MAP_CONCAT_DIFF_TYPES', 'map_concat takes maps of one type.');
    }
    const make = mapMaker(known.key, binder.settings);
    const nullable = args.some((arg) => arg.nullable);
    return binder.apply('map_concat', values, known, nullable, {
      nulls: 'propagate',
      total: false,
      deterministic: true,
      scalar: (...maps: Entries[]) => make(maps.flat()),
    });
  },
};

const mapEntries: FunctionDef = {
  name: 'map_entries',
  group: 'map',
  usage: 'map',
  summary: 'The entries as an array of structs of `key` and `value`.',
  examples: [["map_entries(map('a', 1))", '[{a, 1}]']],
  params: [mapParam('map')],
  returns: ([type]) => {
    const { key, value, valueContainsNull } = asMap(type);
    return array(structOf([field('key', key, false), field('value', value, valueContainsNull)]), false);
  },
  nullable: false,
  total: true,
  evaluate: () => (entries: Entries) => entries,
};

/** The pieces of a text by a regular expression of Java's. */
function split(given: string, pattern: string, limit: number): string[] {
  try {
    return splitBy(javaPattern(pattern), given, limit);
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    throw failed('INVALID_PARAMETER_VALUE.PATTERN', `'${pattern}' is no regular expression: ${error.message}`);
  }
}

const strToMap: FunctionDef = {
  name: 'str_to_map',
  group: 'map',
  usage: 'text[, entryDelimiter[, keyDelimiter]]',
  summary:
    "A map of a text such as 'a:1,b:2'. The delimiters, `,` and `:` unless given, are regular expressions; an entry without the second has the value null.",
  examples: [["str_to_map('a:1,b:2')", '{a -> 1, b -> 2}']],
  params: [text('text'), optional(text('entryDelimiter')), optional(text('keyDelimiter'))],
  returns: map<DataType, DataType>(string(), string()),
  nullable: false,
  evaluate: ({ settings }) => {
    const make = mapMaker(string(), settings);
    return (given: string, entryDelimiter = ',', keyDelimiter = ':') =>
      make(
        split(given, entryDelimiter, -1).map((entry) => {
          const [key, value = null] = split(entry, keyDelimiter, 2);
          return [key!, value];
        }),
      );
  },
};

export const makers: readonly (FunctionDef | SpecialDef)[] = [
  makeMap,
  mapFromArrays,
  mapFromEntries,
  mapConcat,
  mapEntries,
  strToMap,
];

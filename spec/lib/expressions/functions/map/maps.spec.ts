import { Frame, Scope, evaluate, factsOf, parseExpression, resolve } from '../../../../../lib/expressions/index.js';
import { defaultSettings } from '../../../../../lib/expressions/settings.js';
import { readerOf } from '../../../../../lib/expressions/vector.js';
import { conditionOf, valueOf } from '../../constants.js';

// What Spark gives for each.
describe('functions of maps and structs', () => {
  it.each<[string, unknown]>([
    ["map_from_arrays(array('a'), array(NULL))", [['a', null]]],
    ["map_from_entries(array(struct('a', 1), NULL))", null],
    [
      "map_concat(map('a', 1), map('b', 2.5))",
      [
        ['a', 10n],
        ['b', 25n],
      ],
    ],
    ['map_concat()', []],
    ["map_entries(map('a', 1))", [['a', 1]]],
    ["map_contains_key(map(1, 'a'), 1)", true],
    [
      "str_to_map('a:1,b')",
      [
        ['a', '1'],
        ['b', null],
      ],
    ],
    [
      "str_to_map('a=1;b=2=3', ';', '=')",
      [
        ['a', '1'],
        ['b', '2=3'],
      ],
    ],
    ["str_to_map('')", [['', null]]],
    ['map(0.0D, 1)', [[0, 1]]],
    ["transform_keys(map('a', 1), (k, v) -> v)", [[1, 1]]],
    ["map_zip_with(map(1, 'a'), map(1L, 'b'), (k, x, y) -> concat(k, x, y))", [[1n, '1ab']]],
    ["struct('x', 1 AS n).n", 1],
    ["struct('x', 1).col1", 'x'],
    ["named_struct('a', NULL).a", null],
  ])('%s', (sql, expected) => expect(valueOf(sql)).toEqual(expected));

  it.each([
    ["map_zip_with(map(1, 2), map('1', 2), (k, x, y) -> x)", 'DATATYPE_MISMATCH.MAP_ZIP_WITH_DIFF_TYPES'],
    ['map(1, 2, 1, 3)', 'DUPLICATED_MAP_KEY'],
    ['map(0.0D, 1, -0.0D, 2)', 'DUPLICATED_MAP_KEY'],
    ["transform_keys(map('a', 1, 'b', 1), (k, v) -> v)", 'DUPLICATED_MAP_KEY'],
    ["transform_keys(map('a', 1), (k, v) -> NULL)", 'NULL_MAP_KEY'],
    ['map(map(1, 2), 3)', 'DATATYPE_MISMATCH.INVALID_MAP_KEY_TYPE'],
    ["map_contains_key(map('a', 1), NULL)", 'DATATYPE_MISMATCH.NULL_TYPE'],
    ["map_contains_key(map('a', 1), 1)", 'DATATYPE_MISMATCH.MAP_FUNCTION_DIFF_TYPES'],
    ["str_to_map('a', '(')", 'INVALID_PARAMETER_VALUE.PATTERN'],
    ["named_struct('a', 1, 'b')", 'WRONG_NUM_ARGS.WITHOUT_SUGGESTION'],
    ['hash(map(1, 2))', 'DATATYPE_MISMATCH.HASH_MAP_TYPE'],
  ])('%s fails with %s', (sql, condition) => expect(conditionOf(sql)).toBe(condition));

  it('let the last of equal keys stay where the setting says so, at the place of the first', () => {
    const settings = { ...defaultSettings, mapKeyDedupPolicy: 'LAST_WIN' } as const;
    const bound = resolve(parseExpression("map('a', 1, 'b', 2, 'a', 3)"), new Scope([]), settings);
    const value = readerOf(evaluate(bound, new Frame([], 1, factsOf(0, 0, 'q'))))(0);
    expect(value).toEqual([
      ['a', 3],
      ['b', 2],
    ]);
  });
});

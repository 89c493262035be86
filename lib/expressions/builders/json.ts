// Made from the definitions of the functions: `npm run builders:update`.
import { argument, type Argument, make, setting, type Setting } from '../arguments.js';
import type { Expr } from '../builder.js';

/**
 * The value of a JSON text as a struct, array or map. The schema is DDL of columns or of a type, or `schema_of_json(…)`. Fields that are absent or not of their type are missing; of a text that is not JSON everything is, and a field `_corrupt_record STRING` gets it. The options are those of JSON files, with the modes PERMISSIVE and FAILFAST.
 *
 * In SQL:
 *
 *     from_json('{"a":1,"b":"x"}', 'a INT, b STRING').b  -- x
 *     from_json('[1, 2]', 'ARRAY<INT>')  -- [1, 2]
 *     from_json('{"t":"26/08/2015"}', 't TIMESTAMP', map('timestampFormat', 'dd/MM/yyyy')).t  -- 2015-08-26 00:00:00
 */
export const fromJson = (jsonStr: Argument, schema: Setting, options?: Setting): Expr =>
  make('from_json', argument(jsonStr), setting(schema), setting(options));

/**
 * A struct, array or map as JSON text. Missing fields are left out, unless the option ignoreNullFields is false. Further options: dateFormat, timestampFormat, timestampNTZFormat, timeZone, locale, pretty, writeNonAsciiCharacterAsCodePoint.
 *
 * In SQL:
 *
 *     to_json(named_struct('a', 1, 'b', NULL))  -- {"a":1}
 *     to_json(array(1, NULL))  -- [1,null]
 *     to_json(named_struct('d', DATE'2020-02-29'), map('dateFormat', 'dd/MM/yyyy'))  -- {"d":"29/02/2020"}
 */
export const toJson = (expr: Argument, options?: Setting): Expr => make('to_json', argument(expr), setting(options));

/**
 * What a path such as `$.a.b[0]`, `$['a b']` or `$.list[*].x` leads to in a JSON text: a string as it is, anything else as JSON. Null if that is nothing or `null`, if the text is no JSON, or the path is no path. What `[*]` finds is an array, unless it is a single value.
 *
 * In SQL:
 *
 *     get_json_object('{"a":{"b":"x"}}', '$.a.b')  -- x
 *     get_json_object('{"a":[{"b":1},{"b":2}]}', '$.a[*].b')  -- [1,2]
 *     get_json_object('{"a":1}', '$.b')  -- NULL
 */
export const getJsonObject = (json: Argument, path: Setting): Expr =>
  make('get_json_object', argument(json), setting(path));

/**
 * The values of several names in a JSON object, as texts in the columns c0, c1, …: strings as they are, anything else as JSON. Null where there is none, and everywhere if the text is no object.
 *
 * In SQL:
 *
 *     json_tuple('{"a":1,"b":"x"}', 'a', 'b')  -- 1, x
 */
export const jsonTuple = (json: Argument, ...name: readonly Setting[]): Expr =>
  make('json_tuple', argument(json), ...name.map((value) => setting(value)));

/**
 * How many elements the outermost array of a JSON text has; null if the text is no array.
 *
 * In SQL:
 *
 *     json_array_length('[1, [2, 3], 4]')  -- 3
 *     json_array_length('{"a":1}')  -- NULL
 */
export const jsonArrayLength = (jsonArray: Argument): Expr => make('json_array_length', argument(jsonArray));

/**
 * The names in the outermost object of a JSON text, in order; null if the text is no object.
 *
 * In SQL:
 *
 *     json_object_keys('{"a":1,"b":{"c":2}}')  -- [a, b]
 */
export const jsonObjectKeys = (jsonObject: Argument): Expr => make('json_object_keys', argument(jsonObject));

/**
 * The type of a JSON text, which must be constant, as DDL. Options, beside those of the grammar: primitivesAsString, prefersDecimal, inferTimestamp, timestampFormat, dropFieldIfAllNull.
 *
 * In SQL:
 *
 *     schema_of_json('[{"a":1},{"b":"x"}]')  -- ARRAY<STRUCT<a: BIGINT, b: STRING>>
 *     schema_of_json('{"a":1.5}', map('prefersDecimal', 'true'))  -- STRUCT<a: DECIMAL(2,1)>
 */
export const schemaOfJson = (json: Setting, options?: Setting): Expr =>
  make('schema_of_json', setting(json), setting(options));

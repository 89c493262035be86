// Made from the definitions of the functions: `npm run builders:update`.
import { argument, type Argument, make, setting, type Setting } from '../arguments.js';
import type { Expr } from '../builder.js';

/**
 * The fields of a CSV record as a struct. The schema is DDL of columns, or `schema_of_csv(…)`. Fields that are absent or not of their type are missing, and a field `_corrupt_record STRING` gets the text of such a record. The options are those of CSV files, with the modes PERMISSIVE and FAILFAST.
 *
 * In SQL:
 *
 *     from_csv('1,x', 'a INT, b STRING').b  -- x
 *     from_csv('26/08/2015', 'd DATE', map('dateFormat', 'dd/MM/yyyy')).d  -- 2015-08-26
 *     from_csv('1;2', 'a INT, b INT', map('sep', ';')).b  -- 2
 */
export const fromCsv = (csvStr: Argument, schema: Setting, options?: Setting): Expr =>
  make('from_csv', argument(csvStr), setting(schema), setting(options));

/**
 * The fields of a struct as a CSV record; null if it would be blank. Arrays are written as `[1, 2]`, maps as `{a -> 1}`. The options are those of CSV files, and dateFormat, timestampFormat, timestampNTZFormat, timeZone.
 *
 * In SQL:
 *
 *     to_csv(named_struct('a', 1, 'b', 'x,y'))  -- 1,"x,y"
 *     to_csv(named_struct('d', DATE'2020-02-29'), map('dateFormat', 'dd/MM/yyyy'))  -- 29/02/2020
 */
export const toCsv = (struct: Argument, options?: Setting): Expr => make('to_csv', argument(struct), setting(options));

/**
 * The types of the fields of a CSV record, which must be constant, as DDL. The fields are called _c0, _c1, …. Options, beside those of the form of CSV: dateFormat, timestampFormat, preferDate.
 *
 * In SQL:
 *
 *     schema_of_csv('1,abc')  -- STRUCT<_c0: INT, _c1: STRING>
 */
export const schemaOfCsv = (csv: Setting, options?: Setting): Expr =>
  make('schema_of_csv', setting(csv), setting(options));

import { zoneOf } from '../../../datetime/zone.js';
import { SluiceError } from '../../../errors/index.js';
import { type Dialect, readDialect, utf8 } from '../../../formats/csv/dialect.js';
import { csvReadOptions, csvWriteOptions } from '../../../formats/csv/options.js';
import type { OptionMap } from '../../../formats/option-map.js';
import { TimeReader } from '../../../formats/scan/times.js';
import { parseOptions } from '../../../options/index.js';
import { failed } from '../../errors.js';

/** Options that say nothing about a single record, or that a function reads itself. */
const others = ['mode', 'header', 'enforceSchema', 'multiLine', 'lineSep', 'maxRecordBytes'];

/** Those of the given options that a spec knows, under the names that it knows. */
function known<S extends typeof csvReadOptions | typeof csvWriteOptions>(name: string, given: OptionMap, spec: S) {
  const entries = Object.keys(spec)
    .filter((key) => !others.includes(key))
    .map((key) => [key, given.text(key)] as const);
  try {
    return parseOptions(name, Object.fromEntries(entries), spec);
  } catch (error) {
    if (error instanceof SluiceError) throw failed('INVALID_PARAMETER_VALUE', error.message);
    throw error;
  }
}

export const writeOptionsOf = (name: string, given: OptionMap) => known(name, given, csvWriteOptions);

/**
 * How the function `name` reads a record: no line end ends it. What is no character of text stands for one, as in
 * Spark.
 */
export function readRulesOf(name: string, given: OptionMap) {
  const options = known(name, given, csvReadOptions);
  const dialect: Dialect = { ...readDialect(options), multiLine: true, lineSep: utf8('\uffff') };
  return { dialect, words: options, nullText: utf8(options.nullValue), emptyText: utf8(options.emptyValue) };
}

/** What does not match a pattern is read as CAST does, unless the pattern was given. */
export function timeReaderOf(given: OptionMap, zone: string): TimeReader {
  const fallback = given.flag('enableDateTimeParsingFallback');
  return new TimeReader(zoneOf(given.text('timeZone') ?? zone), {
    dateFormat: given.text('dateFormat') ?? (fallback === false ? 'yyyy-MM-dd' : undefined),
    timestampFormat: given.text('timestampFormat'),
    timestampNTZFormat: given.text('timestampNTZFormat'),
    locale: given.text('locale'),
    fallback,
  });
}

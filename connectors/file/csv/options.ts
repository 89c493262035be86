import * as records from '../../../lib/formats/csv/options.js';
import { encodingOption } from '../../../lib/formats/scan/encoding.js';
import { timeReadOptions, timeWriteOptions } from '../../../lib/formats/scan/time-options.js';
import { type Parsed, custom, flag, oneOf, text, wholeNumber } from '../../../lib/options/index.js';

/** Other programs that can read and write CSV here. */
const csvEngines = ['fast-csv'] as const;

/** How CSV files are read: the records, and the dates and times in them. */
export const csvReadOptions = {
  ...records.csvReadOptions,
  ...timeReadOptions,
  /**
   * How text is put into bytes, such as `ISO-8859-1`, `UTF-16LE` or `windows-1252`. Files in `UTF-16` and `UTF-32`,
   * where a mark tells the order of the bytes, are read in one piece. Default UTF-8.
   */
  encoding: encodingOption(false),
  /** Another name of `encoding`, which wins if both are given. */
  charset: encodingOption(false),
  /** A record with more fields is RECORD_TOO_LARGE in every mode. Of fields that are not needed not all are counted. */
  maxColumns: wholeNumber({ min: 0 }, 20_480),
  /** A field with more characters that is needed is RECORD_TOO_LARGE in every mode. Default -1: only `maxRecordBytes` limits. */
  maxCharsPerColumn: wholeNumber({ min: -1 }, -1),
  /** Whether the types of columns are inferred, where no schema is given. If not, all are STRING. */
  inferSchema: flag(false),
  /** Of a schema that is inferred: which part of the records is looked at, evenly spread. Default 1, all of them. */
  samplingRatio: custom(isRatio, 'a number greater than 0'),
  /** Of a schema that is inferred: whether dates are taken for such, and not for timestamps. */
  preferDate: flag(true),
  /**
   * What takes records apart: the package fast-csv (an optional peer) instead of our own code. The rows are the same, and
   * come several times slower; what of the options it does not have is INVALID_OPTION. Not in Spark.
   */
  engine: oneOf(csvEngines),
};

/** How CSV files are written. */
export const csvWriteOptions = {
  ...records.csvWriteOptions,
  ...timeWriteOptions,
  /** How text is put into bytes, such as `UTF-16LE`; what the encoding lacks becomes a question mark. Default UTF-8. */
  encoding: encodingOption(true),
  /** Another name of `encoding`, which wins if both are given. */
  charset: encodingOption(true),
  /** How the names of files end, in letters, such as `tsv`; what says how they are compressed follows. Default `csv`. */
  extension: custom(isExtension, "letters alone, such as 'tsv'"),
  /** Taken as Spark takes it, without an effect: numbers are written `NaN`, `Infinity` and `-Infinity`. */
  nanValue: text(),
  /** As `nanValue`. */
  positiveInf: text(),
  /** As `nanValue`. */
  negativeInf: text(),
  /**
   * What puts records together: the package fast-csv (an optional peer) instead of our own code. The files are the same
   * but for a text with `|`, which it quotes; what of the options it does not have is INVALID_OPTION. It needs `escape`
   * to be the quote. Not in Spark.
   */
  engine: oneOf(csvEngines),
};

export type CsvReadOptions = Parsed<typeof csvReadOptions>;
export type CsvWriteOptions = Parsed<typeof csvWriteOptions>;

function isExtension(value: unknown): value is string {
  return typeof value === 'string' && /^\p{L}+$/u.test(value);
}

function isRatio(value: unknown): value is number | string {
  const isNumeric = typeof value === 'number' || (typeof value === 'string' && value.trim() !== '');
  return isNumeric && Number(value) > 0;
}

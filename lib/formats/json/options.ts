import { type Parsed, custom, flag, nonEmptyText, oneOf, size, text } from '../../options/index.js';
import { encodingOption } from '../scan/encoding.js';
import { timeReadOptions, timeWriteOptions } from '../scan/time-options.js';

/** How JSON files are read: one object, or one array of objects, a line or file. Names, meanings and defaults are Spark's. */
export const jsonReadOptions = {
  /**
   * What to do with a malformed record. PERMISSIVE keeps the row: a value that is not of its column's type is missing,
   * and so is everything if the line is not JSON; DROPMALFORMED drops the record; FAILFAST fails the query with
   * MALFORMED_RECORD. Case does not matter. What the query does not need is checked to be JSON, but not its type.
   */
  mode: oneOf(['PERMISSIVE', 'DROPMALFORMED', 'FAILFAST'], 'PERMISSIVE'),
  /** The column, a nullable string, that gets the text of a malformed record, if the schema has one of this name. */
  columnNameOfCorruptRecord: text('_corrupt_record'),
  /** What ends a record, instead of `\n`, `\r\n` and `\r`. */
  lineSep: nonEmptyText(),
  /**
   * Whether a file is one record, over as many lines as it likes, and not a record a line. It is read as a whole, but for
   * arrays of more than 8 MB (or `maxRecordBytes`, if that is less) in UTF-8, each element of which is a record then.
   */
  multiLine: flag(false),
  /**
   * How text is put into bytes: `UTF-8`, `UTF-16LE`, `ISO-8859-1` and so on. Default UTF-8; with `multiLine` also UTF-16
   * and UTF-32, found out from the first bytes. Without `multiLine` any other than UTF-8 needs a `lineSep`.
   */
  encoding: encodingOption(false),
  /** Another name of `encoding`, which wins if both are given. */
  charset: encodingOption(false),
  /**
   * The longest record that is accepted, in bytes; a longer one is RECORD_TOO_LARGE in every mode. Of a long array with
   * `multiLine` the longest element. Default 8m, with `multiLine` 256m. Not in Spark.
   */
  maxRecordBytes: size(),
  /** Whether names and strings may stand in single quotes. */
  allowSingleQuotes: flag(true),
  /** Whether NaN, Infinity, -Infinity, +Infinity, -INF and +INF are numbers, quoted or not. */
  allowNonNumericNumbers: flag(true),
  /** Whether names may go without quotes. */
  allowUnquotedFieldNames: flag(false),
  /** Whether comments of C and C++ are skipped like blanks. */
  allowComments: flag(false),
  /** Whether a number may begin with zeros, as in 007. */
  allowNumericLeadingZeros: flag(false),
  /** Whether a backslash may stand before any character. */
  allowBackslashEscapingAnyCharacter: flag(false),
  /** Whether a string may hold control characters (tabs, for one) as they are. */
  allowUnquotedControlChars: flag(false),
  ...timeReadOptions,
  /** Of a schema that is inferred: numbers and booleans are strings. */
  primitivesAsString: flag(false),
  /** Of a schema that is inferred: fractions are decimals, where those have digits enough, and not doubles. */
  prefersDecimal: flag(false),
  /** Of a schema that is inferred: strings that are timestamps, by the pattern if there is one, are taken for them. */
  inferTimestamp: flag(false),
  /** Of a schema that is inferred: fields that are missing or empty everywhere are left out, and not strings. */
  dropFieldIfAllNull: flag(false),
  /** Of a schema that is inferred: which part of the records is looked at, evenly spread. Default 1, all of them. */
  samplingRatio: custom(isRatio, 'a number greater than 0'),
};

/** How JSON files are written: one object a line. Names, meanings and defaults are Spark's. */
export const jsonWriteOptions = {
  /** Leaves out the fields of rows and structs that are missing; else they are `null`. */
  ignoreNullFields: flag(true),
  /** What ends a record. */
  lineSep: text('\n'),
  /** How text is put into bytes, such as `UTF-16LE`; what the encoding lacks becomes a question mark. Default UTF-8. */
  encoding: encodingOption(true),
  /** Another name of `encoding`, which wins if both are given. */
  charset: encodingOption(true),
  /** Puts every field on a line of its own. */
  pretty: flag(false),
  /** Escapes what is not ASCII, as `\\u00E9`. */
  writeNonAsciiCharacterAsCodePoint: flag(false),
  ...timeWriteOptions,
};

function isRatio(value: unknown): value is number | string {
  return (typeof value === 'number' || typeof value === 'string') && Number(value) > 0;
}

export type JsonReadOptions = Parsed<typeof jsonReadOptions>;
export type JsonWriteOptions = Parsed<typeof jsonWriteOptions>;

/** What the grammar of JSON is widened by. */
export type Leniency = Pick<
  JsonReadOptions,
  | 'allowSingleQuotes'
  | 'allowNonNumericNumbers'
  | 'allowUnquotedFieldNames'
  | 'allowComments'
  | 'allowNumericLeadingZeros'
  | 'allowBackslashEscapingAnyCharacter'
  | 'allowUnquotedControlChars'
>;

import { type Parsed, flag, nonEmptyText, oneOf, size, text } from '../../options/index.js';

/** How JSON files are read: one object, or one array of objects, a line. Names, meanings and defaults are Spark's. */
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
  /** The longest record that is accepted, in bytes; a longer one is RECORD_TOO_LARGE in every mode. Not in Spark. */
  maxRecordBytes: size('8m'),
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
};

/** How JSON files are written: one object a line. Names, meanings and defaults are Spark's. */
export const jsonWriteOptions = {
  /** Leaves out the fields of rows and structs that are missing; else they are `null`. */
  ignoreNullFields: flag(true),
  /** What ends a record. */
  lineSep: text('\n'),
};

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

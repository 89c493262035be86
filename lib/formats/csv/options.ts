import { type Option, type Parsed, custom, flag, nonEmptyText, oneOf, size, text } from '../../options/index.js';

/** What happens to a record that does not fit the schema or the format. */
export const parseModes = ['PERMISSIVE', 'DROPMALFORMED', 'FAILFAST'] as const;

/** What becomes of a quote within a quoted field that is not escaped. */
export const unescapedQuoteHandlings = [
  'STOP_AT_DELIMITER',
  'STOP_AT_CLOSING_QUOTE',
  'BACK_TO_DELIMITER',
  'SKIP_VALUE',
  'RAISE_ERROR',
] as const;

export type UnescapedQuoteHandling = (typeof unescapedQuoteHandlings)[number];

/**
 * How CSV files are read. Names, meanings and defaults are Spark's, `maxRecordBytes` excepted.
 *
 * For files as RFC 4180 and most other programs write them, set `multiLine: true` and `escape: '"'`.
 */
export const csvReadOptions = {
  /** What separates two fields: one character or several; `\t` may be written as two characters. Default `,`. */
  sep: separator(),
  /** Another name of `sep`, which wins if both are given. */
  delimiter: separator(),
  /** What encloses a field that holds separators or line ends. `''` (or U+0000) turns quoting off. */
  quote: asciiOrNone('"'),
  /** What stands before a quote that is part of a quoted field, and before itself. `''`: nothing does. */
  escape: asciiOrNone('\\'),
  /** What stands before an escape that is meant as such. Default: `escape`, unless that is the quote. `''`: nothing does. */
  charToEscapeQuoteEscaping: asciiOrNone(),
  /**
   * What to do with a quoted field that holds a quote which is not escaped. STOP_AT_DELIMITER takes the field as it is,
   * quotes included, up to the next separator; STOP_AT_CLOSING_QUOTE goes on to a quote in front of a separator;
   * BACK_TO_DELIMITER drops the quote, and lets separators before it separate; SKIP_VALUE leaves the value missing;
   * RAISE_ERROR fails the query with MALFORMED_RECORD, whatever the mode. Case does not matter.
   */
  unescapedQuoteHandling: oneOf(unescapedQuoteHandlings, 'STOP_AT_DELIMITER'),
  /** Lines that begin with this character are skipped. `''`, the default: none are. */
  comment: asciiOrNone(''),
  /** Whether the first record of every file holds the names of the columns, and is skipped. */
  header: flag(false),
  /** With `false`, a header whose names do not agree with the schema, by position, is refused: SCHEMA_MISMATCH. */
  enforceSchema: flag(true),
  /** The text of a missing value. A field with nothing in it is missing whatever this says. */
  nullValue: text(''),
  /** What a quoted field with nothing in it stands for. By default that is `nullValue`'s default too: missing. */
  emptyValue: text(''),
  /** The text of a float or double that is not a number; `NaN` is understood as well. */
  nanValue: text('NaN'),
  /** The text of the positive infinity; `Infinity` is understood as well. */
  positiveInf: text('Inf'),
  /** The text of the negative infinity; `-Infinity` is understood as well. */
  negativeInf: text('-Inf'),
  /** Drops the blanks before a field; those within quotes stay. */
  ignoreLeadingWhiteSpace: flag(false),
  /** Drops the blanks after a field; those within quotes stay. */
  ignoreTrailingWhiteSpace: flag(false),
  /**
   * What to do with a malformed record, one with too few or too many fields, or with a field that does not convert:
   * PERMISSIVE keeps what can be read, the rest is missing; DROPMALFORMED drops the record; FAILFAST fails the
   * query with MALFORMED_RECORD. Case does not matter.
   */
  mode: oneOf(parseModes, 'PERMISSIVE'),
  /** The column, a nullable string, that gets the text of a malformed record, if the schema has one of this name. */
  columnNameOfCorruptRecord: text('_corrupt_record'),
  /** Whether a quoted field may hold line ends. Without it a line end always ends the record. */
  multiLine: flag(false),
  /** What ends a record, instead of `\n`, `\r\n` and `\r`. */
  lineSep: nonEmptyText(),
  /** The longest record that is accepted, in bytes; a longer one, or an unclosed quote, is RECORD_TOO_LARGE. */
  maxRecordBytes: size('8m'),
};

/** How CSV files are written. Names, meanings and defaults are Spark's. */
export const csvWriteOptions = {
  /** What separates two fields: one character or several; `\t` may be written as two characters. Default `,`. */
  sep: separator(),
  /** Another name of `sep`, which wins if both are given. */
  delimiter: separator(),
  /** What encloses a field that holds separators, quotes or line ends. `''` stands for U+0000. */
  quote: asciiOrNone('"'),
  /** What is put before a quote within a quoted field, and before itself. */
  escape: ascii('\\'),
  /** What is put before an escape within a quoted field. Default: `escape`, unless that is the quote. */
  charToEscapeQuoteEscaping: asciiOrNone(),
  /** A first field that begins with this character is quoted, lest it be read as a comment. */
  comment: asciiOrNone('#'),
  /** Whether every file begins with the names of the columns. */
  header: flag(false),
  /** The text of a missing value. */
  nullValue: text(''),
  /** The text of an empty string. By default two quotes. */
  emptyValue: text(),
  /** Quotes every field, not only those that need it. */
  quoteAll: flag(false),
  /** Whether a field that holds a quote is quoted even if nothing else in it needs that. */
  escapeQuotes: flag(true),
  /** Drops the blanks before a string. */
  ignoreLeadingWhiteSpace: flag(true),
  /** Drops the blanks after a string. */
  ignoreTrailingWhiteSpace: flag(true),
  /** What ends a record. Default `\n`. */
  lineSep: nonEmptyText(),
};

export type CsvReadOptions = Parsed<typeof csvReadOptions>;
export type CsvWriteOptions = Parsed<typeof csvWriteOptions>;

function isAscii(value: unknown): value is string {
  return typeof value === 'string' && /^[\0-\x7f]$/.test(value);
}

function withDefault<T>(option: Option<T | undefined, T>, fallback: T): Option<T, T> {
  return { ...option, fallback } as Option<T, T>;
}

function ascii(fallback: string): Option<string, string> {
  return withDefault(custom(isAscii, 'one ASCII character'), fallback);
}

function asciiOrNone(): Option<string | undefined, string>;
function asciiOrNone(fallback: string): Option<string, string>;
function asciiOrNone(fallback?: string): Option<string | undefined, string> {
  const accepts = (value: unknown): value is string => value === '' || isAscii(value);
  const option = custom(accepts, 'one ASCII character, or empty');
  return fallback === undefined ? option : withDefault(option, fallback);
}

function separator(): Option<string | undefined, string> {
  const accepts = (value: unknown): value is string =>
    typeof value === 'string' && unescapeSeparator(value) !== undefined;
  return custom(
    accepts,
    String.raw`one character or several (of those after a backslash \t, \b, \f, \r, \", \' and \\)`,
  );
}

const separatorEscapes: Readonly<Record<string, string>> = {
  t: '\t',
  r: '\r',
  b: '\b',
  f: '\f',
  '"': '"',
  "'": "'",
  '\\': '\\',
};

/** The separator that a text stands for, undefined if it is none. Spark's escapes, which reach it from SQL and shells. */
export function unescapeSeparator(given: string): string | undefined {
  if (given === '') return undefined;
  let out = '';
  for (let i = 0; i < given.length; i++) {
    if (given[i] !== '\\') {
      out += given[i]!;
      continue;
    }
    const char = separatorEscapes[given[++i] ?? ''];
    if (char === undefined) return undefined;
    out += char;
  }
  return out;
}

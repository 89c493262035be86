import { encodingOption } from '../../../lib/formats/scan/encoding.js';
import { type Parsed, flag, nonEmptyText, size, text } from '../../../lib/options/index.js';

/** How text files are read: a row a line, blank ones too, or a row a file. Names, meanings and defaults are Spark's. */
export const textReadOptions = {
  /** Whether a file is one row, line ends and all. */
  wholetext: flag(false),
  /** What ends a line, instead of `\n`, `\r\n` and `\r`. */
  lineSep: nonEmptyText(),
  /**
   * How text is put into bytes. Default UTF-8. With UTF-16 and UTF-32 lines need a `lineSep`, and name the order of the
   * bytes, as in `UTF-16LE`. (Spark takes the bytes of the text as they are.)
   */
  encoding: encodingOption(false),
  /**
   * The longest row that is accepted, in bytes; a longer one is RECORD_TOO_LARGE. Default 8m, with `wholetext` 256m. Not
   * in Spark.
   */
  maxRecordBytes: size(),
};

/** How text files are written: a line a row. Names, meanings and defaults are Spark's. */
export const textWriteOptions = {
  /** What ends a line. */
  lineSep: text('\n'),
  /** How text is put into bytes; what the encoding lacks becomes a question mark. Default UTF-8. */
  encoding: encodingOption(true),
};

export type TextReadOptions = Parsed<typeof textReadOptions>;
export type TextWriteOptions = Parsed<typeof textWriteOptions>;

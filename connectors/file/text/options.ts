import { type Parsed, nonEmptyText, size, text } from '../../../lib/options/index.js';

/** How text files are read: a row a line, blank ones too. Names, meanings and defaults are Spark's. */
export const textReadOptions = {
  /** What ends a line, instead of `\n`, `\r\n` and `\r`. */
  lineSep: nonEmptyText(),
  /** The longest line that is accepted, in bytes; a longer one is RECORD_TOO_LARGE. Not in Spark. */
  maxRecordBytes: size('8m'),
};

/** How text files are written: a line a row. Names, meanings and defaults are Spark's. */
export const textWriteOptions = {
  /** What ends a line. */
  lineSep: text('\n'),
};

export type TextReadOptions = Parsed<typeof textReadOptions>;
export type TextWriteOptions = Parsed<typeof textWriteOptions>;

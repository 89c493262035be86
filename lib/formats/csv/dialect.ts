import { type CsvReadOptions, type UnescapedQuoteHandling, unescapeSeparator } from './options.js';

/** What counts as blank: the space and the control characters, as for Java's `trim`. */
export const BLANK = 32;
export const LF = 10;
export const CR = 13;

/** What there is to know to find the fields in the bytes. */
export interface Dialect {
  readonly sep: Uint8Array;
  readonly quote: number;
  /** -1: nothing escapes. */
  readonly escape: number;
  /** What escapes the escape. -1: nothing does. */
  readonly escapeEscape: number;
  readonly unescapedQuotes: UnescapedQuoteHandling;
  /** -1: no line is a comment. */
  readonly comment: number;
  /** Null: `\n`, `\r\n` and `\r`. */
  readonly lineSep: Uint8Array | null;
  readonly multiLine: boolean;
  readonly trimStart: boolean;
  readonly trimEnd: boolean;
}

export interface TokenizerOptions {
  readonly dialect: Dialect;
  /** For each field of a record its slot in the block, -1 for one that is not asked for. */
  readonly slots: readonly number[];
  /**
   * Whether to find records with another number of fields than `slots` has. If not, what follows the last field asked
   * for is skipped, unless lines can end within it (multiLine), where all has to be looked at anyway.
   */
  readonly count: boolean;
  readonly maxRecordBytes: number;
}

/** UTF-8 bytes in a plain array, so that loops over bytes meet one kind of array only. */
export const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Without a character, U+0000: quoting is off for all text that does not hold one. Spark's rule, both ways. */
export const quoteOf = (options: { readonly quote: string }): number =>
  options.quote === '' ? 0 : options.quote.charCodeAt(0);

export const separatorOf = (options: {
  readonly sep: string | undefined;
  readonly delimiter: string | undefined;
}): Uint8Array => utf8(unescapeSeparator(options.sep ?? options.delimiter ?? ',')!);

/** U+0000 is Spark's word for "none". */
export const codeOrNone = (char: string): number => (char === '' || char === '\0' ? -1 : char.charCodeAt(0));

/** What stands before an escape: the escape itself unless the options say otherwise, or escape and quote are the same. */
export const escapeEscapeOf = (
  { charToEscapeQuoteEscaping: char }: { readonly charToEscapeQuoteEscaping: string | undefined },
  quote: number,
  escape: number,
): number => (char !== undefined ? codeOrNone(char) : quote === escape ? -1 : escape);

export function readDialect(options: CsvReadOptions): Dialect {
  const quote = quoteOf(options);
  const escape = codeOrNone(options.escape);
  return {
    sep: separatorOf(options),
    quote,
    escape,
    escapeEscape: escapeEscapeOf(options, quote, escape),
    unescapedQuotes: options.unescapedQuoteHandling,
    comment: codeOrNone(options.comment),
    lineSep: options.lineSep === undefined ? null : utf8(options.lineSep),
    multiLine: options.multiLine,
    trimStart: options.ignoreLeadingWhiteSpace,
    trimEnd: options.ignoreTrailingWhiteSpace,
  };
}

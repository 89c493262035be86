import { SluiceError } from '../../../lib/errors/index.js';
import { separatorOf } from '../../../lib/formats/csv/dialect.js';
import type { CsvReadOptions, CsvWriteOptions } from '../csv/options.js';
import { enginePackage } from './package.js';

/** What is used of fast-csv. */
export interface FastCsv {
  readonly ParserOptions: new (options: FastCsvDialect) => object;
  readonly CsvParserStream: new (options: object) => {
    /** The records in a text, which the stream itself gives only later, a few at a time. */
    parse(text: string, moreFollows: boolean): string[][];
  };
  format(options: FastCsvDialect & { readonly rowDelimiter: string; readonly quoteColumns: boolean }): {
    write(row: readonly string[]): boolean;
    read(): Buffer | null;
  };
}

interface FastCsvDialect {
  readonly delimiter: string;
  readonly quote: string;
  readonly escape: string;
}

export const fastCsv = (): FastCsv => enginePackage('fast-csv') as FastCsv;

/** Throws MISSING_PACKAGE, and INVALID_OPTION for what fast-csv cannot read. */
export function checkFastCsvReading(options: CsvReadOptions): void {
  const refused = {
    ...refusedSeparator(options, /^[^]$/),
    ...(options.lineSep !== undefined && { lineSep: 'it ends records at \\n, \\r\\n and \\r' }),
    ...(options.charToEscapeQuoteEscaping !== undefined && { charToEscapeQuoteEscaping: 'it has one escape' }),
    ...(options.unescapedQuoteHandling !== 'STOP_AT_DELIMITER' && { unescapedQuoteHandling: 'it has none' }),
    ...(options.ignoreLeadingWhiteSpace && { ignoreLeadingWhiteSpace: 'it drops blanks within quotes, too' }),
    ...(options.ignoreTrailingWhiteSpace && { ignoreTrailingWhiteSpace: 'it drops blanks within quotes, too' }),
  };
  check('fileSource', 'reads', refused);
}

/** Throws MISSING_PACKAGE, and INVALID_OPTION for what fast-csv cannot write. */
export function checkFastCsvWriting(options: CsvWriteOptions): void {
  const { escape, quote, lineSep = '\n' } = options;
  const refused = {
    ...refusedSeparator(options, /^[^-\]\\^]$/),
    ...(/^[.*+?^${}()|[\]\\\0]?$/.test(quote) && { quote: 'it takes the quote for a regular expression' }),
    ...(escape !== quote && {
      escape: `it does not escape the escape, so that it has to be the quote: escape: '${quote}'`,
    }),
    ...(options.charToEscapeQuoteEscaping !== undefined && { charToEscapeQuoteEscaping: 'it has one escape' }),
    ...(!options.escapeQuotes && { escapeQuotes: 'it always quotes what holds a quote' }),
    ...(!['\n', '\r\n', '\r'].includes(lineSep) && { lineSep: 'it is to be \\n, \\r\\n or \\r' }),
  };
  check('fileSink', 'writes', refused);
}

function refusedSeparator(
  options: Pick<CsvReadOptions, 'sep' | 'delimiter'>,
  possible: RegExp,
): Readonly<Record<string, string>> {
  if (possible.test(Buffer.from(separatorOf(options)).toString())) return {};
  return { [options.sep === undefined ? 'delimiter' : 'sep']: 'it takes one character, of a few not even that' };
}

function check(what: string, does: string, refused: Readonly<Record<string, string>>): void {
  fastCsv();
  const [first] = Object.entries(refused);
  if (first === undefined) return;
  const [option, why] = first;
  const message = `${what}: fast-csv ${does} no CSV of this '${option}': ${why}. Change it, or leave \`engine\` out.`;
  throw new SluiceError('INVALID_OPTION', message, { details: { option, engine: 'fast-csv' } });
}

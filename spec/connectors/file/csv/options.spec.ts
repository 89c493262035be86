import { csvWriteOptions } from '../../../../connectors/file/csv/index.js';
import { parseOptions } from '../../../../lib/options/index.js';
import { caughtFrom } from '../../../helpers/caught-from.js';
import { decode, readOptions } from './support.js';

describe('csv options', () => {
  it('has the defaults of Spark for reading', () => {
    expect(readOptions()).toEqual({
      sep: undefined,
      delimiter: undefined,
      quote: '"',
      escape: '\\',
      charToEscapeQuoteEscaping: undefined,
      unescapedQuoteHandling: 'STOP_AT_DELIMITER',
      comment: '',
      header: false,
      enforceSchema: true,
      nullValue: '',
      emptyValue: '',
      nanValue: 'NaN',
      positiveInf: 'Inf',
      negativeInf: '-Inf',
      ignoreLeadingWhiteSpace: false,
      ignoreTrailingWhiteSpace: false,
      mode: 'PERMISSIVE',
      columnNameOfCorruptRecord: '_corrupt_record',
      multiLine: false,
      lineSep: undefined,
      maxRecordBytes: 8 * 1024 * 1024,
      dateFormat: undefined,
      timestampFormat: undefined,
      timestampNTZFormat: undefined,
      enableDateTimeParsingFallback: undefined,
      timeZone: undefined,
      locale: undefined,
      encoding: undefined,
      charset: undefined,
      maxColumns: 20480,
      maxCharsPerColumn: -1,
      inferSchema: false,
      samplingRatio: undefined,
      preferDate: true,
    });
  });

  it('has the defaults of Spark for writing', () => {
    expect(parseOptions('fileSink', {}, csvWriteOptions)).toEqual({
      sep: undefined,
      delimiter: undefined,
      quote: '"',
      escape: '\\',
      charToEscapeQuoteEscaping: undefined,
      comment: '#',
      header: false,
      nullValue: '',
      emptyValue: undefined,
      quoteAll: false,
      escapeQuotes: true,
      ignoreLeadingWhiteSpace: true,
      ignoreTrailingWhiteSpace: true,
      lineSep: undefined,
      dateFormat: undefined,
      timestampFormat: undefined,
      timestampNTZFormat: undefined,
      timeZone: undefined,
      locale: undefined,
      encoding: undefined,
      charset: undefined,
      nanValue: undefined,
      positiveInf: undefined,
      negativeInf: undefined,
    });
  });

  it.each([
    [{ quote: "''" }, 'one ASCII character, or empty'],
    [{ quote: '«' }, 'one ASCII character, or empty'],
    [{ escape: '\\\\' }, 'one ASCII character, or empty'],
    [{ comment: '//' }, 'one ASCII character, or empty'],
    [{ sep: '' }, 'one character or several'],
    [{ sep: '\\' }, 'one character or several'],
    [{ sep: '\\u0001' }, 'one character or several'],
    [{ lineSep: '' }, 'a string that is not empty'],
    [{ mode: 'LENIENT' }, "one of 'PERMISSIVE', 'DROPMALFORMED', 'FAILFAST'"],
    [{ maxRecordBytes: 0 }, 'a size'],
    [{ header: 'yes' }, 'true or false'],
    [{ dateFormat: 'YYYY-MM-dd' }, 'a pattern of dates and times'],
    [{ timeZone: 'Mars/Olympus' }, 'a time zone'],
    [{ unescapedQuoteHandling: 'NOPE' }, "one of 'STOP_AT_DELIMITER'"],
    [{ charToEscapeQuoteEscaping: '##' }, 'one ASCII character, or empty'],
    [{ maxColumns: -1 }, 'a whole number'],
    [{ samplingRatio: 0 }, 'a number greater than 0'],
    [{ encoding: 'klingon' }, 'an encoding that can be read'],
    [{ locale: 'no language' }, 'the name of a language'],
  ])('refuses %p', (options, wanted) => {
    const error = caughtFrom(() => readOptions(options));
    expect(error.code).toBe('INVALID_OPTION');
    expect(error.message).toContain(wanted);
  });

  it('takes modes in any case', () => {
    expect(readOptions({ mode: 'failfast' }).mode).toBe('FAILFAST');
  });

  it('takes flags as words in any case', () => {
    expect(readOptions({ header: 'TRUE', multiLine: 'False' })).toMatchObject({ header: true, multiLine: false });
  });

  it('needs an escape for writing', () => {
    expect(caughtFrom(() => parseOptions('fileSink', { escape: '' }, csvWriteOptions)).code).toBe('INVALID_OPTION');
  });

  it.each([
    [{ sep: ';' }, '1;x'],
    [{ delimiter: ';' }, '1;x'],
    [{ sep: ';', delimiter: '|' }, '1;x'],
    [{ sep: '\\t' }, '1\tx'],
    [{ sep: '\\\\' }, '1\\x'],
    [{ sep: '::' }, '1::x'],
    [{ sep: '→' }, '1→x'],
  ])('separates fields with %p', (options, document) => {
    expect(decode(document, { schema: 'a INT, b STRING', options }).rows).toEqual([[1, 'x']]);
  });
});

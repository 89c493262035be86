import * as fc from 'fast-check';
import { CsvEncoder, csvReadOptions, csvWriteOptions } from '../../../../connectors/file/csv/index.js';
import { Table } from '../../../../lib/columns/index.js';
import { CarefulTokenizer } from '../../../../lib/formats/csv/careful.js';
import { readDialect } from '../../../../lib/formats/csv/dialect.js';
import { Fields } from '../../../../lib/formats/csv/fields.js';
import { Tokenizer } from '../../../../lib/formats/csv/tokenizer.js';
import { parseOptions } from '../../../../lib/options/index.js';
import { toSchema } from '../../../../lib/schema/index.js';
import { caughtFrom } from '../../../helpers/caught-from.js';
import { decode } from './support.js';

const read = (document: string, options: Readonly<Record<string, unknown>>, cuts?: readonly number[]): unknown[][] =>
  decode(document, { schema: 'a STRING, b STRING, c STRING', options, ...(cuts && { cuts }) }).rows;

describe('unescaped quotes in csv', () => {
  it.each([
    ['STOP_AT_DELIMITER', '"a"b,c",x', ['"a"b', 'c"', 'x']],
    ['STOP_AT_CLOSING_QUOTE', '"a"b,c",x', ['a"b,c', 'x', null]],
    ['STOP_AT_CLOSING_QUOTE', '"a" b",x', ['a" b', 'x', null]],
    ['STOP_AT_CLOSING_QUOTE', '"a "b" c" ,x', ['a "b" c', 'x', null]],
    ['STOP_AT_CLOSING_QUOTE', '"a ""b"" c",x', ['a ""b"" c', 'x', null]],
    ['BACK_TO_DELIMITER', '"a"b",x', ['ab', 'x', null]],
    ['BACK_TO_DELIMITER', '"p,a"b",x', ['p', 'ab', 'x']],
    ['SKIP_VALUE', '"a"b",x', [null, 'x', null]],
    ['SKIP_VALUE', '"a" b,x', [null, 'x', null]],
    ['skip_value', 'a"b,x', ['a"b', 'x', null]],
    ['RAISE_ERROR', 'p,"a b,x', ['p', 'a b,x', null]],
    ['RAISE_ERROR', '"a" ,x', ['a', 'x', null]],
  ])('%s reads %s', (unescapedQuoteHandling, line, row) => {
    expect(read(`${line}\n`, { unescapedQuoteHandling })).toEqual([row]);
  });

  it('are an error on request, in every mode', () => {
    for (const mode of ['PERMISSIVE', 'DROPMALFORMED', 'FAILFAST']) {
      const error = caughtFrom(() => read('1,2,3\nx,"a"b",y\n', { unescapedQuoteHandling: 'RAISE_ERROR', mode }));
      expect(error.code).toBe('MALFORMED_RECORD');
      expect(error.details['position']).toBe(10);
    }
  });

  it('may be escaped by a character that is escaped by another', () => {
    expect(read('"a#\\\\"b","c#d","e\\\\"\n', { charToEscapeQuoteEscaping: '#' })).toEqual([['a\\"b', 'c#d', 'e\\"']]);
    // By default the escape escapes itself.
    expect(read('"a\\\\","b",c\n', {})).toEqual([['a\\', 'b', 'c']]);
  });

  it('are written as they are read', () => {
    const schema = toSchema('a STRING, b STRING');
    const options = { charToEscapeQuoteEscaping: '#' };
    const encoder = new CsvEncoder(schema, parseOptions('fileSink', options, csvWriteOptions));
    const table = Table.fromRows([{ a: 'a"\\', b: 'a\\"b' }], schema);
    expect(Buffer.from(encoder.encode(table)).toString()).toBe('"a\\"#\\","a#\\\\"b"\n');
  });
});

describe('careful reading of csv', () => {
  const document = fc
    .array(fc.constantFrom('"', '\\', ',', '\n', '\r', ' ', 'a', 'é', '#', '""', '\\"', 'b,"c"'), { maxLength: 24 })
    .map((parts) => parts.join(''));

  it('finds what the tokenizer finds', () => {
    const dialects = fc.record({
      multiLine: fc.boolean(),
      escape: fc.constantFrom('\\', '"', ''),
      quote: fc.constantFrom('"', "'", ''),
      comment: fc.constantFrom('', '#'),
      sep: fc.constantFrom(',', 'a', ',,'),
      ignoreLeadingWhiteSpace: fc.boolean(),
      ignoreTrailingWhiteSpace: fc.boolean(),
    });
    fc.assert(
      fc.property(document, dialects, (text, given) => {
        const dialect = readDialect(parseOptions('fileSource', given, csvReadOptions));
        const bytes = new Uint8Array(Buffer.from(text));
        const found = [Tokenizer, CarefulTokenizer].map((Kind) => {
          const fields = new Fields(dialect, 3, 64);
          const options = { dialect, slots: [0, 1, 2], count: true, maxRecordBytes: 1000 };
          new Kind(options, fields).read(bytes, 0, true, { path: 'in.csv', position: 0 });
          return Array.from({ length: fields.rows }, (_, r) => [
            fields.counts[r],
            fields.faults[r],
            Buffer.from(bytes.subarray(fields.recordStarts[r], fields.recordEnds[r])).toString(),
            ...[0, 1, 2].map((s) => (fields.find(s * 64 + r) ? fields.describe(s * 64 + r) : null)),
          ]);
        });
        expect(found[1]).toEqual(found[0]);
      }),
      { numRuns: 2000, seed: 7 },
    );
  });

  it('does not depend on where the bytes are cut', () => {
    const options = fc.record({
      multiLine: fc.boolean(),
      unescapedQuoteHandling: fc.constantFrom('STOP_AT_CLOSING_QUOTE', 'BACK_TO_DELIMITER', 'SKIP_VALUE'),
      sep: fc.constantFrom(',', ',,'),
      charToEscapeQuoteEscaping: fc.constantFrom('#', ''),
    });
    fc.assert(
      fc.property(document, options, (text, given) => {
        const whole = read(text, given);
        const { length } = Buffer.from(text);
        expect(
          read(
            text,
            given,
            Array.from({ length }, (_, i) => i),
          ),
        ).toEqual(whole);
      }),
      { numRuns: 500, seed: 7 },
    );
  });
});

describe('limits of csv', () => {
  const tooLarge = (document: string, options: Readonly<Record<string, unknown>>): string => {
    const error = caughtFrom(() => read(document, options));
    expect(error.code).toBe('RECORD_TOO_LARGE');
    return error.message;
  };

  it('has no more columns than maxColumns', () => {
    expect(read('1,2,3\n', { maxColumns: 3 })).toEqual([['1', '2', '3']]);
    expect(tooLarge('1,2,3\n1,2,3,4\n', { maxColumns: 3 })).toContain('byte 6 has more fields than maxColumns, 3');
    expect(tooLarge('1,2,3\n', { maxColumns: 2, mode: 'DROPMALFORMED' })).toContain('maxColumns');
  });

  it('has no more characters in a field than maxCharsPerColumn', () => {
    expect(read('1,"éééé",3\n', { maxCharsPerColumn: 4 })).toEqual([['1', 'éééé', '3']]);
    expect(tooLarge('1,ééééé,3\n', { maxCharsPerColumn: 4 })).toContain('byte 0 has a field with more characters');
  });
});

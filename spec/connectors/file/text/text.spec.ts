import fc from 'fast-check';
import { textDecoder } from '../../../../connectors/file/text/decoder.js';
import { textEncoder } from '../../../../connectors/file/text/encoder.js';
import { textReadOptions, textWriteOptions } from '../../../../connectors/file/text/options.js';
import { type BytesColumn, Table } from '../../../../lib/columns/index.js';
import { parseOptions } from '../../../../lib/options/index.js';
import { parseDdl } from '../../../../lib/schema/index.js';
import { codeOf, feed } from '../json/harness.js';

function lines(data: string | Uint8Array, options = {}, cuts: readonly number[] = []): unknown[] {
  const schema = parseDdl('value STRING');
  const decoder = textDecoder(parseOptions('text', options, textReadOptions), {
    schema,
    columns: ['value'],
    atStart: true,
  });
  feed(decoder, Buffer.from(data), cuts);
  return decoder
    .take()
    .toRows()
    .map((r) => r['value']);
}

const encodedIn = (encoding: string, rows: readonly unknown[]): Uint8Array =>
  textEncoder(parseOptions('text', { encoding }, textWriteOptions)).encode(
    Table.fromRows(rows, parseDdl('value STRING')),
  );

const encoded = (rows: readonly unknown[], ddl = 'value STRING', options = {}): string =>
  Buffer.from(
    textEncoder(parseOptions('text', options, textWriteOptions)).encode(Table.fromRows(rows, parseDdl(ddl))),
  ).toString();

describe('reading', () => {
  it('gives a row a line, blank ones too', () => {
    expect(lines('a\n\nb\r\nc\rd')).toEqual(['a', '', 'b', 'c', 'd']);
    expect(lines('a\n')).toEqual(['a']);
    expect(lines('a\r\r\n\n')).toEqual(['a', '', '']);
    expect(lines('')).toEqual([]);
    expect(lines('\ufeffa\n\ufeffb')).toEqual(['a', '\ufeffb']);
    expect(lines('\ufeff')).toEqual([]);
  });

  it('ends lines at lineSep', () => {
    expect(lines('a\n--b----c', { lineSep: '--' })).toEqual(['a\n', 'b', '', 'c']);
  });

  it('gives a row a file with wholetext, however it is cut', () => {
    const text = '\ufeffa\r\n\né\n';
    for (let cut = 0; cut <= Buffer.byteLength(text); cut++) {
      expect(lines(text, { wholetext: true }, [cut])).toEqual([text]);
    }
    expect(lines('', { wholetext: true })).toEqual([]);
    expect(lines(Uint8Array.of(0x61, 0xff), { wholetext: true })).toEqual(['a\ufffd']);
    expect(codeOf(() => lines('abc', { wholetext: true, maxRecordBytes: 2 }))).toBe('RECORD_TOO_LARGE');
    expect(lines('é\n', { wholetext: true, encoding: 'UTF-8' })).toEqual(['é\n']);
  });

  it('reads other encodings', () => {
    const utf16 = Buffer.from('\ufeffaé\n\n語', 'utf16le');
    for (let cut = 0; cut <= utf16.length; cut++) {
      expect(lines(utf16, { encoding: 'UTF-16LE', lineSep: '\n' }, [cut])).toEqual(['aé', '', '語']);
    }
    expect(lines(Buffer.from('é\r\nb', 'latin1'), { encoding: 'ISO-8859-1' })).toEqual(['é', 'b']);
    expect(lines(utf16, { encoding: 'UTF-16', wholetext: true })).toEqual(['aé\n\n語']);
    expect(codeOf(() => lines('', { encoding: 'UTF-16LE' }))).toBe('INVALID_OPTION');
    expect(codeOf(() => lines('', { encoding: 'UTF-16', lineSep: '\n' }))).toBe('INVALID_OPTION');
  });

  it('makes U+FFFD of what is not UTF-8', () => {
    expect(lines(Uint8Array.of(0x61, 0x0a, 0xff, 0x62, 0x0a, 0xc3, 0xa9))).toEqual(['a', '\ufffdb', 'é']);
  });

  it('holds UTF-8 also where a character is cut off by the end of the file', () => {
    const decoder = textDecoder(parseOptions('text', {}, textReadOptions), {
      schema: parseDdl('value STRING'),
      columns: ['value'],
      atStart: true,
    });
    feed(decoder, Uint8Array.of(0x61, 0x0a, 0x62, 0xc3), []);
    const { bytes } = decoder.take().columns[0] as BytesColumn;
    expect(Buffer.from(bytes).toString('hex')).toBe('6162efbfbd');
  });

  it('counts lines if nothing else is asked for', () => {
    const decoder = textDecoder(parseOptions('text', {}, textReadOptions), {
      schema: parseDdl('value STRING'),
      columns: [],
      atStart: true,
    });
    feed(decoder, Buffer.from('a\nb\n'));
    expect(decoder.take()).toMatchObject({ numRows: 2, columns: [] });
  });

  it('refuses another schema, and lines longer than maxRecordBytes', () => {
    const make = (ddl: string, columns: string[]) => () =>
      textDecoder(parseOptions('text', {}, textReadOptions), { schema: parseDdl(ddl), columns, atStart: true });
    expect(codeOf(make('value INT', ['value']))).toBe('INVALID_SCHEMA');
    expect(codeOf(make('a STRING, b STRING', ['a']))).toBe('INVALID_SCHEMA');
    expect(codeOf(make('a STRING', ['b']))).toBe('UNKNOWN_COLUMN');
    expect(make('line STRING', ['line'])).not.toThrow();
    expect(codeOf(() => lines('abc\nabcdef\n', { maxRecordBytes: 5 }))).toBe('RECORD_TOO_LARGE');
  });

  it('is the same however the bytes are cut', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'é', '😀', '\n', '\r', '\r\n', '-') });
    const cuts = fc.array(fc.nat(40), { maxLength: 8 }).map((list) => list.sort((a, b) => a - b));
    fc.assert(
      fc.property(text, cuts, fc.constantFrom(undefined, '\n', '--', 'é-'), (data, at, lineSep) => {
        const ends = lineSep === undefined ? /\r\n|\r|\n/ : lineSep;
        const expected = data.split(ends);
        if (expected.at(-1) === '') expected.pop();
        expect(lines(data, { lineSep }, at)).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });
});

describe('writing', () => {
  it('puts text into other encodings', () => {
    const bytes = encodedIn('UTF-16LE', [{ value: 'aé' }]);
    expect(Buffer.from(bytes).toString('utf16le')).toBe('aé\n');
  });

  it('gives a line a row; a missing value is an empty line', () => {
    expect(encoded([{ value: 'a' }, { value: null }, { value: 'é' }])).toBe('a\n\né\n');
    expect(encoded([{ line: 'a' }, { line: 'b' }], 'line STRING', { lineSep: '\r\n' })).toBe('a\r\nb\r\n');
    expect(textEncoder(parseOptions('text', {}, textWriteOptions)).start()).toHaveLength(0);
  });

  it('refuses anything else than one column of strings', () => {
    expect(codeOf(() => encoded([{ a: 1 }], 'a INT'))).toBe('SCHEMA_MISMATCH');
    expect(codeOf(() => encoded([{ a: 'x', b: 'y' }], 'a STRING, b STRING'))).toBe('SCHEMA_MISMATCH');
  });
});

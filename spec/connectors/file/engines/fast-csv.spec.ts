import { CsvParserStream } from 'fast-csv';
import fc from 'fast-check';
import { fileSink, fileSource } from '../../../../connectors/file/index.js';
import { csvDecoder, csvEncoder, csvReadOptions, csvWriteOptions } from '../../../../connectors/file/csv/index.js';
import { Table } from '../../../../lib/columns/index.js';
import type { SluiceError } from '../../../../lib/errors/index.js';
import { parseOptions } from '../../../../lib/options/index.js';
import { toSchema } from '../../../../lib/schema/index.js';

type Given = Readonly<Record<string, unknown>>;

function decode(document: Uint8Array, ddl: string, given: Given, cuts: readonly number[] = []) {
  const schema = toSchema(ddl);
  const columns = schema.fields.map((f) => f.name);
  const decoder = csvDecoder(parseOptions('fileSource', given, csvReadOptions), { schema, columns, atStart: true });
  let consumed = 0;
  for (const cut of [...cuts, document.length]) {
    const piece = document.slice(consumed, Math.max(consumed, cut));
    consumed += decoder.decode(piece, { path: 'in.csv', position: consumed }, cut === document.length);
  }
  return { rows: decoder.take().toRows(), malformed: decoder.malformed };
}

function encode(ddl: string, rows: readonly Given[], given: Given): string {
  const schema = toSchema(ddl);
  const encoder = csvEncoder(parseOptions('fileSink', given, csvWriteOptions), schema);
  return Buffer.concat([encoder.start(), encoder.encode(Table.fromRows(rows, schema))]).toString();
}

const option = <T>(...choices: T[]): fc.Arbitrary<T> => fc.constantFrom(...choices);
const fastCsv = { engine: 'fast-csv' };

describe('reading by fast-csv', () => {
  const dialects = fc.record({
    sep: option(',', ';', ' ', '\t', '|', '^', ']', '-', 'é'),
    quote: option('"', "'", ''),
    escape: option('\\', '"', ''),
    comment: option('', '#'),
    multiLine: fc.boolean(),
    header: fc.boolean(),
    nullValue: option('', 'a'),
    emptyValue: option('', 'b'),
    mode: option('PERMISSIVE', 'DROPMALFORMED'),
  });
  const noise = fc
    .array(
      option(
        ...['"', '"', "'", ',', ',', ';', ' ', '\t', '|', '^', ']', '-', '\n', '\n', '\r', '\\', '#'],
        ...[
          'a',
          'b1',
          '1',
          'é',
          '\xa0',
          '\x0b',
          '\u2028',
          '\xff',
          '\ufeff',
          '\ufffd',
          '\0',
          '\u{1f600}',
          '","',
          '"\n"',
          '""',
        ],
      ),
      { maxLength: 40 },
    )
    .map((parts) => Buffer.concat(parts.map((p) => Buffer.from(p, p === '\xff' ? 'latin1' : 'utf8'))));

  it('gives the rows that our own reading gives, whatever the document and the dialect', () => {
    const schema = 'a STRING, b INT, c STRING, _corrupt_record STRING';
    const cuts = fc.array(fc.nat(60), { maxLength: 5 }).map((list) => list.sort((a, b) => a - b));
    fc.assert(
      fc.property(noise, dialects, cuts, (document, options, cuts) => {
        const own = decode(document, schema, options);
        const within = cuts.filter((cut) => cut < document.length);
        expect(decode(document, schema, { ...options, ...fastCsv }, within)).toEqual(own);
      }),
      { numRuns: 2000 },
    );
  });

  it('reads RFC 4180', () => {
    const document = Buffer.from('a,b\r\n1,"x, ""y""\nz"\r\n2,\r\n');
    const options = { ...fastCsv, header: true, multiLine: true, escape: '"' };
    expect(decode(document, 'a INT, b STRING', options).rows).toEqual([
      { a: 1, b: 'x, "y"\nz' },
      { a: 2, b: null },
    ]);
  });

  it('is not held up by a quote that is never closed: that is as long as maxRecordBytes', () => {
    const document = Buffer.from(`1,"${'x\n'.repeat(1 << 20)}`);
    const options = { ...fastCsv, multiLine: true, maxRecordBytes: '64k' };
    expect(() => decode(document, 'a INT, b STRING', options)).toThrow(/maxRecordBytes/);
  });
});

describe('writing by fast-csv', () => {
  const dialects = fc.record({
    sep: option(',', ';', ' ', '\t', 'é'),
    lineSep: option('\n', '\r\n', '\r'),
    comment: option('', '#'),
    header: fc.boolean(),
    nullValue: option('', 'NULL', 'x y'),
    emptyValue: option(undefined, '', 'empty'),
    quoteAll: fc.boolean(),
    ignoreLeadingWhiteSpace: fc.boolean(),
    ignoreTrailingWhiteSpace: fc.boolean(),
  });
  const quotes = option({ quote: '"', escape: '"' }, { quote: "'", escape: "'" });
  const word = fc
    .array(option('"', "'", ',', ';', ' ', '\t', '\n', '\r', '#', '\\', 'a', 'é', '\0', '\ufeff', '\u{1f600}'), {
      maxLength: 5,
    })
    .map((parts) => parts.join(''));
  const missing = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null });

  it.each(['s STRING, d DOUBLE, t STRING', 's STRING'])('makes the files that our own writing makes: %s', (schema) => {
    const row = fc.record({ s: missing(word), d: missing(fc.double()), t: missing(word) });
    const rows = fc
      .array(row, { maxLength: 8 })
      .map((all) => all.map(({ s, d, t }) => (schema === 's STRING' ? { s } : { s, d, t })));
    fc.assert(
      fc.property(rows, dialects, quotes, (rows, dialect, quote) => {
        const options = { ...dialect, ...quote };
        expect(encode(schema, rows, { ...options, ...fastCsv })).toBe(encode(schema, rows, options));
      }),
      { numRuns: 1000 },
    );
  });
});

describe('that it is fast-csv', () => {
  it('shows where it quotes what needs no quotes', () => {
    const given = { ...fastCsv, escape: '"' };
    expect(encode('s STRING, t STRING', [{ s: '|', t: 'x' }], given)).toBe('"|",x\n');
  });

  it('shows where it fails', () => {
    const parse = jest.spyOn(CsvParserStream.prototype as unknown as { parse(text: string): unknown }, 'parse');
    const read = (text: string) => decode(Buffer.from(text), 'a INT, b STRING', { ...fastCsv, multiLine: true }).rows;
    expect(read('1,"x"\n2,"y"z\n3, "w"\n')).toEqual([
      { a: 1, b: 'x' },
      { a: 2, b: '"y"z' },
      { a: 3, b: ' "w"' },
    ]);
    expect(parse.mock.calls.map((given) => given[0])).toEqual(['1,"x"', '2,"y"z']);
    expect(parse.mock.results.map(({ type }) => type)).toEqual(['return', 'throw']);
    parse.mockRestore();
  });
});

describe('what fast-csv does not have', () => {
  const caught = (run: () => unknown): Partial<SluiceError> => {
    try {
      run();
    } catch (error) {
      return error as SluiceError;
    }
    return {};
  };

  it.each([
    ['sep', '::'],
    ['delimiter', '\u{1f600}\u{1f600}'],
    ['lineSep', '\n'],
    ['charToEscapeQuoteEscaping', '"'],
    ['unescapedQuoteHandling', 'SKIP_VALUE'],
    ['ignoreLeadingWhiteSpace', true],
    ['ignoreTrailingWhiteSpace', true],
  ])('reading: %s %j', (option, value) => {
    const given = { format: 'csv', path: __dirname, engine: 'fast-csv', [option]: value };
    expect(caught(() => fileSource(given as never))).toMatchObject({ code: 'INVALID_OPTION', details: { option } });
  });

  it.each([
    ['sep', '::'],
    ['sep', ']'],
    ['quote', '|'],
    ['quote', ''],
    ['escape', '\\'],
    ['escapeQuotes', false],
    ['lineSep', ';'],
    ['charToEscapeQuoteEscaping', '\\'],
  ])('writing: %s %j', (option, value) => {
    const given = { format: 'csv', path: 'out', engine: 'fast-csv', escape: '"', [option]: value };
    expect(caught(() => fileSink(given as never))).toMatchObject({ code: 'INVALID_OPTION', details: { option } });
  });
});

import fc from 'fast-check';
import { columnFrom } from '../../../../lib/columns/index.js';
import { UTC } from '../../../../lib/datetime/zone.js';
import { readDialect, utf8 } from '../../../../lib/formats/csv/dialect.js';
import { CsvDocuments, type RecordRules, fieldsOf } from '../../../../lib/formats/csv/documents.js';
import { csvReadOptions, csvWriteOptions } from '../../../../lib/formats/csv/options.js';
import { csvTexts } from '../../../../lib/formats/csv/texts.js';
import { appendDecimal, decimalsIn } from '../../../../lib/formats/scan/decimals.js';
import { TimeReader, TimeWriter } from '../../../../lib/formats/scan/times.js';
import { parseOptions } from '../../../../lib/options/index.js';
import { Decimal, parseDdl, parseType } from '../../../../lib/schema/index.js';
import { conditionOf, texts, valuesOf } from '../json/support.js';

const rulesOf = (given: Record<string, unknown> = {}): RecordRules => {
  const options = parseOptions('x', given, csvReadOptions);
  return {
    dialect: { ...readDialect(options), multiLine: true, lineSep: utf8('\uffff') },
    words: options,
    nullText: utf8(options.nullValue),
    emptyText: utf8(options.emptyValue),
    times: new TimeReader(UTC),
    decimals: appendDecimal,
    failFast: false,
    corruptField: '_corrupt_record',
  };
};

/** As from_csv. */
const decoded = (type: string, records: readonly (string | null)[], rules = rulesOf()): unknown[] =>
  valuesOf(new CsvDocuments(parseDdl(type), rules).decode(texts(records)));

// What Spark's from_csv gives; see UnivocityParser.
describe('CSV records', () => {
  it('as structs: what is absent or does not convert is missing', () => {
    expect(decoded('a INT, b STRING', ['1,x', ' 1 , x ', ',', '1', '1,x,y', '"1","x ""y"', null, ''])).toEqual([
      { a: 1, b: 'x' },
      { a: null, b: ' x ' },
      { a: null, b: null },
      { a: 1, b: null },
      { a: 1, b: 'x' },
      { a: 1, b: '"x ""y"' },
      null,
      { a: null, b: null },
    ]);
  });

  it('hold line ends, which end no record', () => {
    expect(decoded('a STRING, b INT', ['x\ny,1', '"x\r\ny",2', '\n,3'])).toEqual([
      { a: 'x\ny', b: 1 },
      { a: 'x\r\ny', b: 2 },
      { a: '\n', b: 3 },
    ]);
    expect(decoded('a INT', ['1\n2'])).toEqual([{ a: null }]);
  });

  // What univocity's parser makes of it, which Spark hands the option to.
  it.each([
    ['STOP_AT_DELIMITER', { a: '"x"y"', b: 'z' }],
    ['STOP_AT_CLOSING_QUOTE', { a: 'x"y', b: 'z' }],
    ['SKIP_VALUE', { a: null, b: 'z' }],
  ])('with a quote that is not escaped, as %s says', (unescapedQuoteHandling, expected) => {
    expect(decoded('a STRING, b STRING', ['"x"y",z', '1,2'], rulesOf({ unescapedQuoteHandling }))).toEqual([
      expected,
      { a: '1', b: '2' },
    ]);
  });

  it('with a quote that is not escaped are refused by RAISE_ERROR, in every mode', () => {
    const rules = rulesOf({ unescapedQuoteHandling: 'RAISE_ERROR' });
    const documents = new CsvDocuments(parseDdl('a STRING'), rules);
    expect(conditionOf(() => documents.decode(texts(['1', '"x"y"'])))).toBe('MALFORMED_CSV_RECORD');
    expect(valuesOf(documents.decode(texts(['2'])))).toEqual([{ a: '2' }]);
  });

  it('with an escape of the escape', () => {
    const rules = rulesOf({ charToEscapeQuoteEscaping: '|', escape: '\\' });
    expect(decoded('a STRING', ['"x|\\"'], rules)).toEqual([{ a: 'x\\' }]);
  });

  it('the corrupt field gets the text of a record that does not fit', () => {
    expect(decoded('a INT, _corrupt_record STRING, b INT', ['1,2', 'x,2', '1', '1,2,3', 'x,y\n', '', null])).toEqual([
      { a: 1, _corrupt_record: null, b: 2 },
      { a: null, _corrupt_record: 'x,2', b: 2 },
      { a: 1, _corrupt_record: '1', b: null },
      { a: 1, _corrupt_record: '1,2,3', b: 2 },
      { a: null, _corrupt_record: 'x,y', b: null },
      { a: null, _corrupt_record: null, b: null },
      null,
    ]);
  });

  it('in another dialect, another language', () => {
    const rules = rulesOf({ sep: ';', quote: "'", nullValue: 'NA', comment: '#', ignoreLeadingWhiteSpace: true });
    expect(decoded('a STRING, b DECIMAL(6,2)', ["'x;y'; 1", 'NA;2', '#;3'], rules)).toEqual([
      { a: 'x;y', b: new Decimal(100n, 2) },
      { a: null, b: new Decimal(200n, 2) },
      { a: null, b: null },
    ]);
    const german = { ...rules, decimals: decimalsIn('de-DE') };
    expect(decoded('a DECIMAL(6,2)', ['1.234,5', '-2,5', '3', '1,2,3', '1.5e0x'], german)).toEqual(
      [123450n, -250n, 300n, null, null].map((n) => ({ a: n === null ? null : new Decimal(n, 2) })),
    );
  });

  it('with failFast name what is wrong as Spark does', () => {
    const condition = (record: string): string =>
      conditionOf(() => decoded('a INT, b INT', ['1,2', record], { ...rulesOf(), failFast: true }));
    expect(condition('1')).toBe('MALFORMED_CSV_RECORD');
    expect(condition('')).toBe('MALFORMED_CSV_RECORD');
    expect(condition('1,x')).toBe('MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION');
  });

  it('taken apart without a schema', () => {
    const { dialect } = rulesOf();
    const fields = (text: string) => fieldsOf(utf8(text), dialect, utf8('NA'));
    expect(fields('1,"a,b",,NA,')).toEqual(['1', 'a,b', '', '', '']);
    expect(fields('')).toBeUndefined();
  });
});

const writeRules = { times: new TimeWriter() };
const encoded = (type: string, values: readonly unknown[], options: Record<string, unknown> = {}, format = {}) => {
  const encode = csvTexts(parseOptions('x', options, csvWriteOptions), { ...writeRules, ...format });
  return valuesOf(encode(columnFrom(parseType(type), values) as never));
};

describe('CSV texts', () => {
  it('of structs; one that would be blank is missing', () => {
    expect(encoded('STRUCT<a: INT, b: STRING>', [{ a: 1, b: 'x,y' }, { a: null, b: '' }, null])).toEqual([
      '1,"x,y"',
      ',""',
      null,
    ]);
    expect(encoded('STRUCT<a: INT>', [{ a: null }, { a: 1 }])).toEqual([null, '1']);
    expect(encoded('STRUCT<a: INT>', [{ a: null }], { nullValue: '-' })).toEqual(['-']);
  });

  it('nested values in brackets, quoted where they need it', () => {
    const one = (type: string, value: unknown, innerNull?: string): unknown =>
      encoded(`STRUCT<v: ${type}>`, [{ v: value }], {}, { innerNull })[0];
    expect(one('ARRAY<INT>', [1])).toBe('[1]');
    expect(one('ARRAY<INT>', [])).toBe('[]');
    expect(one('ARRAY<INT>', [1, null, 3])).toBe('"[1,, 3]"');
    expect(one('ARRAY<INT>', [null, 2], '-')).toBe('"[ -, 2]"');
    expect(
      one(
        'MAP<STRING, INT>',
        new Map([
          ['x', 1],
          ['y', null],
        ] as const),
      ),
    ).toBe('"{x -> 1, y ->}"');
    expect(one('STRUCT<a: STRING, b: ARRAY<DOUBLE>>', { a: 'q"', b: [1e7] })).toBe('"{q\\", [1.0E7]}"');
    expect(one('INTERVAL DAY TO SECOND', 1_000_000)).toBe("INTERVAL '0 00:00:01' DAY TO SECOND");
    expect(one('DECIMAL(10,8)', new Decimal(1n, 8))).toBe('1E-8');
  });

  it('times by patterns are texts as any other', () => {
    const format = { times: new TimeWriter(UTC, { dateFormat: "''yyyy, MM''" }), wordyTimes: true };
    expect(encoded('STRUCT<d: DATE>', [{ d: new Date('2020-07-01') }], { quote: "'" }, format)).toEqual([
      "'\\'2020, 07\\''",
    ]);
  });

  it('decoded are what was encoded', () => {
    const text = fc
      .string({ minLength: 1 })
      .filter((s) => s.trim() === s && ![...s].some((c) => c < ' ' || '\uffff"\\'.includes(c)));
    const row = fc.record({ a: fc.option(fc.integer()), b: fc.option(text), c: fc.boolean() });
    fc.assert(
      fc.property(fc.array(fc.option(row), { maxLength: 6 }), (rows) => {
        const records = encoded('STRUCT<a: INT, b: STRING, c: BOOLEAN>', rows) as (string | null)[];
        expect(decoded('a INT, b STRING, c BOOLEAN', records)).toEqual(rows);
      }),
    );
  });
});

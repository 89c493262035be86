import fc from 'fast-check';
import { BytesColumn } from '../../../../lib/columns/index.js';
import { UTC } from '../../../../lib/datetime/zone.js';
import { TimeReader } from '../../../../lib/formats/scan/times.js';
import { string } from '../../../../lib/schema/index.js';
import { conditionOf, decoded, documentsOf, grammar, texts, valuesOf } from './support.js';

// What Spark's from_json gives; see JacksonParser and FailureSafeParser.
describe('JSON documents', () => {
  it('as structs: what cannot be read is missing, and nothing at all is a missing struct', () => {
    expect(
      decoded('a INT, b STRING', [
        '{"b":"x","a":1}',
        '{}',
        '{"a":"1","b":"x"}',
        '{"a":1} trailing',
        '{"a":1',
        'bad',
        '1',
        'null',
        '[{"a":1}]',
        '',
        ' \n ',
        null,
      ]),
    ).toEqual([
      { a: 1, b: 'x' },
      { a: null, b: null },
      { a: null, b: 'x' },
      { a: 1, b: null },
      ...Array<unknown>(5).fill({ a: null, b: null }),
      null,
      null,
      null,
    ]);
  });

  it('as arrays and maps: one wrong value is the end of all', () => {
    expect(decoded('ARRAY<INT>', ['[1,2,null]', '[1,"2"]', '[', '1', 'null'])).toEqual([
      [1, 2, null],
      null,
      null,
      null,
      null,
    ]);
    expect(decoded('MAP<STRING, INT>', ['{"a":1,"b":null}', '{"a":"x"}', '[]'])).toEqual([
      new Map([
        ['a', 1],
        ['b', null],
      ] as const),
      null,
      null,
    ]);
  });

  it('an object stands for an array of one struct, but only as the whole document', () => {
    expect(decoded('ARRAY<STRUCT<a: INT>>', ['[{"a":1},{"a":"x"},null]', '{"a":2}', '{"a":"x"}', '1'])).toEqual([
      [{ a: 1 }, { a: null }, null],
      [{ a: 2 }],
      [{ a: null }],
      null,
    ]);
    expect(decoded('a ARRAY<STRUCT<b: INT>>', ['{"a":{"b":1}}'])).toEqual([{ a: null }]);
    expect(decoded('ARRAY<MAP<STRING, INT>>', ['{"a":1}'])).toEqual([null]);
  });

  it('the corrupt field gets the text of a document that does not fit, and of no other', () => {
    const type = 'a INT, _corrupt_record STRING, b INT';
    expect(decoded(type, ['{"a":1,"b":2}', '{"a":"x","b":2}', '{bad', '{"_corrupt_record":"mine"}', null])).toEqual([
      { a: 1, _corrupt_record: null, b: 2 },
      { a: null, _corrupt_record: '{"a":"x","b":2}', b: 2 },
      { a: null, _corrupt_record: '{bad', b: null },
      { a: null, _corrupt_record: null, b: null },
      null,
    ]);
    expect(decoded('a INT, c STRING', ['bad'], { corruptField: 'c' })).toEqual([{ a: null, c: 'bad' }]);
  });

  it('of several values of one name the last counts that is of its type', () => {
    const documents = ['{"a":1,"a":2}', '{"a":1,"a":"x"}', '{"a":1,"a":null}', '{"a":"x","a":2}', '{"a":1,"a":'];
    expect(decoded('a INT, _corrupt_record STRING', documents)).toEqual([
      { a: 2, _corrupt_record: null },
      { a: 1, _corrupt_record: documents[1] },
      { a: null, _corrupt_record: null },
      { a: 2, _corrupt_record: documents[3] },
      { a: null, _corrupt_record: documents[4] },
    ]);
    const nested = ['{"l":[1],"l":[2,3]}', '{"l":[1],"l":[2,"x"]}', '{"s":{"b":1},"s":{}}', '{"s":{"b":1},"s":[]}'];
    expect(decoded('l ARRAY<INT>, s STRUCT<b: INT>', nested)).toEqual([
      { l: [2, 3], s: null },
      { l: [1], s: null },
      { l: null, s: { b: null } },
      { l: null, s: { b: 1 } },
    ]);
  });

  it('what is no string becomes one as Jackson copies it, not as it stands', () => {
    expect(decoded('a STRING', ['{"a":{"x": 1.50, "y": [ true ]}}', '{"a":1e2}', '{"a":null}'])).toEqual([
      { a: '{"x":1.5,"y":[true]}' },
      { a: '100.0' },
      { a: null },
    ]);
  });

  it('short whole numbers in a string are days, as they were in Spark 1.5', () => {
    const day = (n: number): Date => new Date(n * 86_400_000);
    expect(decoded('d DATE', ['{"d":"10"}', '{"d":"-1"}', '{"d":"2020"}', '{"d":10}'])).toEqual([
      { d: day(10) },
      { d: day(-1) },
      { d: new Date('2020-01-01') },
      { d: null },
    ]);
  });

  it('with failFast names what is wrong as Spark does', () => {
    const condition = (type: string, document: string): string =>
      conditionOf(() => decoded(type, [null, '{}', document], { failFast: true }));
    expect(condition('a INT', 'bad')).toBe('MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION');
    expect(condition('a INT', '{"a":"x"} ')).toBe('CANNOT_PARSE_JSON_FIELD');
    expect(condition('a INT', '{"a":1.5}')).toBe('CANNOT_PARSE_JSON_FIELD');
    expect(condition('a INT', '{"a":""}')).toBe('EMPTY_JSON_FIELD_VALUE');
    expect(condition('a INT', '{"a":99999999999}')).toBe('MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION');
    expect(condition('a INT', '[{"a":1}]')).toBe('MALFORMED_RECORD_IN_PARSING.CANNOT_PARSE_JSON_ARRAYS_AS_STRUCTS');
    expect(condition('a DOUBLE', '{"a":"x"}')).toBe('MALFORMED_RECORD_IN_PARSING.CANNOT_PARSE_STRING_AS_DATATYPE');
    expect(condition('a DATE', '{"a":"x"}')).toBe('CAST_INVALID_INPUT');
    const times = new TimeReader(UTC, { dateFormat: 'dd/MM/yyyy' });
    expect(conditionOf(() => decoded('a DATE', ['{"a":"2020-01-01"}'], { failFast: true, times }))).toBe(
      'MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION',
    );
    expect(condition('a ARRAY<INT>', '{"a":[1,"x"]}')).toBe('CANNOT_PARSE_JSON_FIELD');
  });

  it('can be decoded again after an error', () => {
    const documents = documentsOf('a INT', { failFast: true });
    expect(() => documents.decode(texts(['{"a":1}', 'bad']))).toThrow("'bad'");
    expect(valuesOf(documents.decode(texts(['{"a":2}'])))).toEqual([{ a: 2 }]);
  });

  it('need not be valid UTF-8, nor begin where their bytes do', () => {
    const bytes = Buffer.concat([Buffer.from('..{"a":"x'), Buffer.from([0xff]), Buffer.from('"}')]);
    const column = new BytesColumn(string(), Int32Array.of(2, bytes.length), bytes);
    expect(valuesOf(documentsOf('a STRING').decode(column))).toEqual([{ a: 'x\ufffd' }]);
  });

  it('follow a wider grammar if asked', () => {
    const wide = { grammar: { ...grammar, allowUnquotedFieldNames: true, allowComments: true } };
    expect(decoded('a INT', ['/* c */ {a: 1}', '// only'], wide)).toEqual([{ a: 1 }, null]);
  });

  it('read as JSON.parse reads them', () => {
    const row = fc.record(
      { i: fc.integer(), s: fc.string(), b: fc.boolean(), d: fc.double({ noNaN: true, noDefaultInfinity: true }) },
      { requiredKeys: [] },
    );
    const nested = fc.record({
      l: fc.array(fc.option(fc.integer())),
      m: fc.dictionary(fc.string(), fc.string()),
      r: fc.option(row),
    });
    fc.assert(
      fc.property(fc.array(fc.option(nested), { maxLength: 8 }), (rows) => {
        const type = 'l ARRAY<INT>, m MAP<STRING, STRING>, r STRUCT<i: INT, s: STRING, b: BOOLEAN, d: DOUBLE>';
        const got = decoded(
          type,
          rows.map((r) => (r === null ? null : JSON.stringify(r))),
        );
        const missing = { i: null, s: null, b: null, d: null };
        expect(got).toEqual(
          rows.map((r) => {
            if (r === null) return null;
            const { l, m, r: inner } = JSON.parse(JSON.stringify(r)) as typeof r;
            return { l, m: new Map(Object.entries(m)), r: inner === null ? null : { ...missing, ...inner } };
          }),
        );
      }),
    );
  });
});

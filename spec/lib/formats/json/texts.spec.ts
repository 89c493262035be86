import fc from 'fast-check';
import { columnFrom } from '../../../../lib/columns/index.js';
import { zoneOf } from '../../../../lib/datetime/zone.js';
import { indented } from '../../../../lib/formats/json/indent.js';
import { type TextRules, jsonTexts } from '../../../../lib/formats/json/texts.js';
import { TimeWriter } from '../../../../lib/formats/scan/times.js';
import { Decimal, parseType } from '../../../../lib/schema/index.js';
import { decoded, valuesOf } from './support.js';

const rules: TextRules = {
  ignoreNullFields: true,
  pretty: false,
  writeNonAsciiCharacterAsCodePoint: false,
  times: new TimeWriter(),
};

/** As to_json. */
const encoded = (type: string, values: readonly unknown[], changes: Partial<TextRules> = {}): unknown[] =>
  valuesOf(jsonTexts({ ...rules, ...changes })(columnFrom(parseType(type), values)));

describe('JSON texts', () => {
  it('of structs, arrays and maps; missing fields are left out, missing elements are not', () => {
    expect(encoded('STRUCT<a: INT, b: STRING>', [{ a: 1, b: null }, null, {}])).toEqual(['{"a":1}', null, '{}']);
    expect(encoded('STRUCT<a: INT, b: STRING>', [{ a: 1 }], { ignoreNullFields: false })).toEqual(['{"a":1,"b":null}']);
    expect(encoded('ARRAY<INT>', [[1, null], [], null])).toEqual(['[1,null]', '[]', null]);
    expect(encoded('MAP<STRING, INT>', [new Map([['k', null]]), new Map()])).toEqual(['{"k":null}', '{}']);
  });

  it('keys of maps are what Spark stores: days, microseconds, structs in brackets', () => {
    const one = (key: string, value: unknown): unknown => encoded(`MAP<${key}, INT>`, [new Map([[value, 1]])])[0];
    expect(one('DATE', new Date('2020-01-01'))).toBe('{"18262":1}');
    expect(one('TIMESTAMP', new Date(1))).toBe('{"1000":1}');
    expect(one('DOUBLE', 1e7)).toBe('{"1.0E7":1}');
    expect(one('DECIMAL(10,8)', new Decimal(1n, 8))).toBe('{"1E-8":1}');
    expect(one('BOOLEAN', true)).toBe('{"true":1}');
    expect(one('STRING', 'a"')).toBe('{"a\\"":1}');
    expect(one('STRUCT<a: INT, b: ARRAY<STRING>>', { a: null, b: ['x', 'y'] })).toBe('{"[null,[x,y]]":1}');
  });

  it('times in a zone, and by patterns', () => {
    const at = new Date('2020-07-01T10:11:12.345Z');
    const one = (type: string, times: TimeWriter): unknown => encoded(`ARRAY<${type}>`, [[at]], { times })[0];
    const zurich = zoneOf('Europe/Zurich');
    expect(one('TIMESTAMP', new TimeWriter(zurich))).toBe('["2020-07-01T12:11:12.345+02:00"]');
    expect(one('TIMESTAMP_NTZ', new TimeWriter(zurich))).toBe('["2020-07-01T10:11:12.345"]');
    expect(one('TIMESTAMP', new TimeWriter(zoneOf('+00:00')))).toBe('["2020-07-01T10:11:12.345Z"]');
    const formats = { timestampFormat: 'dd/MM/yyyy HH:mm', timestampNTZFormat: 'HH', dateFormat: 'MMM', locale: 'fr' };
    expect(one('TIMESTAMP', new TimeWriter(zurich, formats))).toBe('["01/07/2020 12:11"]');
    expect(one('TIMESTAMP_NTZ', new TimeWriter(zurich, formats))).toBe('["10"]');
    const day = encoded('ARRAY<DATE>', [[new Date('2020-07-01')]], { times: new TimeWriter(zurich, formats) });
    expect(day).toEqual(['["juil."]']);
  });

  it('of Paris before it had a whole-minute offset: the seconds are not written', () => {
    const times = new TimeWriter(zoneOf('Europe/Paris'));
    expect(encoded('ARRAY<TIMESTAMP>', [[new Date('1900-01-01T00:00:00Z')]], { times })).toEqual([
      '["1900-01-01T00:09:21.000+00:09"]',
    ]);
  });

  it('in ASCII only, and for reading', () => {
    expect(encoded('ARRAY<STRING>', [['é😀a']], { writeNonAsciiCharacterAsCodePoint: true })).toEqual([
      '["\\u00E9\\uD83D\\uDE00a"]',
    ]);
    const value = { a: 1, b: [1, 2], c: [{ d: 'x{,:' }, {}], e: [] };
    const type = 'STRUCT<a: INT, b: ARRAY<INT>, c: ARRAY<STRUCT<d: STRING>>, e: ARRAY<INT>>';
    expect(encoded(type, [value], { pretty: true })).toEqual([
      '{\n  "a" : 1,\n  "b" : [ 1, 2 ],\n  "c" : [ {\n    "d" : "x{,:"\n  }, { } ],\n  "e" : [ ]\n}',
    ]);
  });

  it('indented are the same JSON', () => {
    fc.assert(
      fc.property(fc.json(), (json) => {
        const compact = JSON.stringify(JSON.parse(json));
        expect(JSON.stringify(JSON.parse(indented(compact)))).toBe(compact);
      }),
    );
  });

  it('decoded are what was encoded', () => {
    const row = fc.record({
      a: fc.option(fc.integer()),
      s: fc.string({ unit: 'grapheme' }),
      l: fc.array(fc.option(fc.double({ noNaN: true, noDefaultInfinity: true }))),
      t: fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true }),
    });
    const type = 'a INT, s STRING, l ARRAY<DOUBLE>, t TIMESTAMP';
    fc.assert(
      fc.property(fc.array(fc.option(row), { maxLength: 5 }), (rows) => {
        const json = encoded(`STRUCT<${type.replaceAll(/(\w) ([A-Z])/g, '$1: $2')}>`, rows) as (string | null)[];
        expect(decoded(type, json)).toEqual(rows);
      }),
    );
  });
});

import { UTC } from '../../../../lib/datetime/zone.js';
import { RowInference, type RowInferenceRules } from '../../../../lib/formats/json/infer-rows.js';
import { JsonInference, type JsonInferenceRules } from '../../../../lib/formats/json/infer.js';
import { TimeReader } from '../../../../lib/formats/scan/times.js';
import { type DataType, formatType } from '../../../../lib/schema/index.js';
import { conditionOf, grammar } from './support.js';

const rules = {
  grammar,
  times: new TimeReader(UTC),
  primitivesAsString: false,
  prefersDecimal: false,
  inferTimestamp: false,
};

function typeOf(json: string, changes: Partial<JsonInferenceRules> = {}): DataType | undefined {
  const bytes = new Uint8Array(Buffer.from(json));
  return new JsonInference({ ...rules, ...changes }).typeOf(bytes, 0, bytes.length);
}

const shown = (json: string, changes?: Partial<JsonInferenceRules>): string | undefined => {
  const type = typeOf(json, changes);
  return type && formatType(type);
};

// The rules are those of JsonInferSchema.
describe('the type of a JSON document', () => {
  it.each([
    ['1', 'BIGINT'],
    ['9223372036854775808', 'DECIMAL(19,0)'],
    ['1'.repeat(39), 'DOUBLE'],
    ['1.5', 'DOUBLE'],
    ['NaN', 'DOUBLE'],
    ['true', 'BOOLEAN'],
    ['"x"', 'STRING'],
    ['""', 'VOID'],
    ['null', 'VOID'],
    ['', 'VOID'],
    ['[]', 'ARRAY<VOID>'],
    ['[1, 2.5, null]', 'ARRAY<DOUBLE>'],
    ['[1, "x"]', 'ARRAY<STRING>'],
    ['[1, 9223372036854775808]', 'ARRAY<DECIMAL(20,0)>'],
    ['[true, 1]', 'ARRAY<STRING>'],
    ['{"b":1,"a":[],"C":{}}', 'STRUCT<C: STRUCT<>, a: ARRAY<VOID>, b: BIGINT>'],
    ['[{"a":1},{"b":"x"},{"a":2.5}]', 'ARRAY<STRUCT<a: DOUBLE, b: STRING>>'],
    ['[{"a":{"x":1}},{"a":{"y":[1]}}]', 'ARRAY<STRUCT<a: STRUCT<x: BIGINT, y: ARRAY<BIGINT>>>>'],
    ['[[1],["x"]]', 'ARRAY<ARRAY<STRING>>'],
    ['{"a":1} trailing', 'STRUCT<a: BIGINT>'],
  ])('%s is %s', (json, expected) => {
    expect(shown(json)).toBe(expected);
  });

  it('is unknown where it is not JSON', () => {
    for (const json of ['bad', '{"a":1', '[1', '{"a":"\\q"}', '{a:1}']) expect(typeOf(json)).toBeUndefined();
  });

  it('follows the options', () => {
    expect(shown('[1, true, 1.5, "x"]', { primitivesAsString: true })).toBe('ARRAY<STRING>');
    expect(shown('{"a":1.50,"b":0.01,"c":"1,000.5","d":"x"}', { prefersDecimal: true })).toBe(
      'STRUCT<a: DECIMAL(3,2), b: DECIMAL(2,2), c: DECIMAL(5,1), d: STRING>',
    );
    expect(shown('[1, 2.5]', { prefersDecimal: true })).toBe('ARRAY<DECIMAL(21,1)>');
    expect(conditionOf(() => typeOf('1.1e10', { prefersDecimal: true }))).toBe('NEGATIVE_SCALE_DISALLOWED');
    expect(shown('["2020-01-01"]', { inferTimestamp: true })).toBe('ARRAY<TIMESTAMP>');
    const times = new TimeReader(UTC, { timestampFormat: 'dd/MM/yyyy HH:mm', timestampNTZFormat: 'yyyy' });
    expect(shown('["01/02/2020 10:11"]', { inferTimestamp: true, times })).toBe('ARRAY<TIMESTAMP>');
    expect(shown('["x"]', { inferTimestamp: true, times })).toBe('ARRAY<STRING>');
  });
});

describe('the schema of rows', () => {
  const refused = new Error('refused');
  function schemaOf(documents: readonly string[], changes: Partial<RowInferenceRules> = {}): string {
    const given = {
      mode: 'PERMISSIVE',
      columnNameOfCorruptRecord: '_c',
      dropFieldIfAllNull: false,
      ...changes,
    } as const;
    const rows = new RowInference(given, () => {
      throw refused;
    });
    for (const json of documents) rows.add(typeOf(json));
    return formatType(rows.schema());
  }

  it('has every field that any has; what is never there is a STRING, or nothing', () => {
    const documents = ['{"a":1,"n":null,"e":{},"l":[]}', '', '[{"b":"x"},{"a":2.5}]', 'null'];
    expect(schemaOf(documents)).toBe('STRUCT<a: DOUBLE, b: STRING, l: ARRAY<STRING>, n: STRING>');
    expect(schemaOf(documents, { dropFieldIfAllNull: true })).toBe('STRUCT<a: DOUBLE, b: STRING>');
    expect(schemaOf([])).toBe('STRUCT<>');
    expect(schemaOf(['{}'])).toBe('STRUCT<>');
  });

  it('has a field for what is no row, unless that is dropped or refused', () => {
    for (const wrong of ['bad', '1', '[1]', '"x"']) {
      expect(schemaOf(['{"a":1}', wrong])).toBe('STRUCT<_c: STRING, a: BIGINT>');
      expect(schemaOf(['{"a":1}', wrong], { mode: 'DROPMALFORMED' })).toBe('STRUCT<a: BIGINT>');
      expect(() => schemaOf(['{"a":1}', wrong], { mode: 'FAILFAST' })).toThrow(refused);
    }
    expect(schemaOf(['{"_c":1}', '2'])).toBe('STRUCT<_c: BIGINT>');
  });
});

import fc from 'fast-check';
import {
  formatDdl,
  parseDdl,
  schemaFromJson,
  schemaToJson,
  treeString,
  typeFromJson,
} from '../../../lib/schema/index.js';
import { schemaOf, types } from '../columns/values.js';

/** Letter for letter what StructType.json gives for this schema. */
const ddl =
  "id BIGINT NOT NULL COMMENT 'the key', n INT, m DECIMAL(10,2), l ARRAY<TINYINT>, p MAP<STRING, STRUCT<x: SMALLINT>>, " +
  't TIMESTAMP_NTZ, i INTERVAL, d INTERVAL DAY TO SECOND, y INTERVAL YEAR, v VOID';
const json =
  '{"type":"struct","fields":[' +
  '{"name":"id","type":"long","nullable":false,"metadata":{"comment":"the key"}},' +
  '{"name":"n","type":"integer","nullable":true,"metadata":{}},' +
  '{"name":"m","type":"decimal(10,2)","nullable":true,"metadata":{}},' +
  '{"name":"l","type":{"type":"array","elementType":"byte","containsNull":true},"nullable":true,"metadata":{}},' +
  '{"name":"p","type":{"type":"map","keyType":"string","valueType":{"type":"struct","fields":[' +
  '{"name":"x","type":"short","nullable":true,"metadata":{}}]},"valueContainsNull":true},"nullable":true,"metadata":{}},' +
  '{"name":"t","type":"timestamp_ntz","nullable":true,"metadata":{}},' +
  '{"name":"i","type":"interval","nullable":true,"metadata":{}},' +
  '{"name":"d","type":"interval day to second","nullable":true,"metadata":{}},' +
  '{"name":"y","type":"interval year","nullable":true,"metadata":{}},' +
  '{"name":"v","type":"void","nullable":true,"metadata":{}}]}';

describe('a schema in JSON', () => {
  it('is what Spark writes', () => {
    expect(schemaToJson(parseDdl(ddl))).toBe(json);
    expect(formatDdl(schemaFromJson(json))).toBe(ddl);
  });

  it('comes back, with every type and what may be missing', () => {
    fc.assert(
      fc.property(fc.subarray(types, { minLength: 1 }), fc.boolean(), (some, nullable) => {
        const { fields } = schemaOf(some);
        const schema = { kind: 'struct' as const, fields: fields.map((f) => ({ ...f, nullable })) };
        expect(schemaFromJson(schemaToJson(schema))).toEqual(schema);
      }),
      { numRuns: 50 },
    );
  });

  it('is read with other metadata, user-defined types and what older versions wrote', () => {
    const field = (type: string, metadata: string): string =>
      `{"type":"struct","fields":[{"name":"a","type":${type},"nullable":true,"metadata":${metadata}}]}`;
    expect(formatDdl(schemaFromJson(field('"varchar(10)"', '{"x":1,"comment":"c"}')))).toBe("a STRING COMMENT 'c'");
    expect(formatDdl(schemaFromJson(field('"null"', '{}')))).toBe('a VOID');
    expect(formatDdl(schemaFromJson(field('{"type":"udt","class":"x","sqlType":"date"}', '{}')))).toBe('a DATE');
    expect(typeFromJson('"decimal(5,1)"')).toEqual({ kind: 'decimal', precision: 5, scale: 1 });
  });

  it.each([
    ['{', 'JSON'],
    ['"integer"', 'a struct was expected'],
    ['{"type":"struct"}', 'a list of `fields`'],
    ['{"type":"struct","fields":[{}]}', 'a field has a `name`'],
    ['{"type":"struct","fields":[{"name":"a","type":"strnig"}]}', 'the schema.a'],
    ['{"type":"struct","fields":[{"name":"a","type":{"type":"list"}}]}', 'array, map or struct'],
  ])('says what is wrong with %s', (text, message) => {
    expect(() => schemaFromJson(text)).toThrow(expect.objectContaining({ code: 'INVALID_SCHEMA' }));
    expect(() => schemaFromJson(text)).toThrow(message);
  });
});

describe('printSchema', () => {
  it('names every type as Spark does, and writes names on one line', () => {
    expect(treeString(parseDdl(`${ddl}, \`a\nb\` DATE`))).toBe(
      [
        'root',
        ' |-- id: long (nullable = false)',
        ' |-- n: integer (nullable = true)',
        ' |-- m: decimal(10,2) (nullable = true)',
        ' |-- l: array (nullable = true)',
        ' |    |-- element: byte (containsNull = true)',
        ' |-- p: map (nullable = true)',
        ' |    |-- key: string',
        ' |    |-- value: struct (valueContainsNull = true)',
        ' |    |    |-- x: short (nullable = true)',
        ' |-- t: timestamp_ntz (nullable = true)',
        ' |-- i: interval (nullable = true)',
        ' |-- d: interval day to second (nullable = true)',
        ' |-- y: interval year (nullable = true)',
        ' |-- v: void (nullable = true)',
        ' |-- a\\nb: date (nullable = true)',
      ].join('\n'),
    );
  });
});

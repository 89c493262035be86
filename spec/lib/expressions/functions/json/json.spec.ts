import fc from 'fast-check';
import { Table, columnFrom } from '../../../../../lib/columns/index.js';
import { Scope, compile, parseExpression, resolve } from '../../../../../lib/expressions/index.js';
import type { GeneratorDef } from '../../../../../lib/expressions/functions/define.js';
import type { Value } from '../../../../../lib/expressions/values.js';
import { readerOf } from '../../../../../lib/expressions/vector.js';
import { string, struct, structOf } from '../../../../../lib/schema/index.js';
import { caught } from '../../caught.js';
import { conditionOf, firstBatch, typeOf, valueOf } from '../../constants.js';

// The conditions and results are those of Spark's json-functions.sql, csv-functions.sql and of its source.
describe('the functions on JSON', () => {
  it('from_json takes a schema in any form', () => {
    expect(typeOf(`from_json('', 'a INT NOT NULL, b ARRAY<STRING>')`)).toBe('struct<a:int,b:array<string>>');
    expect(typeOf(`from_json('', 'struct<a: int>')`)).toBe('struct<a:int>');
    expect(typeOf(`from_json('', schema_of_json('{"c":[0]}'))`)).toBe('struct<c:array<bigint>>');
    expect(typeOf(`from_json('', '{"type":"array","elementType":"long","containsNull":true}')`)).toBe('array<bigint>');
    expect(valueOf(`from_json('{"a":1}', 'a INT', map('MODE', 'nonsense', 'nope', 'x'))`)).toEqual([1]);
  });

  it('from_json refuses what it cannot do', () => {
    expect(conditionOf(`from_json('{}', 1)`)).toBe('INVALID_SCHEMA.NON_STRING_LITERAL');
    expect(conditionOf(`from_json('{}', 'a InvalidType')`)).toBe('INVALID_SCHEMA.PARSE_ERROR');
    expect(conditionOf(`from_json('{}', 'int')`)).toBe('DATATYPE_MISMATCH.INVALID_JSON_SCHEMA');
    expect(conditionOf(`from_json('{}', 'a map<int,int>')`)).toBe('DATATYPE_MISMATCH.INVALID_JSON_MAP_KEY_TYPE');
    expect(conditionOf(`from_json(1, 'a INT')`)).toBe('DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE');
    expect(conditionOf(`from_json('{}', 'a INT', named_struct('mode', 'x'))`)).toBe('INVALID_OPTIONS.NON_MAP_FUNCTION');
    expect(conditionOf(`from_json('{}', 'a INT', map('mode', 1))`)).toBe('INVALID_OPTIONS.NON_STRING_TYPE');
    expect(conditionOf(`from_json('{}', 'a INT, _corrupt_record INT')`)).toBe('INVALID_CORRUPT_RECORD_TYPE');
    expect(conditionOf(`from_json('{}', 'a INT', map('mode', 'DROPMALFORMED'))`)).toBe('PARSE_MODE_UNSUPPORTED');
    expect(conditionOf(`from_json('{}', 'a INT', map('allowComments', 'perhaps'))`)).toBe('INVALID_PARAMETER_VALUE');
    expect(conditionOf(`from_json('x', 'a INT', map('mode', 'FAILFAST'))`)).toBe(
      'MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION',
    );
  });

  it('follow the zone of the session, or that of the options', () => {
    const read = (options: string): unknown =>
      valueOf(`from_json('{"t":"2020-01-01 00:00"}', 't TIMESTAMP'${options})`, { timeZone: '+01:00' });
    expect(read('')).toEqual([1_577_833_200_000_000n]);
    expect(read(`, map('timeZone', 'UTC')`)).toEqual([1_577_836_800_000_000n]);
    expect(valueOf(`to_json(named_struct('t', timestamp'2020-01-01 00:00:00'))`, { timeZone: '+01:00' })).toBe(
      '{"t":"2020-01-01T00:00:00.000+01:00"}',
    );
  });

  it('to_json takes structs, arrays and maps', () => {
    expect(conditionOf(`to_json(1)`)).toBe('DATATYPE_MISMATCH.INVALID_JSON_SCHEMA');
    expect(valueOf('to_json(NULL)')).toBeNull();
    expect(valueOf('to_json(map())')).toBe('{}');
    expect(valueOf(`to_json(map(named_struct('a', 1), 2))`)).toBe('{"[1]":2}');
  });

  it('schema_of_json takes constants', () => {
    expect(conditionOf('schema_of_json(NULL)')).toBe('DATATYPE_MISMATCH.UNEXPECTED_NULL');
    expect(conditionOf(`schema_of_json('bad')`)).toBe('MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION');
    expect(valueOf(`schema_of_json('{}')`)).toBe('STRUCT<>');
    expect(valueOf(`schema_of_json('[{}]')`)).toBe('ARRAY<STRUCT<>>');
    expect(valueOf(`schema_of_json('null', map('dropFieldIfAllNull', 'true'))`)).toBe('STRING');
    expect(valueOf(`schema_of_json('{"a":null,"b":[1]}', map('dropFieldIfAllNull', 'true'))`)).toBe(
      'STRUCT<b: ARRAY<BIGINT>>',
    );
    const scope = Scope.of(struct({ s: string() }));
    expect(caught(() => resolve(parseExpression('schema_of_json(s)'), scope)).details['condition']).toBe(
      'DATATYPE_MISMATCH.NON_FOLDABLE_INPUT',
    );
  });

  it('json_tuple gives a column a name', () => {
    let rows: readonly (readonly Value[])[] = [];
    const generator = (
      definition: GeneratorDef,
      _call: unknown,
      args: readonly { value?: Value }[],
      binding: never,
    ) => {
      expect(definition.columns(binding).map((c) => c.name)).toEqual(['c0', 'c1']);
      rows = definition.generate(binding)(...(args.map((arg) => arg.value ?? null) as never[]));
      return args[0] as never;
    };
    const run = (sql: string) =>
      resolve(parseExpression(sql), Scope.of(structOf([])), undefined, { generator } as never);
    run(`json_tuple('{"a":1,"b":"x"}', 'b', CAST(NULL AS STRING))`);
    expect(rows).toEqual([['x', null]]);
    run(`json_tuple(NULL, 'b', 'c')`);
    expect(rows).toEqual([[null, null]]);
    expect(conditionOfGenerator(() => run('json_tuple(1, 2)'))).toBe('DATATYPE_MISMATCH.NON_STRING_TYPE');
  });

  it('on VARIANT say what to use instead', () => {
    expect(conditionOf(`parse_json('1')`)).toBe('UNSUPPORTED_FEATURE.VARIANT');
    expect(() => valueOf(`variant_get(1, '$')`)).toThrow('get_json_object');
  });

  it('over columns give what they give row by row', () => {
    const text = fc.oneof(fc.json(), fc.constantFrom('', 'bad', '{"a":1', '[1,2]', 'é', '\udc80{}'));
    const calls = [
      `from_json(s, 'a INT, b STRING, _corrupt_record STRING')`,
      `to_json(from_json(s, 'ARRAY<STRING>'))`,
      `get_json_object(s, '$.a')`,
      `get_json_object(s, '$[*]')`,
      'json_array_length(s)',
      'json_object_keys(s)',
      `from_csv(s, 'a INT, b STRING, _corrupt_record STRING')`,
      `to_csv(from_csv(s, 'a STRING, b STRING'))`,
    ];
    const schema = struct({ s: string() });
    const compiled = calls.map((sql) => compile(parseExpression(sql), schema));
    fc.assert(
      fc.property(fc.array(fc.option(text), { minLength: 2, maxLength: 6 }), (texts) => {
        const column = (values: readonly unknown[]) => new Table(schema, [columnFrom(string(), values)], values.length);
        for (const expression of compiled) {
          const whole = readerOf(expression.over(column(texts), firstBatch()));
          texts.forEach((one, i) => {
            expect(whole(i)).toEqual(readerOf(expression.over(column([one]), firstBatch()))(0));
          });
        }
      }),
      { numRuns: 50 },
    );
  });
});

const conditionOfGenerator = (run: () => unknown): unknown => caught(run).details['condition'];

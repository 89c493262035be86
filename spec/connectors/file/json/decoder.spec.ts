import type { Decimal } from '../../../../lib/schema/index.js';
import { Timestamp } from '../../../../lib/schema/index.js';
import { codeOf, decoderOf, feed, rowsOf } from './harness.js';

const bad = (ddl: string, line: string): unknown =>
  rowsOf(`${ddl}, _corrupt_record STRING`, line)[0]!['_corrupt_record'];

describe('records', () => {
  it('reads an object a line, whatever the order, the blanks and the names nobody asked for', () => {
    const data = ' {"b":"x","a":1}\n{"b":"y"}\r\n{ "z" : [1,{"a":9}] , "a" : 3 }\r{}\n\n  \t\n{"a":4}';
    expect(rowsOf('a INT, b STRING', data)).toEqual([
      { a: 1, b: 'x' },
      { a: null, b: 'y' },
      { a: 3, b: null },
      { a: null, b: null },
      { a: 4, b: null },
    ]);
  });

  it('gives the columns asked for, in that order', () => {
    const decoder = decoderOf('a INT, b STRING, c DOUBLE', { columns: ['c', 'a'] });
    feed(decoder, Buffer.from('{"a":1,"b":"x","c":2.5}\n{"a":1,"b":7}'));
    expect(decoder.numRows).toBe(2);
    const table = decoder.take();
    expect(table.schema.fields.map((f) => f.name)).toEqual(['c', 'a']);
    expect(table.toRows()).toEqual([
      { c: 2.5, a: 1 },
      { c: null, a: 1 },
    ]);
    expect(decoder.numRows).toBe(0);
    expect(decoder.malformed).toBe(0);
    expect(decoder.take().numRows).toBe(0);
  });

  it('counts rows if no column is asked for', () => {
    const decoder = decoderOf('a INT', { columns: [] });
    feed(decoder, Buffer.from('{"a":1}\n[{},{}]\nbad\n'));
    expect(decoder.take()).toMatchObject({ numRows: 4, columns: [] });
    expect(decoder.malformed).toBe(1);
  });

  it('keeps the last of several values of one name, of whatever type', () => {
    const ddl = 'a INT, b STRING, c ARRAY<INT>, d STRUCT<x: INT, y: INT>';
    const line = '{"a":1,"b":"x","c":[1,2],"d":{"x":1,"x":2},"a":2,"b":"yy","c":[3],"d":{"y":3}}';
    expect(rowsOf(ddl, `${line}\n{"a":3,"a":null}`)).toEqual([
      { a: 2, b: 'yy', c: [3], d: { x: null, y: 3 } },
      { a: null, b: null, c: null, d: null },
    ]);
  });

  it('matches names with case, and by what they mean, not how they are spelled', () => {
    expect(rowsOf('`ä"` INT, a INT', '{"A":1,"\\u00e4\\"":2}\n{"\\u0061":3,"ä\\"":4}\n{"a" :5}')).toEqual([
      { 'ä"': 2, a: null },
      { 'ä"': 4, a: 3 },
      { 'ä"': null, a: 5 },
    ]);
  });

  it('does not confuse a name with one that it begins with', () => {
    expect(rowsOf('a INT, ab INT', '{"a":1,"ab":2}\n{"ab":3,"a":4}\n{"ab":5}\n{"a":6}')).toEqual([
      { a: 1, ab: 2 },
      { a: 4, ab: 3 },
      { a: null, ab: 5 },
      { a: 6, ab: null },
    ]);
  });

  it('copes with names without end', () => {
    const lines = Array.from({ length: 3000 }, (_, i) => `{"k${i}":1,"a":${i},"l${i}":{"m${i}":2}}`);
    expect(rowsOf('a INT', lines.join('\n')).map((r) => r['a'])).toEqual(lines.map((_, i) => i));
  });

  it('gives a row for each object of an array', () => {
    const data = '[{"a":1}, {"a":2} ]\n[]\n[{"a":"x"},{"a":3}]\n[{"a":1},null]\n[{"a":1}';
    expect(rowsOf('a INT, _corrupt_record STRING', data)).toEqual([
      { a: 1, _corrupt_record: null },
      { a: 2, _corrupt_record: null },
      { a: null, _corrupt_record: '[{"a":"x"},{"a":3}]' },
      { a: 3, _corrupt_record: '[{"a":"x"},{"a":3}]' },
      { a: null, _corrupt_record: '[{"a":1},null]' },
      { a: null, _corrupt_record: '[{"a":1}' },
    ]);
  });

  it('ignores what follows the record on its line', () => {
    expect(rowsOf('a INT, _corrupt_record STRING', '{"a":1} {"a":2}\n{"a":3}}')).toEqual([
      { a: 1, _corrupt_record: null },
      { a: 3, _corrupt_record: null },
    ]);
  });

  it('skips a byte order mark where the file starts, and only there', () => {
    expect(rowsOf('a INT', '\ufeff{"a":1}\n', {}, [1, 2, 4])).toEqual([{ a: 1 }]);
    expect(rowsOf('a INT', '\ufeff{"a":1}\n', { atStart: false })).toEqual([{ a: null }]);
  });

  it('ends records at lineSep instead of line ends', () => {
    expect(rowsOf('a INT', '{"a":\n1}||{"a":2}||', { options: { lineSep: '||' } }, [9, 10, 11])).toEqual([
      { a: 1 },
      { a: 2 },
    ]);
    // What ends a record must not be taken for a part of it.
    const rows = rowsOf('a INT', '{"a":1}}{"a":2', { options: { lineSep: '}' } });
    expect(rows).toEqual([{ a: null }, { a: null }]);
  });
});

describe('malformed records', () => {
  const data = '{"a":1,"b":"x"}\n{"a":\nnot json\n{"a":"q","b":"y"}\n{"a":3,"b":"z"}\n';

  it('are kept with what can be read of them', () => {
    const decoder = decoderOf('a INT, _corrupt_record STRING, b STRING');
    feed(decoder, Buffer.from(data));
    expect(decoder.take().toRows()).toEqual([
      { a: 1, _corrupt_record: null, b: 'x' },
      { a: null, _corrupt_record: '{"a":', b: null },
      { a: null, _corrupt_record: 'not json', b: null },
      { a: null, _corrupt_record: '{"a":"q","b":"y"}', b: 'y' },
      { a: 3, _corrupt_record: null, b: 'z' },
    ]);
    expect(decoder.malformed).toBe(3);
  });

  it('are dropped, and counted all the same', () => {
    const decoder = decoderOf('a INT, b STRING', { options: { mode: 'dropMalformed' } });
    feed(decoder, Buffer.from(data));
    expect(decoder.take().toRows()).toEqual([
      { a: 1, b: 'x' },
      { a: 3, b: 'z' },
    ]);
    expect(decoder.malformed).toBe(3);
  });

  it('fail, saying where and what', () => {
    const options = { mode: 'FAILFAST' };
    const syntax = () => rowsOf('a INT', `{"a":1}\n{"a":2 "b":3}`, { options });
    expect(syntax).toThrow(
      /'orders.json'.*record at byte 8.*at byte 15 there is neither a comma nor the end of an object \("b":3}\)/,
    );
    const type = () => rowsOf('a INT', `{"a":1}\n{"a":2.5}`, { options });
    expect(type).toThrow(/at byte 13 there is a value for the column 'a' of type INT that it cannot hold \(2.5}\)/);
    expect(codeOf(type)).toBe('MALFORMED_RECORD');
  });

  it('do not fail for columns that nobody asked for', () => {
    expect(rowsOf('a INT, b STRING', '{"a":"q","b":"y"}', { columns: ['b'], options: { mode: 'FAILFAST' } })).toEqual([
      { b: 'y' },
    ]);
  });

  it('leave no trace in columns that were begun', () => {
    const ddl = 'a ARRAY<STRING>, m MAP<STRING, ARRAY<INT>>, s STRUCT<x: STRING>, t STRING';
    const good = '{"a":["p"],"m":{"k":[1]},"s":{"x":"u"},"t":"w"}';
    const broken = '{"t":"lost","a":["lost"],"s":{"x":"lost"},"m":{"lost":[1,2,';
    const rows = rowsOf(ddl, [good, broken, '{"m":{"k":[1,"x"]},"a":["q",null],"t":"v"}', good].join('\n'));
    const whole = { a: ['p'], m: new Map([['k', [1]]]), s: { x: 'u' }, t: 'w' };
    expect(rows).toEqual([
      whole,
      { a: null, m: null, s: null, t: null },
      { a: ['q', null], m: null, s: null, t: 'v' },
      whole,
    ]);
  });

  it('keep the parts of structs, and of arrays and maps of them', () => {
    const ddl =
      's STRUCT<x: INT, y: STRING>, l ARRAY<STRUCT<x: INT>>, m MAP<STRING, STRUCT<x: INT>>, _corrupt_record STRING';
    const line = '{"s":{"x":"bad","y":"q"},"l":[{"x":1},{"x":"bad"},{"x":3}],"m":{"k":{"x":[]}}}';
    expect(rowsOf(ddl, line)).toEqual([
      {
        s: { x: null, y: 'q' },
        l: [{ x: 1 }, { x: null }, { x: 3 }],
        m: new Map([['k', { x: null }]]),
        _corrupt_record: line,
      },
    ]);
  });

  it.each([
    '{"a":1',
    '{"a":1,',
    '{"a":1,}',
    '{,"a":1}',
    '{"a" 1}',
    '{"a":}',
    '{"a"',
    '{"a:1}',
    '{a:1}',
    '{"a":01}',
    '{"a":1.}',
    '{"a":.5}',
    '{"a":1e}',
    '{"a":+1}',
    '{"a":- 1}',
    '{"a":tru}',
    '{"a":nulls}',
    '{"z":[1,]}',
    '{"z":[1 2]}',
    '{"z":{"y":1,}}',
    '{"z":"\\q"}',
    '{"z":"\\u12g4"}',
    '{"z":"\t"}',
    '{"a":1 /* c */}',
    '1',
    '"x"',
    'null',
    'true',
    '\0',
  ])('are found: %j', (line) => {
    expect(bad('a INT', line)).toBe(line);
  });

  it('are found by bytes that are not UTF-8, in what is asked for and in what is not', () => {
    const invalid = Buffer.concat([Buffer.from('{"z":"'), Buffer.from([0x80]), Buffer.from('"}\n{"z":"ä"}')]);
    const rows = rowsOf('a INT, z STRING, _corrupt_record STRING', invalid);
    expect(rows).toEqual([
      { a: null, z: null, _corrupt_record: '{"z":"\ufffd"}' },
      { a: null, z: 'ä', _corrupt_record: null },
    ]);
    expect(rowsOf('a INT, _corrupt_record STRING', invalid)[0]).toEqual({ a: null, _corrupt_record: '{"z":"\ufffd"}' });
  });

  it('are found by their depth, not by a stack that overflows', () => {
    const nested = (n: number, open: string, close: string) => `{"a":1,"z":${open.repeat(n)}0${close.repeat(n)}}`;
    expect(rowsOf('a INT', nested(999, '[', ']'))).toEqual([{ a: 1 }]);
    expect(rowsOf('a INT', nested(1000, '[', ']'))).toEqual([{ a: null }]);
    expect(rowsOf('a INT', nested(100_000, '[', ']'))).toEqual([{ a: null }]);
    expect(rowsOf('a INT, z STRING', nested(100_000, '{"k":', '}'))).toEqual([{ a: null, z: null }]);
    expect(rowsOf('a INT', '['.repeat(100_000))).toEqual([{ a: null }]);
  });

  it('are those with numbers of more than 1000 digits', () => {
    expect(rowsOf('b STRING', `{"b":${'1'.repeat(1000)}}\n{"b":${'1'.repeat(1001)}}`).map((r) => r['b'])).toEqual([
      '1'.repeat(1000),
      null,
    ]);
  });
});

describe('values', () => {
  const value = (type: string, json: string): unknown =>
    rowsOf(`v ${type}`, `{"v":${json}}`, { options: { mode: 'FAILFAST' } })[0]!['v'];
  const refused = (type: string, json: string): boolean => bad(`v ${type}`, `{"v":${json}}`) !== null;

  it('of whole numbers are exact, or refused', () => {
    expect(value('BIGINT', '9223372036854775807')).toBe(9223372036854775807n);
    expect(value('BIGINT', '-9223372036854775808')).toBe(-9223372036854775808n);
    expect(value('BIGINT', '9007199254740993')).toBe(9007199254740993n);
    expect(value('BIGINT', '-1')).toBe(-1);
    expect(value('INT', '-2147483648')).toBe(-2147483648);
    expect(value('TINYINT', '128')).toBe(-128);
    for (const json of [
      '9223372036854775808',
      '-9223372036854775809',
      '1.0',
      '1e2',
      '"1"',
      'true',
      '[1]',
      '99999999999999999999',
    ]) {
      expect([json, refused('BIGINT', json)]).toEqual([json, true]);
    }
    expect(refused('INT', '2147483648')).toBe(true);
    expect(refused('SMALLINT', '32768')).toBe(true);
    expect(refused('TINYINT', '256')).toBe(true);
  });

  it('of doubles and floats are the nearest', () => {
    expect(value('DOUBLE', '0.1')).toBe(0.1);
    expect(value('DOUBLE', '-0')).toBe(-0);
    expect(value('DOUBLE', '123456789012345678901234567890')).toBe(Number('123456789012345678901234567890'));
    expect(value('DOUBLE', '2.2250738585072011e-308')).toBe(Number('2.2250738585072011e-308'));
    expect(value('DOUBLE', '1e400')).toBe(Infinity);
    expect(value('DOUBLE', '1.7976931348623157E+308')).toBe(Number.MAX_VALUE);
    expect(value('FLOAT', '16777217')).toBe(16777216);
    expect(value('FLOAT', '1e39')).toBe(Infinity);
    // The nearest double is halfway between two floats, this text is not.
    expect(value('FLOAT', '1.00000005960464477539062500000001')).toBe(1 + 2 ** -23);
    expect(refused('DOUBLE', '"1.5"')).toBe(true);
    expect(refused('DOUBLE', 'true')).toBe(true);
  });

  it('of doubles may be no numbers, quoted or not', () => {
    for (const [json, expected] of [
      ['"NaN"', NaN],
      ['NaN', NaN],
      ['"Infinity"', Infinity],
      ['"+INF"', Infinity],
      ['"-INF"', -Infinity],
      ['-Infinity', -Infinity],
    ] as const) {
      expect(value('DOUBLE', json)).toBe(expected);
      expect(value('FLOAT', json)).toBe(expected);
    }
    expect(refused('DOUBLE', '"nan"')).toBe(true);
    expect(refused('BIGINT', 'NaN')).toBe(true);
    const options = { allowNonNumericNumbers: false };
    expect(rowsOf('v DOUBLE', '{"v":NaN}\n{"v":"NaN"}\n{"v":1}', { options })).toEqual([
      { v: null },
      { v: null },
      { v: 1 },
    ]);
  });

  it('of strings keep the text of what is no string', () => {
    expect(value('STRING', '"a\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\ud83d\\ude00"')).toBe('a"\\/\b\f\n\r\té😀');
    expect(value('STRING', '1.50e+1')).toBe('1.50e+1');
    expect(value('STRING', '12345678901234567890123')).toBe('12345678901234567890123');
    expect(value('STRING', '{ "x" : [1, 2 ] }')).toBe('{ "x" : [1, 2 ] }');
    expect(value('STRING', 'true')).toBe('true');
    expect(value('STRING', 'null')).toBeNull();
    expect(value('STRING', '"\\ud800x"')).toBe('\ufffdx');
    expect(value('STRING', '""')).toBe('');
  });

  it('of decimals are rounded to the scale, never cut to the precision', () => {
    const text = (type: string, json: string) => (value(type, json) as Decimal).toString();
    expect(text('DECIMAL(38,18)', '12345678901234567890.123456789012345678')).toBe(
      '12345678901234567890.123456789012345678',
    );
    expect(text('DECIMAL(10,2)', '-1.5')).toBe('-1.50');
    expect(text('DECIMAL(10,2)', '1.005')).toBe('1.01');
    expect(text('DECIMAL(10,2)', '"1,000.5"')).toBe('1000.50');
    expect(text('DECIMAL(38,18)', '1e-18')).toBe('0.000000000000000001');
    expect(text('DECIMAL(20,0)', '12345678901234567890')).toBe('12345678901234567890');
    expect(refused('DECIMAL(3,2)', '10')).toBe(true);
    expect(refused('DECIMAL(3,2)', '9.999')).toBe(true);
    expect(refused('DECIMAL(10,2)', '"x"')).toBe(true);
    expect(refused('DECIMAL(10,2)', '""')).toBe(true);
    expect(refused('DECIMAL(10,2)', 'NaN')).toBe(true);
  });

  it('of dates and timestamps are what CAST would make of them', () => {
    expect(value('DATE', '"2020-02-29"')).toEqual(new Date('2020-02-29'));
    expect(value('DATE', '"2020-1-1"')).toEqual(new Date('2020-01-01'));
    expect(value('DATE', '"2020-02-03T10:00:00"')).toEqual(new Date('2020-02-03'));
    for (const json of ['"2021-02-29"', '18000', '""', '"x"']) expect(refused('DATE', json)).toBe(true);
    expect(value('TIMESTAMP', '"2020-02-03T10:11:12.123456789Z"')).toEqual(new Timestamp(1580724672123456n));
    expect(value('TIMESTAMP', '"2020-02-03T10:11:12+02:00"')).toEqual(new Date('2020-02-03T08:11:12Z'));
    expect(value('TIMESTAMP', '"2020-02-03\\u002010:11"')).toEqual(new Date('2020-02-03T10:11:00Z'));
    expect(value('TIMESTAMP', '-1')).toEqual(new Date(-1000));
    expect(value('TIMESTAMP', '1580724672000')).toEqual(new Date(1580724672000000));
    for (const json of ['1580724672.5', '"12:00"', 'true', '99999999999999999'])
      expect(refused('TIMESTAMP', json)).toBe(true);
    expect(value('TIMESTAMP_NTZ', '"2020-02-03T10:11:12.5"')).toEqual(new Date('2020-02-03T10:11:12.5Z'));
    expect(refused('TIMESTAMP_NTZ', '"2020-02-03T10:11:12Z"')).toBe(true);
  });

  it('of booleans and binaries are nothing else', () => {
    expect(value('BOOLEAN', 'true')).toBe(true);
    expect(value('BOOLEAN', 'false')).toBe(false);
    for (const json of ['"true"', '1', '""']) expect(refused('BOOLEAN', json)).toBe(true);
    expect(value('BINARY', '"AQID/w=="')).toEqual(Uint8Array.of(1, 2, 3, 255));
    for (const json of ['"AQI"', '"A!=="', '5']) expect(refused('BINARY', json)).toBe(true);
  });

  it('of arrays, maps and structs nest', () => {
    expect(value('ARRAY<ARRAY<INT>>', '[[1,2],[],null,[null]]')).toEqual([[1, 2], [], null, [null]]);
    expect(value('MAP<STRING, DOUBLE>', '{"a":1.5,"b":null}')).toEqual(
      new Map([
        ['a', 1.5],
        ['b', null],
      ]),
    );
    expect(value('STRUCT<x: INT, y: STRUCT<z: BOOLEAN>>', '{"y":{"z":true},"q":1}')).toEqual({
      x: null,
      y: { z: true },
    });
    for (const type of ['ARRAY<INT>', 'STRUCT<x: INT>', 'MAP<STRING, INT>']) {
      for (const json of ['5', '"s"', '""']) expect(refused(type, json)).toBe(true);
    }
    expect(refused('ARRAY<INT>', '{"x":1}')).toBe(true);
    expect(refused('STRUCT<x: INT>', '[1]')).toBe(true);
  });
});

describe('what else may be JSON', () => {
  const one = (line: string, options: Record<string, unknown>) =>
    rowsOf('a INT, b STRING', line, { options: { mode: 'FAILFAST', ...options } });

  it('single quotes, unless they are not allowed', () => {
    expect(one(`{'a':1,'b':'it"s \\' '}`, {})).toEqual([{ a: 1, b: `it"s ' ` }]);
    expect(codeOf(() => one(`{'a':1}`, { allowSingleQuotes: false }))).toBe('MALFORMED_RECORD');
  });

  it('by option: names without quotes, comments, zeros in front, any escape, control characters', () => {
    expect(one('{a:1,b:"x",$c-d:{e:1}}', { allowUnquotedFieldNames: true })).toEqual([{ a: 1, b: 'x' }]);
    expect(one('/* x */{"a":/**/1,// y', { allowComments: true, mode: 'PERMISSIVE' })).toEqual([{ a: null, b: null }]);
    expect(one('/* x */{"a":/**/1/* y */,"b"/**/:"/*"/**/}', { allowComments: true })).toEqual([{ a: 1, b: '/*' }]);
    expect(one('{"a":-007}', { allowNumericLeadingZeros: true })).toEqual([{ a: -7, b: null }]);
    expect(one('{"b":"\\q\\ä"}', { allowBackslashEscapingAnyCharacter: true })).toEqual([{ a: null, b: 'qä' }]);
    expect(one('{"b":"x\ty"}', { allowUnquotedControlChars: true })).toEqual([{ a: null, b: 'x\ty' }]);
  });
});

describe('what cannot be', () => {
  it('is refused before a byte is read', () => {
    expect(codeOf(() => decoderOf('a INT', { columns: ['b'] }))).toBe('UNKNOWN_COLUMN');
    expect(codeOf(() => decoderOf('a MAP<INT, STRING>'))).toBe('INVALID_SCHEMA');
    expect(codeOf(() => decoderOf('a INT, _corrupt_record INT'))).toBe('INVALID_SCHEMA');
    expect(codeOf(() => decoderOf('a INT', { options: { mode: 'nonsense' } }))).toBe('INVALID_OPTION');
  });

  it('is a record longer than maxRecordBytes, whether its end has come or not', () => {
    const options = { maxRecordBytes: 20, mode: 'PERMISSIVE' };
    const long = `{"a":1}\n{"a":2${' '.repeat(20)}}`;
    expect(codeOf(() => rowsOf('a INT', `${long}\n`, { options }))).toBe('RECORD_TOO_LARGE');
    expect(() => rowsOf('a INT', long, { options }, [25, 30])).toThrow(
      /'orders.json': the record at byte 8 is longer than/,
    );
    expect(rowsOf('a INT', '{"a":1}\n'.repeat(10), { options })).toHaveLength(10);
  });
});

import { conditionOf, valueOf } from '../../constants.js';

const bytes = (...list: number[]) => Uint8Array.from(list);

/** What Spark 4 gives. */
const cases: readonly (readonly [sql: string, value: unknown])[] = [
  // Case: full mappings, of no language.
  ["upper('ßé')", 'SSÉ'],
  ["lower('ÀΣ')", 'àς'],
  ["lower('İ')", 'i̇'],
  ["initcap('hELLO wORLD-wide\tx')", 'Hello World-wide\tx'],
  ["initcap('ß é')", 'ß É'],
  ["upper(x'61ff')", 'A\ufffd'],
  // Lengths are in characters, or in bytes of binaries.
  ["length('a😀é ')", 4],
  ["length(x'c3')", 1],
  ["length(CAST(x'c3' AS STRING))", 1],
  ["length(CAST(x'e28261' AS STRING))", 1],
  ['length(123)', 3],
  ["bit_length(x'0102')", 16],
  ["octet_length('')", 0],
  ["ascii('😀')", 128512],
  ['chr(0)', '\0'],
  ['chr(321)', 'A'],
  ['chr(-1)', ''],
  ['chr(233)', 'é'],
  // Parts.
  ["substring('abcdef', -10, 6)", 'ab'],
  ["substring('abc', -5, 3)", 'a'],
  ["substring('abc', 0, 2)", 'ab'],
  ["substring('a😀b', -2)", '😀b'],
  ["substring('abc', 2, 2147483647)", 'bc'],
  ["substring(x'010203', 2, 1)", bytes(2)],
  ["substring(x'010203', -5, 3)", bytes(1)],
  ["left('a😀b', 2)", 'a😀'],
  ["left(x'0102', 1)", bytes(1)],
  ["right('a😀b', 2)", '😀b'],
  ["right('abc', 5)", 'abc'],
  ['right(NULL, 1)', null],
  ["right('abc', NULL)", null],
  ["substring_index('a.b.c', '.', 5)", 'a.b.c'],
  ["substring_index('a.b.c', '.', -5)", 'a.b.c'],
  ["substring_index('a.b.c', '.', 0)", ''],
  ["substring_index('aaaa', 'aa', 2)", 'a'],
  ["substring_index('aaaa', 'aa', -2)", 'a'],
  ["substring_index('.a', '.', 1)", ''],
  ["substring_index('a.', '.', -1)", ''],
  ["substring_index('', '.', -1)", ''],
  ["split_part('a.b.c', '.', -1)", 'c'],
  ["split_part('a.b.c', '.', -4)", ''],
  ["split_part('', ',', 1)", ''],
  ["split_part('a,b', NULL, 1)", null],
  ["overlay('Spark SQL' PLACING '_' FROM 0)", '_Spark SQL'],
  ["overlay('Spark SQL' PLACING 'ANSI ' FROM 7 FOR 0)", 'Spark ANSI SQL'],
  ["overlay('abc' PLACING 'X' FROM 10)", 'abcX'],
  ["overlay('abc' PLACING 'XY' FROM -1)", 'XYabc'],
  ["overlay(x'010203' PLACING x'ff' FROM 2)", bytes(1, 255, 3)],
  // Trimming: spaces only, unless characters are given.
  ["trim('\\u3000 a ')", '\u3000 a'],
  ["ltrim('  a\\t ')", 'a\t '],
  ["trim(BOTH '😀' FROM '😀a😀')", 'a'],
  ["trim('' FROM 'a ')", 'a '],
  ["trim(LEADING FROM '  a ')", 'a '],
  ["btrim('  a ')", 'a'],
  ["trim(NULL FROM 'a')", null],
  ["rtrim('yx', 'axyx')", 'a'],
  // Padding.
  ["lpad('😀', 3, 'é')", 'éé😀'],
  ["lpad('abc', 5)", '  abc'],
  ["lpad('abc', 5, '')", 'abc'],
  ["lpad('abc', -1, 'x')", ''],
  ["rpad('a😀b', 2)", 'a😀'],
  ["lpad(x'01', 3)", bytes(0, 0, 1)],
  ["rpad(x'01', 4, x'0203')", bytes(1, 2, 3, 2)],
  ["lpad(x'010203', 2, x'00')", bytes(1, 2)],
  ["lpad(x'61', 3, 'b')", 'bba'],
  ["repeat('ab', -1)", ''],
  ['space(0)', ''],
  ['space(2)', '  '],
  // Searching.
  ["instr('aéb', 'b')", 3],
  ["instr('a😀b', 'b')", 3],
  ["instr('abc', '')", 1],
  ["locate('', 'abc')", 1],
  ["locate('a', 'abc', 0)", 0],
  ["locate('b', '😀b😀b', 3)", 4],
  ["locate(NULL, 'abc')", null],
  ["position('b' IN 'abc')", 2],
  ["find_in_set('', 'a,,b')", 2],
  ["find_in_set('', '')", 1],
  ["find_in_set('c', 'a,b,c')", 3],
  ["contains('abc', '')", true],
  ["contains('abc', NULL)", null],
  ["startswith(x'0102', x'01')", true],
  ["endswith('abc', x'63')", true],
  ["contains(x'c3a9', x'a9')", true],
  // A binary beside a text is taken for one as it is, and texts are compared by their bytes.
  ["contains('é', x'a9')", true],
  ["startswith('é', x'c3')", true],
  ["endswith(x'c3a9', 'é')", true],
  // Replacing.
  ["replace('aaa', 'aa', 'b')", 'ba'],
  ["replace('abc', 'b')", 'ac'],
  ["replace('a$b', '$', '$&')", 'a$&b'],
  ["translate('translate', 'rnlt', '123')", '1a2s3ae'],
  ["translate('aab', 'aa', 'xy')", 'xxb'],
  ["translate('a😀', '😀', 'é')", 'aé'],
  ["reverse('a😀b')", 'b😀a'],
  ['reverse(array(1, NULL))', [null, 1]],
  // Joining: nulls are left out.
  ["concat_ws(',')", ''],
  ["concat_ws(',', NULL, 'a', array(NULL), array('b', 'c'), 1)", 'a,b,c,1'],
  ["concat_ws(',', array(), 'x')", 'x'],
  ["elt(2, 'a', 'b')", 'b'],
  ["elt(1, NULL, 'b')", null],
  ["elt(NULL, 'a')", null],
  ["elt(1, x'01', x'02')", bytes(1)],
  ["elt(2, 'a', x'62')", 'b'],
  // Formats.
  ["format_string('%5d|%-5s|%05.1f|%x', 42, 'ab', 3.14159D, 255L)", '   42|ab   |003.1|ff'],
  ["format_string('%s %s', CAST(1.50 AS DECIMAL(4,2)), 1.0E7D)", '1.50 1.0E7'],
  ["format_string('%s', NULL)", 'null'],
  ['format_string(NULL, 1)', null],
  ["format_string('%s', true)", 'true'],
  ["printf('%2$s %1$s', 'a', 'b')", 'b a'],
  ["format_string('100%%')", '100%'],
  // Codes.
  ["base64('')", ''],
  ["unbase64('YW Jj!')", bytes(0x61, 0x62, 0x63)],
  ["unbase64('YQ')", bytes(0x61)],
  ["encode('é', 'utf-16')", bytes(0xfe, 0xff, 0x00, 0xe9)],
  ["encode('😀', 'UTF-32')", bytes(0, 1, 0xf6, 0)],
  ["decode(x'fffe6100', 'UTF-16')", 'a'],
  ["decode(NULL, 'UTF-8')", null],
  ["decode(NULL, 1, 'a', NULL, 'b')", 'b'],
  ["decode(3, 1, 'a', 2, 'b')", null],
  ["to_binary('abc')", bytes(0x0a, 0xbc)],
  ["to_binary('é', 'UTF-8')", bytes(0xc3, 0xa9)],
  ["to_binary('YQ==', 'base64')", bytes(0x61)],
  ["to_binary('a', NULL)", null],
  ["try_to_binary('zz', 'hex')", null],
  ["is_valid_utf8(CAST(x'61ff' AS STRING))", false],
  ["make_valid_utf8(x'c3')", '\ufffd'],
  ["try_validate_utf8(x'ff')", null],
  // Measures.
  ["soundex('Ashcraft')", 'A261'],
  ["soundex('Tymczak')", 'T522'],
  ["soundex('')", ''],
  ["soundex('1a')", '1a'],
  ["levenshtein('', 'abc')", 3],
  ["levenshtein('😀', 'a')", 1],
  ["levenshtein('kitten', 'sitting', 3)", 3],
  ["luhn_check('')", false],
  ["luhn_check('79927398713')", true],
  ["luhn_check('7992 7398713')", false],
  ["mask('AbCD123-@$#', NULL, 'q', NULL, '*')", 'AqCD123****'],
  ['mask(NULL)', null],
  ["quote('a\\'b')", "'a\\'b'"],
  ["sentences('One two. Three?')", [['One', 'two'], ['Three']]],
  ["collation('a')", 'SYSTEM.BUILTIN.UTF8_BINARY'],
];

it.each(cases)('%s', (sql, value) => {
  const got = valueOf(sql);
  expect(got instanceof Uint8Array ? Uint8Array.from(got) : got).toEqual(value);
});

it.each([
  ["split_part('a', ',', 0)", 'INVALID_INDEX_OF_ZERO'],
  ["elt(3, 'a', 'b')", 'INVALID_ARRAY_INDEX'],
  ["format_string('%d', 'a')", 'INVALID_PARAMETER_VALUE.FORMAT'],
  ["format_string('%0$s', 'a')", 'INVALID_PARAMETER_VALUE.ZERO_INDEX'],
  ["encode('a', 'latin1')", 'INVALID_PARAMETER_VALUE.CHARSET'],
  ["decode(x'ff', 'US-ASCII')", 'MALFORMED_CHARACTER_CODING'],
  ["to_binary('zz')", 'CONVERSION_INVALID_INPUT'],
  ["to_binary('a', 'rot13')", 'DATATYPE_MISMATCH.INVALID_ARG_VALUE'],
  ["unbase64('a')", 'CONVERSION_INVALID_INPUT'],
  ["validate_utf8(x'ff')", 'INVALID_UTF8_STRING'],
  ['randstr(-1, 0)', 'DATATYPE_MISMATCH.VALUE_OUT_OF_RANGE'],
  ["mask('a', 'XX')", 'DATATYPE_MISMATCH.INPUT_SIZE_NOT_ONE'],
  ["collate('a', 'UNICODE')", 'COLLATION_INVALID_NAME'],
  ["repeat('abcdefghij', 2147483647)", 'COLLECTION_SIZE_LIMIT_EXCEEDED.FUNCTION'],
  ['space(2147483647)', 'COLLECTION_SIZE_LIMIT_EXCEEDED.FUNCTION'],
  ["lpad('a', 2147483647, 'b')", 'COLLECTION_SIZE_LIMIT_EXCEEDED.FUNCTION'],
])('%s is refused', (sql, condition) => {
  expect(conditionOf(sql)).toBe(condition);
});

it('gives null without ANSI where there is no such input', () => {
  expect(valueOf("elt(0, 'a')", { ansi: false })).toBeNull();
});

it('draws random texts that a seed gives again', () => {
  expect(valueOf('randstr(3, 0)')).toBe('ceV');
  expect(valueOf('randstr(20)')).toMatch(/^[0-9a-zA-Z]{20}$/);
  expect(valueOf('randstr(0, 1)')).toBe('');
});

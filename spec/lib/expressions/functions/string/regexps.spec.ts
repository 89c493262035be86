import { conditionOf, valueOf } from '../../constants.js';

it.each([
  ["'abc' RLIKE 'b.'", true],
  ["regexp('abc', '^b')", false],
  ["regexp_like(NULL, 'a')", null],
  ["regexp_extract('100-200', r'(\\d+)-(\\d+)')", '100'],
  ["regexp_extract('100-200', r'(\\d+)-(\\d+)', 0)", '100-200'],
  ["regexp_extract('b', '(a)?b', 1)", ''],
  ["regexp_extract('abc', 'x', 9)", ''],
  ["regexp_extract_all('1a2b', r'(\\d)([a-z])', 0)", ['1a', '2b']],
  ["regexp_extract_all('ab', '(a)|b', 1)", ['a', '']],
  ["regexp_extract_all('abc', 'x')", []],
  ["regexp_extract_all('ab', '', 0)", ['', '', '']],
  ["regexp_replace('a1b2', r'(\\d)', '<$1>')", 'a<1>b<2>'],
  ["regexp_replace('a1b2', r'(\\d)', r'\\$1')", 'a$1b$1'],
  ["regexp_replace('ab', '(?<x>a)', '${x}${x}')", 'aab'],
  ["regexp_replace('ab', '(a)', '$12')", 'a2b'],
  // Inside a region its beginning is where ^ matches, and what stands before is not seen.
  ["regexp_replace('aaa', '^a', 'b', 2)", 'aba'],
  ["regexp_replace('aba', '(?<=a)b', 'x', 2)", 'aba'],
  ["regexp_replace('abc', 'c', 'x', 9)", 'abc'],
  ["regexp_replace('abc', '', '-')", '-a-b-c-'],
  ["regexp_replace('abc', 'x', '$9')", 'abc'],
  ["regexp_replace('a', 'a', '$$')", undefined],
  ["regexp_substr('abc', 'b*')", null],
  ["regexp_substr('abc', 'b+')", 'b'],
  ["regexp_count('aaa', 'aa')", 1],
  ["regexp_count('aaa', 'x*')", 4],
  ["regexp_instr('abc', 'c')", 3],
  ["regexp_instr('abc', 'x', 0)", 0],
  ["split('a1b2c', r'\\d')", ['a', 'b', 'c']],
  ["split('aXbXc', 'X', 2)", ['a', 'bXc']],
  ["split('abc', '')", ['a', 'b', 'c']],
  ["split('abc', '', 2)", ['a', 'bc']],
  ["split('a😀', '')", ['a', '😀']],
  ["split('', '')", ['']],
  ["split(',a,', ',')", ['', 'a', '']],
  ["split('abc', '(?=b)')", ['a', 'bc']],
])('%s', (sql, value) => {
  if (value === undefined) expect(conditionOf(sql)).toBe('INVALID_REGEXP_REPLACE');
  else expect(valueOf(sql)).toEqual(value);
});

it.each([
  ["regexp_extract('a', '(a)', 2)", 'INVALID_PARAMETER_VALUE.REGEX_GROUP_INDEX'],
  ["regexp_extract_all('a', '(a)', -1)", 'INVALID_PARAMETER_VALUE.REGEX_GROUP_INDEX'],
  ["'a' RLIKE '('", 'INVALID_PARAMETER_VALUE.PATTERN'],
  ["split('a', '[')", 'INVALID_PARAMETER_VALUE.PATTERN'],
  ["regexp_replace('a', 'a', '$1')", 'INVALID_REGEXP_REPLACE'],
  ["regexp_replace('a', 'a', 'b', 0)", 'DATATYPE_MISMATCH.VALUE_OUT_OF_RANGE'],
  [`repeat('a', 40) || '!' RLIKE '^(a+)+$'`, 'REGEX_TIMEOUT'],
])('%s is refused', (sql, condition) => {
  expect(conditionOf(sql)).toBe(condition);
});

it.each([
  ["'a_c' LIKE 'a!_c' ESCAPE '!'", true],
  ["'abc' LIKE NULL", null],
  ["'ÀB' ILIKE 'à_'", true],
  ["'abc' NOT LIKE ANY ('a%', 'x%')", true],
  ["'abc' NOT LIKE ALL ('a%', 'x%')", false],
  ["'abc' LIKE ANY ('x', NULL)", null],
  ["'abc' LIKE ANY ('abc', NULL)", true],
  ["'abc' LIKE ALL ('abc', NULL)", null],
  ["'abc' LIKE ALL ('x', NULL)", false],
  ["NULL LIKE ANY ('x')", null],
  ["'ABC' ILIKE ALL ('a%', '%c')", true],
])('%s', (sql, value) => {
  expect(valueOf(sql)).toBe(value);
});

it('refuses an escape of more than one character', () => {
  expect(conditionOf("like('a', 'a', 'ab')")).toBe('INVALID_ESCAPE_CHAR');
  expect(conditionOf("'a' LIKE 'a!b' ESCAPE '!'")).toBe('INVALID_FORMAT.ESC_IN_THE_MIDDLE');
});

// Made from the definitions of the functions: `npm run builders:update`.
import { argument, type Argument, make, setting, type Setting } from '../arguments.js';
import type { Expr } from '../builder.js';

/**
 * The text in capital letters, by the rules of no language in particular (`ß` becomes `SS`).
 *
 * In SQL:
 *
 *     upper('SparkSql')  -- SPARKSQL
 */
export const upper = (str: Argument): Expr => make('upper', argument(str));
/** The same as `upper`. */
export const ucase = upper;

/**
 * The text in small letters, by the rules of no language in particular.
 *
 * In SQL:
 *
 *     lower('SparkSql')  -- sparksql
 */
export const lower = (str: Argument): Expr => make('lower', argument(str));
/** The same as `lower`. */
export const lcase = lower;

/**
 * The text with the first letter of each word large and all others small. Only spaces divide words.
 *
 * In SQL:
 *
 *     initcap('sPark sql')  -- Spark Sql
 */
export const initcap = (str: Argument): Expr => make('initcap', argument(str));

/**
 * The number of characters of a text, trailing spaces included, or of bytes of a binary.
 *
 * In SQL:
 *
 *     length('Spark SQL ')  -- 10
 *     char_length('a😀')  -- 2
 */
export const length = (str: Argument): Expr => make('length', argument(str));
/** The same as `length`. */
export const len = length;
/** The same as `length`. */
export const charLength = length;
/** The same as `length`. */
export const characterLength = length;

/**
 * The number of bytes of a text (in UTF-8) or a binary.
 *
 * In SQL:
 *
 *     octet_length('é')  -- 2
 */
export const octetLength = (str: Argument): Expr => make('octet_length', argument(str));

/**
 * The number of bits of a text (in UTF-8) or a binary.
 *
 * In SQL:
 *
 *     bit_length('é')  -- 16
 */
export const bitLength = (str: Argument): Expr => make('bit_length', argument(str));

/**
 * The code point of the first character, 0 for an empty text.
 *
 * In SQL:
 *
 *     ascii('222')  -- 50
 *     ascii('é')  -- 233
 */
export const ascii = (str: Argument): Expr => make('ascii', argument(str));

/**
 * The character with this code, which is taken modulo 256; an empty text if it is negative.
 *
 * In SQL:
 *
 *     chr(65)  -- A
 */
export const chr = (n: Argument): Expr => make('chr', argument(n));
/** The same as `chr`. */
export const char = chr;

/**
 * The part of a text or binary that begins at `pos` (the first character is 1, -1 the last) and is `len` characters long, or goes to the end.
 *
 * In SQL:
 *
 *     substring('Spark SQL', 5)  -- k SQL
 *     substring('Spark SQL', -3)  -- SQL
 *     substring('Spark SQL' FROM 5 FOR 1)  -- k
 */
export const substring = (str: Argument, pos: Argument, len?: Argument): Expr =>
  make('substring', argument(str), argument(pos), argument(len));
/** The same as `substring`. */
export const substr = substring;

/**
 * The first `len` characters of a text, or bytes of a binary.
 *
 * In SQL:
 *
 *     left('Spark SQL', 3)  -- Spa
 */
export const left = (str: Argument, len: Argument): Expr => make('left', argument(str), argument(len));

/**
 * The last `len` characters of a text.
 *
 * In SQL:
 *
 *     right('Spark SQL', 3)  -- SQL
 */
export const right = (str: Argument, len: Argument): Expr => make('right', argument(str), argument(len));

/**
 * What stands before the `count`-th `delim`, or for a negative `count` after it, counted from the end. The whole text if there are not so many.
 *
 * In SQL:
 *
 *     substring_index('www.apache.org', '.', 2)  -- www.apache
 *     substring_index('www.apache.org', '.', -1)  -- org
 */
export const substringIndex = (str: Argument, delim: Setting, count: Argument): Expr =>
  make('substring_index', argument(str), setting(delim), argument(count));

/**
 * One of the parts between the delimiters, counted from 1, or from the end if negative; an empty text if there are not so many. Part 0 is an error.
 *
 * In SQL:
 *
 *     split_part('11.12.13', '.', 3)  -- 13
 */
export const splitPart = (str: Argument, delimiter: Setting, partNum: Argument): Expr =>
  make('split_part', argument(str), setting(delimiter), argument(partNum));

/**
 * Puts `replace` in place of the `len` characters from `pos` on, or of as many as it has itself. Also written `overlay(input PLACING replace FROM pos FOR len)`.
 *
 * In SQL:
 *
 *     overlay('Spark SQL' PLACING '_' FROM 6)  -- Spark_SQL
 *     overlay('Spark SQL' PLACING 'tructured' FROM 2 FOR 4)  -- Structured SQL
 */
export const overlay = (input: Argument, replace: Setting, pos: Argument, len?: Argument): Expr =>
  make('overlay', argument(input), setting(replace), argument(pos), argument(len));

/**
 * The text without the spaces, or the characters of `trimStr`, at both ends. Also written `trim(BOTH trimStr FROM str)`.
 *
 * In SQL:
 *
 *     trim('    SparkSQL   ')  -- SparkSQL
 *     trim(BOTH 'SL' FROM 'SSparkSQLS')  -- parkSQ
 */
export const trim = (str: Argument, source?: Argument): Expr => make('trim', argument(str), argument(source));

/**
 * The text without the spaces, or the characters of `trimStr`, at the beginning. Also written `trim(LEADING trimStr FROM str)`.
 *
 * In SQL:
 *
 *     ltrim('    SparkSQL')  -- SparkSQL
 */
export const ltrim = (str: Argument, source?: Argument): Expr => make('ltrim', argument(str), argument(source));

/**
 * The text without the spaces, or the characters of `trimStr`, at the end. Also written `trim(TRAILING trimStr FROM str)`.
 *
 * In SQL:
 *
 *     rtrim('SparkSQL    ')  -- SparkSQL
 */
export const rtrim = (str: Argument, source?: Argument): Expr => make('rtrim', argument(str), argument(source));

/**
 * The text without the spaces, or the characters of `trimStr`, at both ends.
 *
 * In SQL:
 *
 *     btrim('SSparkSQLS', 'SL')  -- parkSQ
 */
export const btrim = (str: Argument, trimStr?: Setting): Expr => make('btrim', argument(str), setting(trimStr));

/**
 * Brings a text or binary to a length of `len` by adding `pad` (default a space, for binaries a zero byte) on the left, or by cutting its end off.
 *
 * In SQL:
 *
 *     lpad('hi', 5, '??')  -- ???hi
 *     lpad('hi', 1, '??')  -- h
 */
export const lpad = (str: Argument, len: Argument, pad?: Setting): Expr =>
  make('lpad', argument(str), argument(len), setting(pad));

/**
 * Brings a text or binary to a length of `len` by adding `pad` (default a space, for binaries a zero byte) on the right, or by cutting its end off.
 *
 * In SQL:
 *
 *     rpad('hi', 5, '?')  -- hi???
 */
export const rpad = (str: Argument, len: Argument, pad?: Setting): Expr =>
  make('rpad', argument(str), argument(len), setting(pad));

/**
 * The text `n` times; an empty one if `n` is not positive.
 *
 * In SQL:
 *
 *     repeat('123', 2)  -- 123123
 */
export const repeat = (str: Argument, n: Argument): Expr => make('repeat', argument(str), argument(n));

/**
 * A text of `n` spaces; an empty one if `n` is not positive.
 *
 * In SQL:
 *
 *     concat(space(2), '1')  --   1
 */
export const space = (n: Argument): Expr => make('space', argument(n));

/**
 * Whether `right` is found anywhere in `left`; texts or binaries.
 *
 * In SQL:
 *
 *     contains('Spark SQL', 'Spark')  -- true
 */
export const contains = (left: Argument, right: Argument): Expr => make('contains', argument(left), argument(right));

/**
 * Whether `left` begins with `right`; texts or binaries.
 *
 * In SQL:
 *
 *     startswith('Spark SQL', 'SQL')  -- false
 */
export const startswith = (left: Argument, right: Argument): Expr =>
  make('startswith', argument(left), argument(right));

/**
 * Whether `left` ends with `right`; texts or binaries.
 *
 * In SQL:
 *
 *     endswith('Spark SQL', 'SQL')  -- true
 */
export const endswith = (left: Argument, right: Argument): Expr => make('endswith', argument(left), argument(right));

/**
 * Where `substr` begins for the first time in `str`, the first character being 1; 0 if it is not there.
 *
 * In SQL:
 *
 *     instr('SparkSQL', 'SQL')  -- 6
 */
export const instr = (str: Argument, substr: Setting): Expr => make('instr', argument(str), setting(substr));

/**
 * Where `substr` begins for the first time in `str` from character `pos` (default 1) on; 0 if it is not there, or `pos` is null or less than 1. Also written `position(substr IN str)`.
 *
 * In SQL:
 *
 *     locate('bar', 'foobarbar', 5)  -- 7
 *     POSITION('bar' IN 'foobarbar')  -- 4
 */
export const locate = (substr: Setting, str: Argument, pos?: Argument): Expr =>
  make('locate', setting(substr), argument(str), argument(pos));
/** The same as `locate`. */
export const position = locate;

/**
 * Which one of the texts between the commas of `list` is `str`, counted from 1; 0 if none is, or `str` has a comma.
 *
 * In SQL:
 *
 *     find_in_set('ab', 'abc,b,ab,c,def')  -- 3
 */
export const findInSet = (str: Argument, list: Argument): Expr => make('find_in_set', argument(str), argument(list));

/**
 * The text with every `search` in it replaced, or taken out if `replace` is left out.
 *
 * In SQL:
 *
 *     replace('ABCabc', 'abc', 'DEF')  -- ABCDEF
 */
export const replace = (str: Argument, search: Setting, replace?: Setting): Expr =>
  make('replace', argument(str), setting(search), setting(replace));

/**
 * Every character of `from` becomes the one at the same place in `to`; those that have none there are taken out.
 *
 * In SQL:
 *
 *     translate('AaBbCc', 'abc', '123')  -- A1B2C3
 */
export const translate = (input: Argument, from: Setting, to: Setting): Expr =>
  make('translate', argument(input), setting(from), setting(to));

/**
 * The characters of a text, or the elements of an array, in reverse order.
 *
 * In SQL:
 *
 *     reverse('Spark SQL')  -- LQS krapS
 *     reverse(array(2, 1, 4, 3))  -- [3, 4, 1, 2]
 */
export const reverse = (strOrArray: Argument): Expr => make('reverse', argument(strOrArray));

/**
 * Whether the whole text fits the pattern, in which `%` stands for any text and `_` for any character; `\` (or `escape`) before them takes that meaning away.
 *
 * In SQL:
 *
 *     'Spark' LIKE 'Sp%k'  -- true
 *     '100%' LIKE '100!%' ESCAPE '!'  -- true
 */
export const like = (str: Argument, pattern: Setting, escape?: Setting): Expr =>
  make('like', argument(str), setting(pattern), setting(escape));

/**
 * As LIKE, whatever the case of the letters.
 *
 * In SQL:
 *
 *     'Spark' ILIKE '_PARK'  -- true
 */
export const ilike = (str: Argument, pattern: Setting, escape?: Setting): Expr =>
  make('ilike', argument(str), setting(pattern), setting(escape));

/**
 * Whether the regular expression (in Java’s syntax) is found anywhere in the text. Also `str RLIKE regexp`.
 *
 * In SQL:
 *
 *     regexp_like('abc123', r'\d+')  -- true
 *     'Spark' RLIKE '^p'  -- false
 */
export const rlike = (str: Argument, regexp: Setting): Expr => make('rlike', argument(str), setting(regexp));
/** The same as `rlike`. */
export const regexpLike = rlike;
/** The same as `rlike`. */
export const regexp = rlike;

/**
 * What group `idx` (default 1; 0 is all) of the first match holds; an empty text if nothing is found. An error if there is no such group.
 *
 * In SQL:
 *
 *     regexp_extract('100-200', r'(\d+)-(\d+)', 1)  -- 100
 */
export const regexpExtract = (str: Argument, regexp: Setting, idx?: Argument): Expr =>
  make('regexp_extract', argument(str), setting(regexp), argument(idx));

/**
 * What group `idx` (default 1; 0 is all) of every match holds.
 *
 * In SQL:
 *
 *     regexp_extract_all('100-200, 300-400', r'(\d+)-(\d+)', 1)  -- [100, 300]
 */
export const regexpExtractAll = (str: Argument, regexp: Setting, idx?: Argument): Expr =>
  make('regexp_extract_all', argument(str), setting(regexp), argument(idx));

/**
 * The text with every match replaced by `rep`, in which `$1` and `${name}` stand for groups. Matches before `position` (a constant, default 1) are left.
 *
 * In SQL:
 *
 *     regexp_replace('100-200', r'(\d+)', 'num')  -- num-num
 */
export const regexpReplace = (str: Argument, regexp: Setting, rep: Setting, position?: Argument): Expr =>
  make('regexp_replace', argument(str), setting(regexp), setting(rep), argument(position));

/**
 * The first match; null if nothing is found, or a match without characters.
 *
 * In SQL:
 *
 *     regexp_substr('Steven Jones and Stephen Smith', 'Ste(v|ph)en')  -- Steven
 *     regexp_substr('abc', 'x')  -- NULL
 */
export const regexpSubstr = (str: Argument, regexp: Setting): Expr =>
  make('regexp_substr', argument(str), setting(regexp));

/**
 * How often the regular expression is found.
 *
 * In SQL:
 *
 *     regexp_count('Steven Jones and Stephen Smith', 'Ste(v|ph)en')  -- 2
 */
export const regexpCount = (str: Argument, regexp: Setting): Expr =>
  make('regexp_count', argument(str), setting(regexp));

/**
 * Where the first match begins, the first character being 1; 0 if nothing is found.
 *
 * In SQL:
 *
 *     regexp_instr('user@spark.apache.org', '@[^.]*')  -- 5
 */
export const regexpInstr = (str: Argument, regexp: Setting, idx?: Argument): Expr =>
  make('regexp_instr', argument(str), setting(regexp), argument(idx));

/**
 * The parts between the matches, empty ones too: at most `limit` of them, the last with all the rest; all if `limit` is 0 or less (default -1).
 *
 * In SQL:
 *
 *     split('oneAtwoBthreeC', '[ABC]')  -- [one, two, three, ]
 *     split('oneAtwoBthreeC', '[ABC]', 2)  -- [one, twoBthreeC]
 */
export const split = (str: Argument, regexp: Setting, limit?: Argument): Expr =>
  make('split', argument(str), setting(regexp), argument(limit));

/**
 * A binary (or the bytes of a text) in base64, in one line.
 *
 * In SQL:
 *
 *     base64('Spark SQL')  -- U3BhcmsgU1FM
 */
export const base64 = (bin: Argument): Expr => make('base64', argument(bin));

/**
 * The bytes that a base64 text stands for. Characters that are no base64 are passed over; a text that ends too early is an error.
 *
 * In SQL:
 *
 *     CAST(unbase64('U3BhcmsgU1FM') AS STRING)  -- Spark SQL
 */
export const unbase64 = (str: Argument): Expr => make('unbase64', argument(str));

/**
 * The bytes of a text in US-ASCII, ISO-8859-1, UTF-8, UTF-16BE, UTF-16LE, UTF-16 or UTF-32. A character that the charset lacks is an error.
 *
 * In SQL:
 *
 *     hex(encode('é', 'UTF-16BE'))  -- 00E9
 */
export const encode = (str: Argument, charset: Setting): Expr => make('encode', argument(str), setting(charset));

/**
 * The text of bytes in one of the charsets of `encode`; bytes that are none are an error. With more arguments, the result after the first `search` that equals `expr` (null equals null), else the default, else null.
 *
 * In SQL:
 *
 *     decode(encode('abc', 'utf-8'), 'utf-8')  -- abc
 *     decode(2, 1, 'Southlake', 2, 'San Francisco', 'Non domestic')  -- San Francisco
 */
export const decode = (bin: Argument, charset: Setting, ...more: readonly Argument[]): Expr =>
  make('decode', argument(bin), setting(charset), ...more.map((value) => argument(value)));

/**
 * The bytes that a text stands for by a constant format: 'hex' (the default), 'utf-8', 'utf8' or 'base64'. What is not written so is an error.
 *
 * In SQL:
 *
 *     CAST(to_binary('abc', 'utf-8') AS STRING)  -- abc
 */
export const toBinary = (str: Argument, fmt?: Setting): Expr => make('to_binary', argument(str), setting(fmt));

/**
 * As `to_binary`, but null for what is not written so.
 *
 * In SQL:
 *
 *     try_to_binary('a!', 'base64')  -- NULL
 */
export const tryToBinary = (str: Argument, fmt?: Setting): Expr => make('try_to_binary', argument(str), setting(fmt));

/**
 * Whether the bytes of a text are UTF-8 throughout.
 *
 * In SQL:
 *
 *     is_valid_utf8(x'80')  -- false
 */
export const isValidUtf8 = (str: Argument): Expr => make('is_valid_utf8', argument(str));

/**
 * The text with U+FFFD in place of bytes that are no UTF-8.
 *
 * In SQL:
 *
 *     make_valid_utf8(x'61ff62')  -- a�b
 */
export const makeValidUtf8 = (str: Argument): Expr => make('make_valid_utf8', argument(str));

/**
 * The text itself; an error if its bytes are not all UTF-8.
 *
 * In SQL:
 *
 *     validate_utf8('Spark')  -- Spark
 */
export const validateUtf8 = (str: Argument): Expr => make('validate_utf8', argument(str));

/**
 * The text itself; null if its bytes are not all UTF-8.
 *
 * In SQL:
 *
 *     try_validate_utf8('Spark')  -- Spark
 *     try_validate_utf8(x'80')  -- NULL
 */
export const tryValidateUtf8 = (str: Argument): Expr => make('try_validate_utf8', argument(str));

/**
 * The arguments written as a format in the manner of C says: `%d` and `%,d` for whole numbers, `%.2f` and `%e` for float and double (cast decimals), `%x`, `%s`, `%5s`, `%b`, `%n`, `%2$s`. A directive that does not fit its argument is an error.
 *
 * In SQL:
 *
 *     format_string('Hello World %d %s', 100, 'days')  -- Hello World 100 days
 */
export const formatString = (format: Setting, ...arg: readonly Argument[]): Expr =>
  make('format_string', setting(format), ...arg.map((value) => argument(value)));
/** The same as `formatString`. */
export const printf = formatString;

/**
 * The soundex code of an English word; a text that begins with no letter as it is.
 *
 * In SQL:
 *
 *     soundex('Miller')  -- M460
 */
export const soundex = (str: Argument): Expr => make('soundex', argument(str));

/**
 * How many characters must be added, removed or changed to make one text of the other; -1 if more than `threshold`.
 *
 * In SQL:
 *
 *     levenshtein('kitten', 'sitting')  -- 3
 *     levenshtein('kitten', 'sitting', 2)  -- -1
 */
export const levenshtein = (str1: Argument, str2: Argument, threshold?: Argument): Expr =>
  make('levenshtein', argument(str1), argument(str2), argument(threshold));

/**
 * The words of each sentence, without punctuation, by the rules of a language (default English).
 *
 * In SQL:
 *
 *     sentences('Hi there! Good morning.')  -- [[Hi, there], [Good, morning]]
 */
export const sentences = (str: Argument, lang?: Setting, country?: Setting): Expr =>
  make('sentences', argument(str), setting(lang), setting(country));

/**
 * Whether a text of digits, such as the number of a credit card, has the right check digit.
 *
 * In SQL:
 *
 *     luhn_check('8112189876')  -- true
 *     luhn_check('79927398714')  -- false
 */
export const luhnCheck = (numStr: Argument): Expr => make('luhn_check', argument(numStr));

/**
 * The texts, and the elements of the arrays of texts, with `sep` between them; nulls are left out. Null if `sep` is.
 *
 * In SQL:
 *
 *     concat_ws(' ', 'Spark', 'SQL')  -- Spark SQL
 *     concat_ws('/', 'foo', NULL, array('bar', NULL))  -- foo/bar
 */
export const concatWs = (sep: Setting, ...str: readonly Argument[]): Expr =>
  make('concat_ws', setting(sep), ...str.map((value) => argument(value)));

/**
 * The `n`-th input, counted from 1. If there is none, an error, or without ANSI null.
 *
 * In SQL:
 *
 *     elt(1, 'scala', 'java')  -- scala
 */
export const elt = (n: Argument, ...input: readonly Argument[]): Expr =>
  make('elt', argument(n), ...input.map((value) => argument(value)));

/**
 * The text with capital letters shown as 'X', small ones as 'x', digits as 'n', all others as they are, or as the given characters say. NULL leaves a kind of character as it is.
 *
 * In SQL:
 *
 *     mask('AbCD123-@$#')  -- XxXXnnn-@$#
 *     mask('AbCD123-@$#', 'Q', 'q', 'd', 'o')  -- QqQQdddoooo
 */
export const mask = (
  input: Argument,
  upperChar?: Setting,
  lowerChar?: Setting,
  digitChar?: Setting,
  otherChar?: Setting,
): Expr =>
  make('mask', argument(input), setting(upperChar), setting(lowerChar), setting(digitChar), setting(otherChar));

/**
 * The text in single quotes, with a backslash before those that it has itself.
 *
 * In SQL:
 *
 *     quote('Don\'t')  -- 'Don\'t'
 */
export const quote = (str: Argument): Expr => make('quote', argument(str));

/**
 * A text of random digits and letters. With a seed the same for the same batch and row; without one, also when a batch is replayed.
 *
 * In SQL:
 *
 *     randstr(3, 0)  -- ceV
 */
export const randstr = (length: Setting, seed?: Setting): Expr => make('randstr', setting(length), setting(seed));

/**
 * The text itself. The only collation is 'UTF8_BINARY', by bytes; others are refused.
 *
 * In SQL:
 *
 *     collate('a', 'UTF8_BINARY') = 'A'  -- false
 */
export const collate = (str: Argument, collation: Setting): Expr => make('collate', argument(str), setting(collation));

/**
 * The name of the collation of a text.
 *
 * In SQL:
 *
 *     collation('Spark SQL')  -- SYSTEM.BUILTIN.UTF8_BINARY
 */
export const collation = (str: Argument): Expr => make('collation', argument(str));

/**
 * Texts, binaries or arrays one after the other; null if one of them is null. What is no text becomes one.
 *
 * In SQL:
 *
 *     concat('a', 1, true)  -- a1true
 *     concat(array(1), array(2, 3))  -- [1, 2, 3]
 */
export const concat = (...value: readonly Argument[]): Expr => make('concat', ...value.map((value) => argument(value)));

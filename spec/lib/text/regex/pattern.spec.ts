import fc from 'fast-check';
import { JavaPattern, after, javaPattern } from '../../../../lib/text/index.js';

/** What `java.util.regex` of Java 17 finds: each match, its groups (`-` for none) and where it begins. */
const cases: readonly (readonly [pattern: string, text: string, found: string | undefined])[] = [
  ['a+b', 'aab b', 'aab@0'],
  ['(a|ab)(c|bcd)?', 'abcd', 'abcd,a,bcd@0'],
  ['(\\d+)-(\\d+)', '12-34', '12-34,12,34@0'],
  ['(a)?b', 'b ab', 'b,-@0;ab,a@2'],
  ['(a)(b)\\2', 'abb', 'abb,a,b@0'],
  ['(a)\\11', 'aa1', 'aa1,a@0'],
  ['\\2(a)', 'aa', ''],
  ['(?<n>a)\\k<n>', 'aa', 'aa,a@0'],
  ['a++b', 'aab', 'aab@0'],
  ['a++a', 'aaa', ''],
  ['(?>a|ab)c', 'abc', ''],
  ['(?>(?>a)b)\\d(\\d)', 'ab12', 'ab12,2@0'],
  ['\\d++\\d', '123', ''],
  ['(a)++(b)', 'aab', 'aab,a,b@0'],
  ['(?<=(?>a))b', 'ab', 'b@1'],
  ['a{1,2}+a', 'aaa', 'aaa@0'],
  ['[a-z&&[^aeiou]]+', 'aeb cd', 'b@2;cd@4'],
  ['[a-c[x-z]]+', 'abxyd', 'abxy@0'],
  ['[^a-c[x-z]]+', 'abdxe', 'd@2;e@4'],
  ['[a-z&&b-d&&c]', 'abcd', 'c@2'],
  ['[^a&&b]', 'ab', 'a@0;b@1'],
  ['[^a-z&&[aeiou]]', 'ab1', 'b@1;1@2'],
  ['[]a]', 'a]', 'a@0;]@1'],
  ['[a-]', 'a-', 'a@0;-@1'],
  ['[a-c-e]', 'a-e', 'a@0;-@1;e@2'],
  ['[^\\p{L}]+', 'a1 é', '1 @1'],
  ['[\\p{L}&&[^\\p{Lu}]]+', 'aBÉé', 'a@0;é@3'],
  ['[\\Qa-c\\E]+', 'ab-c', 'a@0;-c@2'],
  ['[a&b]', 'a&b', 'a@0;&@1;b@2'],
  ['[(){}/|]', '(a|b)', '(@0;|@2;)@4'],
  ['(?i)abc', 'aBC', 'aBC@0'],
  ['(?i)é', 'Éé', 'é@1'],
  ['(?iu)é', 'Éé', 'É@0;é@1'],
  ['(?iu)k', 'kK\u212a', 'k@0;K@1;\u212a@2'],
  ['a(?i)b(?-i)c', 'aBc abC', 'aBc@0'],
  ['(?i:A)b', 'ab aB', 'ab@0'],
  ['(?i)[^a-c]+', 'aBCd', 'd@3'],
  ['(?i)\\p{Lower}+', 'aB', 'aB@0'],
  ['.+', 'a\r\nb\u0085c', 'a@0;b@3;c@5'],
  ['(?s).+', 'a\r\nb', 'a\r\nb@0'],
  ['(?d).+', 'a\r\nb', 'a\r@0;b@3'],
  ['(?s:.)b', '\nb', '\nb@0'],
  ['(?m)^.', 'a\r\nb\nc', 'a@0;b@3;c@5'],
  ['(?m).$', 'a\r\nb\nc\n', 'a@0;b@3;c@5'],
  ['(?m)^', 'a\n', '@0'],
  ['$', 'a\n', '@1;@2'],
  ['$', 'a\r\n', '@1;@3'],
  ['\\Z', 'a\n\n', '@2;@3'],
  ['\\z', 'a\n', '@2'],
  ['\\Aa', 'aa', 'a@0'],
  ['(?d)$', 'a\r\n', '@2;@3'],
  ['^', 'a\n', '@0'],
  ['\\R', 'a\r\n\u2028\r', '\r\n@1;\u2028@3;\r@4'],
  ['\\h+', 'a \u00a0\tb', ' \u00a0\t@1'],
  ['\\v', 'a\u000bb', '\u000b@1'],
  ['\\b', 'é a', '@0;@1;@2;@3'],
  ['\\B', 'éa', '@1'],
  ['(?U)\\w+', 'é٣_', 'é٣_@0'],
  ['\\w+', 'éa1_', 'a1_@1'],
  ['\\s', 'a\u00a0 b', ' @2'],
  ['(?U)\\s', 'a\u00a0', '\u00a0@1'],
  ['\\p{Lu}', 'aBÉ', 'B@1;É@2'],
  ['\\pL', '1é', 'é@1'],
  ['\\P{L}+', 'a12é', '12@1'],
  ['\\p{IsLatin}+', 'abγ', 'ab@0'],
  ['\\p{sc=Greek}', 'aγ', 'γ@1'],
  ['\\p{InGreek}', 'aγ', 'γ@1'],
  ['\\p{Alpha}+', 'aé', 'a@0'],
  ['\\p{IsAlphabetic}+', 'aé1', 'aé@0'],
  ['\\p{Punct}+', 'a.,é', '.,@1'],
  ['\\p{javaLowerCase}', 'Aé', 'é@1'],
  ['\\p{XDigit}+', 'fFg', 'fF@0'],
  ['\\p{IsPunctuation}', 'a.', '.@1'],
  ['\\Qa.b\\E+', 'a.bb aXb', 'a.bb@0'],
  ['\\x41\\u0042\\0103\\x{1F600}\\ud83d\\ude00', 'ABC😀😀', 'ABC😀😀@0'],
  ['\\cA', '\u0001', '\u0001@0'],
  ['\\t\\a\\e', '\t\u0007\u001b', '\t\u0007\u001b@0'],
  ['\\-\\_\\ ', '-_ ', '-_ @0'],
  ['(?x)a b # c', 'ab', 'ab@0'],
  ['(?x)[a b]', 'b ', 'b@0'],
  ['.', '😀a', '😀@0;a@2'],
  ['[😀a]', 'a😀', 'a@0;😀@1'],
  ['a{2}', 'aaa', 'aa@0'],
  ['a{2,}?', 'aaaa', 'aa@0;aa@2'],
  ['a{1,2}?', 'aa', 'a@0;a@1'],
  ['x{0}', 'a', '@0;@1'],
  ['a?{2}', 'aa', 'a@0;a@1;@2'],
  ['a||b', 'b', '@0;@1'],
  ['()', 'a', ',@0;,@1'],
  ['a(?=b)', 'abac', 'a@0'],
  ['(?<!a)b', 'ab b', 'b@3'],
  ['(?<=a+)b', 'aab', 'b@2'],
  ['(?!a).', 'ab', 'b@1'],
  ['(?<o1>\\d)(?<o2>x)?', '1x2', '1x,1,x@0;2,2,-@2'],
  ['}]', '}]', '}]@0'],
  ['(', 'a', undefined],
  [')', 'a', undefined],
  ['*', 'a', undefined],
  ['a**', 'a', undefined],
  ['[', 'a', undefined],
  ['[a', 'a', undefined],
  ['[z-a]', 'a', undefined],
  ['[a-\\d]', 'a-', undefined],
  ['a{', 'a', undefined],
  ['a{2,1}', 'a', undefined],
  ['{', 'a', undefined],
  ['\\y', 'a', undefined],
  ['\\08', 'a', undefined],
  ['\\x', 'a', undefined],
  ['\\x{110000}', 'a', undefined],
  ['\\p{Nope}', 'a', undefined],
  ['(?z)a', 'a', undefined],
  ['(?<1a>b)', 'a', undefined],
  ['(?<a>b)(?<a>c)', 'a', undefined],
  ['\\k<x>', 'a', undefined],
  ['(?P<n>a)', 'a', undefined],
  ['(?<n>a', 'a', undefined],
  ['a\\', 'a', undefined],
  ['(?i', 'a', undefined],
];

function found(pattern: JavaPattern, text: string): string {
  const { scanner, groups } = pattern;
  const out: string[] = [];
  scanner.lastIndex = 0;
  for (let match = scanner.exec(text); match !== null; match = scanner.exec(text)) {
    out.push(`${groups.map((g) => match[g] ?? '-').join(',')}@${match.index}`);
    if (match[0] === '') scanner.lastIndex = after(text, match.index);
  }
  return out.join(';');
}

it.each(cases)('%s in %j', (source, text, expected) => {
  if (expected !== undefined) expect(found(new JavaPattern(source), text)).toBe(expected);
  else {
    const error = expect.objectContaining({ condition: 'INVALID_PARAMETER_VALUE.PATTERN' });
    expect(() => new JavaPattern(source)).toThrow(error);
  }
});

it('says where a pattern is wrong', () => {
  expect(() => new JavaPattern('ab[c')).toThrow(/At character 5: A character class is not closed/);
});

it('refuses what it cannot do, rather than doing something else', () => {
  for (const source of ['\\G', '\\X', '\\N{DIGIT ONE}', '(?i)(a)\\1'])
    expect(() => new JavaPattern(source)).toThrow(/not supported/);
});

it('keeps a pattern', () => {
  expect(javaPattern('a+')).toBe(javaPattern('a+'));
  for (let i = 0; i < 200; i++) javaPattern(`a{${i}}`);
  expect(found(javaPattern('a{3}'), 'aaaa')).toBe('aaa@0');
});

it('reads any text as a pattern or refuses it, and never otherwise fails', () => {
  const piece = fc.constantFrom(
    ...'()[]{}|*+?^$.\\-&:=!<>,01abdwsxpQEkiu'.split(''),
    '(?',
    '[^',
    '&&',
    '\\p{L}',
    '{2}',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      try {
        new JavaPattern(pieces.join('')).finder.test('ab1 ');
      } catch (error) {
        expect(error).toMatchObject({ condition: 'INVALID_PARAMETER_VALUE.PATTERN' });
      }
    }),
    { numRuns: 2000 },
  );
});

it('refuses patterns that are too deep or too large, in no time', () => {
  const error = expect.objectContaining({ condition: 'INVALID_PARAMETER_VALUE.PATTERN' });
  expect(() => new JavaPattern('('.repeat(100_000))).toThrow(error);
  expect(() => new JavaPattern('['.repeat(100_000))).toThrow(error);
  expect(() => new JavaPattern('ab'.repeat(50_000))).toThrow(error);
  expect(() => new JavaPattern('(?iu)' + 'k'.repeat(100_000))).toThrow(error);
  expect(() => new JavaPattern('(a'.repeat(5_000) + ')'.repeat(5_000))).toThrow(error);
});

describe('time', () => {
  const evil = new JavaPattern('^(a+)+$');
  const endless = `${'a'.repeat(40)}!`;

  it('is bounded: a search that would take years is stopped', () => {
    const error = expect.objectContaining({ condition: 'REGEX_TIMEOUT' });
    expect(() => evil.guard(endless.length, () => evil.finder.test(endless))).toThrow(error);
  });

  it('is not bounded for simple patterns over short texts, which cannot take long', () => {
    expect(new JavaPattern('user[0-9]+').freeLength).toBeGreaterThan(1000);
    expect(new JavaPattern('^abc$').freeLength).toBeGreaterThan(1_000_000);
    expect(evil.freeLength).toBeLessThan(12);
    expect(new JavaPattern('(a|a)*b').freeLength).toBeLessThan(24);
    expect(new JavaPattern('(a?){100}').freeLength).toBe(0);
    expect(new JavaPattern('(x+x+)+y').freeLength).toBeLessThan(12);
    expect(new JavaPattern('.*.*.*=.*').freeLength).toBeLessThan(100);
  });

  it('goes on with the rows behind one that has used it up', () => {
    const texts = ['aaa', 'b'.repeat(30), 'a'];
    const out: boolean[] = [];
    evil.each(3, 40, (i) => (out[i] = evil.finder.test(texts[i]!)));
    expect(out).toEqual([true, false, true]);
  });
});

import * as fc from 'fast-check';
import { SluiceError } from '../../../lib/errors/index.js';
import { parseExpression } from '../../../lib/expressions/parser.js';
import { printExpression } from '../../../lib/expressions/print.js';
import { caught } from './caught.js';

const shape = (text: string): string => printExpression(parseExpression(text));

describe('reading an expression', () => {
  it.each([
    // Spark's order of operators, from loose to tight.
    ['a or b and c', '(a OR (b AND c))'],
    ['not a = b', '(NOT (a = b))'],
    ['not a and b', '((NOT a) AND b)'],
    ['a = b + c', '(a = (b + c))'],
    ['a | b ^ c & d', '(a | (b ^ (c & d)))'],
    ['a & b << c', '(a & (b << c))'],
    ['a << b + c', '(a << (b + c))'],
    ['a + b * c', '(a + (b * c))'],
    ['a - b - c', '((a - b) - c)'],
    ["a || b || 'c'", "((a || b) || 'c')"],
    ['-a * b', '((- a) * b)'],
    ['a between b and c and d', '((a BETWEEN b AND c) AND d)'],
    ['a not in (1, 2)', '(NOT (a IN (1, 2)))'],
    ['a is not distinct from b', '(a <=> b)'],
    ['a is distinct from b', '(NOT (a <=> b))'],
    ['a is not null or b is true', '((a IS NOT NULL) OR (b IS TRUE))'],
    ["a not like any ('x%', 'y%')", "(NOT (a LIKE ALL ('x%', 'y%')))"],
    ['a == b', '(a = b)'],
    ['a <> b', '(a != b)'],
    ["'5'::int + 1", "(CAST('5' AS INT) + 1)"],
    ['a::array<int>[0]', 'CAST(a AS ARRAY<INT>)[0]'],
    ['a.b.c', 'a.b.c'],
    ['f(x).b', 'f(x).b'],
    ['m["k"].v', "m['k'].v"],
    ['(a, b)', 'struct(a, b)'],
    ['(x, y) -> x + y', '(x, y) -> (x + y)'],
    ['case x when 1 then 2 else 3 end', 'CASE x WHEN 1 THEN 2 ELSE 3 END'],
    ['extract(year from d)', "extract('year', d)"],
    ["trim(both 'x' from s)", "trim('x', s)"],
    ['substring(s from 2 for 3)', 'substring(s, 2, 3)'],
    ["position('b' in s)", "position('b', s)"],
    ["overlay(s placing 'x' from 2)", "overlay(s, 'x', 2)"],
    ['dateadd(hour, 1, at)', "dateadd('hour', 1, at)"],
    ['count(distinct a) filter (where b > 1)', 'count(DISTINCT a) FILTER (WHERE (b > 1))'],
    ['first(a) ignore nulls', 'first(a) IGNORE NULLS'],
    ['a -- comment\n + /* more */ b', '(a + b)'],
    ['current_date', 'current_date'],
    ['user', 'user'],
    ['* except (a, b.c)', '* EXCEPT (a, b.c)'],
    ['-1', '-1'],
    ['a -1', '(a - 1)'],
    ['1.5', '1.5BD'],
    ["r'a\\tb'", "'a\\\\tb'"],
    ["'a\\tb' 'c'", "'a\tbc'"],
    ["'\\u0041\\101'", "'AA'"],
    ['interval 1 day 2 hours', "INTERVAL '1 02' DAY TO HOUR"],
    ["interval '1-2' year to month", "INTERVAL '1-2' YEAR TO MONTH"],
    ["interval '1 day'", "INTERVAL '1' DAY"],
    ['at - interval 5 minutes > b', "((at - INTERVAL '05' MINUTE) > b)"],
    ['interval + 1', '(`interval` + 1)'],
  ])('%s is %s', (text, printed) => {
    expect(shape(text)).toBe(printed);
  });

  it('points at the character', () => {
    expect(caught(() => parseExpression('a + / 2')).message).toBe(
      'Reading an expression at character 5:\n  a + / 2\n      ^\nA value was expected here.',
    );
    for (const [text, position] of [
      ['upper(a', 7],
      ['a b c', 4],
      ["'abc", 0],
      ['a in ()', 6],
      ['case when a then b', 18],
      ['a xor b', 6],
      ['', 0],
      ['1 +\n2 +', 7],
    ] as const) {
      const error = caught(() => parseExpression(text));
      expect(error).toMatchObject({
        code: 'INVALID_EXPRESSION',
        details: { condition: 'PARSE_SYNTAX_ERROR', position },
      });
    }
  });

  it('reads a filter of thousands of conditions', () => {
    const text = Array.from({ length: 20_000 }, (_, i) => `a = ${i}`).join(' OR ');
    let depth = 0;
    const measure = (node: unknown, at: number): void => {
      depth = Math.max(depth, at);
      for (const arg of (node as { args?: readonly unknown[] }).args ?? []) measure(arg, at + 1);
    };
    measure(parseExpression(text), 0);
    expect(depth).toBeLessThan(20);
  });

  it.each([
    ['brackets', '('.repeat(10_000) + '1' + ')'.repeat(10_000)],
    ['brackets that do not end', '('.repeat(100_000)],
    ['signs', '- '.repeat(50_000) + '1'],
    ['nots', 'not '.repeat(25_000) + 'a'],
    ['a long sum', '1' + '+1'.repeat(50_000)],
    ['calls', 'abs('.repeat(10_000) + '1' + ')'.repeat(10_000)],
    ['indexes', 'a' + '[0]'.repeat(10_000)],
    ['casts', 'a' + '::int'.repeat(10_000)],
    ['digits', `${'1'.repeat(100_000)}x y z`],
    ['types', `CAST(a AS ${'array<'.repeat(10_000)}int${'>'.repeat(10_000)})`],
    ['lambdas', 'x -> '.repeat(10_000) + 'x'],
    ['cases', 'case when a then '.repeat(5000) + '1' + ' end'.repeat(5000)],
  ])('refuses what is nested too deep, in bounded time: %s', (_, text) => {
    const start = Date.now();
    expect(caught(() => parseExpression(text))).toBeInstanceOf(SluiceError);
    expect(Date.now() - start).toBeLessThan(2000);
  });

  it('gives a tree or a SluiceError for any text', () => {
    const piece = fc.constantFrom(
      ..."a 1 1.5 ( ) [ ] , . + - * / % = <=> -> :: ' \" ` \\ and or not in is null like case when then end cast as int interval day ' x -- /* */ é 😀".split(
        ' ',
      ),
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(piece, { maxLength: 20 }).map((p) => p.join(' ')),
          fc.string({ unit: 'binary', maxLength: 30 }),
        ),
        (text) => {
          try {
            parseExpression(text);
          } catch (error) {
            expect(error).toBeInstanceOf(SluiceError);
          }
        },
      ),
      { numRuns: 2000 },
    );
  });
});

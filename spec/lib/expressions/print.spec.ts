import * as fc from 'fast-check';
import { parseExpression } from '../../../lib/expressions/parser.js';
import { nameOf, printExpression } from '../../../lib/expressions/print.js';
import { bare, tree } from './trees.js';

describe('the text of an expression', () => {
  it('is read back to the same tree', () => {
    fc.assert(
      fc.property(tree, (made) => {
        expect(bare(parseExpression(printExpression(made)))).toEqual(bare(made));
      }),
      { numRuns: 1500 },
    );
  });

  it.each([
    ['a + b * 2', '(a + (b * 2))'],
    ['not a and b', '((NOT a) AND b)'],
    ["s like 'a%' escape '/'", "(s LIKE 'a%' ESCAPE '/')"],
    ['`a b`.`c``d`', '`a b`.`c``d`'],
    ['transform(xs, x -> x + 1)', 'transform(xs, x -> (x + 1))'],
    ["interval '1 2:3:4.5' day to second", "INTERVAL '1 02:03:04.5' DAY TO SECOND"],
  ])('%s prints as %s', (text, printed) => {
    expect(printExpression(parseExpression(text))).toBe(printed);
  });

  // The names that Spark gives to columns without one.
  it.each([
    ['CAST(key AS STRING)', 'key'],
    ['upper(value)', 'upper(value)'],
    ["concat(a, '-')", 'concat(a, -)'],
    ['amount * 2', '(amount * 2)'],
    ['point.x', 'x'],
    ['a AS b', 'b'],
  ])('a column of %s is called %s', (text, name) => {
    expect(nameOf(parseExpression(text))).toBe(name);
  });
});

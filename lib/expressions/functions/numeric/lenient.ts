import type { SpecialDef } from '../define.js';
import { type ArithmeticOperator, bindArithmetic } from '../operator/arithmetic.js';
import { any } from '../params.js';

const lenient = (
  name: string,
  operator: ArithmeticOperator,
  summary: string,
  examples: SpecialDef['examples'],
): SpecialDef => ({
  name,
  group: 'numeric',
  usage: 'a, b',
  summary,
  examples,
  params: [any('a'), any('b')],
  bind: ([a, b], binder) => bindArithmetic(operator, a!, b!, binder, true),
});

/** Arithmetic that gives null where the operators are an error. */
export const lenients: readonly SpecialDef[] = [
  lenient('try_add', '+', '`a + b`, null on overflow.', [
    ['try_add(1, 2)', '3'],
    ['try_add(2147483647, 1)', 'NULL'],
  ]),
  lenient('try_subtract', '-', '`a - b`, null on overflow.', [['try_subtract(2, 1)', '1']]),
  lenient('try_multiply', '*', '`a * b`, null on overflow.', [['try_multiply(2, 3)', '6']]),
  lenient('try_divide', '/', '`a / b`, null for a division by zero.', [
    ['try_divide(3, 2)', '1.5'],
    ['try_divide(1, 0)', 'NULL'],
  ]),
  lenient('try_mod', '%', '`a % b`, null for a division by zero.', [
    ['try_mod(7, 4)', '3'],
    ['try_mod(7, 0)', 'NULL'],
  ]),
];

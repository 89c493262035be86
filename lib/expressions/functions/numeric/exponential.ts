import { pow as powerOf } from '../../../numbers/index.js';
import type { FunctionDef } from '../define.js';
import { double, int, optional } from '../params.js';
import { ofDouble, ofDoubles } from './doubles.js';

/** A logarithm: null where there is none, from `below` downwards. */
const logarithm = (
  name: string,
  below: number,
  summary: string,
  compute: (x: number) => number,
  example: string,
): FunctionDef => ({
  name,
  group: 'numeric',
  usage: 'expr',
  summary: `${summary} Null for ${below === 0 ? 'zero' : below} and below.`,
  examples: [
    [`${name}(${below + 1})`, '0.0'],
    [example, 'NULL'],
  ],
  params: [double('expr')],
  returns: { kind: 'double' },
  total: true,
  evaluate: () => (x: number) => (x <= below ? null : compute(x)),
});

/** What the algorithm of Java and JavaScript gives for 1, where JavaScript makes an exception. */
const exp = (x: number): number => (x === 1 ? 2.7182818284590455 : Math.exp(x));

const log: FunctionDef = {
  name: 'log',
  group: 'numeric',
  usage: '[base, ]expr',
  summary: 'The logarithm to a base, the natural one without a base. Null unless both are above zero.',
  examples: [
    ['log(10, 100)', '2.0'],
    ['log(1)', '0.0'],
    ['log(0, 1)', 'NULL'],
  ],
  params: [double('base'), optional(double('expr'))],
  returns: { kind: 'double' },
  total: true,
  evaluate: ({ types }) =>
    types.length === 1
      ? (x: number) => (x <= 0 ? null : Math.log(x))
      : (base: number, x: number) => (base <= 0 || x <= 0 ? null : Math.log(x) / Math.log(base)),
};

const pow = ofDoubles(
  'pow',
  'base, exponent',
  { aliases: ['power'], summary: 'A number to the power of another.', examples: [['pow(2, -1)', '0.5']] },
  powerOf,
);

const factorials = Array.from({ length: 21 }, (_, n) => {
  let product = 1n;
  for (let i = 2n; i <= n; i++) product *= i;
  return product;
});

const factorial: FunctionDef = {
  name: 'factorial',
  group: 'numeric',
  usage: 'n',
  summary:
    'The product of the whole numbers from 1 to n. Null unless n is between 0 and 20: further ones fit no BIGINT.',
  examples: [
    ['factorial(5)', '120'],
    ['factorial(21)', 'NULL'],
  ],
  params: [int('n')],
  returns: { kind: 'long' },
  total: true,
  evaluate: () => (n: number) => factorials[n] ?? null,
};

const e: FunctionDef = {
  name: 'e',
  group: 'numeric',
  usage: '',
  summary: "Euler's number.",
  examples: [['e()', '2.718281828459045']],
  params: [],
  returns: { kind: 'double' },
  nullable: 'never',
  total: true,
  evaluate: () => () => Math.E,
};

export const exponentials: readonly FunctionDef[] = [
  ofDouble(
    'sqrt',
    { summary: 'The square root; NaN of a negative number.', examples: [['sqrt(4)', '2.0']] },
    Math.sqrt,
  ),
  ofDouble('cbrt', { summary: 'The cube root.', examples: [['cbrt(27)', '3.0']] }, Math.cbrt),
  ofDouble('exp', { summary: 'e to the power of a number.', examples: [['exp(0)', '1.0']] }, exp),
  ofDouble('expm1', { summary: 'exp(x) - 1, exact for small x.', examples: [['expm1(0)', '0.0']] }, Math.expm1),
  logarithm('ln', 0, 'The natural logarithm.', Math.log, 'ln(0)'),
  logarithm('log2', 0, 'The logarithm to the base 2.', (x) => Math.log(x) / Math.LN2, 'log2(-1)'),
  logarithm('log10', 0, 'The logarithm to the base 10.', Math.log10, 'log10(0)'),
  logarithm('log1p', -1, 'ln(1 + x), exact for small x.', Math.log1p, 'log1p(-1)'),
  log,
  pow,
  factorial,
  e,
];

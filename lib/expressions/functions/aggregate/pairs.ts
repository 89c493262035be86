import { double } from '../../../schema/index.js';
import { failed } from '../../errors.js';
import type { Value } from '../../values.js';
import type { Accumulator, AggregateDef } from '../define.js';
import { double as doubleParam } from '../params.js';

/** Of pairs (x, y): how many, the averages, and the sums of (x - x̄)(y - ȳ), (x - x̄)² and (y - ȳ)². */
interface Pairs {
  readonly n: number;
  readonly xAvg: number;
  readonly yAvg: number;
  readonly xy: number;
  readonly xx: number;
  readonly yy: number;
}

type Finish = (pairs: Pairs, ansi: boolean) => number | null;

/**
 * @param flipped the arguments are (y, x), as those of the `regr_` functions
 * @param central the squares are summed as a variance sums them, which differs in the last digit
 */
function pairing(finish: (pairs: Pairs) => number | null, flipped: boolean, central: boolean): Accumulator {
  const [first, second] = flipped ? [1, 0] : [0, 1];
  return {
    state: Array.from({ length: 6 }, () => double()),
    init: () => new Array<Value>(6).fill(0),
    update: (state, ...args) => {
      const s = state as number[];
      const x = args[first] as number;
      const y = args[second] as number;
      const n = s[0]! + 1;
      const dx = x - s[1]!;
      const dy = y - s[2]!;
      const xAvg = s[1]! + dx / n;
      const yAvg = s[2]! + dy / n;
      s[0] = n;
      s[1] = xAvg;
      s[2] = yAvg;
      s[3] = s[3]! + dx * (y - yAvg);
      s[4] = s[4]! + dx * (central ? dx - dx / n : x - xAvg);
      s[5] = s[5]! + dy * (central ? dy - dy / n : y - yAvg);
    },
    merge: (state, other) => {
      const a = state as number[];
      const b = other as readonly number[];
      const [n1, n2] = [a[0]!, b[0]!];
      const n = n1 + n2;
      const dx = b[1]! - a[1]!;
      const dy = b[2]! - a[2]!;
      const dxN = n === 0 ? 0 : dx / n;
      const dyN = n === 0 ? 0 : dy / n;
      a[0] = n;
      a[1] = a[1]! + dxN * n2;
      a[2] = a[2]! + dyN * n2;
      a[3] = a[3]! + b[3]! + dx * dyN * n1 * n2;
      a[4] = a[4]! + b[4]! + dx * dxN * n1 * n2;
      a[5] = a[5]! + b[5]! + dy * dyN * n1 * n2;
    },
    finish: (state) => {
      const [n, xAvg, yAvg, xy, xx, yy] = state as readonly [number, number, number, number, number, number];
      return n === 0 ? null : finish({ n, xAvg, yAvg, xy, xx, yy });
    },
  };
}

const pairFunction = (
  name: string,
  usage: 'x, y' | 'y, x',
  ofOnePair: string,
  summary: string,
  finish: Finish,
): AggregateDef => ({
  name,
  group: 'aggregate',
  usage,
  summary,
  examples: [[`${name}(1, 2)`, ofOnePair]],
  params: usage.split(', ').map(doubleParam),
  returns: double(),
  accumulate: ({ ansi }) => {
    const central = name.startsWith('regr_') && name !== 'regr_r2';
    return pairing((pairs) => finish(pairs, ansi), usage === 'y, x', central);
  },
});

function correlation({ n, xy, xx, yy }: Pairs, ansi: boolean): number | null {
  if (n === 1) return null;
  const divisor = Math.sqrt(xx * yy);
  if (divisor !== 0) return xy / divisor;
  if (!ansi) return null;
  throw failed('DIVIDE_BY_ZERO', 'Division by zero: one side of the correlation is the same in every row.');
}

function determination({ n, xy, xx, yy }: Pairs): number | null {
  if (n === 1 || xx === 0) return null;
  if (yy === 0) return 1;
  const r = xy / Math.sqrt(xx * yy);
  return r * r;
}

const slope = ({ n, xy, xx }: Pairs): number | null => (n === 1 || xx === 0 ? null : xy / xx);

function intercept(pairs: Pairs): number | null {
  const m = slope(pairs);
  return m === null ? null : pairs.yAvg - m * pairs.xAvg;
}

export const pairStatistics: readonly AggregateDef[] = [
  pairFunction('corr', 'x, y', 'NULL', 'The Pearson coefficient of correlation.', correlation),
  pairFunction('covar_pop', 'x, y', '0.0', 'The covariance of all pairs.', ({ n, xy }) => xy / n),
  pairFunction(
    'covar_samp',
    'x, y',
    'NULL',
    'The covariance that a sample suggests (divided by n - 1); null for a single pair.',
    ({ n, xy }) => (n === 1 ? null : xy / (n - 1)),
  ),
  pairFunction('regr_r2', 'y, x', 'NULL', 'How well a straight line fits, 0 to 1.', determination),
  pairFunction('regr_slope', 'y, x', 'NULL', 'The slope of the line that fits best.', slope),
  pairFunction('regr_intercept', 'y, x', 'NULL', 'Where the line that fits best meets the y axis.', intercept),
  pairFunction('regr_sxx', 'y, x', '0.0', 'The sum of the squared distances of `x` from its average.', ({ xx }) => xx),
  pairFunction('regr_syy', 'y, x', '0.0', 'The sum of the squared distances of `y` from its average.', ({ yy }) => yy),
  pairFunction(
    'regr_sxy',
    'y, x',
    '0.0',
    'The sum of the products of the distances of `x` and `y` from their averages.',
    ({ xy }) => xy,
  ),
];

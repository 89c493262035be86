import { double } from '../../../schema/index.js';
import type { Value } from '../../values.js';
import type { Accumulator, AggregateDef } from '../define.js';
import { double as doubleParam } from '../params.js';

/*
 * Central moments in one pass. State: n, the average, and the sums of the second, third and fourth powers of the
 * distances from it; only as many as are needed. The order of the operations is Spark's, so the last digits are too.
 */

type Finish = (n: number, m2: number, m3: number, m4: number) => number | null;

function moments(order: 2 | 3 | 4, finish: Finish): Accumulator {
  return {
    state: Array.from({ length: order + 1 }, () => double()),
    init: () => new Array<Value>(order + 1).fill(0),
    update: (state, value) => {
      const s = state as number[];
      const n = s[0]! + 1;
      const delta = (value as number) - s[1]!;
      const deltaN = delta / n;
      s[0] = n;
      s[1] = s[1]! + deltaN;
      const m2 = s[2]! + delta * (delta - deltaN);
      s[2] = m2;
      if (order === 2) return;
      const delta2 = delta * delta;
      const deltaN2 = deltaN * deltaN;
      const m3 = s[3]! - 3 * deltaN * m2 + delta * (delta2 - deltaN2);
      s[3] = m3;
      if (order === 3) return;
      s[4] = s[4]! - 4 * deltaN * m3 - 6 * deltaN2 * m2 + delta * (delta * delta2 - deltaN * deltaN2);
    },
    merge: (state, other) => mergeMoments(state as number[], other as readonly number[], order),
    finish: (state) => {
      const [n, , m2, m3 = 0, m4 = 0] = state as readonly number[];
      return n === 0 ? null : finish(n!, m2!, m3, m4);
    },
  };
}

function mergeMoments(a: number[], b: readonly number[], order: 2 | 3 | 4): void {
  const [n1, n2] = [a[0]!, b[0]!];
  const n = n1 + n2;
  const delta = b[1]! - a[1]!;
  const deltaN = n === 0 ? 0 : delta / n;
  const [l2, r2] = [a[2]!, b[2]!];
  a[0] = n;
  a[1] = a[1]! + deltaN * n2;
  a[2] = l2 + r2 + delta * deltaN * n1 * n2;
  if (order === 2) return;
  const [l3, r3] = [a[3]!, b[3]!];
  a[3] = l3 + r3 + deltaN * deltaN * delta * n1 * n2 * (n1 - n2) + 3 * deltaN * (n1 * r2 - n2 * l2);
  if (order === 3) return;
  a[4] =
    a[4]! +
    b[4]! +
    deltaN * deltaN * deltaN * delta * n1 * n2 * (n1 * n1 - n1 * n2 + n2 * n2) +
    6 * deltaN * deltaN * (n1 * n1 * r2 + n2 * n2 * l2) +
    4 * deltaN * (n1 * r3 - n2 * l3);
}

interface Moment {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly order: 2 | 3 | 4;
  readonly finish: Finish;
  readonly summary: string;
  /** Of the one value 1. */
  readonly ofOne: string;
}

const moment = ({ name, aliases = [], order, finish, summary, ofOne }: Moment): AggregateDef => ({
  name,
  aliases,
  group: 'aggregate',
  usage: 'expr',
  summary,
  examples: [[`${name}(1)`, ofOne]],
  params: [doubleParam('expr')],
  returns: double(),
  accumulate: () => moments(order, finish),
});

const sample = 'null for a single value';

export const centralMoments: readonly AggregateDef[] = [
  moment({
    name: 'var_pop',
    order: 2,
    finish: (n, m2) => m2 / n,
    summary: 'The variance of all values.',
    ofOne: '0.0',
  }),
  moment({
    name: 'var_samp',
    aliases: ['variance'],
    order: 2,
    finish: (n, m2) => (n === 1 ? null : m2 / (n - 1)),
    summary: `The variance that a sample suggests (divided by n - 1); ${sample}.`,
    ofOne: 'NULL',
  }),
  moment({
    name: 'stddev_pop',
    order: 2,
    finish: (n, m2) => Math.sqrt(m2 / n),
    summary: 'The standard deviation of all values.',
    ofOne: '0.0',
  }),
  moment({
    name: 'stddev_samp',
    aliases: ['stddev', 'std'],
    order: 2,
    finish: (n, m2) => (n === 1 ? null : Math.sqrt(m2 / (n - 1))),
    summary: `The standard deviation that a sample suggests (divided by n - 1); ${sample}.`,
    ofOne: 'NULL',
  }),
  moment({
    name: 'skewness',
    order: 3,
    finish: (n, m2, m3) => (m2 === 0 ? null : (Math.sqrt(n) * m3) / Math.sqrt(m2 * m2 * m2)),
    summary: 'How much the values lean to one side; null if all are the same.',
    ofOne: 'NULL',
  }),
  moment({
    name: 'kurtosis',
    order: 4,
    finish: (n, m2, _, m4) => (m2 === 0 ? null : (n * m4) / (m2 * m2) - 3),
    summary: 'How heavy the tails are, 0 for a normal distribution; null if all values are the same.',
    ofOne: 'NULL',
  }),
];

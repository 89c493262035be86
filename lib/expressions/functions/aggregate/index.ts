import type { AggregateDef } from '../define.js';
import { approximations } from './approximate.js';
import { averages } from './average.js';
import { bitsAndBooleans } from './bits.js';
import { collections } from './collect.js';
import { counts } from './count.js';
import { extremes } from './extremes.js';
import { centralMoments } from './moments.js';
import { pairStatistics } from './pairs.js';
import { percentiles } from './percentile.js';
import { sums } from './sum.js';
import { texts } from './text.js';

export { takesOrder } from './ordered.js';

export const aggregates: readonly AggregateDef[] = [
  ...counts,
  ...sums,
  ...averages,
  ...extremes,
  ...collections,
  ...texts,
  ...centralMoments,
  ...pairStatistics,
  ...bitsAndBooleans,
  ...percentiles,
  ...approximations,
];

import type { AnyFunction } from '../define.js';
import { bits } from './bits.js';
import { casts } from './casts.js';
import { divisions } from './division.js';
import { exponentials } from './exponential.js';
import { formatNumber } from './format-number.js';
import { formatted } from './formatted.js';
import { lenients } from './lenient.js';
import { radixes } from './radix.js';
import { randoms } from './random.js';
import { roundings } from './rounding.js';
import { signs } from './sign.js';
import { trigonometry } from './trigonometry.js';

export const numericFunctions: readonly AnyFunction[] = [
  ...signs,
  ...roundings,
  ...divisions,
  ...exponentials,
  ...trigonometry,
  ...bits,
  ...radixes,
  ...lenients,
  ...casts,
  ...formatted,
  formatNumber,
  ...randoms,
];

import type { AnyFunction } from '../define.js';
import { access } from './access.js';
import { arithmetics } from './arithmetic.js';
import { bitwises } from './bitwise.js';
import { comparisons } from './comparison.js';
import { concatenation } from './concatenation.js';
import { logic } from './logic.js';
import { membership } from './membership.js';

export const operators: readonly AnyFunction[] = [
  ...comparisons,
  ...logic,
  ...membership,
  ...arithmetics,
  ...bitwises,
  concatenation,
  access,
];

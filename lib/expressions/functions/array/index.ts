import type { AnyFunction } from '../define.js';
import { accessors } from './access.js';
import { changes } from './change.js';
import { combinations } from './combine.js';
import { higherOrder } from './higher-order.js';
import { makers } from './make.js';
import { searches } from './search.js';
import { sequences } from './sequence.js';
import { sets } from './sets.js';
import { shuffles } from './shuffle.js';
import { sorts } from './sort.js';

export const arrayFunctions: readonly AnyFunction[] = [
  ...makers,
  ...accessors,
  ...searches,
  ...sets,
  ...changes,
  ...combinations,
  ...sorts,
  ...sequences,
  ...shuffles,
  ...higherOrder,
];

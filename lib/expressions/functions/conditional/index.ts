import type { AnyFunction } from '../define.js';
import { caseWhen, ifThenElse } from './case.js';
import { coalescing } from './coalesce.js';
import { extremes } from './extremes.js';

export const conditionals: readonly AnyFunction[] = [caseWhen, ifThenElse, ...coalescing, ...extremes];

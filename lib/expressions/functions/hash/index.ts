import type { AnyFunction } from '../define.js';

export const hashFunctions: readonly AnyFunction[] = [];

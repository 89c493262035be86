import type { AnyFunction } from '../define.js';

export const arrayFunctions: readonly AnyFunction[] = [];

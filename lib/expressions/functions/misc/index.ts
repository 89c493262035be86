import type { AnyFunction } from '../define.js';

export const miscFunctions: readonly AnyFunction[] = [];

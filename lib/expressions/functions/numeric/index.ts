import type { AnyFunction } from '../define.js';

export const numericFunctions: readonly AnyFunction[] = [];

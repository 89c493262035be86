import type { AnyFunction } from '../define.js';

export const csvFunctions: readonly AnyFunction[] = [];

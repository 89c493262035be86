import type { AnyFunction } from '../define.js';

export const stringFunctions: readonly AnyFunction[] = [];

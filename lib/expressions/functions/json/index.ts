import type { AnyFunction } from '../define.js';

export const jsonFunctions: readonly AnyFunction[] = [];

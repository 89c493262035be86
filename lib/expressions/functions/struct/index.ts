import type { AnyFunction } from '../define.js';

export const structFunctions: readonly AnyFunction[] = [];

import type { AnyFunction } from '../define.js';

export const urlFunctions: readonly AnyFunction[] = [];

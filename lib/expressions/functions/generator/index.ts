import type { AnyFunction } from '../define.js';

export const generatorFunctions: readonly AnyFunction[] = [];

import type { AnyFunction } from '../define.js';

export const mapFunctions: readonly AnyFunction[] = [];

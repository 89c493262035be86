import type { AnyFunction } from '../define.js';

export const datetimeFunctions: readonly AnyFunction[] = [];

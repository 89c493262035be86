import type { AnyFunction } from '../define.js';
import { higherOrder } from './higher-order.js';
import { makers } from './make.js';
import { readers } from './read.js';

export const mapFunctions: readonly AnyFunction[] = [...makers, ...readers, ...higherOrder];

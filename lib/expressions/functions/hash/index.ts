import type { AnyFunction } from '../define.js';
import { digests } from './digests.js';
import { rowHashes } from './rows.js';

export const hashFunctions: readonly AnyFunction[] = [...rowHashes, ...digests];

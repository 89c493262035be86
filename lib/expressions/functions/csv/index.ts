import type { AnyFunction } from '../define.js';
import { fromCsv } from './from-csv.js';
import { schemaOfCsv } from './schema-of-csv.js';
import { toCsv } from './to-csv.js';

export const csvFunctions: readonly AnyFunction[] = [fromCsv, toCsv, schemaOfCsv];

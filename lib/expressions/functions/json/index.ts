import type { AnyFunction } from '../define.js';
import { getJsonObject, jsonArrayLength, jsonObjectKeys, jsonTuple } from './extract.js';
import { fromJson } from './from-json.js';
import { schemaOfJson } from './schema-of-json.js';
import { toJson } from './to-json.js';
import { variantFunctions } from './variant.js';

export const jsonFunctions: readonly AnyFunction[] = [
  fromJson,
  toJson,
  getJsonObject,
  jsonTuple,
  jsonArrayLength,
  jsonObjectKeys,
  schemaOfJson,
  ...variantFunctions,
];

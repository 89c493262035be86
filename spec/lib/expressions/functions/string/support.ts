import {
  Frame,
  Scope,
  defaultSettings,
  evaluate,
  factsOf,
  parseExpression,
  resolve,
} from '../../../../../lib/expressions/index.js';
import type { Value } from '../../../../../lib/expressions/values.js';
import { readerOf } from '../../../../../lib/expressions/vector.js';

/** The value of an expression without columns. */
export function valueOf(sql: string, ansi = true): Value {
  const bound = resolve(parseExpression(sql), new Scope([]), { ...defaultSettings, ansi });
  return readerOf(evaluate(bound, new Frame([], 1, factsOf(0, 0, 'query'))))(0);
}

/** The condition of the error that an expression ends with. */
export function conditionOf(sql: string, ansi = true): unknown {
  try {
    valueOf(sql, ansi);
  } catch (error) {
    return (error as { details?: { condition?: string } }).details?.condition ?? error;
  }
  return undefined;
}

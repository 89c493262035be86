import {
  Frame,
  Scope,
  defaultSettings,
  evaluate,
  factsOf,
  parseExpression,
  resolve,
} from '../../../../../lib/expressions/index.js';
import { readerOf } from '../../../../../lib/expressions/vector.js';
import { simpleString, structOf } from '../../../../../lib/schema/index.js';
import { caught } from '../../caught.js';

export const batch = factsOf(0, 0, 'query');

export function value(sql: string, timeZone = 'UTC'): unknown {
  const bound = resolve(parseExpression(sql), Scope.of(structOf([])), { ...defaultSettings, timeZone });
  return readerOf(evaluate(bound, new Frame([], 1, batch)))(0);
}

export const typeOf = (sql: string): string => simpleString(resolve(parseExpression(sql), Scope.of(structOf([]))).type);
export const conditionOf = (sql: string): unknown => caught(() => value(sql)).details['condition'];

import { SluiceError } from '../../../lib/errors/index.js';
import { castFunction } from '../../../lib/expressions/cast/index.js';
import type { BatchFacts } from '../../../lib/expressions/functions/define.js';
import {
  type Bound,
  type ExpressionSettings,
  Frame,
  Scope,
  type Value,
  defaultSettings,
  evaluate,
  factsOf,
  parseExpression,
  resolve,
} from '../../../lib/expressions/index.js';
import { readerOf } from '../../../lib/expressions/vector.js';
import { simpleString } from '../../../lib/schema/index.js';
import { caught } from './caught.js';

/** The first batch of a query, planned at 2023-11-14 22:13:20 UTC. */
export const firstBatch = (): BatchFacts => factsOf(0, 1_700_000_000_000, 'query');

type Settings = Partial<ExpressionSettings>;

const bind = (sql: string, settings: Settings): Bound =>
  resolve(parseExpression(sql), new Scope([]), { ...defaultSettings, ...settings });

/** The value of an expression without columns. */
export const valueOf = (sql: string, settings: Settings = {}): Value =>
  readerOf(evaluate(bind(sql, settings), new Frame([], 1, firstBatch())))(0);

/** Its type, as Spark calls it. */
export const typeOf = (sql: string, settings: Settings = {}): string => simpleString(bind(sql, settings).type);

/** Type and value, as `CAST(… AS STRING)` shows it. */
export function shown(sql: string, settings: Settings = {}): string {
  const { type } = bind(sql, settings);
  const zone = settings.timeZone ?? defaultSettings.timeZone;
  const text = castFunction(type, { kind: 'string' }, { ansi: true, zone })(valueOf(sql, settings));
  return `${simpleString(type)} ${text === null ? 'NULL' : (text as string)}`;
}

/** The condition of the error that an expression ends with. */
export const conditionOf = (sql: string, settings: Settings = {}): unknown =>
  caught(() => valueOf(sql, settings)).details.condition;

/** As `shown`, or the condition of the error. */
export function outcome(sql: string, settings: Settings = {}): string {
  try {
    return shown(sql, settings);
  } catch (error) {
    if (error instanceof SluiceError) return String(error.details.condition);
    throw error;
  }
}

import { SluiceError } from '../../../../../lib/errors/index.js';
import { castFunction } from '../../../../../lib/expressions/cast/index.js';
import {
  type ExpressionSettings,
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
import { simpleString } from '../../../../../lib/schema/index.js';

/** The batch was planned at 2023-11-14 22:13:20 UTC. */
const batch = factsOf(3, 1_700_000_000_000, 'q');

/** Type and value of an expression, as `CAST(… AS STRING)` shows it, or the condition of its error. */
export function show(sql: string, settings: Partial<ExpressionSettings> = {}): string {
  const all = { ...defaultSettings, ...settings };
  try {
    const bound = resolve(parseExpression(sql), new Scope([]), all);
    const value = readerOf(evaluate(bound, new Frame([], 1, batch)))(0);
    const toText = castFunction(bound.type, { kind: 'string' }, { ansi: true, zone: all.timeZone });
    const text: Value = bound.type.kind === 'void' ? value : toText(value);
    return `${simpleString(bound.type)} ${text === null ? 'NULL' : (text as string)}`;
  } catch (error) {
    if (error instanceof SluiceError) return String(error.details.condition);
    throw error;
  }
}

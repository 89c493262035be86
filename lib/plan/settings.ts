import { SluiceError } from '../errors/index.js';
import { type ExpressionSettings, defaultSettings } from '../expressions/settings.js';
import type { PlanNode } from './node.js';

/**
 * What holds for expressions over a node's output: what the nearest `session()` above it says, or else the defaults.
 * Throws UNSUPPORTED_PIPELINE where several inputs do not agree.
 */
export function settingsOf(node: PlanNode): ExpressionSettings {
  const keys = Object.keys(defaultSettings) as (keyof ExpressionSettings)[];
  return Object.fromEntries(keys.map((key) => [key, settingOf(node, key)])) as unknown as ExpressionSettings;
}

function settingOf(node: PlanNode, key: keyof ExpressionSettings): string | boolean {
  const own = node.settings?.[key];
  if (own !== undefined) return own;
  const [first = defaultSettings[key], ...others] = node.inputs.map((input) => settingOf(input, key));
  const other = others.find((value) => value !== first);
  if (other === undefined) return first;
  throw new SluiceError(
    'UNSUPPORTED_PIPELINE',
    `${node.op}: session() says different things of its inputs: ${key} is ${String(first)} and ${String(other)}. ` +
      'Say the same of each, or put session() below.',
    { details: { setting: key, found: [first, other] } },
  );
}

import { SluiceError } from '../errors/index.js';
import { type ExpressionSettings, defaultSettings } from '../expressions/settings.js';
import type { PlanNode } from './node.js';

/**
 * What holds for expressions over a node's output: what the nearest `session()` above set, or the defaults. Throws
 * UNSUPPORTED_PIPELINE where several inputs do not agree.
 */
export function settingsOf(node: PlanNode): ExpressionSettings {
  if (node.settings !== undefined) return node.settings;
  const [first = defaultSettings, ...others] = node.inputs.map(settingsOf);
  for (const other of others) {
    const keys = Object.keys(first) as (keyof ExpressionSettings)[];
    const differing = keys.filter((key) => first[key] !== other[key]);
    if (differing.length === 0) continue;
    const shown = differing.map((key) => `${key} (${String(first[key])} and ${String(other[key])})`).join(', ');
    throw new SluiceError(
      'UNSUPPORTED_PIPELINE',
      `${node.op}: its inputs have different settings of session(): ${shown}. Set the same on each, or session() below.`,
    );
  }
  return first;
}

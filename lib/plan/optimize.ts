import type { Condition } from '../expressions/conditions.js';
import type { BatchStream, PlanNode, Wanted } from './node.js';

/**
 * The plan as it will run: sources give only the columns that are used further down and leave out what is filtered
 * away below, and neighbours that can be joined are. The result of a pipeline never depends on it.
 */
export function optimize(node: PlanNode, wanted: Wanted = 'all', conditions: readonly Condition[] = []): PlanNode {
  const pruned = wanted === 'all' ? node : (node.prune?.(wanted) ?? node);
  if (node.inputs.length === 0) return conditions.length === 0 ? pruned : (pruned.restrict?.(conditions) ?? pruned);
  const needed = pruned.needs?.(wanted) ?? 'all';
  const passed = pruned.passes?.(conditions) ?? [];
  const best = { ...pruned, inputs: pruned.inputs.map((input) => optimize(input, needed, passed)) };
  const [input] = best.inputs;
  return (best.inputs.length === 1 ? best.fuse?.(input!) : undefined) ?? best;
}

/** The stream that runs a plan. */
export function connect(node: PlanNode): BatchStream {
  return node.connect(node.inputs.map(connect));
}

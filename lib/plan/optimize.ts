import type { BatchStream, PlanNode, Wanted } from './node.js';

/**
 * The plan as it will run: sources give only the columns that are used further down, and neighbours that can be
 * joined are. The result of a pipeline never depends on it.
 */
export function optimize(node: PlanNode, wanted: Wanted = 'all'): PlanNode {
  const needed = node.needs?.(wanted) ?? 'all';
  let best: PlanNode = node;
  if (node.inputs.length > 0) best = { ...node, inputs: node.inputs.map((input) => optimize(input, needed)) };
  else if (wanted !== 'all' && node.prune !== undefined) best = node.prune(wanted);
  const [input] = best.inputs;
  return (input !== undefined && best.inputs.length === 1 ? best.fuse?.(input) : undefined) ?? best;
}

/** The stream that runs a plan. */
export function connect(node: PlanNode): BatchStream {
  return node.connect(node.inputs.map(connect));
}

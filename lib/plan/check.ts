import { SluiceError } from '../errors/index.js';
import { type OutputMode, type PlanNode, nodesOf } from './node.js';

/** What the checks need to know of a sink. */
export interface CheckedSink {
  readonly op: string;
  readonly outputModes: readonly OutputMode[];
}

/** Refuses, before anything runs, what cannot be run correctly. */
export function checkPlan(plan: PlanNode, sink?: CheckedSink, outputMode?: OutputMode): void {
  const nodes = [...nodesOf(plan)];
  const checkpoints = nodes.filter((n) => n.traits.checkpoint !== undefined);
  if (checkpoints.length > 1) {
    const dirs = checkpoints.map((n) => n.traits.checkpoint);
    throw unsupported(`A pipeline has one checkpoint; this one has ${checkpoints.length} (${dirs.join(', ')}).`);
  }
  const triggers = new Set(nodes.flatMap((n) => n.traits.trigger ?? []));
  if (triggers.size > 1) throw unsupported(`A pipeline has one trigger; this one has: ${[...triggers].join('; ')}.`);
  checkStateAboveCheckpoint(plan, undefined);
  checkContinuous(nodes);
  checkObserved(nodes);
  checkOutputMode(nodes, sink, outputMode);
}

function checkContinuous(nodes: readonly PlanNode[]): void {
  if (!nodes.some(({ traits }) => traits.trigger?.startsWith('continuous') === true)) return;
  const keeping = nodes.find(({ op, traits }) => traits.stores === true || op === 'withWatermark');
  if (keeping === undefined) return;
  throw unsupported(
    `${keeping.op} needs batches that are committed one by one, which trigger({ continuous }) does not do. ` +
      "Use trigger({ processingTime: '1 second' }), or no trigger at all.",
  );
}

function checkObserved(nodes: readonly PlanNode[]): void {
  const names = [...new Set(nodes)].flatMap((n) => n.traits.observes ?? []);
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice === undefined) return;
  const message = `Two operators count under the name '${twice}' for the progress. Give one another name.`;
  throw new SluiceError('DUPLICATE_NAME', message, { details: { name: twice } });
}

function checkStateAboveCheckpoint(node: PlanNode, below: PlanNode | undefined): void {
  if (node.traits.checkpoint !== undefined && below !== undefined) {
    throw unsupported(
      `${below.op} keeps state and stands below the checkpoint '${node.traits.checkpoint}', so its state would not be ` +
        'saved. Move checkpoint() below it, next to the sink.',
    );
  }
  for (const input of node.inputs) checkStateAboveCheckpoint(input, node.traits.stateful === true ? node : below);
}

function checkOutputMode(
  nodes: readonly PlanNode[],
  sink: CheckedSink | undefined,
  asked: OutputMode | undefined,
): void {
  const modes = new Set(nodes.flatMap((n) => n.traits.outputMode ?? []));
  if (asked !== undefined) modes.add(asked);
  if (modes.size > 1)
    throw unsupported(`A pipeline has one output mode; this one asks for ${[...modes].join(' and ')}.`);
  const mode = [...modes][0] ?? 'append';
  if (sink !== undefined && !sink.outputModes.includes(mode)) {
    const message = `${sink.op} does not support the output mode '${mode}', only ${sink.outputModes.map((m) => `'${m}'`).join(', ')}.`;
    throw new SluiceError('UNSUPPORTED_OUTPUT_MODE', message, { details: { outputMode: mode, sink: sink.op } });
  }
  if (mode === 'complete') {
    const message =
      "The output mode 'complete' needs an aggregation: without one the result would be every row ever seen.";
    throw new SluiceError('UNSUPPORTED_OUTPUT_MODE', message, { details: { outputMode: mode } });
  }
}

function unsupported(message: string): SluiceError {
  return new SluiceError('UNSUPPORTED_PIPELINE', message);
}

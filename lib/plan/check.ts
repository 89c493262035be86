import { SluiceError } from '../errors/index.js';
import { type OutputMode, type PlanNode, nodesOf } from './node.js';
import { checkStreaming } from './streaming-rules.js';

/** What the checks need to know of a sink. */
export interface CheckedSink {
  readonly op: string;
  readonly outputModes: readonly OutputMode[];
}

/**
 * Refuses, before anything runs, what cannot be run correctly. `outputMode` is what the start asks for, `around` what
 * holds where neither it nor the pipeline says anything.
 */
export function checkPlan(
  plan: PlanNode,
  {
    sink,
    outputMode,
    around,
  }: { sink?: CheckedSink | undefined; outputMode?: OutputMode | undefined; around?: OutputMode | undefined } = {},
): void {
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
  checkShared(nodes);
  checkStreaming(plan, checkedMode(nodes, sink, outputMode) ?? around ?? 'append');
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

function checkShared(nodes: readonly PlanNode[]): void {
  const source = nodes.find(({ traits }) => traits.shared === true);
  const keeping = nodes.find(({ traits }) => traits.stateful === true);
  if (source === undefined || keeping === undefined) return;
  throw unsupported(
    `${keeping.op} keeps state, and ${source.op} shares its partitions with other processes: one that takes a partition ` +
      'over would not have its state. Read all partitions in one process, or keep the state elsewhere.',
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

/** The output mode that is asked for. */
function checkedMode(
  nodes: readonly PlanNode[],
  sink: CheckedSink | undefined,
  asked: OutputMode | undefined,
): OutputMode | undefined {
  const modes = new Set(nodes.flatMap((n) => n.traits.outputMode ?? []));
  if (asked !== undefined) modes.add(asked);
  if (modes.size > 1)
    throw unsupported(`A pipeline has one output mode; this one asks for ${[...modes].join(' and ')}.`);
  const [mode] = modes;
  if (sink !== undefined && !sink.outputModes.includes(mode ?? 'append')) {
    const message = `${sink.op} does not support the output mode '${mode ?? 'append'}', only ${sink.outputModes.map((m) => `'${m}'`).join(', ')}.`;
    throw new SluiceError('UNSUPPORTED_OUTPUT_MODE', message, {
      details: { outputMode: mode ?? 'append', sink: sink.op },
    });
  }
  return mode;
}

function unsupported(message: string): SluiceError {
  return new SluiceError('UNSUPPORTED_PIPELINE', message);
}

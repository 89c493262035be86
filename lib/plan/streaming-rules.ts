import { SluiceError } from '../errors/index.js';
import type { OutputMode, PlanNode } from './node.js';

/** What an operator is to the rules of output modes, which are Spark's. */
export type StreamingRole =
  | {
      readonly kind: 'aggregation';
      /** Groups are closed by the watermark: a key carries event time. */
      readonly closes: boolean;
      /** Groups are sessions. */
      readonly session: boolean;
    }
  | {
      readonly kind: 'join';
      /** Rows come out that match nothing. */
      readonly outer: boolean;
    }
  | { readonly kind: 'deduplication' | 'mapGroups' | 'sort' | 'limit' }
  | {
      readonly kind: 'flatMapGroups' | 'transform';
      /** What its rows are: final, or changes of ones before. Undefined: as the query has it. */
      readonly mode?: OutputMode;
      /** It gives rows when event time has passed, which may be late for operators further down. */
      readonly eventTimeout?: boolean;
    };

/** Refuses, by the output mode, what could not give a right result. `mode` is that of the whole pipeline. */
export function checkStreaming(plan: PlanNode, mode: OutputMode): void {
  const steps = stepsOf(plan);
  const aggregated = steps.some(({ role }) => role.kind === 'aggregation');
  if (mode === 'complete' && !aggregated) {
    throw refused(
      mode,
      "The output mode 'complete' needs an aggregation: without one the result would be every row ever seen.",
    );
  }
  for (const step of steps) {
    checkAlone(step, mode, aggregated);
    checkBelow(step, mode);
  }
}

interface Step {
  readonly op: string;
  readonly role: StreamingRole;
  /** The operators with a role that its rows come from, the nearest first. */
  readonly above: readonly Step[];
}

/** The operators with a role, the one furthest downstream first. */
function stepsOf(plan: PlanNode): readonly Step[] {
  const below = plan.inputs.map(stepsOf);
  const above = below.flat();
  const { role } = plan.traits;
  return role === undefined ? above : [{ op: plan.op, role, above }, ...above];
}

function checkAlone({ op, role, above }: Step, mode: OutputMode, aggregated: boolean): void {
  switch (role.kind) {
    case 'aggregation':
      checkAggregation(op, role, mode);
      break;
    case 'join':
      if (mode === 'append' || (mode === 'update' && !role.outer)) break;
      throw refused(mode, `${op}: a join of streams gives rows that are final, so its output mode is 'append'.`);
    case 'deduplication':
      break;
    case 'mapGroups':
      if (mode === 'update') break;
      throw refused(
        mode,
        `${op} gives a row whenever the state of a group changes, so its output mode is 'update'. ` +
          'For rows that are final use flatMapGroupsWithState.',
      );
    case 'flatMapGroups':
    case 'transform':
      checkGroups(op, role, aggregated, mode);
      break;
    case 'sort':
      if (mode === 'complete' && above.some((step) => step.role.kind === 'aggregation')) break;
      throw unsupported(
        `${op}: rows can be sorted where all of the result is there, which is behind an aggregation in the output mode ` +
          "'complete'. Elsewhere sort what the sink writes.",
      );
    case 'limit':
      if (mode !== 'update') break;
      throw unsupported(`${op}: in the output mode 'update' a row may come again, so that the first ones are no ones.`);
  }
}

function checkAggregation(op: string, role: StreamingRole & { readonly kind: 'aggregation' }, mode: OutputMode): void {
  if (mode === 'append' && !role.closes) {
    throw refused(
      mode,
      `${op}: in the output mode 'append' a group comes once, when the watermark has passed it, and no key here carries ` +
        "event time. Put withWatermark('at', '10 minutes') above it and group by that column or a window of it, or use " +
        "the output mode 'update'.",
    );
  }
  if (mode === 'update' && role.session) {
    throw refused(
      mode,
      `${op}: in the output mode 'update' sessions are not supported: one that becomes part of another could not be taken ` +
        "back. Use 'append'.",
    );
  }
}

function checkGroups(
  op: string,
  role: StreamingRole & { readonly kind: 'flatMapGroups' | 'transform' },
  aggregated: boolean,
  mode: OutputMode,
): void {
  if (role.mode === undefined) return;
  if (aggregated && role.mode === 'update') {
    throw unsupported(`${op}: what aggregates its rows would count a group again each time it changes. Use 'append'.`);
  }
  if (!aggregated && role.mode !== mode) {
    throw unsupported(
      `${op} gives rows of the output mode '${role.mode}', and the query's is '${mode}'. Declare the same for both.`,
    );
  }
}

/** What follows an operator has to be able to tell which of its rows are late, and which replace others. */
function checkBelow({ op, role: own, above }: Step, mode: OutputMode): void {
  if (own.kind === 'sort' || own.kind === 'limit') return;
  for (const step of above) {
    const { role } = step;
    if (role.kind === 'aggregation' && mode !== 'append') {
      throw unsupported(
        `${op} cannot follow ${step.op} in the output mode '${mode}': it would count a group again each time it changes. ` +
          "Use 'append', where each group comes once.",
      );
    }
    if (role.kind === 'mapGroups') {
      throw unsupported(`${op} cannot follow ${step.op}, whose rows are changes of rows before.`);
    }
    if (role.kind === 'flatMapGroups' && role.eventTimeout === true) {
      throw unsupported(
        `${op} cannot follow ${step.op} with event-time timeouts: the rows that they give may be older than the watermark.`,
      );
    }
  }
}

function refused(mode: OutputMode, message: string): SluiceError {
  return new SluiceError('UNSUPPORTED_OUTPUT_MODE', message, { details: { outputMode: mode } });
}

function unsupported(message: string): SluiceError {
  return new SluiceError('UNSUPPORTED_PIPELINE', message);
}

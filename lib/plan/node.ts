import type { Observable } from 'rxjs';
import type { MicroBatch } from '../batch/index.js';
import type { Condition } from '../expressions/conditions.js';
import type { ExpressionSettings } from '../expressions/settings.js';
import type { Schema } from '../schema/index.js';
import type { EventTime } from './event-time.js';
import type { StreamingRole } from './streaming-rules.js';

/** The columns that are needed of a node's output: all, or those named. */
export type Wanted = 'all' | ReadonlySet<string>;

/** A batch stream at run time, whatever its rows. */
export type BatchStream = Observable<MicroBatch>;

/** What the checks before the start ask of a node. */
export interface Traits {
  /** The directory, if the node is a checkpoint. */
  readonly checkpoint?: string;
  /** The trigger in words, if the node is one. */
  readonly trigger?: string;
  /** The node keeps state from batch to batch, which only commits right above a checkpoint. */
  readonly stateful?: boolean;
  /** The node keeps it in stores, and so needs the marks of whole batches. */
  readonly stores?: boolean;
  /** What the node is to the rules of output modes, if they say anything of it. */
  readonly role?: StreamingRole;
  /** The output mode that the node asks for. */
  readonly outputMode?: OutputMode;
  /** The name of what the node counts for the progress. */
  readonly observes?: string;
  /** The source can read a range of offsets again after a crash. */
  readonly replayable?: boolean;
  /** Other processes may take over parts of the source, without the state that its rows left behind. */
  readonly shared?: boolean;
}

export type OutputMode = 'append' | 'update' | 'complete';

/**
 * What a source or operator leaves on the flow that it returns: what it is, what it reads, what comes out of it, and
 * how to make it run. A tree of nodes is a pipeline; it costs nothing while rows flow.
 */
export interface PlanNode {
  /** `foreign` is an operator of rxjs or of a user: it runs, and nothing is optimised across it. */
  readonly kind: 'source' | 'operator' | 'foreign';
  /** The name of the factory, such as `fileSource` or `mapRows`. */
  readonly op: string;
  /** Its options in short, for `explain()`. Never holds a secret. */
  readonly detail: string;
  readonly inputs: readonly PlanNode[];
  /** The columns of the output, or undefined where only the run will tell. */
  readonly schema: Schema | undefined;
  readonly traits: Traits;
  /** What expressions right below may name besides the columns of the output. */
  readonly hidden?: Schema | undefined;
  /** Which columns of the output carry event time, if any do. */
  readonly eventTime?: EventTime | undefined;
  /** What the node says of the expressions below it. */
  readonly settings?: Partial<ExpressionSettings>;
  /** Which columns of the inputs are needed for the wanted ones of the output; without it, all. */
  readonly needs?: (wanted: Wanted) => Wanted;
  /** The same node, giving only these columns; without it, all are given. */
  readonly prune?: (columns: ReadonlySet<string>) => PlanNode;
  /**
   * Given what all rows of the output that matter further down fulfil, what those of the inputs do: only rows of the
   * inputs that do not fulfil it may be left out. An operator that looks at other rows, counts or numbers them must
   * not pass anything, and need not have this.
   */
  readonly passes?: (conditions: readonly Condition[]) => readonly Condition[];
  /** The same source, which may leave out rows that do not fulfil all of these. It need not: they are filtered below. */
  readonly restrict?: (conditions: readonly Condition[]) => PlanNode;
  /** One node that does what `input` and this one do, or undefined if they cannot be joined. */
  readonly fuse?: (input: PlanNode) => PlanNode | undefined;
  /** The stream that runs the node over the streams of its inputs. */
  readonly connect: (inputs: readonly BatchStream[]) => BatchStream;
}

/** All nodes of a plan, the output first. */
export function* nodesOf(node: PlanNode): Generator<PlanNode> {
  yield node;
  for (const input of node.inputs) yield* nodesOf(input);
}

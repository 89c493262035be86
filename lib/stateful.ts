import { Observable } from 'rxjs';
import type { MicroBatch } from './batch/index.js';
import {
  type NoDataBatch,
  type OperatorState,
  type OperatorWatermarks,
  type QueryContext,
  inQuery,
} from './context/index.js';
import { Flow } from './flow.js';
import { eachBatch } from './operator.js';
import { pairBatches } from './pairing.js';
import { type BatchStream, type OutputMode, type PlanNode, reachingWatermark } from './plan/index.js';

/** What an operator that keeps state in stores says of itself, besides its plan node. */
export interface StatefulLogic<Input> {
  /** Its name; another operator of the same name gets `#2` after it. */
  readonly name: string;
  /** What Spark calls it in the progress. */
  readonly operatorName: string;
  /** When a batch without data is wanted, by output mode. */
  readonly noDataBatch: (mode: OutputMode) => NoDataBatch;
  /**
   * Called at the subscription; what it returns turns each batch into one. What that throws fails the batch, and with
   * it the query. State that the batch changed is in force once it commits. What is given to `whenOver` is called when
   * the subscription ends, however it does.
   */
  readonly start: (
    state: OperatorState,
    whenOver: (act: () => void) => void,
  ) => (input: Input, marks: OperatorWatermarks) => MicroBatch;
  /** Called when the inputs are through: what it handed rows to is through, too. */
  readonly onComplete?: () => void;
}

/** An operator's node without what follows from its having state. */
export type StatefulNode = Omit<PlanNode, 'kind' | 'connect' | 'traits'> & { readonly traits?: PlanNode['traits'] };

/** A flow of an operator of one input that keeps state. Has to be above a checkpoint, if there is one. */
export function statefulFlow<Row>(node: StatefulNode, logic: StatefulLogic<MicroBatch>): Flow<Row> {
  return flowOf(node, ([source]) =>
    subscribed(node, logic, (process) => eachBatch(source!, (batch) => process(batch, batch))),
  );
}

/** What a batch of each input is; undefined where an input has ended. */
export type Inputs = readonly (MicroBatch | undefined)[];

/** A flow of an operator of several inputs that keeps state. */
export function statefulJoin<Row>(node: StatefulNode, logic: StatefulLogic<Inputs>): Flow<Row> {
  return flowOf(node, (sources) =>
    subscribed(node, logic, (process) =>
      pairBatches(sources, (batches) =>
        process(
          batches,
          batches.find((batch) => batch !== undefined)!,
        ),
      ),
    ),
  );
}

function flowOf<Row>(node: StatefulNode, connect: PlanNode['connect']): Flow<Row> {
  return new Flow<Row>({
    ...node,
    kind: 'operator',
    traits: { ...node.traits, stateful: true, stores: true },
    connect,
  });
}

type Process<Input> = (input: Input, batch: MicroBatch) => MicroBatch;

/** Takes a seat in the query around the subscription, for as long as it lasts. */
function subscribed<Input>(
  { inputs }: StatefulNode,
  logic: StatefulLogic<Input>,
  stream: (process: Process<Input>) => BatchStream,
): BatchStream {
  const watermark = reachingWatermark(inputs.map(({ eventTime }) => eventTime));
  return new Observable((subscriber) =>
    inQuery(subscriber, (context: QueryContext, destination) => {
      const seat = context.stateful.add({ ...logic, watermark });
      const ends: (() => void)[] = [];
      const process = logic.start(seat, (act) => ends.push(act));
      const subscription = stream((input, batch) => {
        const marks = seat.watermarks(batch.lateWatermark, batch.watermark);
        const began = performance.now();
        const out = process(input, marks);
        seat.took(performance.now() - began);
        return out;
      }).subscribe({
        next: (batch) => destination.next(batch),
        error: (error: unknown) => destination.error(error),
        complete: () => {
          logic.onComplete?.();
          destination.complete();
        },
      });
      return () => {
        subscription.unsubscribe();
        seat.release();
        for (const end of ends) end();
      };
    }),
  );
}

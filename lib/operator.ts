import { Observable, type Subscriber } from 'rxjs';
import type { MicroBatch } from './batch/index.js';
import { SluiceError } from './errors/index.js';
import { Flow, planOf } from './flow.js';
import type { BatchStream, PlanNode } from './plan/index.js';

/** An operator of ours: takes any Observable of batches, gives a flow. */
export type FlowOperator<A, B> = (source: Observable<MicroBatch<A>>) => Flow<B>;

/** What an operator says of itself; the rest of its plan node follows from its input. */
export type OperatorNode = Omit<PlanNode, 'kind' | 'inputs' | 'detail' | 'traits'> &
  Partial<Pick<PlanNode, 'detail' | 'traits'>>;

/** Makes an operator of one input from what it says of itself over that input. */
export function flowOperator<A, B>(describe: (input: PlanNode) => OperatorNode): FlowOperator<A, B> {
  return (source) => {
    const input = planOf(source as Observable<MicroBatch>);
    return new Flow<B>({ kind: 'operator', detail: '', traits: {}, inputs: [input], ...describe(input) });
  };
}

/**
 * The stream of an operator that turns each batch into one at once. If `transform` throws, the batch fails (so that
 * it never commits) and the stream ends with the error.
 */
export function eachBatch(input: BatchStream, transform: (batch: MicroBatch) => MicroBatch): BatchStream {
  return new Observable<MicroBatch>((subscriber) =>
    input.subscribe({
      next: (batch) => {
        let out: MicroBatch;
        try {
          out = transform(batch);
        } catch (error) {
          failBatch(subscriber, batch, error);
          return;
        }
        subscriber.next(out);
      },
      error: (error: unknown) => subscriber.error(error),
      complete: () => subscriber.complete(),
    }),
  );
}

/** Ends an operator's stream over a batch: the error goes down, and the batch cannot commit. */
export function failBatch(subscriber: Subscriber<MicroBatch>, batch: MicroBatch, error: unknown): void {
  batch.fail(error);
  subscriber.error(error);
}

/** What to throw for an error of a user's function. */
export function userError(op: string, batch: MicroBatch, row: number, error: unknown): SluiceError {
  const where = `${op}: the function threw on row ${row} of batch ${batch.id}`;
  return SluiceError.from(error, 'USER_FUNCTION_FAILED', where, { operator: op, batchId: batch.id, row });
}

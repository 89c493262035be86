import { Observable } from 'rxjs';
import { type TriggerOptions, describeTrigger, inQuery, parseTrigger } from '../lib/context/index.js';
import { type FlowOperator, flowOperator } from '../lib/operator.js';

/**
 * Says when batches start. Without a trigger one starts as soon as there is data and the batch before is durable.
 *
 * - `{ processingTime: '30 seconds' }`: on a grid aligned to the epoch; the first at once. Ticks that come while a
 *   batch runs count as one, and a tick without new data starts nothing. A backlog that the engine split to fit into
 *   memory goes on without waiting for the next tick. With `target: '2 seconds'` batches are cut so that each takes
 *   about so long, by the speed that was measured: a slow sink gets small ones, a fast one large ones. Choose it well
 *   above what a batch of a single row takes.
 * - `{ availableNow: true }`: what is there at the start, in as many batches as limits ask for, then completes.
 * - `{ once: true }`: the same in one batch, whatever its size; prefer `availableNow`.
 * - `{ continuous: '1 second' }`: rows go on as they arrive, and only every interval is it written down how far they
 *   got: after a crash the rows of up to one interval come again (**at least once**), under new batch ids.
 *
 * One trigger a query. Throws INVALID_OPTION.
 *
 * @example
 * ```ts
 * rateSource({ rowsPerSecond: 10 }).pipe(trigger({ processingTime: '1 second' })).subscribe(consoleSink());
 * ```
 */
export function trigger<Row>(options: TriggerOptions): FlowOperator<Row, Row> {
  const parsed = parseTrigger(options);
  return flowOperator((input) => ({
    op: 'trigger',
    detail: describeTrigger(parsed),
    schema: input.schema,
    hidden: input.hidden,
    eventTime: input.eventTime,
    traits: { trigger: describeTrigger(parsed) },
    needs: (wanted) => wanted,
    passes: (conditions) => conditions,
    connect: ([source]) =>
      new Observable((subscriber) =>
        inQuery(subscriber, (context, destination) => {
          context.setTrigger(parsed);
          return source!.subscribe(destination);
        }),
      ),
  }));
}

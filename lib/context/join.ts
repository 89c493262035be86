import { Observable, type Subscriber, type TeardownLogic } from 'rxjs';
import type { MicroBatch } from '../batch/index.js';
import { ambient, within } from './ambient.js';
import { QueryContext } from './query-context.js';
import type { SeatedSource } from './seat.js';

/**
 * Calls `use` inside the query that is found around it. Where there is none, `subscriber` gets a new one of its own:
 * what `use` subscribes finds it, its end is the query's end, and failures of the query are its errors.
 */
export function inQuery(
  subscriber: Subscriber<MicroBatch>,
  use: (context: QueryContext, destination: Subscriber<MicroBatch>) => TeardownLogic,
): TeardownLogic {
  const around = ambient();
  if (around.context !== undefined && !around.context.ended) return use(around.context, subscriber);

  // Downstream of its owner nothing belongs to the query any more: a sink that starts a pipeline starts its own.
  const outside = <T>(body: () => T): T =>
    within(around.session === undefined ? {} : { session: around.session }, body);
  const context = new QueryContext(around.session, (error) => outside(() => subscriber.error(error)));
  const inside = new Observable<MicroBatch>((destination) => context.run(() => use(context, destination)));
  const subscription = inside.subscribe({
    next: (batch) => {
      context.taken();
      outside(() => subscriber.next(batch));
    },
    error: (error: unknown) => {
      context.end({ error });
      outside(() => subscriber.error(error));
    },
    complete: () => {
      context.end({ completed: true });
      outside(() => subscriber.complete());
    },
  });
  return () => {
    subscription.unsubscribe();
    context.end({});
  };
}

/** Subscribes a source to the query around it. */
export function joinQuery(subscriber: Subscriber<MicroBatch>, source: SeatedSource): TeardownLogic {
  return inQuery(subscriber, (context, destination) => context.join(source, destination));
}

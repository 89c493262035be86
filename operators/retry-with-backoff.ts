import { Observable, Subscription, asyncScheduler } from 'rxjs';
import { type Ambient, ambient, within } from '../lib/context/index.js';
import { Retries, retryTimes } from '../lib/connect/push/index.js';
import { type FlowOperator, flowOperator } from '../lib/operator.js';
import { type Duration, func, parseOptions, wholeNumber } from '../lib/options/index.js';

export interface RetryOptions {
  /** After so many failures in a row the error goes on down the stream. Default 10. */
  maxRetries?: number;
  /** How long to wait before the first try. Default `'1 second'`; it doubles with each try that fails. */
  initial?: Duration;
  /** The longest wait. Default `'1 minute'`. */
  max?: Duration;
  /** Whether each wait is shortened by chance, to no less than half, so that queries do not march in step. Default true. */
  jitter?: boolean;
  /** When a try has run so long without failing, the next failure counts as the first again. Default `'1 minute'`. */
  resetAfter?: Duration;
  /** Which errors are worth another try. Default: all. */
  when?: (error: unknown) => boolean;
}

const spec = { maxRetries: wholeNumber({ min: 0 }, 10), ...retryTimes, when: func<(error: unknown) => boolean>() };

/**
 * Subscribes what is above it again when it fails, later and later. Above `checkpoint` (or `trigger`, or a `union`) the
 * query stays, other sources wait, and the source goes on from the last commit: each row once. Below `checkpoint` the
 * query itself starts again from its checkpoint. Without a checkpoint below or above it, the source starts afresh.
 *
 * Throws UNKNOWN_OPTION or INVALID_OPTION; what `when` throws takes the place of the error.
 *
 * @example
 * ```ts
 * kafkaSource({ … }).pipe(retryWithBackoff({ maxRetries: 20, max: '30 seconds' }), checkpoint('checkpoint/'));
 * ```
 */
export function retryWithBackoff<Row>(options: RetryOptions = {}): FlowOperator<Row, Row> {
  const { maxRetries, when = () => true, ...times } = parseOptions('retryWithBackoff', options, spec);
  return flowOperator((input) => ({
    op: 'retryWithBackoff',
    detail: `${maxRetries} times, from ${times.initial} to ${times.max} ms`,
    schema: input.schema,
    hidden: input.hidden,
    eventTime: input.eventTime,
    needs: (wanted) => wanted,
    passes: (conditions) => conditions,
    connect: ([source]) =>
      new Observable((subscriber) => {
        const around = ambient();
        const clock = clockOf(around);
        const retries = new Retries(times, maxRetries);
        const subscriptions = new Subscription();
        const attempt = (): void => {
          const startedAt = clock.now();
          // The source may find the query only where this operator was subscribed, however late that was.
          const running = within(around, () =>
            source!.subscribe({
              next: (batch) => subscriber.next(batch),
              complete: () => subscriber.complete(),
              error: (error: unknown) => again(error, clock.now() - startedAt),
            }),
          );
          subscriptions.add(running);
          running.add(() => subscriptions.remove(running));
        };
        const again = (error: unknown, lasted: number): void => {
          let delay: number | undefined;
          try {
            delay = when(error) ? retries.next(lasted) : undefined;
          } catch (thrown) {
            subscriber.error(thrown);
            return;
          }
          if (delay === undefined) subscriber.error(error);
          else subscriptions.add(clock.schedule(attempt, delay));
        };
        attempt();
        return subscriptions;
      }),
  }));
}

const clockOf = ({ context, session }: Ambient) => context?.clock ?? session?.clock ?? asyncScheduler;

import type { Duration } from '../options/index.js';
import { queries } from './queries.js';

/**
 * From now on SIGTERM and SIGINT stop every query (the batch in hand is finished), and then end the process as the
 * signal would have; a second signal ends it at once. Returns what undoes it.
 *
 * @param options.timeout how long a batch in hand may take. Default `'30 seconds'`.
 *
 * @example
 * ```ts
 * gracefulShutdown({ timeout: '10 seconds' });
 * ```
 */
export function gracefulShutdown(options: { timeout?: Duration } = {}): () => void {
  const { timeout = '30 seconds' } = options;
  const remove = (): void => {
    process.removeListener('SIGTERM', onSignal);
    process.removeListener('SIGINT', onSignal);
  };
  const onSignal = (signal: NodeJS.Signals): void => {
    remove();
    const stops = queries.active.map((query) => query.stop({ timeout }));
    void Promise.allSettled(stops).then(() => process.kill(process.pid, signal));
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
  return remove;
}

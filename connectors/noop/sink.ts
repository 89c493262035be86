import { type Sink, defineSink } from '../../lib/connect/index.js';

/**
 * Takes everything and writes nothing, in every output mode: for measuring a pipeline, or for running one for its
 * side effects.
 *
 * @example
 * ```ts
 * rateMicroBatchSource({ rowsPerBatch: 1_000_000 }).pipe(take(100)).subscribe(noopSink());
 * ```
 */
export function noopSink<Row = unknown>(): Sink<Row> {
  return defineSink<Row>({
    op: 'noopSink',
    supports: { exactlyOnce: false, outputModes: ['append', 'update', 'complete'] },
    open: () => ({ write: () => undefined }),
  });
}

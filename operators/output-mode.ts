import { SluiceError } from '../lib/errors/index.js';
import { Observable } from 'rxjs';
import { inQuery } from '../lib/context/index.js';
import { type FlowOperator, flowOperator } from '../lib/operator.js';
import type { OutputMode } from '../lib/plan/index.js';

/**
 * Says what a sink gets of each batch: `'append'` the rows that are final (the default), `'update'` the rows that
 * changed, `'complete'` the whole result every time. The same as `outputMode` of `startQuery`. Refused before the
 * start with UNSUPPORTED_OUTPUT_MODE where the pipeline or the sink cannot do it.
 *
 * @example
 * ```ts
 * flow$.pipe(outputMode('update')).subscribe(memorySink({ queryName: 'latest' }));
 * ```
 */
export function outputMode<Row>(mode: OutputMode): FlowOperator<Row, Row> {
  if (!['append', 'update', 'complete'].includes(mode)) {
    const message = `outputMode: the mode must be 'append', 'update' or 'complete', not '${String(mode)}'.`;
    throw new SluiceError('INVALID_OPTION', message);
  }
  return flowOperator((input) => ({
    op: 'outputMode',
    detail: mode,
    schema: input.schema,
    hidden: input.hidden,
    eventTime: input.eventTime,
    traits: { outputMode: mode },
    needs: (wanted) => wanted,
    passes: (conditions) => conditions,
    connect: ([source]) =>
      new Observable((subscriber) =>
        inQuery(subscriber, (context, destination) => {
          context.outputMode = mode;
          return source!.subscribe(destination);
        }),
      ),
  }));
}

import { Observable } from 'rxjs';
import type { MicroBatch } from '../lib/batch/index.js';
import { inQuery } from '../lib/context/index.js';
import { SluiceError } from '../lib/errors/index.js';
import { Flow, planOf } from '../lib/flow.js';
import { type Duration, duration, func, nonEmptyText, parseOptions } from '../lib/options/index.js';
import { sameColumns } from '../lib/plan/used-columns.js';
import { type Schema, formatDdl } from '../lib/schema/index.js';
import { FallbackSwitch } from './fallback-switch.js';
import { unitedEventTime } from './union.js';

export interface FallbackOptions {
  /** The name under which the checkpoint and the progress keep which flow is in use. Default `'fallback'`. */
  name?: string;
  /** Which errors of the primary are a reason to go over to the backup; others go on down the stream. Default: all. */
  when?: (error: unknown) => boolean;
  /**
   * So long after the primary was left it is tried again, between two batches; if it fails, so long after that. A
   * restart counts from where the primary was left. Default: never.
   */
  returnAfter?: Duration;
}

const spec = {
  name: nonEmptyText(),
  when: func<(error: unknown) => boolean>(),
  returnAfter: duration(),
};

/**
 * The primary flow, and the backup in its place from when the primary fails: at the start, or at any time after. Never
 * both: each batch has the rows of one of them. Both have the same columns. It completes when the flow in use does, and
 * fails when the backup does.
 *
 * Which flow is in use is part of the plan of each batch, so a restart goes on with it, and each source goes on where it
 * was committed last, also when the primary is returned to: each row once. A batch of the primary that only was planned
 * is given up, and its rows come when the primary is back. One that a sink may have seen (the process died over it, or
 * the sink failed) has to be done again by the primary first: if that fails, the error goes on down the stream, and the
 * next start tries again.
 *
 * In the progress it is a source without rows: `startOffset` and `endOffset` say which flow was and is in use, and
 * `metrics` how often the primary failed in this run, and why the last time.
 *
 * Put `retryWithBackoff` on the primary if it is to be tried again before it is left. Throws UNKNOWN_OPTION or
 * INVALID_OPTION, and SCHEMA_MISMATCH if the columns are known and differ; what `when` throws takes the place of the error.
 *
 * @example
 * ```ts
 * const live$ = kafkaSource({ … }).pipe(retryWithBackoff({ maxRetries: 3 }));
 * fallback(live$, fileSource({ … }), { returnAfter: '5 minutes' }).pipe(checkpoint('checkpoint/'));
 * ```
 */
export function fallback<Row>(
  primary: Observable<MicroBatch<Row>>,
  backup: Observable<MicroBatch<Row>>,
  options: FallbackOptions = {},
): Flow<Row> {
  const { name = 'fallback', when, returnAfter } = parseOptions('fallback', options, spec);
  if (returnAfter === 0) throw new SluiceError('INVALID_OPTION', 'fallback: `returnAfter` must be longer than 0.');
  const inputs = [primary, backup].map((flow) => planOf(flow as never));
  const [first, second] = inputs.map(({ schema }) => schema);
  if (first !== undefined && second !== undefined) checkColumns(first, second);
  return new Flow<Row>({
    kind: 'operator',
    op: 'fallback',
    detail: [name, ...(returnAfter === undefined ? [] : [`returns after ${returnAfter} ms`])].join(', '),
    inputs,
    schema: second && first,
    hidden: inputs[0]!.hidden === inputs[1]!.hidden ? inputs[0]!.hidden : undefined,
    eventTime: unitedEventTime(inputs),
    traits: { stateful: true },
    needs: (wanted) => wanted,
    passes: (conditions) => conditions,
    connect: ([one, other]) =>
      new Observable((subscriber) =>
        inQuery(subscriber, (context, destination) =>
          new FallbackSwitch(
            { primary: one!, backup: other! },
            { name, when, returnAfter },
            context,
            destination,
          ).start(),
        ),
      ),
  });
}

function checkColumns(a: Schema, b: Schema): void {
  if (sameColumns(a, b)) return;
  const message = `fallback: the flows have different columns: (${formatDdl(a)}) and (${formatDdl(b)}). Select and name them alike first.`;
  throw new SluiceError('SCHEMA_MISMATCH', message);
}

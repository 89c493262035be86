import { Observable, asyncScheduler } from 'rxjs';
import { type PushOptions, openInbox, pushSettings, pushSpec, rowCodec } from '../lib/connect/push/index.js';
import { ambient, joinQuery } from '../lib/context/index.js';
import { Flow } from '../lib/flow.js';
import { func, nonEmptyText, parseOptions, schema } from '../lib/options/index.js';
import type { SchemaLike } from '../lib/schema/index.js';
import { roughSize } from './rough-size.js';

/**
 * `PushOptions`, and how to pause what feeds the Observable. With `overflow: 'pause'` and without a `pause` a full
 * buffer fails with BUFFER_OVERFLOW; with one, what is under way may still come, up to twice of what may wait.
 */
export interface MicroBatchOptions<Row> extends PushOptions {
  /** Makes what feeds the Observable stop, such as `() => socket.pause()`. */
  readonly pause?: () => void;
  /** Makes it go on. */
  readonly resume?: () => void;
  /** The types of the rows. Without it sinks that need types take them from the values. */
  readonly schema?: SchemaLike<Row>;
  /** The name under which the source is kept in the checkpoint. Default `microBatch`. */
  readonly name?: string;
}

const spec = {
  ...pushSpec,
  pause: func<() => void>(),
  resume: func<() => void>(),
  schema: schema(),
  name: nonEmptyText(),
};

const advice =
  'An Observable cannot be paused: give `pause` and `resume` of what feeds it, another `overflow`, or use fromIterable.';

/**
 * Turns any Observable of rows into a flow of micro-batches. Rows that come while a batch is under way wait in a
 * bounded buffer. What cannot be asked again cannot be replayed: rows that a crash catches between their arrival and
 * the commit of their batch are lost (**at most once**), unless `buffer: { spill }` keeps them on disk.
 *
 * Throws INVALID_OPTION, INVALID_SCHEMA and UNKNOWN_OPTION.
 *
 * @example
 * ```ts
 * events$.pipe(microBatch({ maxRows: 1000, maxDelay: '1 second' })).subscribe(consoleSink());
 * ```
 */
export function microBatch<Row>(options: MicroBatchOptions<Row> = {}): (source: Observable<Row>) => Flow<Row> {
  const parsed = parseOptions('microBatch', options, spec);
  const { name = 'microBatch', pause, resume } = parsed;
  const defaults = { maxRows: 1000, timesBuffered: 100, maxBufferedBytes: Infinity };
  const settings = pushSettings('microBatch', parsed, defaults);
  const isMeasured = settings.maxBufferedBytes < Infinity;
  const replayable = settings.spill !== undefined;
  return (source) =>
    new Flow<Row>({
      kind: 'source',
      op: 'microBatch',
      detail: name === 'microBatch' ? '' : name,
      inputs: [],
      schema: parsed.schema,
      traits: { replayable },
      connect: () =>
        new Observable((subscriber) => {
          const clock = ambient().context?.clock ?? asyncScheduler;
          const feed = { pause, resume, slack: 2, advice };
          const { inbox, open } = openInbox<unknown, unknown>(
            'microBatch',
            settings,
            feed,
            rowCodec,
            (rows) => rows,
            () => clock.now(),
          );
          const definition = {
            op: 'microBatch',
            name,
            supports: { replay: replayable },
            open: ({ wake }: { wake: () => void }) => open(wake),
          };
          subscriber.add(
            joinQuery(subscriber, {
              definition,
              schema: parsed.schema,
              columns: undefined,
              conditions: [],
            }),
          );
          // From now on, not from the first batch on: a hot source does not wait.
          subscriber.add(
            source.subscribe({
              next: (row) => inbox.push(row, isMeasured ? roughSize(row) : 0),
              error: (error: unknown) => inbox.fail(error),
              complete: () => inbox.end(),
            }),
          );
        }),
    });
}

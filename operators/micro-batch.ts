import { Observable, asyncScheduler } from 'rxjs';
import { ambient, joinQuery } from '../lib/context/index.js';
import { Flow } from '../lib/flow.js';
import {
  type Duration,
  duration,
  func,
  nonEmptyText,
  oneOf,
  parseOptions,
  schema,
  wholeNumber,
} from '../lib/options/index.js';
import type { SchemaLike } from '../lib/schema/index.js';
import { type Overflow, PushBuffer } from './push-buffer.js';

export interface MicroBatchOptions<Row> {
  /** A batch starts when so many rows wait, and holds no more. Default 1000. */
  maxRows?: number;
  /** A batch starts at the latest so long after its first row came. Default 0: as soon as the query is free. */
  maxDelay?: Duration;
  /** How many rows may wait while the query is busy. Default 100 times `maxRows`. */
  maxBufferedRows?: number;
  /**
   * What happens past that: `'pause'` calls `pause`, and `resume` when half of the rows are gone (an Observable that
   * goes on pushing fails with BUFFER_OVERFLOW); `'error'` fails at once; `'dropOldest'` and `'dropNewest'` drop and
   * count rows (`droppedRows` in the progress). Default `'pause'`.
   */
  overflow?: Overflow;
  /** Makes what feeds the Observable stop, such as `() => socket.pause()`. */
  pause?: () => void;
  /** Makes it go on. */
  resume?: () => void;
  /** The types of the rows. Without it sinks that need types take them from the values. */
  schema?: SchemaLike<Row>;
  /** The name under which the source is kept in the checkpoint. Default `microBatch`. */
  name?: string;
}

const spec = {
  maxRows: wholeNumber({ min: 1 }, 1000),
  maxDelay: duration(0),
  maxBufferedRows: wholeNumber({ min: 1 }),
  overflow: oneOf(['pause', 'error', 'dropOldest', 'dropNewest'], 'pause'),
  pause: func<() => void>(),
  resume: func<() => void>(),
  schema: schema(),
  name: nonEmptyText(),
};

/**
 * Turns any Observable of rows into a flow of micro-batches. Rows that come while a batch is under way wait in a
 * bounded buffer. What cannot be asked again cannot be replayed: rows that a crash catches between their arrival and
 * the commit of their batch are lost (**at most once**).
 *
 * @example
 * ```ts
 * events$.pipe(microBatch({ maxRows: 1000, maxDelay: '1 second' })).subscribe(consoleSink());
 * ```
 */
export function microBatch<Row>(options: MicroBatchOptions<Row> = {}): (source: Observable<Row>) => Flow<Row> {
  const parsed = parseOptions('microBatch', options, spec);
  const { maxRows, name = 'microBatch' } = parsed;
  const maxBufferedRows = parsed.maxBufferedRows ?? 100 * maxRows;
  return (source) =>
    new Flow<Row>({
      kind: 'source',
      op: 'microBatch',
      detail: name === 'microBatch' ? '' : name,
      inputs: [],
      schema: parsed.schema,
      traits: { replayable: false },
      connect: () =>
        new Observable((subscriber) => {
          const clock = ambient().context?.clock ?? asyncScheduler;
          const buffer = new PushBuffer<Row>({ ...parsed, maxBufferedRows }, () => clock.now());
          const definition = {
            op: 'microBatch',
            name,
            supports: { replay: false },
            open: ({ wake }: { wake: () => void }) => buffer.connect(wake),
          };
          subscriber.add(
            joinQuery(subscriber, {
              definition: definition,
              schema: parsed.schema,
              columns: undefined,
              conditions: [],
            }),
          );
          // From now on, not from the first batch on: a hot source does not wait.
          subscriber.add(
            source.subscribe({
              next: (row) => buffer.push(row),
              error: (error: unknown) => buffer.fail(error),
              complete: () => buffer.end(),
            }),
          );
        }),
    });
}

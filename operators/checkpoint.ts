import { Observable } from 'rxjs';
import { CheckpointLog } from '../lib/checkpoint/index.js';
import { inQuery } from '../lib/context/index.js';
import { SluiceError } from '../lib/errors/index.js';
import { type FlowOperator, flowOperator } from '../lib/operator.js';
import { type Size, oneOf, parseOptions, size, wholeNumber } from '../lib/options/index.js';

export interface CheckpointOptions {
  /** The log goes on in a new file when it has grown by this much. Default `'4m'`. */
  segmentBytes?: Size;
  /** How many past batches can be looked up in the log and the state at least. Default 100, as in Spark. */
  minBatchesToRetain?: number;
  /**
   * Where the state of operators is. `'memory'`: in memory, with a synced log of what changes. `'lmdb'`: on the disk, for
   * more than memory holds, and slower; needs the package `lmdb` (MISSING_PACKAGE says so). Default `'memory'`.
   */
  state?: 'memory' | 'lmdb';
}

const spec = {
  segmentBytes: size('4m'),
  minBatchesToRetain: wholeNumber({ min: 1 }, 100),
  state: oneOf(['memory', 'lmdb'], 'memory'),
};

/**
 * Remembers in a directory what is to be done and what has been done, so that the query survives a crash: what a
 * batch is to hold is durable before a sink sees it, what was done (with the state of operators and the watermark)
 * is durable in one step after. A restart does the batch in hand again, with the same id, the same rows and the same
 * timestamp, and goes on from there; with a replayable source and an exactly-once sink each row counts once.
 *
 * Stands below all operators that keep state, right above the sink. The directory is made if it is not there, and
 * belongs to one running query. The stream fails with CHECKPOINT_IN_USE, CHECKPOINT_CORRUPT, CHECKPOINT_MISMATCH or
 * CHECKPOINT_UNWRITABLE.
 *
 * @example
 * ```ts
 * fileSource({ format: 'text', path: 'in/' })
 *   .pipe(checkpoint('checkpoint/'))
 *   .subscribe(fileSink({ format: 'text', path: 'out/' }));
 * ```
 */
export function checkpoint<Row>(dir: string, options: CheckpointOptions = {}): FlowOperator<Row, Row> {
  if (typeof dir !== 'string' || dir === '') {
    throw new SluiceError('INVALID_OPTION', 'checkpoint: the directory must be a path that is not empty.');
  }
  const parsed = parseOptions('checkpoint', options, spec);
  return flowOperator((input) => ({
    op: 'checkpoint',
    detail: dir,
    schema: input.schema,
    hidden: input.hidden,
    eventTime: input.eventTime,
    traits: { checkpoint: dir },
    needs: (wanted) => wanted,
    passes: (conditions) => conditions,
    connect: ([source]) =>
      new Observable((subscriber) =>
        inQuery(subscriber, (context, destination) => {
          context.setLog(new CheckpointLog(dir, parsed));
          return source!.subscribe(destination);
        }),
      ),
  }));
}

import { defineSource } from '../../lib/connect/index.js';
import { type Inbox, type PushSettings, openInbox, rowCodec } from '../../lib/connect/push/index.js';
import { SluiceError } from '../../lib/errors/index.js';
import type { Flow } from '../../lib/flow.js';
import { isPromise } from '../../lib/maybe-promise.js';
import { type FromIterableOptions, parseFromIterable } from './options.js';

/** Rows that are asked for: an array, a generator, an async iterable, a Node `Readable` of objects. */
export type PullSource<Row> = Iterable<Row> | AsyncIterable<Row>;

/**
 * Reads rows from what can be asked for them. Never more than `maxRows` are read ahead of the batch in hand, so a slow
 * sink makes the iterable wait. The query ends when the iterable does; stopped, it is closed (`return()`), which
 * destroys a Node stream.
 *
 * An iterable cannot be asked again: **at most once** across a crash, and one run. A function is called for each run,
 * which then begins anew.
 *
 * Throws INVALID_OPTION, INVALID_SCHEMA and UNKNOWN_OPTION. Fails with what the iterable throws as the cause.
 *
 * @example
 * ```ts
 * fromIterable(createInterface({ input: process.stdin })).pipe(mapRows((value) => ({ value }))).subscribe(consoleSink());
 * ```
 */
export function fromIterable<Row>(
  source: PullSource<Row> | (() => PullSource<Row>),
  options: FromIterableOptions<Row> = {},
): Flow<Row> {
  const { name, schema, maxRows, maxDelay } = parseFromIterable(options);
  if (typeof source !== 'function' && !isIterable(source)) {
    throw new SluiceError('INVALID_OPTION', 'fromIterable: the first argument must be an iterable, or make one.');
  }
  const settings: PushSettings = {
    maxRows,
    maxDelay,
    maxBufferedRows: maxRows,
    maxBufferedBytes: Infinity,
    overflow: 'pause',
    spill: undefined,
  };
  return defineSource<Row, number>({
    op: 'fromIterable',
    name,
    ...(schema !== undefined && { schema }),
    supports: { replay: false },
    open: (context) => {
      const feed = { pause: () => undefined, resume: () => pump.run(), slack: Infinity, advice: '' };
      const { inbox, open } = openInbox<Row, Row>(
        'fromIterable',
        settings,
        feed,
        rowCodec as never,
        (rows) => rows,
        () => context.now(),
      );
      const reader = open(() => context.wake());
      const pump = new Pump(typeof source === 'function' ? source() : source, inbox);
      pump.run();
      return Object.assign(reader, { close: () => pump.close() });
    },
  });
}

const isIterable = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && (Symbol.iterator in value || Symbol.asyncIterator in value);

/** Asks for one row after the other as long as there is room. */
class Pump<Row> {
  private readonly rows: Iterator<Row> | AsyncIterator<Row>;
  private running = false;
  private over = false;

  constructor(
    source: PullSource<Row>,
    private readonly inbox: Inbox<Row>,
  ) {
    this.rows = Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
  }

  run(): void {
    if (this.running || this.over) return;
    this.running = true;
    this.pull().catch((error: unknown) => {
      this.over = true;
      this.inbox.fail(error);
    });
  }

  async close(): Promise<void> {
    if (this.over) return;
    this.over = true;
    // One that is waiting for a row would answer only then.
    const closed = this.rows.return?.();
    if (this.running) Promise.resolve(closed).catch(() => undefined);
    else await closed;
  }

  private async pull(): Promise<void> {
    while (!this.over && !this.inbox.isPaused) {
      const next = this.rows.next();
      // An array is read at once, without a turn of the event loop a row.
      const result = isPromise(next) ? await next : next;
      if (this.over) return;
      if (result.done === true) {
        this.over = true;
        this.inbox.end();
        return;
      }
      this.inbox.push(result.value, 0);
    }
    this.running = false;
  }
}

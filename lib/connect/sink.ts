import type { Observer } from 'rxjs';
import type { BatchQuery, MicroBatch } from '../batch/index.js';
import { ambient, within } from '../context/index.js';
import { SluiceError } from '../errors/index.js';
import { type MaybePromise, all, chain, isPromise, whenReady } from '../maybe-promise.js';
import type { ExplainedBranch, OutputMode } from '../plan/index.js';
import type { Schema } from '../schema/index.js';
import type { SinkDefinition, SinkWriter } from './contract.js';

/**
 * Where a flow ends: an Observer of micro-batches. Subscribe it to a flow, or give it to `startQuery`. Its `next`
 * never throws: a batch that cannot be written fails, and with it the query.
 */
export class Sink<Row = unknown> implements Observer<MicroBatch<Row>> {
  /** The factory's name and options in short. */
  readonly op: string;
  readonly detail: string;
  readonly outputModes: readonly OutputMode[];
  /** Whether a batch that comes again after a crash leaves each of its rows once. */
  readonly exactlyOnce: boolean;
  /** The sinks that this one hands rows on to. */
  readonly branches: readonly ExplainedBranch[];
  private readonly runs = new Map<BatchQuery, Run<Row>>();
  private settleClosed: { resolve: () => void; reject: (error: unknown) => void } | undefined;
  private closedView: Promise<void> | undefined;
  private ended: { readonly error?: unknown } | undefined;

  /** @internal Sinks are made by `defineSink`. */
  constructor(private readonly definition: SinkDefinition<Row>) {
    this.op = definition.op;
    this.detail = definition.detail ?? '';
    this.outputModes = definition.supports.outputModes ?? ['append'];
    this.exactlyOnce = definition.supports.exactlyOnce;
    this.branches = definition.branches ?? [];
  }

  /** Resolves when the stream has ended and everything is written and closed; rejects with what made it fail. */
  get closed(): Promise<void> {
    this.closedView ??= new Promise((resolve, reject) => {
      this.settleClosed = { resolve, reject };
      if (this.ended !== undefined) this.settle(this.ended);
    });
    return this.closedView;
  }

  /** @internal Refuses columns that cannot be written. */
  check(schema: Schema): void {
    this.definition.check?.(schema);
  }

  readonly next = (batch: MicroBatch<Row>): void => {
    let run = this.runs.get(batch.query);
    if (run === undefined) {
      run = new Run(this.definition, batch.query);
      this.runs.set(batch.query, run);
      this.ended = undefined;
      batch.query.onEnd(() => this.closeRun(batch.query));
    }
    run.take(batch);
  };

  readonly error = (error: unknown): void => {
    for (const query of this.runs.keys()) query.abort(error);
    const watched = this.closedView !== undefined || ambient().session !== undefined;
    this.finish({ error });
    // As rxjs does with an error that no observer takes: it must not vanish.
    if (!watched) {
      setTimeout(() => {
        throw error;
      });
    }
  };

  readonly complete = (): void => {
    // A batch that came when its query was over: nobody else hears of it.
    const late = [...this.runs.values()].find((run) => run.late !== undefined)?.late;
    if (late === undefined) this.finish({});
    else this.error(late.error);
  };

  private finish(end: { readonly error?: unknown }): void {
    whenReady(
      () => chain(all([...this.runs.keys()].map((query) => this.closeRun(query))), () => this.definition.ended?.(end)),
      () => this.settle(end),
      (error) => this.settle({ error }),
    );
  }

  private closeRun(query: BatchQuery): MaybePromise<void> {
    return this.runs.get(query)?.close();
  }

  private settle(end: { readonly error?: unknown }): void {
    this.ended = end;
    this.runs.clear();
    if (end.error === undefined) this.settleClosed?.resolve();
    else this.settleClosed?.reject(end.error);
    this.settleClosed = undefined;
    this.closedView = undefined;
  }
}

/** One query writing to a sink: its writer, opened with the first batch, and the writes one after the other. */
class Run<Row> {
  private writer: MaybePromise<SinkWriter<Row>> | undefined;
  private tail: MaybePromise<void> = undefined;
  private last: MicroBatch<Row> | undefined;
  private metrics: Readonly<Record<string, string | number>> = {};
  private outputRows = 0;
  private closing: MaybePromise<void> | undefined;
  private isClosed = false;
  private inHand = 0;
  private readonly abandoned = new AbortController();
  /** Why a batch could not be held. */
  late: { readonly error: unknown } | undefined;

  constructor(
    private readonly definition: SinkDefinition<Row>,
    private readonly query: BatchQuery,
  ) {}

  take(batch: MicroBatch<Row>): void {
    const { op, detail = '' } = this.definition;
    let done: ReturnType<MicroBatch['hold']>;
    try {
      done = batch.hold();
    } catch (error) {
      this.late ??= { error };
      this.query.abort(error);
      return;
    }
    const write = (): MaybePromise<void> => {
      if (this.last?.isOf(batch as never) === true) {
        throw new SluiceError(
          'UNSUPPORTED_PIPELINE',
          `${op} got two batches of batch ${batch.id}: the pipeline gives it one stream in several pieces. ` +
            'Join sources with union() instead of merge(), and subscribe a sink once.',
        );
      }
      this.last = batch;
      // A sink that starts a pipeline of its own starts a query of its own.
      return within({}, () =>
        chain((this.writer ??= this.open(batch)), (writer) =>
          chain(writer.write(batch), () => {
            this.metrics = writer.metrics?.() ?? {};
            this.outputRows = writer.outputRows?.() ?? batch.numRows;
          }),
        ),
      );
    };
    this.inHand++;
    const finished = (error?: unknown): void => {
      this.inHand--;
      if (error === undefined) {
        const sink = `${op} ${detail}`.trimEnd();
        this.query.report({ outputRows: this.outputRows, sink, metrics: this.metrics });
        done();
      } else {
        done(
          SluiceError.from(error, 'SINK_FAILED', `Writing batch ${batch.id} to ${op}`, { batchId: batch.id, sink: op }),
        );
      }
    };
    whenReady(
      () => {
        const writing = chain(this.tail, write);
        this.tail = isPromise(writing) ? writing.then(undefined, () => undefined) : undefined;
        return writing;
      },
      () => finished(),
      (error) => finished(error ?? new Error('unknown')),
    );
  }

  private open(batch: MicroBatch<Row>): MaybePromise<SinkWriter<Row>> {
    const { id, runId, name, outputMode } = this.query;
    const opened = this.definition.open({
      queryId: id,
      runId,
      queryName: name,
      outputMode,
      signal: this.abandoned.signal,
      // Asked for by few, and of rows without types it has to be made.
      get schema() {
        return batch.schema;
      },
    });
    if (!isPromise(opened)) return opened;
    return opened.then(undefined, (error: unknown) => {
      this.writer = undefined; // There is nothing to close.
      throw error;
    });
  }

  /** Closes the writer once, after the write in hand, which hears that it is given up. */
  close(): MaybePromise<void> {
    if (this.isClosed) return this.closing;
    this.isClosed = true;
    if (this.inHand > 0) this.abandoned.abort();
    this.closing = chain(this.tail, () =>
      this.writer === undefined ? undefined : chain(this.writer, (writer) => writer.close?.()),
    );
    return this.closing;
  }
}

/**
 * Makes a sink of your own. The base does the rest: holding batches, one write at a time, errors and closing.
 *
 * @example
 * ```ts
 * const toTable = (db: Database) =>
 *   defineSink<Order>({
 *     op: 'toTable',
 *     supports: { exactlyOnce: true },
 *     open: ({ queryId }) => ({
 *       write: (batch) => db.transaction(() => db.insertOnce(queryId, batch.id, batch.rows)),
 *     }),
 *   });
 * ```
 */
export function defineSink<Row = unknown>(definition: SinkDefinition<Row>): Sink<Row> {
  if (typeof definition?.open !== 'function' || typeof definition.op !== 'string') {
    throw new SluiceError('INVALID_OPTION', 'defineSink: `op` (a name) and `open` (a function) are required.');
  }
  return new Sink(definition);
}

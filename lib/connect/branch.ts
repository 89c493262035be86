import type { Observer } from 'rxjs';
import { type BatchQuery, type MicroBatch, type Settled, Settlement, type SinkReport } from '../batch/index.js';
import { Table } from '../columns/index.js';
import { SluiceError, messageOf } from '../errors/index.js';
import { defaultSettings } from '../expressions/settings.js';
import { type MaybePromise, all, chain } from '../maybe-promise.js';
import { custom, nonEmptyText, parseOptions, required, isSink, sink } from '../options/index.js';
import type { ExplainedBranch, OutputMode } from '../plan/index.js';
import { type DeadLetterRow, deadLetterSchema, deadLetters } from './dead-letter.js';
import { Sink } from './sink.js';

/** One of several sinks, with what holds for it alone. */
export interface BranchOptions<Row = unknown> {
  /** The sink: it belongs to this branch alone. */
  to: Observer<MicroBatch<Row>>;
  /** Names the branch in the progress and in dead letters. Default: the name of the sink's factory. */
  name?: string;
  /**
   * What happens when the sink fails on a batch. `'fail'`, the default: the query fails, and the batch comes again.
   * `'continue'`: this sink goes without the batch, or with the part of it that was written before, and gets the next;
   * the progress counts `<name>.failedRows`. A sink: the same, and it takes the rows as dead letters.
   */
  onError?: 'fail' | 'continue' | Observer<MicroBatch<DeadLetterRow>>;
}

/** A sink, or a sink with options. */
export type BranchSink<Row = unknown> = Observer<MicroBatch<Row>> | BranchOptions<Row>;

const spec = {
  to: required(sink<never>()),
  name: nonEmptyText(),
  onError: custom(
    (v): v is NonNullable<BranchOptions['onError']> => v === 'fail' || v === 'continue' || isSink(v),
    "'fail', 'continue' or a sink",
  ),
};

/** One of the sinks that rows are handed on to. */
export class Branch<Row> {
  private constructor(
    readonly name: string,
    readonly to: Observer<MicroBatch<Row>>,
    readonly onError: 'fail' | 'continue' | Observer<MicroBatch<DeadLetterRow>>,
  ) {}

  /** Reads what the user gave. Throws INVALID_OPTION, DUPLICATE_NAME and the like, for the factory `op`. */
  static all<Row>(op: string, given: readonly BranchSink<Row>[]): readonly Branch<Row>[] {
    const names = new Map<string, number>();
    const branches = given.map((one) => {
      const options = parseOptions(op, isSink(one) ? { to: one } : (one ?? {}), spec);
      const to = options.to as Observer<MicroBatch<Row>>;
      const base = options.name ?? (to instanceof Sink ? to.op : 'observer');
      const count = (names.get(base) ?? 0) + 1;
      names.set(base, count);
      if (options.name !== undefined && count > 1) {
        throw new SluiceError('DUPLICATE_NAME', `${op}: two branches are named '${base}'.`, {
          details: { name: base },
        });
      }
      return new Branch(count === 1 ? base : `${base}#${count}`, to, options.onError ?? 'fail');
    });
    checkPlaces(
      op,
      branches.flatMap(({ to, onError }) => (typeof onError === 'string' ? [to] : [to, onError])),
    );
    return branches;
  }

  /** As `explain()` draws it; `label` says which rows go here, if not all. */
  explained(label = this.name): ExplainedBranch {
    const { to } = this;
    return { label, sink: to instanceof Sink ? to : { op: 'observer', detail: '' } };
  }

  /** Tells its sinks that the stream has ended, and waits until they are closed. */
  end(end: { readonly error?: unknown }): MaybePromise<unknown> {
    const sinks = typeof this.onError === 'string' ? [this.to] : [this.to, this.onError];
    return all(
      sinks.map((sink) => {
        // Whoever asked for the end of the whole is told of an error; nobody has to ask each sink.
        const closed = sink instanceof Sink ? sink.closed : undefined;
        if ('error' in end) sink.error?.(end.error);
        else sink.complete?.();
        return 'error' in end ? closed?.catch(() => undefined) : closed;
      }),
    );
  }
}

/** The output modes that all sinks support. Throws UNSUPPORTED_OUTPUT_MODE if there is none. */
export function commonModes(op: string, branches: readonly Branch<never>[]): readonly OutputMode[] {
  const sinks = branches.flatMap(({ to }) => (to instanceof Sink ? [to] : []));
  const modes = (['append', 'update', 'complete'] as const).filter((mode) =>
    sinks.every((sink) => sink.outputModes.includes(mode)),
  );
  if (modes.length > 0) return modes;
  const each = sinks.map((sink) => `${sink.op}: ${sink.outputModes.join(', ')}`).join('; ');
  throw new SluiceError('UNSUPPORTED_OUTPUT_MODE', `${op}: the sinks have no output mode in common (${each}).`);
}

/** A sink that skips or replaces a batch that it has takes one batch of another branch for a replay. */
function checkPlaces(op: string, sinks: readonly Observer<never>[]): void {
  sinks.forEach((sink, i) => {
    for (const other of sinks.slice(0, i)) {
      const same = sink instanceof Sink && other instanceof Sink && sink.exactlyOnce && other.exactlyOnce;
      const place = same && sink.detail !== '' && sink.op === other.op && sink.detail === other.detail;
      if (sink !== other && !place) continue;
      const what = sink instanceof Sink ? `${sink.op} ${sink.detail}`.trimEnd() : 'a sink';
      throw new SluiceError(
        'INVALID_OPTION',
        `${op}: two branches write to ${what}. A batch is written to one place once: give each branch its own.`,
      );
    }
  });
}

/** One query writing to one branch. */
export class BranchRun<Row> {
  outputRows = 0;
  metrics: Readonly<Record<string, string | number>> = {};
  private readonly view: BranchQuery;
  private readonly lettersView: BranchQuery;

  constructor(
    private readonly branch: Branch<Row>,
    query: BatchQuery,
  ) {
    this.view = new BranchQuery(query);
    this.lettersView = new BranchQuery(query);
  }

  /** Resolves to what fails the whole batch, if anything does. */
  write(batch: MicroBatch<Row>): MaybePromise<Settled> {
    const { to, onError } = this.branch;
    return chain(deliver(batch, to, this.view), (settled): MaybePromise<Settled> => {
      const failed = 'error' in settled;
      this.count(batch.numRows, settled);
      if (onError === 'fail' || (onError === 'continue' && !failed)) return settled;
      if (onError === 'continue') return fine;
      // A batch of letters comes of every batch, so that a replay takes the place of what was there.
      return deliver(this.letters(batch, settled), onError, this.lettersView);
    });
  }

  private count(rows: number, settled: Settled): void {
    const { name } = this.branch;
    const failed = 'error' in settled;
    const metrics: Record<string, string | number> = { [`${name}.rows`]: failed ? 0 : rows };
    if (failed) {
      metrics[`${name}.failedRows`] = rows;
      metrics[`${name}.error`] = messageOf(settled.error);
    } else {
      for (const [key, value] of Object.entries(this.view.metrics)) metrics[`${name}.${key}`] = value;
    }
    this.metrics = metrics;
    this.outputRows = failed ? 0 : rows;
  }

  private letters(batch: MicroBatch<Row>, settled: Settled): MicroBatch<DeadLetterRow> {
    if (!('error' in settled)) return batch.with<DeadLetterRow>(Table.empty(deadLetterSchema));
    const error = messageOf(settled.error);
    const letters = Array.from({ length: batch.numRows }, (_, row) => ({
      position: `batch ${batch.id}, row ${row}`,
      error,
      rules: [],
    }));
    return batch.with<DeadLetterRow>(deadLetters(batch.table, letters, this.branch.name, batch.facts, defaultSettings));
  }
}

const fine: Settled = { held: true };

/** The query as one branch sees it: what the branch reports is told by the whole, under the branch's name. */
class BranchQuery implements BatchQuery {
  metrics: Readonly<Record<string, string | number>> = {};

  constructor(private readonly query: BatchQuery) {}

  get id(): string {
    return this.query.id;
  }

  get runId(): string {
    return this.query.runId;
  }

  get name(): string | undefined {
    return this.query.name;
  }

  get outputMode(): OutputMode {
    return this.query.outputMode;
  }

  onEnd(close: () => void | PromiseLike<void>): void {
    this.query.onEnd(close);
  }

  abort(error: unknown): void {
    this.query.abort(error);
  }

  report({ metrics = {} }: SinkReport): void {
    this.metrics = metrics;
  }

  observe(name: string, metrics: Readonly<Record<string, unknown>>): void {
    this.query.observe(name, metrics);
  }
}

/** Hands a batch to a sink, to be settled apart: resolves to how it went. */
function deliver<R>(batch: MicroBatch<R>, to: Observer<MicroBatch<R>>, view: BranchQuery): MaybePromise<Settled> {
  const settlement = new Settlement();
  const handedOn = settlement.keep();
  const part = batch.apart(settlement, view);
  view.metrics = {};
  try {
    to.next(part);
  } catch (thrown) {
    part.fail(thrown);
  }
  handedOn();
  let settled: Settled | undefined;
  let later: ((settled: Settled) => void) | undefined;
  settlement.onSettled((how) => (later === undefined ? (settled = how) : later(how)));
  return settled ?? new Promise((resolve) => (later = resolve));
}

import { randomUUID } from 'node:crypto';
import type { Observer } from 'rxjs';
import {
  type BatchHead,
  type BatchQuery,
  MicroBatch,
  type OffsetRange,
  Settlement,
  type Settled,
  type SinkReport,
} from '../batch/index.js';
import type { Table } from '../columns/index.js';
import type { OutputMode } from '../plan/index.js';
import { type Schema, type SchemaLike, toSchema } from '../schema/index.js';

/** A batch of any rows. */
export type AnyBatch = MicroBatch<unknown>;

/** A row of a marble batch for which no other was given. */
export interface MarbleRow {
  readonly value: string;
}

export interface BatchOptions<Row = unknown> {
  /** Default 0. */
  readonly id?: number;
  /** In milliseconds since the epoch, or null. Default null. */
  readonly watermark?: number | null;
  /** When the batch was planned, in milliseconds since the epoch. Default 0. */
  readonly timestamp?: number;
  /** The types of the rows. Default: none, as with rows of a user's Observable. */
  readonly schema?: SchemaLike<Row>;
  readonly offsets?: Readonly<Record<string, OffsetRange>>;
  /** The query that the batch belongs to. Default: a `TestQuery` of its own. */
  readonly query?: BatchQuery;
}

/** A query as a sink sees it: what the sink did with it can be looked at, and it can be ended. */
export class TestQuery implements BatchQuery {
  readonly id: string;
  readonly runId = randomUUID();
  readonly name: string | undefined;
  readonly outputMode: OutputMode;
  /** What was aborted with, in order. */
  readonly aborted: unknown[] = [];
  readonly reports: SinkReport[] = [];
  /** What was observed last, by name. */
  readonly observed: Record<string, Readonly<Record<string, unknown>>> = {};
  private readonly closers: (() => void | PromiseLike<void>)[] = [];

  constructor(options: { readonly id?: string; readonly name?: string; readonly outputMode?: OutputMode } = {}) {
    this.id = options.id ?? 'test-query';
    this.name = options.name;
    this.outputMode = options.outputMode ?? 'append';
  }

  onEnd(close: () => void | PromiseLike<void>): void {
    this.closers.push(close);
  }

  abort(error: unknown): void {
    this.aborted.push(error);
  }

  report(written: SinkReport): void {
    this.reports.push(written);
  }

  observe(name: string, metrics: Readonly<Record<string, unknown>>): void {
    this.observed[name] = metrics;
  }

  /** Ends the query: closes what was to be closed at its end. */
  async end(): Promise<void> {
    await Promise.all(this.closers.splice(0).map(async (close) => close()));
  }
}

/** What became of a batch and of those derived from it. */
class Watch {
  settled: Settled | undefined;
  /** The first use of the data after the batch was settled; its stack shows where. */
  lateUse: Error | undefined;

  constructor(
    private readonly id: number,
    settlement: Settlement,
  ) {
    settlement.onSettled((settled) => (this.settled = settled));
  }

  use(what: string): void {
    if (this.settled === undefined || this.lateUse !== undefined) return;
    this.lateUse = new Error(
      `\`${what}\` of batch ${this.id} was used after the batch was settled: it was kept past \`next\` without being ` +
        'held, so it could have been committed, and lost in a crash. Call `batch.hold()` inside `next`, and what it ' +
        'returns when the work is done.',
    );
  }
}

/** A batch that notices when it is used after it was settled. */
class WatchedBatch<Row> extends MicroBatch<Row> {
  constructor(
    private readonly watchedHead: BatchHead,
    data: Table | readonly Row[],
    schema: Schema | undefined,
    readonly watch: Watch,
  ) {
    super(watchedHead, data, schema);
  }

  override get rows(): readonly Row[] {
    this.watch.use('rows');
    return super.rows;
  }

  override get table(): Table {
    this.watch.use('columns');
    return super.table;
  }

  override with<R>(data: Table | readonly R[], schema?: Schema<R>): MicroBatch<R> {
    this.watch.use('with');
    return new WatchedBatch<R>(this.watchedHead, data, schema, this.watch).laidOutAs(this);
  }
}

/**
 * A micro-batch for tests: each character is a row, `{ value: 'a' }` or the one that `values` gives for it. Nobody has
 * it yet: hand it to an operator or a sink with `deliver`, then look at what became of it with `expectSettled`.
 *
 * @example
 * ```ts
 * const orders = batch('ab', { a: { shop: 'x', amount: 1 }, b: { shop: 'y', amount: 2 } }, { id: 7 });
 * deliver(orders, sink);
 * expectSettled(orders);
 * ```
 */
export function batch(rows: string): MicroBatch<MarbleRow>;
export function batch(rows: string, values: undefined, options?: BatchOptions<MarbleRow>): MicroBatch<MarbleRow>;
export function batch<Row>(
  rows: string | readonly Row[],
  values?: Readonly<Record<string, Row>>,
  options?: BatchOptions<Row>,
): MicroBatch<Row>;
export function batch<Row>(
  rows: string | readonly Row[],
  values?: Readonly<Record<string, Row>>,
  options: BatchOptions<Row> = {},
): MicroBatch<Row> {
  const data = typeof rows === 'string' ? rowsOf(rows, values) : rows;
  const { id = 0, watermark = null, timestamp = 0, offsets = {}, query = new TestQuery() } = options;
  const schema = options.schema === undefined ? undefined : toSchema(options.schema);
  const head: BatchHead = { id, watermark, timestamp, offsets, query, settlement: new Settlement() };
  return new WatchedBatch(head, data, schema, new Watch(id, head.settlement));
}

function rowsOf<Row>(characters: string, values: Readonly<Record<string, Row>> | undefined): Row[] {
  return [...characters].map((character) => {
    if (values === undefined) return { value: character } as Row;
    if (!Object.hasOwn(values, character)) {
      throw new Error(
        `batch('${characters}'): there is no row for '${character}' among ${Object.keys(values).join(', ')}.`,
      );
    }
    return values[character]!;
  });
}

/** The same batch with a settlement of its own: what a replay of it would be. */
export function copyOf<Row>(original: MicroBatch<Row>): MicroBatch<Row> {
  const head: BatchHead = { ...headOf(original), settlement: new Settlement() };
  const data = original.isColumnar ? original.table : original.rows;
  return new WatchedBatch(
    head,
    data,
    original.untyped ? undefined : original.schema,
    new Watch(head.id, head.settlement),
  );
}

/**
 * Hands a batch on as the engine does: it stays open until `next` has returned and everyone who held it is done.
 *
 * @example
 * ```ts
 * const a = batch('ab');
 * deliver(a, sink);
 * ```
 */
export function deliver<Row>(what: MicroBatch<Row>, to: Pick<Observer<MicroBatch<Row>>, 'next'>): void {
  const release = settlementOf(what).keep();
  try {
    to.next(what);
  } finally {
    release();
  }
}

// Only tests look behind a batch, so the class keeps its head private.
const headOf = (of: AnyBatch): BatchHead => of['head'];

/** @internal */
export const settlementOf = (of: AnyBatch): Settlement => headOf(of).settlement;

/** @internal How the batch was settled; undefined if it is not yet. */
export function settledOf(of: AnyBatch | Settlement): Settled | undefined {
  let settled: Settled | undefined;
  (of instanceof Settlement ? of : settlementOf(of)).onSettled((how) => (settled = how));
  return settled;
}

/** @internal The first use of the batch after it was settled, if there was one. */
export function lateUseOf(of: AnyBatch): Error | undefined {
  return of instanceof WatchedBatch ? of.watch.lateUse : undefined;
}

/** @internal */
export function expectHeldOf(of: AnyBatch): void {
  const late = lateUseOf(of);
  if (late !== undefined) throw late;
}

import { randomUUID } from 'node:crypto';
import type { SchedulerLike, Subscriber } from 'rxjs';
import type { BatchQuery, MicroBatch, SinkReport } from '../batch/index.js';
import { SluiceError } from '../errors/index.js';
import type { OutputMode } from '../plan/index.js';
import { within } from './ambient.js';
import { Cycles } from './cycles.js';
import { Ledger } from './ledger.js';
import { Life } from './life.js';
import type { QueryLog } from './log.js';
import type { Rate } from './pace.js';
import type { Seat, SeatedSource, SeatHost } from './seat.js';
import { Seating } from './seating.js';
import type { Ending, ObservedQuery, QuerySession } from './session.js';
import type { QueryState } from './state.js';
import type { StatefulOperators } from './stateful.js';
import type { Trigger } from './trigger.js';
import { Waiting } from './waiting.js';
import type { Watermarks } from './watermarks.js';

/**
 * A running query, as its operators, sources and sinks, and whoever owns it, see it: which sources take part, and how it
 * ends. What it does from batch to batch is in `Cycles`. Made by `checkpoint`, `trigger`, `union` or a source, whichever
 * is furthest downstream; found by the others when they are subscribed, however late, in an `AsyncLocalStorage`.
 */
export class QueryContext implements SeatHost, BatchQuery, ObservedQuery {
  readonly runId: string;
  readonly name: string | undefined;
  outputMode: OutputMode;

  private readonly ledger = new Ledger(() => this.outputMode);
  private readonly seating = new Seating();
  private readonly life = new Life();
  private readonly waiting = new Waiting();
  private readonly cycles: Cycles;

  /** @param raise tells whoever owns the query that it failed. */
  constructor(
    private readonly session: QuerySession | undefined,
    private readonly raise: (error: unknown) => void,
  ) {
    this.runId = session?.runId ?? randomUUID();
    this.name = session?.name;
    this.outputMode = session?.outputMode ?? 'append';
    const { ledger, seating, life, waiting } = this;
    const ends = { fail: (error: unknown): void => this.fail(error), finish: (): void => this.finish() };
    this.cycles = new Cycles({ query: this, session, ledger, seating, life, waiting, ...ends });
    session?.onContext(this);
  }

  get id(): string {
    return this.ledger.queryId;
  }

  get clock(): SchedulerLike {
    return this.cycles.pace.clock;
  }

  /** The state of the operators. */
  get state(): QueryState {
    return this.ledger.state;
  }

  /** The watermarks of the operators. */
  get watermarks(): Watermarks {
    return this.ledger.watermarks;
  }

  /** The operators that keep state in stores. */
  get stateful(): StatefulOperators {
    return this.ledger.stateful;
  }

  get signal(): AbortSignal {
    return this.cycles.signal;
  }

  get ended(): boolean {
    return this.life.over;
  }

  /** Resolves when everything is closed; never rejects. */
  get closed(): Promise<Ending> {
    return this.life.closed;
  }

  get status(): string {
    return this.cycles.status;
  }

  get isDataAvailable(): boolean {
    return this.cycles.isDataAvailable;
  }

  get isTriggerActive(): boolean {
    return this.cycles.busy;
  }

  run<T>(body: () => T): T {
    return within({ context: this, ...(this.session && { session: this.session }) }, body);
  }

  // ---- What operators and sources do when they are subscribed.

  setTrigger(trigger: Trigger): void {
    this.cycles.pace.set(trigger);
  }

  /** Bounds batches by what passes in a second, until the returned function is called. */
  addRate(rate: Rate): () => void {
    return this.cycles.pace.addRate(rate);
  }

  /** What passed is worth so many milliseconds: no batch starts sooner after the one in hand. */
  charge(millis: number): void {
    this.cycles.pace.charge(millis);
  }

  setLog(log: QueryLog): void {
    this.ledger.setLog(log);
  }

  /** A source takes part from the next batch on, until the returned function is called. */
  join(source: SeatedSource, subscriber: Subscriber<MicroBatch>): () => void {
    const seat = this.seating.add(source, subscriber, this);
    this.cycles.joined();
    return () => this.leave(seat);
  }

  /** An input ended for good, so a source that failed above it will not come back. */
  resume(): void {
    this.cycles.resume();
  }

  /** Calls `act` as soon as there is no batch in hand, nor one to be done again: sources may come and go then. */
  between(act: () => void): void {
    this.cycles.between(act);
  }

  /** Somebody holds the batch in hand, or it leaves the query: a sink may see it from now on. */
  taken(): void {
    this.cycles.taken();
  }

  /** Whether a sink may have seen a batch that was not committed, so that it has to be done again, the same. */
  get owesBatch(): boolean {
    return this.ledger.owes;
  }

  /** Whether there is such a batch, and sources that it needs have left. */
  get lacksSources(): boolean {
    return this.ledger.lacks(this.seating.names);
  }

  /** There may be data. */
  wake(): void {
    this.cycles.wake();
  }

  private leave(seat: Seat): void {
    if (!this.seating.remove(seat)) return;
    this.ledger.keep(seat);
    this.seating.close(seat);
  }

  // ---- How it fails and ends.

  /** The query itself fails: its owner is told, and everything is closed. */
  private fail(error: unknown): void {
    const failure = SluiceError.from(error, 'SINK_FAILED', 'Running the query');
    const first = !this.ended;
    this.cycles.giveUp();
    this.end({ error: failure });
    this.cycles.release();
    if (first) this.raise(failure);
  }

  abort(error: unknown): void {
    // Without a batch in hand it is too late to hold one back: rows may be missing where the error comes from.
    const { handedOn } = this.cycles;
    if (handedOn !== undefined) handedOn.fail(error);
    else this.fail(error);
  }

  report(written: SinkReport): void {
    this.cycles.progress?.output(written);
  }

  observe(name: string, metrics: Readonly<Record<string, unknown>>): void {
    this.cycles.progress?.observe(name, metrics);
  }

  onEnd(close: () => void | PromiseLike<void>): void {
    this.life.onEnd(close);
  }

  /** No more batches. The one in hand is committed only if the stream completed behind it. */
  end(ending: Ending): void {
    if (!this.life.end(ending)) return;
    this.cycles.pace.cancel();
    if (this.cycles.handedOn === undefined || ending.completed !== true) this.finish();
  }

  /**
   * Resolves when the batch in hand, if there is one, is committed or has failed; no other starts. One that is still
   * being read is given up: no sink has seen it, and the next run does it again.
   */
  drain(): Promise<void> {
    return this.cycles.drain();
  }

  /** Resolves when everything that is there now has been committed, or the query has ended. */
  processAllAvailable(): Promise<void> {
    if (this.ended) return Promise.resolve();
    const done = this.waiting.forNothingNew();
    this.cycles.hurry();
    return done;
  }

  private finish(): void {
    this.life.finish(
      async (attempt) => {
        for (const seat of this.seating.all) this.leave(seat);
        await attempt(() => this.seating.closed());
        if (!this.life.failed) await attempt(() => this.ledger.mark());
      },
      async (attempt) => {
        await attempt(() => this.ledger.close());
        this.waiting.ended();
        this.cycles.status = this.life.failed ? 'Terminated with exception' : 'Stopped';
      },
    );
  }
}

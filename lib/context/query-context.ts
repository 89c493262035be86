import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import { type SchedulerLike, type Subscriber, asyncScheduler } from 'rxjs';
import type { BatchQuery, Json, MicroBatch, SinkReport } from '../batch/index.js';
import { SluiceError } from '../errors/index.js';
import { chain, isPromise, whenReady } from '../maybe-promise.js';
import type { OutputMode } from '../plan/index.js';
import { Firing } from './firing.js';
import { Ledger } from './ledger.js';
import { Life } from './life.js';
import type { BatchPlan, QueryLog } from './log.js';
import { Pace, type Rate } from './pace.js';
import { type Seat, type SeatedSource, type SeatHost, sameOffset } from './seat.js';
import { Seating } from './seating.js';
import type { Ending, ObservedQuery, QuerySession } from './session.js';
import type { QueryState } from './state.js';
import type { StatefulOperators } from './stateful.js';
import type { Trigger } from './trigger.js';
import { Waiting } from './waiting.js';
import type { Watermarks } from './watermarks.js';

/** What is found around a subscription. */
export interface Ambient {
  readonly session?: QuerySession;
  readonly context?: QueryContext;
}

const surroundings = new AsyncLocalStorage<Ambient>();

/** What surrounds the caller; empty outside of any query. */
export const ambient = (): Ambient => surroundings.getStore() ?? {};

/** Calls `body` so that it, and whatever it starts, finds `around`. */
export const within = <T>(around: Ambient, body: () => T): T => surroundings.run(around, body);

/** An idle query says so at most this often, in milliseconds. */
const idleInterval = 10_000;

/**
 * A running query: which sources take part, when the next batch starts, and what is planned and done. Made by
 * `checkpoint`, `trigger`, `union` or a source, whichever is furthest downstream; found by the others when they are
 * subscribed, however late, in an `AsyncLocalStorage`.
 *
 * One batch at a time, and each step of it a method below:
 *
 * `cycle` → `plan` (how far does each source reach?) → `fire` (the plan is made durable while the sources read) →
 * `emit` (handed on; settled when everyone who took it is done) → `commit` (made durable) → `next`.
 *
 * Steps go on at once where nothing has to be waited for, so that a pipeline of synchronous parts runs in virtual time.
 */
export class QueryContext implements SeatHost, BatchQuery, ObservedQuery {
  readonly runId: string;
  readonly name: string | undefined;
  outputMode: OutputMode;
  status = 'Initializing sources';
  isDataAvailable = false;

  private readonly ledger = new Ledger(() => this.outputMode);
  private readonly seating = new Seating();
  private readonly pace: Pace;
  private firing: Firing | undefined;
  /** A cycle is under way. */
  private busy = false;
  /** Sources are opened, or asked what is new, which may take as long as a broker is away: no batch is in hand. */
  private asking = false;
  /** A source failed and somebody may subscribe it again: no batch without it. */
  private recovering = false;
  private draining = false;
  /** Aborted when the batch that is being read is given up. */
  private readonly reading = new AbortController();
  private lastStart: number | undefined;
  private lastNews = -Infinity;
  private readonly life = new Life();
  private readonly waiting = new Waiting();
  /** What is to be done when no batch is in hand. */
  private acts: (() => void)[] = [];

  /** @param raise tells whoever owns the query that it failed. */
  constructor(
    private readonly session: QuerySession | undefined,
    private readonly raise: (error: unknown) => void,
  ) {
    this.runId = session?.runId ?? randomUUID();
    this.name = session?.name;
    this.outputMode = session?.outputMode ?? 'append';
    this.pace = new Pace(session?.clock ?? asyncScheduler, () => this.run(() => this.cycle()));
    session?.onContext(this);
  }

  get id(): string {
    return this.ledger.queryId;
  }

  get clock(): SchedulerLike {
    return this.pace.clock;
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
    return this.reading.signal;
  }

  get ended(): boolean {
    return this.life.over;
  }

  /** Resolves when everything is closed; never rejects. */
  get closed(): Promise<Ending> {
    return this.life.closed;
  }

  get isTriggerActive(): boolean {
    return this.busy;
  }

  run<T>(body: () => T): T {
    return within({ context: this, ...(this.session && { session: this.session }) }, body);
  }

  // ---- What operators and sources do when they are subscribed.

  setTrigger(trigger: Trigger): void {
    this.pace.set(trigger);
  }

  /** Bounds batches by what passes in a second, until the returned function is called. */
  addRate(rate: Rate): () => void {
    return this.pace.addRate(rate);
  }

  /** What passed is worth so many milliseconds: no batch starts sooner after the one in hand. */
  charge(millis: number): void {
    this.pace.charge(millis);
  }

  setLog(log: QueryLog): void {
    this.ledger.setLog(log);
  }

  /** A source takes part from the next batch on, until the returned function is called. */
  join(source: SeatedSource, subscriber: Subscriber<MicroBatch>): () => void {
    const seat = this.seating.add(source, subscriber, this);
    this.recovering = false;
    this.schedule(0);
    return () => this.leave(seat);
  }

  /** An input ended for good, so a source that failed above it will not come back. */
  resume(): void {
    if (!this.recovering) return;
    this.recovering = false;
    this.wake();
  }

  /** Calls `act` as soon as there is no batch in hand, nor one to be done again: sources may come and go then. */
  between(act: () => void): void {
    this.acts.push(act);
    if (this.pace.wake() || this.recovering) this.schedule(0);
  }

  /** Somebody holds the batch in hand, or it leaves the query: a sink may see it from now on. */
  taken(): void {
    if (this.firing !== undefined) this.ledger.pending!.seen = true;
  }

  /** Whether a sink may have seen a batch that was not committed, so that it has to be done again, the same. */
  get owesBatch(): boolean {
    return this.ledger.owes;
  }

  /** Whether there is such a batch, and sources that it needs have left. */
  get lacksSources(): boolean {
    return this.ledger.lacks(this.seating.names);
  }

  private leave(seat: Seat): void {
    if (!this.seating.remove(seat)) return;
    this.ledger.keep(seat);
    this.seating.close(seat);
  }

  // ---- When the next cycle starts.

  wake(): void {
    this.isDataAvailable = true;
    if (this.pace.wake()) this.schedule(0);
  }

  private schedule(delay: number): void {
    if (!this.busy && !this.ended && !this.draining) this.pace.schedule(delay);
  }

  /** Rests until the trigger's next instant, or until there may be data. */
  private rest(): void {
    this.release();
    if (this.ended || this.draining) return;
    this.status = this.pace.rest(
      this.seating.all.map((seat) => seat.status),
      this.ledger.nextDue(this.clock.now()),
    );
  }

  /** The next cycle, when the event loop has had its turn. */
  private again(): void {
    this.firing = undefined;
    this.ledger.discard();
    this.release();
    this.schedule(0);
  }

  /** The cycle is over, whatever came of it. */
  private release(): void {
    this.busy = false;
    this.asking = false;
    if (this.ended) this.finish();
    this.waiting.cycleOver();
  }

  /** Whether the cycle goes no further. */
  private stopped(): boolean {
    if (!this.ended && !this.draining) return false;
    this.release();
    return true;
  }

  // ---- One cycle: is there anything to do, and if so, one batch.

  private cycle(): void {
    if (this.busy || this.ended || this.draining) return;
    this.busy = true;
    this.pace.begun();
    whenReady(
      () =>
        chain(
          this.ledger.open((source) => this.seating.get(source)?.memory()),
          () => this.stateful.load(),
        ),
      () => {
        if (!this.ledger.owes) for (const act of this.acts.splice(0)) act();
        this.openSeats();
      },
      (error) => this.fail(error),
    );
  }

  private openSeats(): void {
    if (this.stopped()) return;
    this.asking = true;
    const unopened = this.seating.all.filter((seat) => !seat.isOpen);
    this.seating.each(
      unopened,
      (seat) => seat.open(this.ledger.recordOf(seat.name), this.ledger.plannedEnd(seat.name), this.pace.freezes),
      () => {
        for (const seat of unopened) if (seat.closed) this.seating.close(seat);
        // Others may have come meanwhile.
        if (this.seating.all.some((seat) => !seat.isOpen)) this.openSeats();
        else this.plan();
      },
      this.blame('Opening'),
    );
  }

  private plan(): void {
    if (this.stopped()) return;
    const seats = this.seating.all;
    if (seats.length === 0 || this.recovering) {
      this.release();
      return;
    }
    this.waiting.asking();
    const startedAt = this.clock.now();
    const replay = this.ledger.replay(this.seating.names);
    if (replay !== undefined) {
      this.fire(replay, seats, startedAt, 0);
      return;
    }
    this.status = 'Getting offsets';
    const timer = performance.now();
    this.seating.each(
      seats,
      (seat) => seat.latest(this.pace.limitOf(seat)),
      (ends) => this.decide(seats, ends, startedAt, performance.now() - timer),
      this.blame('Asking for what is new in'),
    );
  }

  private decide(seats: readonly Seat[], ends: readonly Json[], startedAt: number, planMillis: number): void {
    if (this.stopped()) return;
    const still = seats.filter((seat, i) => sameOffset(seat.offset, ends[i]!));
    const over = still.filter((seat) => !seat.isChoice && (this.pace.ends || seat.status.ended === true));
    const nothingNew = still.length === seats.length;
    if (nothingNew ? this.wantsBatch(startedAt) : over.length === 0) {
      this.fire(this.ledger.draw(seats, ends, startedAt), seats, startedAt, planMillis);
    } else if (over.length > 0) {
      // A completion may bring another source (`concat`), which then takes part in this batch.
      for (const seat of over) seat.complete();
      this.openSeats();
    } else {
      this.idle();
    }
  }

  /** Whether operators want a batch although there is no data: time has passed, or the watermark. */
  private wantsBatch(now: number): boolean {
    const { kind, noDataBatches = true } = this.pace.trigger;
    return noDataBatches && kind !== 'once' && this.ledger.wantsBatch(now, kind === 'processingTime');
  }

  private idle(): void {
    this.isDataAvailable = false;
    this.waiting.nothingNew();
    const now = this.clock.now();
    if (now - this.lastNews >= idleInterval) {
      this.lastNews = now;
      this.session?.onIdle(now);
    }
    this.rest();
  }

  private fire(plan: BatchPlan, seats: readonly Seat[], startedAt: number, planMillis: number): void {
    const firing = new Firing(plan, seats, this, this.watermarks.previous, startedAt, () => this.taken());
    const { progress } = firing;
    this.firing = firing;
    this.asking = false;
    this.isDataAvailable = true;
    this.status = 'Processing new data';
    progress.add('latestOffset', planMillis);
    const writing = progress.timed('walCommit', () => this.ledger.writePlan(plan, this.pace.trigger));
    // Reading may fail first, and then nobody waits for the log.
    if (isPromise(writing)) writing.then(undefined, () => undefined);
    this.seating.each(
      seats,
      (seat) => progress.timed('getBatch', () => firing.read(seat)),
      (data) =>
        whenReady(
          () => writing,
          () => this.emit(firing, data),
          (error) => this.fail(error),
        ),
      (error, seat) => {
        const release = (): void => this.release();
        // Whatever came of it, nobody was to get the rows.
        if (this.draining) whenReady(() => writing, release, release);
        else this.blame('Reading')(error, seat);
      },
    );
  }

  private emit(firing: Firing, data: Parameters<Firing['emit']>[0]): void {
    if (this.stopped()) return;
    if (firing.seats.some((seat) => seat.closed)) {
      this.again();
      return;
    }
    const added = firing.progress.start('addBatch');
    firing.emit(data, (how, interrupted) => {
      added();
      this.run(() => this.settled(firing, how, interrupted));
    });
  }

  /**
   * Everyone who took the batch is done with it. If a source was left meanwhile, nobody knows whether the batch
   * arrived: it is not committed, and comes again if the source does. Its error, if there was one, is on its way
   * through the operators already.
   */
  private settled(firing: Firing, how: { readonly error?: unknown }, interrupted: boolean): void {
    const { life } = this;
    const left = interrupted && life.ending?.completed !== true;
    if (left && !life.failed) this.again();
    else if ('error' in how) this.fail(how.error);
    else if (left) this.again();
    else this.commit(firing);
  }

  private commit(firing: Firing): void {
    const { plan, progress } = firing;
    whenReady(
      () => {
        progress.eventTimes = this.watermarks.eventTimes;
        return progress.timed('commitOffsets', () =>
          this.ledger.writeCommit(plan, this.pace.trigger, this.clock.now()),
        );
      },
      () => this.committed(firing),
      (error) => this.fail(error),
    );
  }

  private committed(firing: Firing): void {
    const { plan, seats, progress } = firing;
    this.firing = undefined;
    this.ledger.advance(plan);
    progress.stateOperators = this.stateful.progress();
    this.seating.each(
      seats.filter((seat) => !seat.closed && plan.sources[seat.name] !== undefined),
      (seat) => seat.commit(plan.sources[seat.name]!.end),
      () => {
        const now = this.clock.now();
        this.session?.onProgress(progress.finish(this, plan, seats, this.lastStart, now));
        this.lastStart = progress.startedAt;
        this.lastNews = now;
        this.next(seats, progress.mostInputRows);
      },
      this.blame('Committing to'),
    );
  }

  private next(seats: readonly Seat[], rows: number): void {
    if (this.stopped()) return;
    if (this.pace.trigger.kind === 'once') for (const seat of seats) seat.complete();
    const statuses = seats.filter((seat) => !seat.closed).map((seat) => seat.status);
    const cut = this.pace.isCut(rows, statuses);
    this.pace.measured(this.clock.now() - this.lastStart!, cut);
    if (this.pace.followsAtOnce(this.lastStart!, cut)) this.again();
    else this.rest();
  }

  // ---- How it fails and ends.

  /** What to do when a source fails: its stream ends with the error, and it may be subscribed again. */
  private blame(doing: string): (error: unknown, seat: Seat | undefined) => void {
    return (cause, seat) => {
      if (seat === undefined) {
        this.fail(cause);
        return;
      }
      const what = `${doing} the source '${seat.name}' (${seat.op})`;
      const error = SluiceError.from(cause, 'SOURCE_FAILED', what, { source: seat.name });
      this.firing = undefined;
      this.recovering = true;
      this.release();
      seat.error(error);
    };
  }

  /** The query itself fails: its owner is told, and everything is closed. */
  private fail(error: unknown): void {
    const failure = SluiceError.from(error, 'SINK_FAILED', 'Running the query');
    const first = !this.ended;
    this.firing = undefined;
    this.end({ error: failure });
    this.release();
    if (first) this.raise(failure);
  }

  abort(error: unknown): void {
    // Without a batch in hand it is too late to hold one back: rows may be missing where the error comes from.
    if (this.firing?.emitted === true) this.firing.fail(error);
    else this.fail(error);
  }

  report(written: SinkReport): void {
    this.firing?.progress.output(written);
  }

  observe(name: string, metrics: Readonly<Record<string, unknown>>): void {
    this.firing?.progress.observe(name, metrics);
  }

  onEnd(close: () => void | PromiseLike<void>): void {
    this.life.onEnd(close);
  }

  /** No more batches. The one in hand is committed only if the stream completed behind it. */
  end(ending: Ending): void {
    if (!this.life.end(ending)) return;
    this.pace.cancel();
    const inHand = this.busy && this.firing?.emitted === true;
    if (!(inHand && ending.completed === true)) this.finish();
  }

  /**
   * Resolves when the batch in hand, if there is one, is committed or has failed; no other starts. One that is still
   * being read is given up: no sink has seen it, and the next run does it again.
   */
  drain(): Promise<void> {
    this.draining = true;
    this.pace.cancel();
    if (this.firing?.emitted === false) this.reading.abort();
    return this.busy && !this.asking ? this.waiting.forCycle() : Promise.resolve();
  }

  /** Resolves when everything that is there now has been committed, or the query has ended. */
  processAllAvailable(): Promise<void> {
    if (this.ended) return Promise.resolve();
    const done = this.waiting.forNothingNew();
    if (this.pace.wake()) this.schedule(0);
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
        this.status = this.life.failed ? 'Terminated with exception' : 'Stopped';
      },
    );
  }
}

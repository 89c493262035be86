import { type SchedulerLike, asyncScheduler } from 'rxjs';
import type { BatchQuery, Json } from '../batch/index.js';
import { SluiceError } from '../errors/index.js';
import { chain, isPromise, whenReady } from '../maybe-promise.js';
import { Firing } from './firing.js';
import type { Ledger } from './ledger.js';
import type { Life } from './life.js';
import type { BatchPlan } from './log.js';
import { Pace } from './pace.js';
import { type Seat, type SeatHost, sameOffset } from './seat.js';
import type { ProgressTracker } from './progress.js';
import type { Seating } from './seating.js';
import type { QuerySession } from './session.js';
import type { Waiting } from './waiting.js';

/** An idle query says so at most this often, in milliseconds. */
const idleInterval = 10_000;

/** A query, as far as its cycles go. */
export interface CycleHost {
  readonly query: BatchQuery & Pick<SeatHost, 'run'>;
  readonly session: QuerySession | undefined;
  readonly ledger: Ledger;
  readonly seating: Seating;
  readonly life: Life;
  readonly waiting: Waiting;
  /** The query itself failed. */
  fail(error: unknown): void;
  /** It has ended, and nothing is in hand any more. */
  finish(): void;
}

/**
 * The cycles of a query: when the next one starts, and what it does. One batch at a time, and each step of it a method
 * below:
 *
 * `cycle` → `plan` (how far does each source reach?) → `fire` (the plan is made durable while the sources read) →
 * `emit` (handed on; settled when everyone who took it is done) → `commit` (made durable) → `next`.
 *
 * Steps go on at once where nothing has to be waited for, so that a pipeline of synchronous parts runs in virtual time.
 */
export class Cycles {
  status = 'Initializing sources';
  isDataAvailable = false;
  readonly pace: Pace;
  /** The batch in hand, from its plan to its commit. */
  private firing: Firing | undefined;
  /** A cycle is under way. */
  busy = false;
  /** Sources are opened, or asked what is new, which may take as long as a broker is away: no batch is in hand. */
  private asking = false;
  /** A source failed and somebody may subscribe it again: no batch without it. */
  private recovering = false;
  private draining = false;
  /** Aborted when the batch that is being read is given up. */
  private readonly reading = new AbortController();
  private lastStart: number | undefined;
  private lastNews = -Infinity;
  /** What is to be done when no batch is in hand. */
  private acts: (() => void)[] = [];

  constructor(private readonly host: CycleHost) {
    const { query, session } = host;
    this.pace = new Pace(session?.clock ?? asyncScheduler, () => query.run(() => this.cycle()));
  }

  get signal(): AbortSignal {
    return this.reading.signal;
  }

  /** The batch in hand, if a sink may have seen it. */
  get handedOn(): Firing | undefined {
    return this.firing?.emitted === true ? this.firing : undefined;
  }

  /** What is counted of the batch in hand. */
  get progress(): ProgressTracker | undefined {
    return this.firing?.progress;
  }

  private get clock(): SchedulerLike {
    return this.pace.clock;
  }

  // ---- When the next one starts.

  /** There may be data. */
  wake(): void {
    this.isDataAvailable = true;
    this.hurry();
  }

  /** The next cycle need not wait for its time. */
  hurry(): void {
    if (this.pace.wake()) this.schedule(0);
  }

  /** A source has come, maybe in place of one that failed. */
  joined(): void {
    this.recovering = false;
    this.schedule(0);
  }

  /** A source that failed will not come back. */
  resume(): void {
    if (!this.recovering) return;
    this.recovering = false;
    this.wake();
  }

  /** Calls `act` as soon as there is no batch in hand, nor one to be done again. */
  between(act: () => void): void {
    this.acts.push(act);
    if (this.pace.wake() || this.recovering) this.schedule(0);
  }

  /** No other batch starts. Resolves when the one in hand is over; one that is still being read is given up. */
  drain(): Promise<void> {
    this.draining = true;
    this.pace.cancel();
    if (this.firing?.emitted === false) this.reading.abort();
    return this.busy && !this.asking ? this.host.waiting.forCycle() : Promise.resolve();
  }

  private schedule(delay: number): void {
    if (!this.busy && !this.host.life.over && !this.draining) this.pace.schedule(delay);
  }

  /** Rests until the trigger's next instant, or until there may be data. */
  private rest(): void {
    this.release();
    if (this.host.life.over || this.draining) return;
    this.status = this.pace.rest(
      this.host.seating.all.map((seat) => seat.status),
      this.host.ledger.nextDue(this.clock.now()),
    );
  }

  /** The next cycle, when the event loop has had its turn. */
  private again(): void {
    this.firing = undefined;
    this.host.ledger.discard();
    this.release();
    this.schedule(0);
  }

  /** The cycle is over, whatever came of it. */
  release(): void {
    this.busy = false;
    this.asking = false;
    if (this.host.life.over) this.host.finish();
    this.host.waiting.cycleOver();
  }

  /** Whether the cycle goes no further. */
  private stopped(): boolean {
    if (!this.host.life.over && !this.draining) return false;
    this.release();
    return true;
  }

  // ---- One cycle: is there anything to do, and if so, one batch.

  private cycle(): void {
    if (this.busy || this.host.life.over || this.draining) return;
    this.busy = true;
    this.pace.begun();
    whenReady(
      () =>
        chain(
          this.host.ledger.open((source) => this.host.seating.get(source)?.memory()),
          () => this.host.ledger.stateful.load(),
        ),
      () => {
        if (!this.host.ledger.owes) for (const act of this.acts.splice(0)) act();
        this.openSeats();
      },
      (error) => this.host.fail(error),
    );
  }

  private openSeats(): void {
    if (this.stopped()) return;
    this.asking = true;
    const unopened = this.host.seating.all.filter((seat) => !seat.isOpen);
    this.host.seating.each(
      unopened,
      (seat) =>
        seat.open(this.host.ledger.recordOf(seat.name), this.host.ledger.plannedEnd(seat.name), this.pace.freezes),
      () => {
        for (const seat of unopened) if (seat.closed) this.host.seating.close(seat);
        // Others may have come meanwhile.
        if (this.host.seating.all.some((seat) => !seat.isOpen)) this.openSeats();
        else this.plan();
      },
      this.blame('Opening'),
    );
  }

  private plan(): void {
    if (this.stopped()) return;
    const seats = this.host.seating.all;
    if (seats.length === 0 || this.recovering) {
      this.release();
      return;
    }
    this.host.waiting.asking();
    const startedAt = this.clock.now();
    const replay = this.host.ledger.replay(this.host.seating.names);
    if (replay !== undefined) {
      this.fire(replay, seats, startedAt, 0);
      return;
    }
    this.status = 'Getting offsets';
    const timer = performance.now();
    this.host.seating.each(
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
      this.fire(this.host.ledger.draw(seats, ends, startedAt), seats, startedAt, planMillis);
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
    return noDataBatches && kind !== 'once' && this.host.ledger.wantsBatch(now, kind === 'processingTime');
  }

  private idle(): void {
    this.isDataAvailable = false;
    this.host.waiting.nothingNew();
    const now = this.clock.now();
    if (now - this.lastNews >= idleInterval) {
      this.lastNews = now;
      this.host.session?.onIdle(now);
    }
    this.rest();
  }

  private fire(plan: BatchPlan, seats: readonly Seat[], startedAt: number, planMillis: number): void {
    const firing = new Firing(plan, seats, this.host.query, this.host.ledger.watermarks.previous, startedAt, () =>
      this.taken(),
    );
    const { progress } = firing;
    this.firing = firing;
    this.asking = false;
    this.isDataAvailable = true;
    this.status = 'Processing new data';
    progress.add('latestOffset', planMillis);
    const writing = progress.timed('walCommit', () => this.host.ledger.writePlan(plan, this.pace.trigger));
    // Reading may fail first, and then nobody waits for the log.
    if (isPromise(writing)) writing.then(undefined, () => undefined);
    this.host.seating.each(
      seats,
      (seat) => progress.timed('getBatch', () => firing.read(seat)),
      (data) =>
        whenReady(
          () => writing,
          () => this.emit(firing, data),
          (error) => this.host.fail(error),
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
      this.host.query.run(() => this.settled(firing, how, interrupted));
    });
  }

  /**
   * Everyone who took the batch is done with it. If a source was left meanwhile, nobody knows whether the batch
   * arrived: it is not committed, and comes again if the source does. Its error, if there was one, is on its way
   * through the operators already.
   */
  private settled(firing: Firing, how: { readonly error?: unknown }, interrupted: boolean): void {
    const { life } = this.host;
    const left = interrupted && life.ending?.completed !== true;
    if (left && !life.failed) this.again();
    else if ('error' in how) this.host.fail(how.error);
    else if (left) this.again();
    else this.commit(firing);
  }

  private commit(firing: Firing): void {
    const { plan, progress } = firing;
    whenReady(
      () => {
        progress.eventTimes = this.host.ledger.watermarks.eventTimes;
        return progress.timed('commitOffsets', () =>
          this.host.ledger.writeCommit(plan, this.pace.trigger, this.clock.now()),
        );
      },
      () => this.committed(firing),
      (error) => this.host.fail(error),
    );
  }

  private committed(firing: Firing): void {
    const { plan, seats, progress } = firing;
    this.firing = undefined;
    this.host.ledger.advance(plan);
    progress.stateOperators = this.host.ledger.stateful.progress();
    this.host.seating.each(
      seats.filter((seat) => !seat.closed && plan.sources[seat.name] !== undefined),
      (seat) => seat.commit(plan.sources[seat.name]!.end),
      () => {
        const now = this.clock.now();
        this.host.session?.onProgress(progress.finish(this.host.query, plan, seats, this.lastStart, now));
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

  /** The batch in hand will not commit. */
  giveUp(): void {
    this.firing = undefined;
  }

  /** A sink may see the batch in hand from now on. */
  taken(): void {
    if (this.firing !== undefined) this.host.ledger.pending!.seen = true;
  }

  /** What to do when a source fails: its stream ends with the error, and it may be subscribed again. */
  private blame(doing: string): (error: unknown, seat: Seat | undefined) => void {
    return (cause, seat) => {
      if (seat === undefined) {
        this.host.fail(cause);
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
}

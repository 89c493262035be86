import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import { type SchedulerLike, type Subscriber, type Subscription, asyncScheduler } from 'rxjs';
import type { BatchQuery, Json, MicroBatch } from '../batch/index.js';
import type { ReadLimit } from '../connect/contract.js';
import { SluiceError } from '../errors/index.js';
import { all, chain, isPromise, type MaybePromise, whenReady } from '../maybe-promise.js';
import type { OutputMode } from '../plan/index.js';
import { Firing } from './firing.js';
import { type BatchPlan, type QueryLog, type SourceRecord, VolatileLog } from './log.js';
import type { StreamingQueryProgress } from './progress.js';
import { type SeatedSource, Seat, type SeatHost, sameOffset } from './seat.js';
import { QueryState } from './state.js';
import { type Trigger, describeTrigger, nextTick } from './trigger.js';

/** The handle that a query was started with, as far as the query tells it things. */
export interface QuerySession {
  readonly name: string | undefined;
  readonly runId: string;
  readonly outputMode?: OutputMode;
  /** The clock of triggers; rxjs's `asyncScheduler` if it is not given. */
  readonly clock?: SchedulerLike;
  onContext(context: QueryContext): void;
  onProgress(progress: StreamingQueryProgress): void;
  onIdle(timestamp: number): void;
}

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

/** How a query ended: it completed, failed, or (neither) was left. */
export interface Ending {
  readonly completed?: boolean;
  readonly error?: unknown;
}

/** Bounds of a batch that no user set, so that one of any input fits into memory. */
const engineLimit: ReadLimit = { all: false, rows: 1 << 20, bytes: 32 << 20 };
const noLimit: ReadLimit = { all: true, rows: Infinity, bytes: Infinity };

/** How many ids the continuous trigger sets aside at a time. */
const reservedIds = 10_000;

/** An idle query says so at most this often. */
const idleInterval = 10_000;

/**
 * A running query: which sources take part, when the next batch starts, and what is planned and done. Made by
 * `checkpoint`, `trigger`, `union` or a source, whichever is furthest downstream; found by the others when they are
 * subscribed, however late, in an `AsyncLocalStorage`.
 *
 * One batch at a time: plan (`latest` of each source) → make the plan durable, and read meanwhile → hand on → settled
 * → make the commit durable → tell the sources → next.
 */
export class QueryContext implements SeatHost, BatchQuery {
  id: string = randomUUID();
  readonly runId: string;
  readonly name: string | undefined;
  readonly clock: SchedulerLike;
  outputMode: OutputMode = 'append';
  readonly state = new QueryState();
  /** Resolves when everything is closed; never rejects. */
  readonly closed: Promise<Ending>;
  status = 'Initializing sources';
  isDataAvailable = false;

  private log: QueryLog | undefined;
  private opened = false;
  private trigger: Trigger = { kind: 'asap' };
  private readonly seats = new Map<string, Seat>();
  /** By source: what was committed, as later seats of that name have to know. */
  private readonly records = new Map<string, SourceRecord>();
  private nextId = 0;
  private reserved = 0;
  private watermark: number | null = null;
  private pending: { readonly plan: BatchPlan; readonly seen: boolean } | undefined;
  /** Since the last mark of the continuous trigger. */
  private unmarked: { plan: BatchPlan; state: Record<string, Json>; since: number } | undefined;
  private firing: Firing | undefined;
  private busy = false;
  private woken = false;
  private scheduled: Subscription | undefined;
  /** A source failed and somebody may subscribe it again: no batch without it. */
  private recovering = false;
  private ending: Ending | undefined;
  private draining = false;
  private finished = false;
  private lastStart: number | undefined;
  private lastNews = -Infinity;
  private planning = 0;
  private readonly drained: (() => void)[] = [];
  private readonly idleWaiters: { readonly after: number; readonly done: () => void }[] = [];
  private readonly closers: (() => void | PromiseLike<void>)[] = [];
  private readonly leaving: PromiseLike<void>[] = [];
  private resolveClosed!: (ending: Ending) => void;

  /** @param raise tells whoever owns the query that it failed. */
  constructor(
    private readonly session: QuerySession | undefined,
    private readonly raise: (error: unknown) => void,
  ) {
    this.runId = session?.runId ?? randomUUID();
    this.name = session?.name;
    this.outputMode = session?.outputMode ?? 'append';
    this.clock = session?.clock ?? asyncScheduler;
    this.closed = new Promise((resolve) => (this.resolveClosed = resolve));
    session?.onContext(this);
  }

  get ended(): boolean {
    return this.ending !== undefined;
  }

  get isTriggerActive(): boolean {
    return this.busy;
  }

  run<T>(body: () => T): T {
    return within({ context: this, ...(this.session && { session: this.session }) }, body);
  }

  // ---- what operators and sources do when they are subscribed

  setTrigger(trigger: Trigger): void {
    if (this.trigger.kind !== 'asap' && describeTrigger(this.trigger) !== describeTrigger(trigger)) {
      const both = `${describeTrigger(this.trigger)}; ${describeTrigger(trigger)}`;
      throw new SluiceError('UNSUPPORTED_PIPELINE', `A query has one trigger; this one has: ${both}.`);
    }
    this.trigger = trigger;
  }

  setLog(log: QueryLog): void {
    if (this.log !== undefined) throw new SluiceError('UNSUPPORTED_PIPELINE', 'A query has one checkpoint; this one has two.');
    this.log = log;
    this.id = log.queryId;
    log.memoryOf = (source) => this.seats.get(source)?.memory();
  }

  /** A source takes part from the next batch on, until the returned function is called. */
  join(source: SeatedSource, subscriber: Subscriber<MicroBatch>): () => void {
    const seat = new Seat(this.freeName(source.definition.name), source, subscriber, this);
    this.seats.set(seat.name, seat);
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

  private freeName(name: string): string {
    if (!this.seats.has(name)) return name;
    let n = 2;
    while (this.seats.has(`${name}#${n}`)) n++;
    return `${name}#${n}`;
  }

  private leave(seat: Seat): void {
    if (this.seats.get(seat.name) !== seat) return;
    this.seats.delete(seat.name);
    const record = this.records.get(seat.name);
    if (record !== undefined) this.records.set(seat.name, seat.handOver(record));
    this.closeSeat(seat);
  }

  private closeSeat(seat: Seat): void {
    whenReady(
      () => {
        const closing = seat.close();
        if (isPromise(closing)) this.leaving.push(closing);
        return closing;
      },
      () => undefined,
      () => undefined,
    );
  }

  // ---- when the next batch starts

  wake(): void {
    this.isDataAvailable = true;
    this.woken = true;
    if (!this.busy && (this.trigger.kind === 'asap' || this.trigger.kind === 'continuous')) this.schedule(0);
  }

  private schedule(delay: number): void {
    if (this.busy || this.ending !== undefined || this.draining) return;
    this.scheduled?.unsubscribe();
    this.scheduled = this.clock.schedule(() => this.run(() => this.cycle()), delay);
  }

  /** Rests until the trigger's next instant, or until there may be data. */
  private rest(): void {
    this.release();
    if (this.trigger.kind === 'processingTime') {
      const now = this.clock.now();
      this.status = 'Waiting for next trigger';
      this.schedule(nextTick(now, this.trigger.interval) - now);
      return;
    }
    this.status = 'Waiting for data to arrive';
    const polls = [...this.seats.values()].flatMap((seat) => seat.status.pollAfter ?? []);
    if (this.woken) this.schedule(0);
    else if (polls.length > 0) this.schedule(Math.min(...polls));
  }

  // ---- one cycle: is there anything to do, and if so, one batch

  private cycle(): void {
    if (this.busy || this.ending !== undefined || this.draining) return;
    this.busy = true;
    this.woken = false;
    whenReady(
      () => this.openLog(),
      () => this.openSeats(),
      (error) => this.fail(error),
    );
  }

  private openLog(): MaybePromise<void> {
    if (this.opened) return;
    this.log ??= new VolatileLog(this.id);
    return chain(this.log.open(), (recovered) => {
      this.opened = true;
      this.nextId = recovered.nextId;
      this.reserved = recovered.nextId;
      this.watermark = recovered.watermark;
      for (const [name, record] of recovered.sources) this.records.set(name, record);
      this.state.recover(recovered.state);
      if (recovered.pending !== undefined) this.pending = { plan: recovered.pending, seen: true };
    });
  }

  private openSeats(): void {
    if (this.stopped()) return;
    const unopened = [...this.seats.values()].filter((seat) => !seat.isOpen);
    this.onSeats(
      unopened,
      'Opening',
      (seat) => seat.open(this.records.get(seat.name), this.trigger.kind === 'availableNow'),
      () => {
        for (const seat of unopened) if (seat.closed) this.closeSeat(seat);
        this.plan();
      },
    );
  }

  private plan(): void {
    if (this.stopped()) return;
    if (this.seats.size === 0 || this.recovering) {
      this.release();
      return;
    }
    this.planning++;
    const startedAt = this.clock.now();
    if (this.pending !== undefined && this.canReplay(this.pending)) {
      this.fire(this.pending.plan, startedAt);
      return;
    }
    if (this.pending?.seen === true) return;
    this.pending = undefined;
    this.status = 'Getting offsets';
    const seats = [...this.seats.values()];
    const timer = performance.now();
    this.onSeats(
      seats,
      'Asking for what is new in',
      (seat) => seat.latest(this.limitOf(seat)),
      (ends) => this.decide(seats, ends, startedAt, performance.now() - timer),
    );
  }

  /** Whether every source of a batch that has to be done again is there. If not, and a sink may have seen it, fails. */
  private canReplay({ plan, seen }: { plan: BatchPlan; seen: boolean }): boolean {
    const missing = Object.entries(plan.sources).filter(
      ([name, range]) => !sameOffset(range.start, range.end) && !this.seats.has(name),
    );
    if (missing.length === 0) return true;
    if (seen) {
      const lost = missing.map(([name, range]) => `'${name}' (${range.kind})`).join(', ');
      const here = [...this.seats.keys()].map((name) => `'${name}'`).join(', ');
      this.fail(
        new SluiceError(
          'CHECKPOINT_MISMATCH',
          `Batch ${plan.id} was planned but not committed, and has to be done again with rows of the source ${lost}; ` +
            `the pipeline has ${here}. Start once with that source, then take it away.`,
          { details: { batchId: plan.id, checkpoint: missing.map(([name]) => name), pipeline: [...this.seats.keys()] } },
        ),
      );
    }
    return false;
  }

  /** `once` and sources that cannot tell what is there now take everything in one batch. */
  private limitOf(seat: Seat): ReadLimit {
    const { kind } = this.trigger;
    return kind === 'once' || (kind === 'availableNow' && !seat.canFreeze) ? noLimit : engineLimit;
  }

  private decide(seats: readonly Seat[], ends: readonly Json[], startedAt: number, planMillis: number): void {
    if (this.stopped()) return;
    const still = seats.filter((seat, i) => sameOffset(seat.offset, ends[i]!));
    const bounded = this.trigger.kind === 'availableNow' || this.trigger.kind === 'once';
    const over = still.filter((seat) => bounded || seat.status.ended === true);
    if (over.length > 0) {
      // Its completion may bring another source (`concat`), which has its part in the next batch then.
      for (const seat of over) seat.complete();
      if (!this.stopped()) this.openSeats();
      return;
    }
    if (still.length === seats.length) {
      this.idle();
      return;
    }
    const sources: Record<string, ReturnType<Seat['range']>> = {};
    seats.forEach((seat, i) => (sources[seat.name] = seat.range(ends[i]!)));
    const plan: BatchPlan = { id: this.nextId, timestamp: startedAt, watermark: this.watermark, sources };
    this.pending = { plan, seen: false };
    this.fire(plan, startedAt, planMillis);
  }

  private idle(): void {
    this.isDataAvailable = false;
    for (const waiter of this.idleWaiters.splice(0)) {
      if (this.planning > waiter.after) waiter.done();
      else this.idleWaiters.push(waiter);
    }
    const now = this.clock.now();
    if (now - this.lastNews >= idleInterval) {
      this.lastNews = now;
      this.session?.onIdle(now);
    }
    this.rest();
  }

  private fire(plan: BatchPlan, startedAt: number, planMillis = 0): void {
    const seats = [...this.seats.values()];
    const firing = new Firing(plan, seats, this, startedAt);
    this.firing = firing;
    this.isDataAvailable = true;
    this.status = 'Processing new data';
    firing.progress.add('latestOffset', planMillis);
    const logging = this.logPlan(plan, firing);
    this.onSeats(
      seats,
      'Reading',
      (seat) => firing.progress.timed('getBatch', () => firing.read(seat)),
      (data) =>
        whenReady(
          () => logging,
          () => this.emit(firing, data),
          (error) => this.fail(error),
        ),
    );
    // Reading may fail first, and then nobody waits for the log.
    if (isPromise(logging)) logging.then(undefined, () => undefined);
  }

  private logPlan(plan: BatchPlan, firing: Firing): MaybePromise<void> {
    if (this.trigger.kind === 'continuous') {
      if (plan.id < this.reserved) return;
      this.reserved = plan.id + reservedIds;
      return this.log!.reserve(this.reserved);
    }
    if (this.pending?.seen === true) return; // A replay: its plan is in the log.
    return firing.progress.timed('walCommit', () => this.log!.plan(plan));
  }

  private emit(firing: Firing, data: Parameters<Firing['emit']>[0]): void {
    if (this.stopped()) return;
    if (firing.seats.some((seat) => seat.closed)) {
      this.again();
      return;
    }
    this.pending = { plan: firing.plan, seen: true };
    const adding = firing.progress.start('addBatch');
    firing.emit(data, (how, interrupted) => {
      adding();
      this.run(() => {
        if ('error' in how) this.failed(how.error, interrupted);
        else if (interrupted && this.ending?.completed !== true) this.again();
        else this.commit(firing);
      });
    });
  }

  private commit(firing: Firing): void {
    const { plan } = firing;
    const done = firing.progress.start('commitOffsets');
    whenReady(
      () => this.logCommit(plan),
      () => {
        done();
        this.committed(firing);
      },
      (error) => this.fail(error),
    );
  }

  /** Makes what was done durable: with the continuous trigger only when its interval has passed. */
  private logCommit(plan: BatchPlan): MaybePromise<void> {
    const state = this.state.changes();
    if (this.trigger.kind !== 'continuous') {
      return this.log!.commit({ id: plan.id, watermark: this.watermark, state });
    }
    const now = this.clock.now();
    const unmarked = this.unmarked;
    this.unmarked =
      unmarked === undefined
        ? { plan, state, since: now }
        : { plan: mergePlans(unmarked.plan, plan), state: { ...unmarked.state, ...state }, since: unmarked.since };
    return now - this.unmarked.since >= this.trigger.interval ? this.mark() : undefined;
  }

  private mark(): MaybePromise<void> {
    const { unmarked } = this;
    if (unmarked === undefined) return;
    this.unmarked = undefined;
    const { plan, state } = unmarked;
    const log = this.log!;
    return chain(log.plan(plan), () => log.commit({ id: plan.id, watermark: this.watermark, state }));
  }

  private committed(firing: Firing): void {
    const { plan, seats } = firing;
    this.state.commit();
    this.nextId = plan.id + 1;
    this.pending = undefined;
    this.firing = undefined;
    for (const [name, range] of Object.entries(plan.sources)) {
      const { kind, end, memory } = range;
      const seat = this.seats.get(name);
      const before = this.records.get(name)?.memory ?? [];
      this.records.set(name, { kind, offset: end, memory: seat?.remembers === true ? [] : [...before, ...memory] });
    }
    const taking = seats.filter((seat) => !seat.closed && plan.sources[seat.name] !== undefined);
    this.onSeats(
      taking,
      'Telling of the commit',
      (seat) => seat.commit(plan.sources[seat.name]!.end),
      () => {
        const now = this.clock.now();
        this.session?.onProgress(firing.progress.finish(this, plan, seats, this.lastStart, now));
        this.lastStart = firing.progress.startedAt;
        this.lastNews = now;
        this.next(seats);
      },
    );
  }

  private next(seats: readonly Seat[]): void {
    if (this.stopped()) return;
    const { trigger } = this;
    if (trigger.kind === 'once') {
      for (const seat of seats) seat.complete();
      if (!this.stopped()) this.again();
      return;
    }
    const cut = seats.some((seat) => !seat.closed && seat.status.cut === true);
    const now = this.clock.now();
    const tickPassed = trigger.kind === 'processingTime' && nextTick(this.lastStart!, trigger.interval) <= now;
    if (trigger.kind !== 'processingTime' || cut || tickPassed) this.again();
    else this.rest();
  }

  /** The next cycle, as soon as the event loop has had its turn. */
  private again(): void {
    this.firing = undefined;
    this.state.discard();
    this.release();
    this.schedule(0);
  }

  // ---- failing and ending

  /** The batch in hand failed. If a stream was left over it, the error is on its way through the operators already. */
  private failed(error: unknown, interrupted: boolean): void {
    if (interrupted && this.ending === undefined) this.again();
    else this.fail(error);
  }

  private seatFailed(seat: Seat, doing: string, cause: unknown): void {
    const what = `${doing} the source '${seat.name}' (${seat.op})`;
    const error = SluiceError.from(cause, 'SOURCE_FAILED', what, { source: seat.name });
    this.firing = undefined;
    this.recovering = true;
    this.release();
    seat.error(error);
  }

  /** The query itself fails: its owner is told, and everything is closed. */
  private fail(error: unknown): void {
    const failure = SluiceError.from(error, 'SINK_FAILED', 'Running the query');
    this.firing = undefined;
    const first = this.ending === undefined;
    this.end({ error: failure });
    this.release();
    if (first) this.raise(failure);
  }

  abort(error: unknown): void {
    this.firing?.fail(error);
  }

  report(metrics: { outputRows: number; sink: string }): void {
    this.firing?.progress.output(metrics.sink, metrics.outputRows);
  }

  onEnd(close: () => void | PromiseLike<void>): void {
    this.closers.push(close);
  }

  /** No more batches. One in hand is committed only if the stream completed behind it. */
  end(ending: Ending): void {
    if (this.ending !== undefined) {
      if (ending.error !== undefined && this.ending.error === undefined) this.ending = ending;
      return;
    }
    this.ending = ending;
    this.scheduled?.unsubscribe();
    const committing = this.busy && ending.completed === true && this.firing !== undefined;
    if (!committing) this.finish();
  }

  /** Resolves when the batch in hand, if any, is committed (or has failed); no other starts. */
  drain(): Promise<void> {
    this.draining = true;
    this.scheduled?.unsubscribe();
    if (!this.busy) return Promise.resolve();
    return new Promise((resolve) => this.drained.push(resolve));
  }

  /** Resolves when everything that is there now has been committed, or the query has ended. */
  processAllAvailable(): Promise<void> {
    if (this.ending !== undefined) return Promise.resolve();
    const after = this.planning;
    if (this.trigger.kind !== 'processingTime') this.schedule(0);
    this.woken = true;
    return new Promise((resolve) => this.idleWaiters.push({ after, done: resolve }));
  }

  /** The cycle is over, whatever came of it. */
  private release(): void {
    this.busy = false;
    if (this.ending !== undefined) this.finish();
    for (const resolve of this.drained.splice(0)) resolve();
  }

  private stopped(): boolean {
    if (this.ending === undefined && !this.draining) return false;
    this.release();
    return true;
  }

  private finish(): void {
    if (this.finished) return;
    this.finished = true;
    void this.closeAll();
  }

  private async closeAll(): Promise<void> {
    const attempt = async (close: () => unknown): Promise<void> => {
      try {
        await close();
      } catch (error) {
        const failure = SluiceError.from(error, 'SINK_FAILED', 'Closing the query');
        if (this.ending?.error === undefined) this.ending = { ...this.ending, error: failure };
      }
    };
    for (const seat of [...this.seats.values()]) this.leave(seat);
    await attempt(() => Promise.all(this.leaving));
    if (this.ending?.error === undefined) await attempt(() => this.mark());
    for (const close of this.closers.splice(0)) await attempt(close);
    if (this.opened || this.log !== undefined) await attempt(() => this.log?.close());
    for (const waiter of this.idleWaiters.splice(0)) waiter.done();
    for (const resolve of this.drained.splice(0)) resolve();
    this.status = this.ending?.error === undefined ? 'Stopped' : 'Terminated with exception';
    this.resolveClosed(this.ending ?? {});
  }

  /** Does `act` with each seat, at once, then `use` with all results; the first seat that fails ends its stream. */
  private onSeats<T>(
    seats: readonly Seat[],
    doing: string,
    act: (seat: Seat) => MaybePromise<T>,
    use: (results: T[]) => void,
  ): void {
    let failing: Seat | undefined;
    const blame = (seat: Seat, error: unknown): never => {
      failing ??= seat;
      throw error;
    };
    whenReady(
      () =>
        all(
          seats.map((seat) => {
            try {
              const result = act(seat);
              return isPromise(result) ? result.then(undefined, (error: unknown) => blame(seat, error)) : result;
            } catch (error) {
              return blame(seat, error);
            }
          }),
        ),
      (results) => {
        failing = undefined;
        use(results);
      },
      (error) => (failing === undefined ? this.fail(error) : this.seatFailed(failing, doing, error)),
    );
  }
}

/** One plan for a run of batches that are done: from where the first began to where the last ended. */
function mergePlans(a: BatchPlan, b: BatchPlan): BatchPlan {
  const sources: Record<string, BatchPlan['sources'][string]> = { ...a.sources };
  for (const [name, range] of Object.entries(b.sources)) {
    const before = a.sources[name];
    sources[name] = before === undefined ? range : { ...range, start: before.start, memory: [...before.memory, ...range.memory] };
  }
  return { ...b, sources };
}

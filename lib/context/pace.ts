import { type SchedulerLike, Subscription, asyncScheduler } from 'rxjs';
import type { ReadLimit, SourceStatus } from '../connect/contract.js';
import { SluiceError } from '../errors/index.js';
import { BatchSize } from './batch-size.js';
import { type Trigger, describeTrigger, nextTick } from './trigger.js';

/** Bounds of a batch that no user set, so that one of any input fits into memory. */
const engineLimit: ReadLimit = { all: false, rows: 1 << 20, bytes: 32 << 20 };
const noLimit: ReadLimit = { all: true, rows: Infinity, bytes: Infinity };

/** What a `rateLimit` allows in a second; Infinity: any number. */
export interface Rate {
  readonly rows: number;
  readonly bytes: number;
}

/** Calls `work` when the event loop has seen to everything else. */
function inNextTurn(work: () => void): Subscription {
  const handle = setImmediate(work);
  return new Subscription(() => clearImmediate(handle));
}

/** Whether a clock is that of the machine: under rxjs's TestScheduler `asyncScheduler` counts frames from zero. */
const isRealTime = (clock: SchedulerLike): boolean => clock === asyncScheduler && clock.now() > 1e9;

/** The most milliseconds that a timer of Node can wait: a longer one would be over at once. */
const longestTimer = 2 ** 31 - 1;

/** Says when a query's next cycle starts, and how much it may take: what the trigger means. */
export class Pace {
  trigger: Trigger = { kind: 'asap' };
  /** Somebody said that there is data, since the last cycle began. */
  private woken = false;
  private scheduled: Subscription | undefined;
  private readonly rates = new Set<Rate>();
  private size: BatchSize | undefined;
  /** When the cycle in hand began, and before when none may follow: what the last batch held has its price in time. */
  private beganAt = -Infinity;
  private earliest = -Infinity;
  /** The longest wait for that: the clock may be put back meanwhile. */
  private charged = 0;

  constructor(
    readonly clock: SchedulerLike,
    private readonly cycle: () => void,
  ) {}

  set(trigger: Trigger): void {
    if (this.trigger.kind !== 'asap' && describeTrigger(this.trigger) !== describeTrigger(trigger)) {
      const both = `${describeTrigger(this.trigger)}; ${describeTrigger(trigger)}`;
      throw new SluiceError('UNSUPPORTED_PIPELINE', `A query has one trigger; this one has: ${both}.`);
    }
    this.trigger = trigger;
    if ('target' in trigger) this.size = new BatchSize(trigger.target, engineLimit);
  }

  /** Whether sources are to report only what is there at the start. */
  get freezes(): boolean {
    return this.trigger.kind === 'availableNow';
  }

  /** Whether a source that has nothing new is through. */
  get ends(): boolean {
    return this.trigger.kind === 'availableNow' || this.trigger.kind === 'once';
  }

  /** `once`, and with `availableNow` a source that cannot tell what is there now, takes everything in one batch. */
  limitOf(source: { readonly canFreeze: boolean }): ReadLimit {
    if (this.trigger.kind === 'once' || (this.freezes && !source.canFreeze)) return noLimit;
    return this.bound;
  }

  private get bound(): ReadLimit {
    const most = this.size?.limit ?? engineLimit;
    return this.rates.size === 0 ? most : this.withinRates(most);
  }

  /** At most what a second allows, or the trigger's interval if that is longer. */
  private withinRates({ rows, bytes }: ReadLimit): ReadLimit {
    const seconds = this.trigger.kind === 'processingTime' ? Math.max(1, this.trigger.interval / 1000) : 1;
    for (const rate of this.rates) {
      rows = Math.min(rows, Math.max(1, Math.floor(rate.rows * seconds)));
      bytes = Math.min(bytes, Math.max(1, Math.floor(rate.bytes * seconds)));
    }
    return { all: false, rows, bytes };
  }

  /** Bounds batches, until the returned function is called. */
  addRate(rate: Rate): () => void {
    this.rates.add(rate);
    return () => this.rates.delete(rate);
  }

  /** No cycle begins within so many milliseconds of the beginning of this one. */
  charge(millis: number): void {
    const earliest = this.beganAt + millis;
    if (earliest <= this.earliest) return;
    this.earliest = earliest;
    this.charged = Math.ceil(millis);
  }

  private get left(): number {
    return Math.ceil(this.earliest - this.clock.now());
  }

  /** A cycle after so many milliseconds, or when rates allow it, in place of one that was scheduled. */
  schedule(wanted: number): void {
    this.scheduled?.unsubscribe();
    const allowed = this.earliest === -Infinity ? wanted : Math.max(wanted, Math.min(this.left, this.charged));
    // What is later is looked for again then.
    const delay = Math.min(allowed, longestTimer);
    // Timers take a millisecond for "at once", which is half of a small batch.
    const atOnce = delay === 0 && isRealTime(this.clock);
    this.scheduled = atOnce ? inNextTurn(() => this.cycle()) : this.clock.schedule(() => this.cycle(), delay);
  }

  cancel(): void {
    this.scheduled?.unsubscribe();
  }

  /** A cycle began: what was said before counts no more. */
  begun(): void {
    this.woken = false;
    if (this.rates.size > 0) this.beganAt = this.clock.now();
  }

  /** There is data. Returns whether a cycle may start for it now; ticks of a grid come by themselves. */
  wake(): boolean {
    this.woken = true;
    return this.trigger.kind !== 'processingTime';
  }

  /** Schedules the next cycle when there was nothing to do, `due` at the latest; returns what is waited for. */
  rest(sources: readonly SourceStatus[], due: number | undefined): string {
    if (this.trigger.kind === 'processingTime') {
      const now = this.clock.now();
      this.schedule(nextTick(now, this.trigger.interval) - now);
      return 'Waiting for next trigger';
    }
    const polls = sources.flatMap(({ pollAfter }) => pollAfter ?? []);
    if (due !== undefined) polls.push(Math.max(0, due - this.clock.now()));
    if (this.woken) this.schedule(0);
    else if (polls.length > 0) this.schedule(Math.min(...polls));
    return 'Waiting for data to arrive';
  }

  /** A batch took so many milliseconds; `cut`: for as much as it was allowed. */
  measured(millis: number, cut: boolean): void {
    this.size?.measured(millis, cut);
  }

  /** Whether a batch with at most so many rows of a source is cut by a bound that is no user's. */
  isCut(rows: number, sources: readonly SourceStatus[]): boolean {
    return rows >= this.bound.rows || sources.some(({ cut }) => cut === true);
  }

  /**
   * Whether the next batch follows at once on one that started at `start`: with a grid only if its next instant has
   * passed, or if the engine split what would have been one batch to fit it into memory.
   */
  followsAtOnce(start: number, cut: boolean): boolean {
    if (this.trigger.kind !== 'processingTime') return true;
    return nextTick(start, this.trigger.interval) <= this.clock.now() || cut;
  }
}

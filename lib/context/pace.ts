import { type SchedulerLike, Subscription, asyncScheduler } from 'rxjs';
import type { ReadLimit, SourceStatus } from '../connect/contract.js';
import { SluiceError } from '../errors/index.js';
import { type Trigger, describeTrigger, nextTick } from './trigger.js';

/** Bounds of a batch that no user set, so that one of any input fits into memory. */
const engineLimit: ReadLimit = { all: false, rows: 1 << 20, bytes: 32 << 20 };
const noLimit: ReadLimit = { all: true, rows: Infinity, bytes: Infinity };

/** Calls `work` when the event loop has seen to everything else. */
function inNextTurn(work: () => void): Subscription {
  const handle = setImmediate(work);
  return new Subscription(() => clearImmediate(handle));
}

/** Whether a clock is that of the machine: under rxjs's TestScheduler `asyncScheduler` counts frames from zero. */
const isRealTime = (clock: SchedulerLike): boolean => clock === asyncScheduler && clock.now() > 1e9;

/** Says when a query's next cycle starts, and how much it may take: what the trigger means. */
export class Pace {
  trigger: Trigger = { kind: 'asap' };
  /** Somebody said that there is data, since the last cycle began. */
  private woken = false;
  private scheduled: Subscription | undefined;

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
    return this.trigger.kind === 'once' || (this.freezes && !source.canFreeze) ? noLimit : engineLimit;
  }

  /** A cycle after so many milliseconds, in place of one that was scheduled. */
  schedule(delay: number): void {
    this.scheduled?.unsubscribe();
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
  }

  /** There is data. Returns whether a cycle may start for it now; ticks of a grid come by themselves. */
  wake(): boolean {
    this.woken = true;
    return this.trigger.kind !== 'processingTime';
  }

  /** Schedules the next cycle when there was nothing to do; returns what is waited for. */
  rest(sources: readonly SourceStatus[]): string {
    if (this.trigger.kind === 'processingTime') {
      const now = this.clock.now();
      this.schedule(nextTick(now, this.trigger.interval) - now);
      return 'Waiting for next trigger';
    }
    const polls = sources.flatMap(({ pollAfter }) => pollAfter ?? []);
    if (this.woken) this.schedule(0);
    else if (polls.length > 0) this.schedule(Math.min(...polls));
    return 'Waiting for data to arrive';
  }

  /**
   * Whether the next batch follows at once on one that started at `start`: with a grid only if its next instant has
   * passed, or if the engine split what would have been one batch to fit it into memory.
   */
  followsAtOnce(start: number, sources: readonly SourceStatus[]): boolean {
    if (this.trigger.kind !== 'processingTime') return true;
    return nextTick(start, this.trigger.interval) <= this.clock.now() || sources.some(({ cut }) => cut === true);
  }
}

import { type Duration, parseDuration } from '../../lib/options/index.js';

/** When a group is called although it has no rows. */
export type GroupTimeout = 'none' | 'processingTime' | 'eventTime';

/**
 * What is kept of a group. It is used during the call that got it; what it changed is in force once the batch commits.
 * `Absent` is what `get` gives of a group without state.
 */
export interface GroupState<S, Absent = undefined> {
  /** Whether something is kept. */
  readonly exists: boolean;
  /** A copy of what is kept, yours to change: without `update` that changes nothing. */
  get(): S | Absent;
  /** Keeps a copy of this value, in place of what there was. Neither null nor undefined: that is `remove`. */
  update(state: S): void;
  /** Keeps nothing any more. A timeout that is set in this call stays. */
  remove(): void;
  /** The group is called because its timeout has passed, without rows. */
  readonly hasTimedOut: boolean;
  /**
   * Calls the group when no rows have come for so long after this batch's time, or later. Counts until the next call of
   * the group, which has to set it again. Needs `timeout: 'processingTime'`.
   */
  setTimeoutDuration(duration: Duration): void;
  /**
   * Calls the group when the watermark has passed this instant (milliseconds since the epoch, not before the watermark)
   * plus the duration. Counts until the next call of the group, which has to set it again. Needs `timeout: 'eventTime'`.
   */
  setTimeoutTimestamp(instant: number | Date, plus?: Duration): void;
  /** In milliseconds since the epoch; null without one. */
  readonly currentWatermark: number | null;
  /** When the batch was planned, in milliseconds since the epoch: the same when it is replayed. */
  readonly currentProcessingTime: number;
}

/** What all groups of a batch have in common. */
export interface GroupTimes {
  readonly timeout: GroupTimeout;
  readonly currentWatermark: number | null;
  readonly currentProcessingTime: number;
}

/** The state of a group during one call. */
export class CalledState implements GroupState<unknown> {
  updated = false;
  removed = false;
  /** What was set in this call, in milliseconds since the epoch. */
  timeoutAt: number | undefined;
  /** What `update` was given last. */
  value: unknown;
  private over = false;

  /** @param kept makes what was kept, or what is to be there without that */
  constructor(
    private readonly times: GroupTimes,
    private existed: boolean,
    private readonly kept: () => unknown,
    readonly hasTimedOut: boolean,
  ) {}

  get exists(): boolean {
    this.check();
    return this.updated || (this.existed && !this.removed);
  }

  get(): unknown {
    this.check();
    if (this.updated) return this.value;
    return this.kept();
  }

  update(state: unknown): void {
    this.check();
    if (state === null || state === undefined) {
      throw new TypeError(`update(${String(state)}): there is no such state; remove() leaves none`);
    }
    this.value = state;
    this.updated = true;
    this.removed = false;
  }

  remove(): void {
    this.check();
    this.value = undefined;
    this.updated = false;
    this.removed = true;
    this.existed = false;
  }

  setTimeoutDuration(duration: Duration): void {
    this.checkTimeout('setTimeoutDuration', 'processingTime');
    const millis = parseDuration(duration);
    if (millis === undefined || millis <= 0) {
      throw new RangeError(`setTimeoutDuration: ${String(duration)} is no duration above 0 such as '10 minutes'`);
    }
    this.timeoutAt = Math.ceil(this.times.currentProcessingTime + millis);
  }

  setTimeoutTimestamp(instant: number | Date, plus: Duration = 0): void {
    this.checkTimeout('setTimeoutTimestamp', 'eventTime');
    const more = parseDuration(plus);
    if (more === undefined) throw new RangeError(`setTimeoutTimestamp: ${String(plus)} is no duration`);
    const at = Math.ceil((typeof instant === 'number' ? instant : instant.getTime()) + more);
    const watermark = this.times.currentWatermark ?? 0;
    if (!(at > 0 && at >= watermark)) {
      throw new RangeError(`setTimeoutTimestamp: ${at} is not after 0, or before the watermark, which is ${watermark}`);
    }
    this.timeoutAt = at;
  }

  get currentWatermark(): number | null {
    return this.times.currentWatermark;
  }

  get currentProcessingTime(): number {
    return this.times.currentProcessingTime;
  }

  /** The call is over: what is done to it now would be lost. */
  end(): void {
    this.over = true;
  }

  private check(): void {
    if (this.over) throw new Error('the state of a group is used after its call');
  }

  private checkTimeout(what: string, needed: GroupTimeout): void {
    this.check();
    if (this.times.timeout !== needed) throw new Error(`${what} needs the option timeout: '${needed}'`);
  }
}

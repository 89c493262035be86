import { VirtualAction, VirtualTimeScheduler } from 'rxjs';

/**
 * A clock that a test moves by hand. As the scheduler of a query it gives the time of triggers, timeouts and batches;
 * nothing that is due happens before the clock is run.
 */
export class TestClock extends VirtualTimeScheduler {
  /** @param start milliseconds since the epoch. */
  constructor(start: number) {
    super(VirtualAction, start);
    this.frame = start;
  }

  /** The instant of the next action, or undefined if there is none. */
  get next(): number | undefined {
    return this.actions[0]?.delay;
  }

  get isDue(): boolean {
    return this.next !== undefined && this.next <= this.frame;
  }

  /** Does what is due now. What it schedules for now is done, too. */
  runDue(): void {
    this.maxFrames = this.frame;
    this.flush();
  }

  /** Puts the clock forward, without doing anything. */
  moveTo(instant: number): void {
    this.frame = Math.max(this.frame, instant);
  }
}

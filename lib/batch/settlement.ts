import { SluiceError } from '../errors/index.js';

/** Says that a batch is durable where it was held, or why it is not. Calls after the first do nothing. */
export type Done = (error?: unknown) => void;

/** How a batch ended: `error` is there if it failed anywhere. */
export interface Settled {
  readonly error?: unknown;
  /** Whether anyone held the batch: if not, it was done when the last `next` returned. */
  readonly held: boolean;
}

/** Whoever handed the batch on. */
export interface SettlementOwner {
  /** Somebody holds the batch, for the first time. */
  readonly taken: () => void;
  /** Whether a part of the batch may never arrive. */
  readonly interrupted: boolean;
}

/**
 * Knows when all who took a batch are done with it. Whoever makes the batch holds it while handing it on; a sink
 * holds it until it is durable; a batch derived from another shares its settlement. It settles once, when the last
 * hold is released, with the first error that anyone gave.
 */
export class Settlement {
  private open = 0;
  private held = false;
  private failure: { readonly error: unknown } | undefined;
  private settled: Settled | undefined;
  private readonly waiters = new Set<{ readonly alone: (failed: boolean) => void }>();
  private readonly listeners: ((settled: Settled) => void)[] = [];

  constructor(private readonly owner?: SettlementOwner) {}

  /** Keeps the batch open until the returned function is called. Throws CONTRACT_VIOLATED on a settled batch. */
  hold(): Done {
    const done = this.keep();
    if (!this.held) this.owner?.taken();
    this.held = true;
    return done;
  }

  /** As `hold`, by the one who hands the batch on: it does not count as having taken it. */
  keep(): Done {
    if (this.settled !== undefined) {
      throw new SluiceError(
        'CONTRACT_VIOLATED',
        'Holding a batch that is settled already: hold it inside `next`, before the call returns.',
      );
    }
    this.open++;
    let released = false;
    return (error) => {
      if (released) return;
      released = true;
      if (error !== undefined) this.fail(error);
      this.open--;
      if (this.open === 0) this.settle();
      else if (this.open === this.waiters.size) this.leaveAlone();
    };
  }

  private leaveAlone(): void {
    const failed = this.failure !== undefined || this.owner?.interrupted === true;
    for (const { alone } of [...this.waiters]) alone(failed);
  }

  /**
   * As `keep`, by one who only waits for others: `alone` is called when nobody else holds the batch any more, so that
   * nothing more will come of it. If the batch has `failed` by then, or a part of it is lost, nobody is to get what
   * there is of it: it comes again, whole.
   */
  wait(alone: (failed: boolean) => void): Done {
    const done = this.keep();
    const waiter = { alone };
    this.waiters.add(waiter);
    return (error) => {
      this.waiters.delete(waiter);
      done(error);
    };
  }

  /** The batch will not be durable. It still settles only when all holds are released. */
  fail(error: unknown): void {
    this.failure ??= { error };
  }

  /** Calls back when the batch is settled, at once if it is. */
  onSettled(listener: (settled: Settled) => void): void {
    if (this.settled === undefined) this.listeners.push(listener);
    else listener(this.settled);
  }

  private settle(): void {
    this.settled = { ...this.failure, held: this.held };
    for (const listener of this.listeners.splice(0)) listener(this.settled);
  }
}

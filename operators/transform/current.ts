import type { MicroBatch } from '../../lib/batch/index.js';

/** The batch in hand, whose key a function of the user is called for, and what was done to state on the way. */
export class Current {
  batch!: MicroBatch;
  watermark: number | null = null;
  updated = 0;
  removed = 0;
  private called: string | undefined;

  begin(batch: MicroBatch, watermark: number | null): void {
    this.batch = batch;
    this.watermark = watermark;
    this.updated = 0;
    this.removed = 0;
  }

  /** The key of the call. Throws where there is none: state belongs to a key. */
  get key(): string {
    if (this.called === undefined) throw new Error('state and timers are used in a call for a key, and not after it');
    return this.called;
  }

  /** Calls a function of the user for a key. */
  during<T>(key: string, call: () => T): T {
    this.called = key;
    try {
      return call();
    } finally {
      this.called = undefined;
    }
  }
}

import { SluiceError } from '../errors/index.js';
import type { Ending } from './session.js';

/** Does something on the way out; what fails then is how the query ended, unless it had failed before. */
export type Attempt = (close: () => unknown) => Promise<void>;

/** How a query ends: once, and then everything is closed. */
export class Life {
  /** Resolves when everything is closed; never rejects. */
  readonly closed: Promise<Ending>;
  /** How it ended; undefined: it has not. */
  ending: Ending | undefined;
  private finished = false;
  private readonly closers: (() => void | PromiseLike<void>)[] = [];
  private resolveClosed!: (ending: Ending) => void;

  constructor() {
    this.closed = new Promise((resolve) => (this.resolveClosed = resolve));
  }

  get over(): boolean {
    return this.ending !== undefined;
  }

  get failed(): boolean {
    return this.ending?.error !== undefined;
  }

  /** Calls `close` when the query has ended, and waits for it. */
  onEnd(close: () => void | PromiseLike<void>): void {
    this.closers.push(close);
  }

  /** It ended like this: false if it had ended before, though not with an error. */
  end(ending: Ending): boolean {
    const first = !this.over;
    if (first || (ending.error !== undefined && !this.failed)) this.ending = ending;
    return first;
  }

  /** Closes everything, once: the sources before what was to be closed at the end, the log after. */
  finish(sources: (attempt: Attempt) => Promise<void>, log: (attempt: Attempt) => Promise<void>): void {
    if (this.finished) return;
    this.finished = true;
    void this.closeAll(sources, log);
  }

  private async closeAll(
    sources: (attempt: Attempt) => Promise<void>,
    log: (attempt: Attempt) => Promise<void>,
  ): Promise<void> {
    const attempt: Attempt = async (close) => {
      try {
        await close();
      } catch (error) {
        if (this.failed) return;
        this.ending = { ...this.ending, error: SluiceError.from(error, 'SINK_FAILED', 'Closing the query') };
      }
    };
    await sources(attempt);
    // All at once: a sink that hands rows on to others is through when they are.
    await Promise.all(this.closers.splice(0).map(attempt));
    await log(attempt);
    this.resolveClosed(this.ending ?? {});
  }
}

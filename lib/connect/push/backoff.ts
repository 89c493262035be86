import { type Duration, type Parsed, duration, flag, parseOptions, wholeNumber } from '../../options/index.js';

/** How to connect again when a connection is lost. */
export interface ReconnectOptions {
  /** How long to wait before the first try. Default `'100 ms'`; it doubles with each try that fails. */
  readonly initial?: Duration;
  /** The longest wait. Default `'30 seconds'`. */
  readonly max?: Duration;
  /** After so many tries in a row the source or sink fails. Default: never. */
  readonly maxRetries?: number;
}

export interface ReconnectSettings {
  readonly initial: number;
  readonly max: number;
  readonly maxRetries: number | undefined;
}

const spec = { initial: duration('100 ms'), max: duration('30 seconds'), maxRetries: wholeNumber({ min: 0 }) };

/** Reads `true`, `false` or options; undefined: do not. */
export function reconnectOption(fallback: boolean) {
  const read = (value: unknown): ReconnectSettings | undefined => {
    if (value === false || value === 'false') return undefined;
    return parseOptions('reconnect', value === true || value === 'true' ? {} : value, spec);
  };
  return { read, fallback: read(fallback), required: false };
}

/** The waits between tries: each twice the one before, and each shortened by chance so that clients do not march in step. */
export class Backoff {
  private tries = 0;

  constructor(
    private readonly settings: ReconnectSettings,
    private readonly random: () => number = Math.random,
  ) {}

  /** Milliseconds until the next try, between half of the wait and all of it; undefined: no more tries. */
  next(): number | undefined {
    const { initial, max, maxRetries = Infinity } = this.settings;
    if (this.tries >= maxRetries) return undefined;
    const whole = Math.min(max, initial * 2 ** Math.min(this.tries, 50));
    this.tries++;
    return whole * (0.5 + this.random() / 2);
  }

  /** A connection worked. */
  reset(): void {
    this.tries = 0;
  }
}

/** When what failed is tried again, for those that say it in the same words. */
export const retryTimes = {
  initial: duration('1 second'),
  max: duration('1 minute'),
  jitter: flag(true),
  resetAfter: duration('1 minute'),
};

/** Tries that may go well for a while: after that a failure counts as the first again. */
export class Retries {
  private readonly backoff: Backoff;

  constructor(
    private readonly times: Parsed<typeof retryTimes>,
    maxRetries: number,
    random: () => number = Math.random,
  ) {
    this.backoff = new Backoff({ ...times, maxRetries }, times.jitter ? random : () => 1);
  }

  /** Milliseconds to wait after a try that lasted so many; undefined: no more. */
  next(lasted: number): number | undefined {
    if (lasted >= this.times.resetAfter) this.backoff.reset();
    return this.backoff.next();
  }
}

import { type Duration, duration, parseOptions, wholeNumber } from '../../options/index.js';

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

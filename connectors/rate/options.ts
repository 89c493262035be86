import { SluiceError } from '../../lib/errors/index.js';
import { type Duration, duration, nonEmptyText, parseOptions, required, wholeNumber } from '../../lib/options/index.js';

export interface RateSourceOptions {
  /** How many rows come every second, once the ramp-up is over. Default 1. */
  readonly rowsPerSecond?: number;
  /**
   * How long the rate takes to grow to `rowsPerSecond`; whole seconds, what is less is dropped. Default `'0s'`.
   * As in Spark it grows by `rowsPerSecond / (rampUpTime + 1)` a second, rounded down: `rowsPerSecond: 5` with
   * `rampUpTime: '9s'` gives nothing until the ramp-up is over.
   */
  readonly rampUpTime?: Duration;
  /** Accepted for pipelines that come from Spark. Which rows come, and in which order, does not depend on it. */
  readonly numPartitions?: number;
  /** The name under which the source is kept in the checkpoint. Default `rate`. */
  readonly name?: string;
}

export interface RateMicroBatchSourceOptions {
  /** How many rows every batch holds. Required. */
  readonly rowsPerBatch: number;
  /** The timestamp of the first batch, in milliseconds since the epoch. Default 0. */
  readonly startTimestamp?: number;
  /** How much later each batch is than the one before, in milliseconds. Default 1000. */
  readonly advanceMillisPerBatch?: number;
  /** Accepted for pipelines that come from Spark. Which rows come, and in which order, does not depend on it. */
  readonly numPartitions?: number;
  /** The name under which the source is kept in the checkpoint. Default `rateMicroBatch`. */
  readonly name?: string;
}

const rateSpec = {
  rowsPerSecond: wholeNumber({ min: 1 }, 1),
  rampUpTime: duration('0s'),
  numPartitions: wholeNumber({ min: 1 }),
  name: nonEmptyText(),
};

/** The last instant of a `Date`: what is later cannot be shown in a row. */
export const lastMillis = 8.64e15;

const rateMicroBatchSpec = {
  rowsPerBatch: required(wholeNumber({ min: 1, max: 0x7fffffff })),
  startTimestamp: wholeNumber({ min: 0, max: lastMillis }, 0),
  advanceMillisPerBatch: wholeNumber({ min: 0, max: lastMillis }, 1000),
  numPartitions: wholeNumber({ min: 1 }),
  name: nonEmptyText(),
};

export function parseRateOptions(options: RateSourceOptions) {
  const { rowsPerSecond, rampUpTime, name = 'rate' } = parseOptions('rateSource', options, rateSpec);
  const rampUpSeconds = Math.floor(rampUpTime / 1000);
  if (rowsPerSecond * rampUpSeconds > Number.MAX_SAFE_INTEGER) {
    const message = `rateSource: rampUpTime is too long for ${rowsPerSecond} rows a second: values would pass 2^53.`;
    throw new SluiceError('INVALID_OPTION', message, { details: { option: 'rampUpTime' } });
  }
  return { rowsPerSecond, rampUpSeconds, name };
}

export function parseRateMicroBatchOptions(options: RateMicroBatchSourceOptions) {
  const { name = 'rateMicroBatch', ...rest } = parseOptions('rateMicroBatchSource', options, rateMicroBatchSpec);
  return { ...rest, name };
}

import { SluiceError } from '../../../lib/errors/index.js';
import { isObject } from '../../../lib/options/index.js';
import type { KafkaOffsets } from './offsets.js';

/** Where a new query begins, as the options say it. */
export type Start =
  | { readonly kind: 'everywhere'; readonly at: 'earliest' | 'latest' }
  /** -2 stands for the earliest, -1 for the latest. */
  | { readonly kind: 'offsets'; readonly offsets: KafkaOffsets }
  /** The first record of that many milliseconds since the epoch or later. */
  | { readonly kind: 'time'; readonly time: number; readonly otherwise: Otherwise }
  | { readonly kind: 'times'; readonly times: KafkaOffsets; readonly otherwise: Otherwise };

/** What is done where no record is as late as a time. */
export type Otherwise = 'error' | 'latest';

export const earliestMark = -2;
export const latestMark = -1;

/** Reads `{ topic: { "0": 12 } }`, an object or its text; undefined if it is no such thing. */
export function byPartition(value: unknown, min: number): KafkaOffsets | undefined {
  const given = typeof value === 'string' ? parsed(value) : value;
  if (!isObject(given)) return undefined;
  for (const of of Object.values(given)) {
    if (!isObject(of)) return undefined;
    const fits = Object.entries(of).every(
      ([p, n]) => /^\d+$/.test(p) && Number.isSafeInteger(n) && (n as number) >= min,
    );
    if (!fits) return undefined;
  }
  return given as KafkaOffsets;
}

/** Reads `{ topic: [0, 1] }`, an object or its text; undefined if it is no such thing, or a topic has none. */
export function partitionLists(value: unknown): Readonly<Record<string, readonly number[]>> | undefined {
  const given = typeof value === 'string' ? parsed(value) : value;
  if (!isObject(given)) return undefined;
  const areNumbers = (list: unknown): boolean =>
    Array.isArray(list) && list.length > 0 && list.every((n) => Number.isSafeInteger(n) && (n as number) >= 0);
  return Object.values(given).every(areNumbers) ? (given as Record<string, readonly number[]>) : undefined;
}

/** An error of `startingOffsets` and its like that only shows when it is known what there is. */
export const startError = (option: string, why: string, details: Readonly<Record<string, unknown>>): SluiceError =>
  new SluiceError('INVALID_OPTION', `kafkaSource: the option '${option}' ${why}`, { details: { option, ...details } });

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

import { SluiceError } from '../../errors/index.js';
import {
  type Duration,
  type Size,
  duration,
  nonEmptyText,
  oneOf,
  parseOptions,
  required,
  size,
  wholeNumber,
} from '../../options/index.js';

/** What happens to rows that are pushed when the buffer is full. */
export type Overflow = 'pause' | 'error' | 'dropOldest' | 'dropNewest';

/** A durable log in front of a source that cannot be asked again. */
export interface SpillOptions {
  /** The directory of the log, for this source of this query alone. Made if it is not there. Required. */
  readonly spill: string;
  /** How much may lie in it before `overflow` says what happens. Default `'1g'`. */
  readonly maxBytes?: Size;
}

/** What all sources that are pushed at have in common. */
export interface PushOptions {
  /** A batch starts when so many rows wait, and holds no more. Default 25,000; 1,000 for `microBatch`. */
  readonly maxRows?: number;
  /** A batch starts at the latest so long after its first row came. Default 0: as soon as the query is free. */
  readonly maxDelay?: Duration;
  /** How many rows may wait in memory. Default 100 times `maxRows` (4 times for sockets). */
  readonly maxBufferedRows?: number;
  /** How many bytes they may hold. Default `'64m'`; for `microBatch`, which has to guess, no bound. */
  readonly maxBufferedBytes?: Size;
  /**
   * What happens past that: `'pause'` makes the sender stop until half of it is gone; `'error'` fails with
   * BUFFER_OVERFLOW; `'dropOldest'` and `'dropNewest'` drop and count rows (`droppedRows` in the progress). Default
   * `'pause'`.
   */
  readonly overflow?: Overflow;
  /**
   * `{ spill: 'directory/' }`: rows are written to a log on disk and synced before they count as accepted, and leave
   * it when their batch is committed. So what was accepted survives a crash, and with a `checkpoint` counts exactly
   * once. Without it, rows between their arrival and the commit of their batch are lost with the process: **at most
   * once**.
   */
  readonly buffer?: SpillOptions;
}

/** `PushOptions` as the code gets them. */
export interface PushSettings {
  readonly maxRows: number;
  readonly maxDelay: number;
  readonly maxBufferedRows: number;
  readonly maxBufferedBytes: number;
  readonly overflow: Overflow;
  readonly spill: { readonly dir: string; readonly maxBytes: number } | undefined;
}

const spillSpec = { spill: required(nonEmptyText()), maxBytes: size('1g') };

/** How the options are read: a part of the spec of each source. */
export const pushSpec = {
  maxRows: wholeNumber({ min: 1 }),
  maxDelay: duration(0),
  maxBufferedRows: wholeNumber({ min: 1 }),
  maxBufferedBytes: size(),
  overflow: oneOf(['pause', 'error', 'dropOldest', 'dropNewest'], 'pause'),
  buffer: {
    read: (value: unknown) => parseOptions('buffer', value, spillSpec),
    fallback: undefined,
    required: false,
  },
};

interface ParsedPush {
  readonly maxRows: number | undefined;
  readonly maxDelay: number;
  readonly maxBufferedRows: number | undefined;
  readonly maxBufferedBytes: number | undefined;
  readonly overflow: Overflow;
  readonly buffer: { readonly spill: string; readonly maxBytes: number } | undefined;
}

/** Fills in what was not given. `what` is the factory's name, for messages. */
export function pushSettings(
  what: string,
  parsed: ParsedPush,
  defaults: { readonly maxRows: number; readonly timesBuffered: number; readonly maxBufferedBytes: number },
): PushSettings {
  const { maxRows = defaults.maxRows, maxDelay, overflow, buffer } = parsed;
  if (buffer !== undefined && overflow === 'dropOldest') {
    const message = `${what}: overflow 'dropOldest' would drop what \`buffer\` has accepted. Choose another one.`;
    throw new SluiceError('INVALID_OPTION', message, { details: { option: 'overflow' } });
  }
  return {
    maxRows,
    maxDelay,
    maxBufferedRows: parsed.maxBufferedRows ?? defaults.timesBuffered * maxRows,
    maxBufferedBytes: parsed.maxBufferedBytes ?? defaults.maxBufferedBytes,
    overflow,
    spill: buffer && { dir: buffer.spill, maxBytes: buffer.maxBytes },
  };
}

/** Of sources whose messages say themselves how long they are. */
export const transportDefaults = { maxRows: 25_000, timesBuffered: 4, maxBufferedBytes: 64 << 20 };

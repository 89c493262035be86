import type { Writable } from 'node:stream';
import { custom, parseOptions, wholeNumber } from '../../lib/options/index.js';

export interface ConsoleSinkOptions {
  /** How many rows of a batch are shown. Default 20. */
  readonly numRows?: number;
  /**
   * Whether long values are cut, to 20 characters with `...` at their end; a number says to how many. `false` (or 0)
   * shows them whole and aligns them to the left. Default true.
   */
  readonly truncate?: boolean | number;
  /** Where the tables go. Default `process.stdout`. */
  readonly output?: Writable;
}

const isTruncate = (value: unknown): value is boolean | number | 'true' | 'false' =>
  typeof value === 'boolean' ||
  value === 'true' ||
  value === 'false' ||
  (Number.isSafeInteger(value) && (value as number) >= 0);

const isWritable = (value: unknown): value is Writable => typeof (value as Writable | null)?.write === 'function';

const spec = {
  numRows: wholeNumber({ min: 0 }, 20),
  truncate: custom(isTruncate, 'true, false or a number of characters'),
  output: custom(isWritable, 'a Writable'),
};

export function parseConsoleOptions(options: ConsoleSinkOptions) {
  const { numRows, truncate = true, output } = parseOptions('consoleSink', options, spec);
  const width = typeof truncate === 'number' ? truncate : String(truncate) === 'true' ? 20 : 0;
  return { numRows, width, output };
}

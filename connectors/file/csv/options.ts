import * as records from '../../../lib/formats/csv/options.js';
import { timeReadOptions, timeWriteOptions } from '../../../lib/formats/scan/time-options.js';
import { type Parsed, text } from '../../../lib/options/index.js';

/** How CSV files are read: the records, and the dates and times in them. */
export const csvReadOptions = { ...records.csvReadOptions, ...timeReadOptions };

/** How CSV files are written. */
export const csvWriteOptions = {
  ...records.csvWriteOptions,
  ...timeWriteOptions,
  /** Taken as Spark takes it, without an effect: numbers are written `NaN`, `Infinity` and `-Infinity`. */
  nanValue: text(),
  /** As `nanValue`. */
  positiveInf: text(),
  /** As `nanValue`. */
  negativeInf: text(),
};

export type CsvReadOptions = Parsed<typeof csvReadOptions>;
export type CsvWriteOptions = Parsed<typeof csvWriteOptions>;

import { type Use, compile } from '../../datetime/patterns/compile.js';
import { findZone, zoneOf } from '../../datetime/zone.js';
import { ExpressionError } from '../../expressions/errors.js';
import { type Option, type Parsed, custom, flag } from '../../options/index.js';
import { TimeReader, TimeWriter } from './times.js';

const locale = custom(isLocale, "the name of a language, such as 'de-DE'");
const timeZone = custom(isZone, "a time zone, such as 'Europe/Zurich' or '+02:00'");

/** How dates and times in text are read. Names, meanings and defaults are Spark's. */
export const timeReadOptions = {
  /** The pattern of dates, such as `dd/MM/yyyy`. By default they are read as CAST reads them, ISO 8601 for one. */
  dateFormat: pattern('parse'),
  /** The pattern of timestamps, such as `dd/MM/yyyy HH:mm`. By default they are read as CAST reads them. */
  timestampFormat: pattern('parse'),
  /** The pattern of timestamps without a zone. By default they are read as CAST reads them. */
  timestampNTZFormat: pattern('parse'),
  /** Whether dates and timestamps that do not match their pattern are read as if there were none. Default false. */
  enableDateTimeParsingFallback: { ...flag(false), fallback: undefined } as Option<boolean | undefined, boolean>,
  /** The zone of timestamps that name none. Default UTC. */
  timeZone,
  /** The language of names in patterns, and of numbers in quotes. Default `en-US`. */
  locale,
};

/** How dates and times are written. Names, meanings and defaults are Spark's. */
export const timeWriteOptions = {
  /** The pattern of dates. Default `yyyy-MM-dd`. */
  dateFormat: pattern('print'),
  /** The pattern of timestamps. Default `yyyy-MM-dd'T'HH:mm:ss.SSSXXX`. */
  timestampFormat: pattern('print'),
  /** The pattern of timestamps without a zone. Default `yyyy-MM-dd'T'HH:mm:ss.SSS`. */
  timestampNTZFormat: pattern('print'),
  /** The zone that timestamps are written in. Default UTC. */
  timeZone,
  /** The language of names in patterns. Default `en-US`. */
  locale,
};

/** Reads times as the options say; days since the epoch for dates too, if `dayNumbers` and no fallback is ruled out. */
export const timeReaderFor = (options: Parsed<typeof timeReadOptions>, dayNumbers: boolean): TimeReader =>
  new TimeReader(zoneOf(options.timeZone ?? 'UTC'), {
    ...options,
    fallback: options.enableDateTimeParsingFallback,
    dayNumbers: dayNumbers && options.enableDateTimeParsingFallback !== false,
  });

export const timeWriterFor = (options: Parsed<typeof timeWriteOptions>): TimeWriter =>
  new TimeWriter(zoneOf(options.timeZone ?? 'UTC'), options);

function pattern(use: Use): Option<string | undefined, string> {
  const isPattern = (value: unknown): value is string => typeof value === 'string' && compiles(value, use);
  return custom(isPattern, "a pattern of dates and times, such as 'dd/MM/yyyy HH:mm', without letters for weeks");
}

function compiles(text: string, use: Use): boolean {
  try {
    compile(text, use);
    return true;
  } catch (error) {
    if (error instanceof ExpressionError) return false;
    throw error;
  }
}

function isLocale(value: unknown): value is string {
  if (typeof value !== 'string') return false;
  try {
    return new Intl.Locale(value.replaceAll('_', '-')).baseName !== '';
  } catch {
    return false;
  }
}

function isZone(value: unknown): value is string {
  return typeof value === 'string' && findZone(value) !== undefined;
}

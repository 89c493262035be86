import { microsFrom, microsOfSecond, secondsOf } from '../../datetime/instant.js';
import { PatternPrinter } from '../../datetime/patterns/print.js';
import { PatternReader } from '../../datetime/patterns/read.js';
import { UTC, type Zone, offsetId } from '../../datetime/zone.js';
import { halvesToLong, writeDate, writeTimestamp } from './format.js';
import { parseInteger } from './numbers.js';
import type { Output } from './output.js';
import { leave, parseDate, parseTimestamp, textOf } from './timestamps.js';

/** The last day number that has no more digits than a year may have. */
const MAX_DAYS = 999;

/** The patterns of dates and times in text. What has none is read as CAST reads it, and written as ISO 8601. */
export interface TimeFormats {
  readonly dateFormat?: string | undefined;
  readonly timestampFormat?: string | undefined;
  readonly timestampNTZFormat?: string | undefined;
  /** The language of names in patterns. Default `en-US`. */
  readonly locale?: string | undefined;
  /** Whether what does not match its pattern is read as CAST reads it. Default false. */
  readonly fallback?: boolean | undefined;
  /** Whether a whole number that is no year is a day since the epoch, where CAST would read the date. Default false. */
  readonly dayNumbers?: boolean | undefined;
}

/** Dates and times in text. A timestamp that names no zone is in `zone`. */
export class TimeReader {
  private readonly dates: PatternReader | undefined;
  private readonly timestamps: PatternReader | undefined;
  private readonly locals: PatternReader | undefined;
  private readonly fallback: boolean;
  private readonly dayNumbers: boolean;

  constructor(
    private readonly zone: Zone,
    formats: TimeFormats = {},
  ) {
    const reader = (pattern: string | undefined): PatternReader | undefined =>
      pattern === undefined ? undefined : new PatternReader(pattern, formats.locale);
    this.dates = reader(formats.dateFormat);
    this.timestamps = reader(formats.timestampFormat);
    this.locals = reader(formats.timestampNTZFormat);
    this.fallback = formats.fallback ?? false;
    this.dayNumbers = formats.dayNumbers ?? false;
  }

  /** Whether values of this type follow a pattern. */
  hasPattern(kind: 'date' | 'timestamp' | 'timestamp_ntz'): boolean {
    return (kind === 'date' ? this.dates : kind === 'timestamp' ? this.timestamps : this.locals) !== undefined;
  }

  /** Days since the epoch of the date in `bytes[from, to)`; NaN if it is none. */
  date(bytes: Uint8Array, from: number, to: number): number {
    const { dates } = this;
    if (dates === undefined) return this.cast(bytes, from, to);
    return dates.readDate(textOf(bytes, from, to)) ?? (this.fallback ? this.cast(bytes, from, to) : NaN);
  }

  private cast(bytes: Uint8Array, from: number, to: number): number {
    const days = parseDate(bytes, from, to);
    if (days === days || !this.dayNumbers) return days;
    const number = parseInteger(bytes, from, to);
    return Math.abs(number) <= MAX_DAYS ? number : NaN;
  }

  /** Leaves the microseconds of TIMESTAMP, or (`zoned` false) TIMESTAMP_NTZ, in `parsed`; false if there are none. */
  timestamp(bytes: Uint8Array, from: number, to: number, zoned: boolean): boolean {
    const { zone } = this;
    const reader = zoned ? this.timestamps : this.locals;
    if (reader === undefined) return parseTimestamp(bytes, from, to, zoned, zone);
    const text = textOf(bytes, from, to);
    if (leave(zoned ? reader.read(text, zone) : reader.readLocal(text, false))) return true;
    return zoned && this.fallback && parseTimestamp(bytes, from, to, zoned, zone);
  }
}

/**
 * Puts dates and times into text: `2020-02-29`, `2020-02-29T10:11:12.123` and, of a TIMESTAMP, the offset of `zone` from
 * UTC, `Z` or `+01:00`; or by patterns.
 */
export class TimeWriter {
  private readonly isUtc: boolean;
  private readonly dates: PatternPrinter | undefined;
  private readonly timestamps: PatternPrinter | undefined;
  private readonly locals: PatternPrinter | undefined;

  constructor(
    private readonly zone: Zone = UTC,
    formats: TimeFormats = {},
  ) {
    this.isUtc = zone.fixed === 0;
    const printer = (pattern: string | undefined): PatternPrinter | undefined =>
      pattern === undefined ? undefined : new PatternPrinter(pattern, formats.locale);
    this.dates = printer(formats.dateFormat);
    this.timestamps = printer(formats.timestampFormat);
    this.locals = printer(formats.timestampNTZFormat);
  }

  /** A day since the epoch. */
  date(out: Output, days: number): void {
    if (this.dates === undefined) writeDate(out, days);
    else out.utf8(this.dates.printDate(days));
  }

  /** Microseconds of TIMESTAMP, or (`zoned` false) TIMESTAMP_NTZ, as 32-bit halves. */
  timestamp(out: Output, low: number, high: number, zoned: boolean): void {
    const printer = zoned ? this.timestamps : this.locals;
    if (printer !== undefined) {
      const micros = halvesToLong(low, high);
      out.utf8(zoned ? printer.print(micros, this.zone) : printer.printLocal(micros));
    } else if (!zoned || this.isUtc) {
      writeTimestamp(out, low, high, zoned);
    } else {
      this.zoned(out, halvesToLong(low, high));
    }
  }

  private zoned(out: Output, micros: bigint): void {
    const second = secondsOf(micros);
    const offset = this.zone.offsetAt(second);
    const local = microsFrom(second + offset, microsOfSecond(micros));
    writeTimestamp(out, Number(BigInt.asIntN(32, local)), Number(local >> 32n), offset === 0);
    // Offsets of times gone by have seconds, which are not written.
    if (offset !== 0) out.ascii(offsetId(offset).slice(0, 6));
  }
}

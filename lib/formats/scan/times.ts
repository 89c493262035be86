import { microsOfSecond, microsFrom, secondsOf } from '../../datetime/instant.js';
import { UTC, type Zone, offsetId } from '../../datetime/zone.js';
import { writeDate, writeTimestamp } from './format.js';
import type { Output } from './output.js';
import { parseDate, parseTimestamp } from './timestamps.js';

/** How dates and times stand in text. */
export interface TimeReader {
  /** Days since the epoch of the date in `bytes[from, to)`; NaN if it is none. */
  date(bytes: Uint8Array, from: number, to: number): number;
  /** Leaves the microseconds of TIMESTAMP, or (`zoned` false) TIMESTAMP_NTZ, in `parsed`; false if there are none. */
  timestamp(bytes: Uint8Array, from: number, to: number, zoned: boolean): boolean;
}

/** As CAST reads them. A timestamp that names no zone is in `zone`. */
export class CastTimes implements TimeReader {
  constructor(private readonly zone: Zone) {}

  date(bytes: Uint8Array, from: number, to: number): number {
    return parseDate(bytes, from, to);
  }

  timestamp(bytes: Uint8Array, from: number, to: number, zoned: boolean): boolean {
    return parseTimestamp(bytes, from, to, zoned, this.zone);
  }
}

/** How dates and times are put into text. */
export interface TimeWriter {
  /** A day since the epoch. */
  date(out: Output, days: number): void;
  /** Microseconds of TIMESTAMP, or (`zoned` false) TIMESTAMP_NTZ, as 32-bit halves. */
  timestamp(out: Output, low: number, high: number, zoned: boolean): void;
}

/** `2020-02-29`, `2020-02-29T10:11:12.123` and, of a TIMESTAMP, the offset of its zone from UTC: `Z` or `+01:00`. */
export class IsoTimes implements TimeWriter {
  private readonly utc: boolean;

  constructor(private readonly zone: Zone) {
    this.utc = zone.fixed === 0;
  }

  date(out: Output, days: number): void {
    writeDate(out, days);
  }

  timestamp(out: Output, low: number, high: number, zoned: boolean): void {
    if (!zoned || this.utc) {
      writeTimestamp(out, low, high, zoned);
      return;
    }
    const micros = (BigInt(high) << 32n) | BigInt(low >>> 0);
    const second = secondsOf(micros);
    const offset = this.zone.offsetAt(second);
    const local = microsFrom(second + offset, microsOfSecond(micros));
    writeTimestamp(out, Number(BigInt.asIntN(32, local)), Number(local >> 32n), offset === 0);
    // Offsets of times gone by have seconds, which are not written.
    if (offset !== 0) out.ascii(offsetId(offset).slice(0, 6));
  }
}

export const utcTimes = new IsoTimes(UTC);

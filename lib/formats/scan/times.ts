import type { Zone } from '../../datetime/zone.js';
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

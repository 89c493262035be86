import { civilOf, dayIn, dayOfYear, monthIn, weekday, yearIn } from '../calendar.js';
import { daysIn, microsOfSecond, SECONDS_PER_DAY, secondsOf } from '../instant.js';
import { english } from '../patterns/texts.js';
import { zoneName } from '../zone-names.js';
import type { Zone } from '../zone.js';
import { weekOfMonth, weekOfYear, weekYear } from './calendar.js';
import { compileLegacy } from './compile.js';
import type { LegacyPiece } from './compile.js';

/** Prints timestamps by a pattern of Spark 2, for `timeParserPolicy` LEGACY. */
export class LegacyPrinter {
  private readonly pieces: readonly LegacyPiece[];

  /** @throws ExpressionError as `compileLegacy` does */
  constructor(pattern: string) {
    this.pieces = compileLegacy(pattern);
  }

  print(micros: bigint, zone: Zone): string {
    const second = secondsOf(micros);
    const offset = zone.offsetAt(second);
    const days = daysIn(second + offset);
    const secondOfDay = second + offset - days * SECONDS_PER_DAY;
    let out = '';
    for (const piece of this.pieces) {
      if ('text' in piece) out += piece.text;
      else if ('zZX'.includes(piece.letter)) out += printZone(piece.letter, piece.count, zone, second, offset);
      else out += printField(piece.letter, piece.count, days, secondOfDay, microsOfSecond(micros));
    }
    return out;
  }
}

const pad = (value: number, count: number): string => `${value}`.padStart(count, '0');

function printField(letter: string, count: number, days: number, secondOfDay: number, micros: number): string {
  const civil = civilOf(days);
  const hour = Math.floor(secondOfDay / 3600);
  switch (letter) {
    case 'G':
      return english.short.era[yearIn(civil) > 0 ? 1 : 0]!;
    case 'y':
    case 'Y': {
      const year = letter === 'y' ? yearIn(civil) : weekYear(days);
      const ofEra = year > 0 ? year : 1 - year;
      return count === 2 ? pad(ofEra % 100, 2) : pad(ofEra, count);
    }
    case 'M':
    case 'L': {
      const month = monthIn(civil);
      return count > 2 ? english[count > 3 ? 'full' : 'short'].month[month - 1]! : pad(month, count);
    }
    case 'E':
      return english[count > 3 ? 'full' : 'short'].weekday[weekday(days)]!;
    case 'a':
      return english.short.halfDay[hour < 12 ? 0 : 1]!;
    default:
      return pad(numberOf(letter, civil, days, hour, secondOfDay, micros), count);
  }
}

function numberOf(
  letter: string,
  civil: number,
  days: number,
  hour: number,
  secondOfDay: number,
  micros: number,
): number {
  switch (letter) {
    case 'd':
      return dayIn(civil);
    case 'D':
      return dayOfYear(days);
    case 'w':
      return weekOfYear(days);
    case 'W':
      return weekOfMonth(days);
    case 'F':
      return Math.floor((dayIn(civil) - 1) / 7) + 1;
    case 'u':
      return weekday(days) + 1;
    case 'H':
      return hour;
    case 'k':
      return hour === 0 ? 24 : hour;
    case 'K':
      return hour % 12;
    case 'h':
      return hour % 12 === 0 ? 12 : hour % 12;
    case 'm':
      return Math.floor(secondOfDay / 60) % 60;
    case 's':
      return secondOfDay % 60;
    default:
      return Math.floor(micros / 1000);
  }
}

function printZone(letter: string, count: number, zone: Zone, second: number, offset: number): string {
  if (letter === 'z' && zone.id === 'Z') return 'UTC';
  if (letter === 'z') return /^[+-]/.test(zone.id) ? `GMT${zone.id}` : zoneName(zone, second, count > 3);
  if (letter === 'X' && offset === 0) return 'Z';
  const minutes = Math.floor(Math.abs(offset) / 60);
  const hours = `${offset < 0 ? '-' : '+'}${pad(Math.floor(minutes / 60), 2)}`;
  if (letter === 'X' && count === 1) return hours;
  return `${hours}${letter === 'X' && count === 3 ? ':' : ''}${pad(minutes % 60, 2)}`;
}

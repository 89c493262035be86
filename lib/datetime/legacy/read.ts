import { checkedDaysOf, dayOfMonth, dayOfYear, daysOf, isLeapYear, weekday } from '../calendar.js';
import { isLong, microsFrom, SECONDS_PER_DAY } from '../instant.js';
import { english } from '../patterns/texts.js';
import { zoneNamed } from '../zone-names.js';
import { findZone, zoneOfOffset } from '../zone.js';
import type { Zone } from '../zone.js';
import { weekOfMonth, weekOfYear } from './calendar.js';
import { compileLegacy } from './compile.js';
import type { LegacyPiece } from './compile.js';

/** Years of two digits lie in the hundred years from here on: eighty years before the present, as in Java. */
const CENTURY_START = 1946;

/** What was read, by the letter of the pattern: `M` from 1, `E` from 0 for Monday, `a` 0 or 1. */
interface Read {
  readonly values: Map<string, number>;
  zone: Zone | undefined;
}

/**
 * Reads timestamps by a pattern of Spark 2, for `timeParserPolicy` LEGACY: numbers may have more or fewer digits than
 * the pattern, blanks before them are skipped, and what follows a match is ignored.
 */
export class LegacyReader {
  private readonly pieces: readonly LegacyPiece[];

  /** @throws ExpressionError as `compileLegacy` does */
  constructor(pattern: string) {
    this.pieces = compileLegacy(pattern);
  }

  /** Undefined if the text does not match, or there is no such time. */
  read(text: string, zone: Zone): bigint | undefined {
    const read: Read = { values: new Map(), zone: undefined };
    let at = 0;
    for (const [i, piece] of this.pieces.entries()) {
      if ('text' in piece) at = text.startsWith(piece.text, at) ? at + piece.text.length : -1;
      else at = readField(read, piece.letter, isNumeric(this.pieces[i + 1]) ? piece.count : 0, piece.count, text, at);
      if (at < 0) return undefined;
    }
    return put(read, zone);
  }
}

/** Numbers that follow each other without anything between have as many digits as letters. */
function isNumeric(piece: LegacyPiece | undefined): boolean {
  if (piece === undefined || 'text' in piece) return false;
  return 'ML'.includes(piece.letter) ? piece.count <= 2 : !'GEazZX'.includes(piece.letter);
}

/** Gives where the field ends, -1 if it is not there. `width` is 0 where a number ends by itself. */
function readField(read: Read, letter: string, width: number, count: number, text: string, from: number): number {
  let at = from;
  while (text[at] === ' ' || text[at] === '\t') at++;
  if ('zZX'.includes(letter)) return readZone(read, letter, count, text, at);
  const words = wordsOf(letter, count);
  if (words !== undefined) return readWord(read, letter, words, text, at);
  const pattern = /-?\d+/y;
  pattern.lastIndex = at;
  const found = pattern.exec(width > 0 ? text.slice(0, at + width) : text);
  if (found === null || (width > 0 && at + width > text.length)) return -1;
  let value = Number(found[0]);
  if ((letter === 'y' || letter === 'Y') && count <= 2 && /^\d\d$/.test(found[0])) {
    value += CENTURY_START - (CENTURY_START % 100) + (value < CENTURY_START % 100 ? 100 : 0);
  }
  read.values.set(letter === 'L' ? 'M' : letter, value);
  return at + found[0].length;
}

function wordsOf(letter: string, count: number): readonly string[] | undefined {
  switch (letter) {
    case 'G':
      return english.short.era;
    case 'a':
      return english.short.halfDay;
    case 'E':
      return [...english.full.weekday, ...english.short.weekday];
    case 'M':
    case 'L':
      return count > 2 ? [...english.full.month, ...english.short.month] : undefined;
    default:
      return undefined;
  }
}

function readWord(read: Read, letter: string, words: readonly string[], text: string, at: number): number {
  const rest = text.slice(at, at + 12).toLowerCase();
  const index = words.findIndex((word) => rest.startsWith(word.toLowerCase()));
  if (index < 0) return -1;
  if (letter === 'M' || letter === 'L') read.values.set('M', (index % 12) + 1);
  else read.values.set(letter, letter === 'E' ? index % 7 : index);
  return at + words[index]!.length;
}

function readZone(read: Read, letter: string, count: number, text: string, at: number): number {
  if (letter === 'X') {
    if (text[at] === 'Z') return setOffset(read, 0, at + 1);
    return readOffset(read, [/([+-])(\d\d)/y, /([+-])(\d\d)(\d\d)/y, /([+-])(\d\d):(\d\d)/y][count - 1]!, text, at);
  }
  const greenwich = /^GMT/i.test(text.slice(at, at + 3));
  const end = readOffset(
    read,
    greenwich ? /([+-])(\d\d?):(\d\d)/y : /([+-])(\d\d?):?(\d\d)/y,
    text,
    greenwich ? at + 3 : at,
  );
  if (end >= 0) return end;
  if (greenwich) return setOffset(read, 0, at + 3);
  const named = zoneNamed(text.toUpperCase(), at);
  if (named === undefined) return -1;
  read.zone = named.zone;
  return named.end;
}

function readOffset(read: Read, pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  const found = pattern.exec(text);
  if (found === null || Number(found[2]) > 23 || Number(found[3] ?? 0) > 59) return -1;
  const seconds = Number(found[2]) * 3600 + Number(found[3] ?? 0) * 60;
  return setOffset(read, found[1] === '-' ? -seconds : seconds, pattern.lastIndex);
}

function setOffset(read: Read, offset: number, end: number): number {
  read.zone = offset === 0 ? findZone('UTC') : zoneOfOffset(offset);
  return end;
}

/** The instant of what was read. What is missing is that of 1970-01-01 00:00:00; what contradicts is no time. */
function put({ values, zone }: Read, session: Zone): bigint | undefined {
  const days = dateOf(values);
  const second = timeOf(values);
  const millis = values.get('S') ?? 0;
  if (days === undefined || second === undefined || millis < 0 || millis > 999) return undefined;
  const local = days * SECONDS_PER_DAY + second;
  const micros = microsFrom((zone ?? session).instantOf(local), millis * 1000);
  return isLong(micros) ? micros : undefined;
}

function dateOf(values: ReadonlyMap<string, number>): number | undefined {
  const given = values.get('y') ?? values.get('Y') ?? 1970;
  const year = values.get('G') === 0 ? 1 - given : given;
  const ordinal = values.get('D');
  const alone = ordinal !== undefined && !values.has('M') && !values.has('d');
  if (alone && (ordinal < 1 || ordinal > (isLeapYear(year) ? 366 : 365))) return undefined;
  const days = alone
    ? daysOf(year, 1, 1) + ordinal - 1
    : checkedDaysOf(year, values.get('M') ?? 1, values.get('d') ?? 1);
  if (days !== days) return undefined;
  const agrees = (letter: string, value: number): boolean => (values.get(letter) ?? value) === value;
  const fits =
    agrees('D', dayOfYear(days)) &&
    agrees('E', weekday(days)) &&
    agrees('u', weekday(days) + 1) &&
    agrees('w', weekOfYear(days)) &&
    agrees('W', weekOfMonth(days)) &&
    agrees('F', Math.floor((dayOfMonth(days) - 1) / 7) + 1);
  return fits ? days : undefined;
}

function timeOf(values: ReadonlyMap<string, number>): number | undefined {
  const within = (letter: string, from: number, to: number): boolean => {
    const value = values.get(letter);
    return value === undefined || (value >= from && value <= to);
  };
  const limits = [within('H', 0, 23), within('k', 1, 24), within('K', 0, 11), within('h', 1, 12)];
  if (limits.includes(false) || !within('m', 0, 59) || !within('s', 0, 59)) return undefined;
  const half = values.get('K') ?? (values.get('h') ?? 0) % 12;
  const clock = values.get('k');
  const whole = values.get('H') ?? (clock === undefined ? undefined : clock % 24);
  const hour = whole ?? half + 12 * (values.get('a') ?? 0);
  return (hour * 60 + (values.get('m') ?? 0)) * 60 + (values.get('s') ?? 0);
}

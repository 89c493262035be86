import { failed } from '../../expressions/errors.js';
import { civilOf, dayIn, dayOfYear, monthIn, weekday, yearIn } from '../calendar.js';
import { daysIn, microsOfSecond, SECONDS_PER_DAY, secondsOf } from '../instant.js';
import { zoneName } from '../zone-names.js';
import { UTC } from '../zone.js';
import type { Zone } from '../zone.js';
import { compile } from './compile.js';
import type { NumberField, NumberPiece, OffsetShape, Piece, TextField } from './pieces.js';
import { english, textsOf } from './texts.js';
import type { Texts } from './texts.js';

/** A moment taken apart. */
interface Moment {
  readonly days: number;
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly secondOfDay: number;
  readonly micros: number;
  readonly instant: number;
  readonly zone: Zone;
  readonly offset: number;
}

/**
 * Prints timestamps by a pattern that is compiled once.
 *
 * @throws ExpressionError as `compile` does; in `print`, DATETIME_FIELD_OUT_OF_BOUNDS where a number does not fit
 */
export class PatternPrinter {
  private readonly pieces: readonly Piece[];
  private readonly texts: Texts;

  constructor(
    readonly pattern: string,
    locale = 'en-US',
  ) {
    this.pieces = compile(pattern, 'print');
    this.texts = locale === 'en-US' ? english : textsOf(locale);
  }

  /** An instant, on the clock of `zone`. */
  print(micros: bigint, zone: Zone): string {
    const instant = secondsOf(micros);
    return this.printMoment(instant, microsOfSecond(micros), zone, zone.offsetAt(instant));
  }

  /** A local time; a zone in the pattern is UTC. */
  printLocal(micros: bigint): string {
    return this.printMoment(secondsOf(micros), microsOfSecond(micros), UTC, 0);
  }

  printDate(days: number): string {
    return this.printMoment(days * SECONDS_PER_DAY, 0, UTC, 0);
  }

  private printMoment(instant: number, micros: number, zone: Zone, offset: number): string {
    const local = instant + offset;
    const days = daysIn(local);
    const civil = civilOf(days);
    return printAll(
      this.pieces,
      {
        days,
        year: yearIn(civil),
        month: monthIn(civil),
        day: dayIn(civil),
        secondOfDay: local - days * SECONDS_PER_DAY,
        micros,
        instant,
        zone,
        offset,
      },
      this.texts,
    );
  }
}

function printAll(pieces: readonly Piece[], moment: Moment, texts: Texts): string {
  let out = '';
  for (const piece of pieces) out += printPiece(piece, moment, texts);
  return out;
}

function printPiece(piece: Piece, moment: Moment, texts: Texts): string {
  switch (piece.kind) {
    case 'literal':
      return piece.text;
    case 'number':
      return printNumber(piece, numberOf(piece.field, moment));
    case 'text':
      return texts[piece.full ? 'full' : 'short'][piece.field][indexOf(piece.field, moment)]!;
    case 'fraction':
      return `${moment.micros}`.padStart(6, '0').padEnd(9, '0').slice(0, piece.max);
    case 'offset':
      return printOffset(moment.offset, piece.shape, piece.zero);
    case 'gmtOffset':
      return printGmtOffset(moment.offset, piece.full);
    case 'zoneId':
      return moment.zone.id;
    case 'zoneName':
      return zoneName(moment.zone, moment.instant, piece.full);
    case 'optional':
      return printAll(piece.pieces, moment, texts);
  }
}

function numberOf(field: NumberField, moment: Moment): number {
  const hour = Math.floor(moment.secondOfDay / 3600);
  switch (field) {
    case 'year':
      return moment.year;
    case 'yearOfEra':
      return moment.year > 0 ? moment.year : 1 - moment.year;
    case 'quarter':
      return Math.ceil(moment.month / 3);
    case 'month':
      return moment.month;
    case 'dayOfYear':
      return dayOfYear(moment.days);
    case 'day':
      return moment.day;
    case 'alignedWeekday':
      return ((moment.day - 1) % 7) + 1;
    case 'hour':
      return hour;
    case 'clockHour':
      return hour === 0 ? 24 : hour;
    case 'halfDayHour':
      return hour % 12;
    case 'clockHalfDayHour':
      return hour % 12 === 0 ? 12 : hour % 12;
    case 'minute':
      return Math.floor(moment.secondOfDay / 60) % 60;
    case 'second':
      return moment.secondOfDay % 60;
  }
}

function indexOf(field: TextField, moment: Moment): number {
  switch (field) {
    case 'era':
      return moment.year > 0 ? 1 : 0;
    case 'quarter':
      return Math.floor((moment.month - 1) / 3);
    case 'month':
      return moment.month - 1;
    case 'weekday':
      return weekday(moment.days);
    case 'halfDay':
      return moment.secondOfDay < SECONDS_PER_DAY / 2 ? 0 : 1;
  }
}

function printNumber(piece: NumberPiece, value: number): string {
  const digits = `${piece.reduced ? Math.abs(value) % 100 : Math.abs(value)}`;
  if (digits.length > piece.max) {
    throw failed(
      'DATETIME_FIELD_OUT_OF_BOUNDS.WITHOUT_SUGGESTION',
      `The ${piece.field} ${value} has more digits than the pattern has room for.`,
    );
  }
  const padded = digits.padStart(piece.min, '0');
  if (piece.reduced) return padded;
  if (value < 0) return `-${padded}`;
  return piece.sign === 'exceeds' && digits.length > piece.min ? `+${padded}` : padded;
}

const two = (n: number): string => (n < 10 ? `0${n}` : `${n}`);

function printOffset(offset: number, shape: OffsetShape, zero: string): string {
  const abs = Math.abs(offset);
  const hours = Math.floor(abs / 3600);
  const minutes = Math.floor(abs / 60) % 60;
  const seconds = abs % 60;
  const colon = shape.colon ? ':' : '';
  const withSeconds = shape.seconds === 'optional' && seconds > 0;
  if (hours + minutes + (withSeconds ? seconds : 0) === 0) return zero;
  let out = `${offset < 0 ? '-' : '+'}${two(hours)}`;
  if (shape.minutes === 'always' || minutes > 0) out += colon + two(minutes);
  return withSeconds ? `${out}${colon}${two(seconds)}` : out;
}

function printGmtOffset(offset: number, full: boolean): string {
  if (offset === 0) return 'GMT';
  const abs = Math.abs(offset);
  const hours = Math.floor(abs / 3600);
  const minutes = Math.floor(abs / 60) % 60;
  const seconds = abs % 60;
  let out = `GMT${offset < 0 ? '-' : '+'}${full ? two(hours) : hours}`;
  if (full || minutes > 0 || seconds > 0) out += `:${two(minutes)}`;
  return seconds > 0 ? `${out}:${two(seconds)}` : out;
}

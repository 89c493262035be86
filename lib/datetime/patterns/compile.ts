import { failed } from '../../expressions/errors.js';
import type { ExpressionError } from '../../expressions/errors.js';
import type { NumberField, NumberPiece, OffsetShape, Piece, Sign, TextField } from './pieces.js';

/** What a pattern is used for: some letters can only be printed. */
export type Use = 'print' | 'parse';

/**
 * The pieces of a pattern in the letters of Spark 3 and later (those of Java's `DateTimeFormatter`, without the ones
 * that Spark refuses).
 *
 * @throws ExpressionError INVALID_DATETIME_PATTERN.* for what is no pattern, and
 * INCONSISTENT_BEHAVIOR_CROSS_VERSION.DATETIME_WEEK_BASED_PATTERN for the week-based letters
 */
export function compile(pattern: string, use: Use): readonly Piece[] {
  // A year `y` counts backwards before 1 as `u` does, unless there is an era to tell.
  const hasEra = refuse(pattern, use);
  const builder = new Builder();
  for (let at = 0; at < pattern.length;) {
    const c = pattern[at]!;
    if (/[A-Za-z]/.test(c)) {
      let end = at + 1;
      while (pattern[end] === c) end++;
      letters(builder, c, end - at, use, hasEra, pattern);
      at = end;
    } else if (c === "'") at = quoted(builder, pattern, at);
    else {
      if (c === '[') builder.open();
      else if (c === ']') {
        if (!builder.close()) throw wrong(pattern, 'There is a ] without a [ before it.');
      } else if (c === '{' || c === '}' || c === '#') throw wrong(pattern, `'${c}' is reserved; put it in quotes.`);
      else builder.add({ kind: 'literal', text: c });
      at++;
    }
  }
  return builder.finish();
}

/** Checks what Spark does not leave to Java, letter by letter outside quotes. Says whether there is an era. */
function refuse(pattern: string, use: Use): boolean {
  const plain = pattern.split("'").filter((_, i) => i % 2 === 0);
  for (const part of plain) {
    const week = /[YWwuec]/.exec(part);
    if (week !== null) {
      throw failed(
        'INCONSISTENT_BEHAVIOR_CROSS_VERSION.DATETIME_WEEK_BASED_PATTERN',
        `The datetime pattern '${pattern}' has the week-based letter '${week[0]}'. Use y, M and d, or extract(…).`,
      );
    }
    const illegal = (use === 'parse' ? /[ABnNpEFqQ]/ : /[ABnNp]/).exec(part);
    if (illegal !== null) throw illegalLetter(pattern, illegal[0], use);
    const long = /G{5}|M{5}|L{5}|E{5}|Q{5}|q{5}|y{7}/.exec(part);
    if (long !== null) throw tooLong(pattern, long[0][0]!);
  }
  return plain.some((part) => part.includes('G'));
}

const illegalLetter = (pattern: string, letter: string, use: Use): ExpressionError =>
  failed(
    'INVALID_DATETIME_PATTERN.ILLEGAL_CHARACTER',
    `The datetime pattern '${pattern}' has the letter '${letter}', which means nothing${use === 'parse' ? ' in reading' : ''}. ` +
      'Put text in single quotes.',
  );

const tooLong = (pattern: string, letter: string): ExpressionError =>
  failed('INVALID_DATETIME_PATTERN.LENGTH', `The datetime pattern '${pattern}' has too many '${letter}' in a row.`);

/** What Java refuses. Spark says of it whether Spark 2 would have taken it. */
function wrong(pattern: string, why: string): ExpressionError {
  const quotes = pattern.split("'");
  const plain = quotes.filter((_, i) => i % 2 === 0).join("'");
  const wasTaken = quotes.length % 2 === 1 && !/X{4}|[^\WGyMdkHmsSEDFwWahKzZYuXL\d_]/.test(plain);
  return failed(
    wasTaken
      ? 'INCONSISTENT_BEHAVIOR_CROSS_VERSION.DATETIME_PATTERN_RECOGNITION'
      : 'INVALID_DATETIME_PATTERN.WITH_SUGGESTION',
    `'${pattern}' is no datetime pattern. ${why}`,
  );
}

const tooMany = (pattern: string, letter: string): ExpressionError =>
  wrong(pattern, `It has too many '${letter}' in a row.`);

/** Adds the text between quotes that begins at `at`; a doubled quote is a quote. Gives where it ends. */
function quoted(builder: Builder, pattern: string, at: number): number {
  const match = /'((?:[^']|'')*)'/y;
  match.lastIndex = at;
  const found = match.exec(pattern);
  if (found === null) throw wrong(pattern, 'A quote is not closed.');
  builder.add({ kind: 'literal', text: found[1] === '' ? "'" : found[1]!.replaceAll("''", "'") });
  return match.lastIndex;
}

const texts: Readonly<Record<string, TextField>> = {
  G: 'era',
  Q: 'quarter',
  q: 'quarter',
  M: 'month',
  L: 'month',
  E: 'weekday',
};
const numbers: Readonly<Record<string, NumberField>> = {
  d: 'day',
  H: 'hour',
  k: 'clockHour',
  K: 'halfDayHour',
  h: 'clockHalfDayHour',
  m: 'minute',
  s: 'second',
};

function letters(builder: Builder, letter: string, count: number, use: Use, hasEra: boolean, pattern: string): void {
  const atMost = (most: number): void => {
    if (count > most) throw tooMany(pattern, letter);
  };
  const text = texts[letter];
  const number = numbers[letter];
  if (text !== undefined) {
    if (letter !== 'G' && letter !== 'E' && count <= 2) addNumber(builder, text as NumberField, count);
    else builder.add({ kind: 'text', field: text, full: count === 4 });
  } else if (number !== undefined) {
    atMost(2);
    addNumber(builder, number, count);
  } else if (letter === 'y') {
    builder.number(year(hasEra ? 'yearOfEra' : 'year', count));
  } else if (letter === 'D') {
    atMost(3);
    if (count === 1) addNumber(builder, 'dayOfYear', 1);
    else builder.number(numberPiece('dayOfYear', count, 3, 'never'));
  } else if (letter === 'S') {
    atMost(9);
    builder.fraction(use === 'parse' ? 1 : count, count);
  } else if (letter === 'a' || letter === 'F') {
    atMost(1);
    if (letter === 'F') addNumber(builder, 'alignedWeekday', 1);
    else builder.add({ kind: 'text', field: 'halfDay', full: false });
  } else builder.add(zonePiece(letter, count, pattern));
}

function addNumber(builder: Builder, field: NumberField, count: number): void {
  builder.number(count === 1 ? numberPiece(field, 1, 19, 'normal') : numberPiece(field, count, count, 'never'));
}

const numberPiece = (field: NumberField, min: number, max: number, sign: Sign): NumberPiece => ({
  kind: 'number',
  field,
  min,
  max,
  sign,
  following: 0,
});

function year(field: NumberField, count: number): NumberPiece {
  if (count === 2) return { ...numberPiece(field, 2, 2, 'never'), reduced: true };
  return numberPiece(field, count, 19, count < 4 ? 'normal' : 'exceeds');
}

function zonePiece(letter: string, count: number, pattern: string): Piece {
  switch (letter) {
    case 'z':
      if (count > 4) throw tooMany(pattern, letter);
      return { kind: 'zoneName', full: count === 4 };
    case 'V':
      if (count !== 2) throw wrong(pattern, 'The letter V comes in twos.');
      return { kind: 'zoneId' };
    case 'O':
      if (count !== 1 && count !== 4) throw wrong(pattern, 'The letter O comes once or four times.');
      return { kind: 'gmtOffset', full: count === 4 };
    case 'Z':
      if (count > 5) throw tooMany(pattern, letter);
      if (count === 4) return { kind: 'gmtOffset', full: true };
      return { kind: 'offset', shape: shapes[count === 5 ? 5 : 2]!, zero: count === 5 ? 'Z' : '+0000' };
    case 'X':
    case 'x': {
      if (count > 5) throw tooMany(pattern, letter);
      const zero = letter === 'X' ? 'Z' : count === 1 ? '+00' : count % 2 === 0 ? '+0000' : '+00:00';
      return { kind: 'offset', shape: shapes[count]!, zero };
    }
    default:
      throw wrong(pattern, `The letter '${letter}' means nothing; put text in single quotes.`);
  }
}

/** By the number of letters X. */
const shapes: readonly (OffsetShape | undefined)[] = [
  undefined,
  { minutes: 'optional', seconds: 'no', colon: false },
  { minutes: 'always', seconds: 'no', colon: false },
  { minutes: 'always', seconds: 'no', colon: true },
  { minutes: 'always', seconds: 'optional', colon: false },
  { minutes: 'always', seconds: 'optional', colon: true },
];

/** Collects pieces; knows which number is followed by others of a fixed width, so that `yyyyMMdd` can be read. */
class Builder {
  private pieces: Piece[] = [];
  private readonly outer: Piece[][] = [];
  private adjacent: NumberPiece | undefined;

  add(piece: Piece): void {
    this.pieces.push(piece);
    this.adjacent = undefined;
  }

  number(piece: NumberPiece): void {
    this.pieces.push(piece);
    if (this.adjacent !== undefined && piece.min === piece.max && piece.sign === 'never') {
      this.adjacent.following += piece.max;
    } else this.adjacent = piece;
  }

  fraction(min: number, max: number): void {
    const before = this.adjacent;
    this.add({ kind: 'fraction', min, max });
    if (before === undefined || min !== max) return;
    before.following += max;
    this.adjacent = before;
  }

  open(): void {
    this.outer.push(this.pieces);
    this.pieces = [];
    this.adjacent = undefined;
  }

  close(): boolean {
    const outer = this.outer.pop();
    if (outer === undefined) return false;
    const pieces = this.pieces;
    this.pieces = outer;
    if (pieces.length > 0) this.add({ kind: 'optional', pieces });
    this.adjacent = undefined;
    return true;
  }

  /** Sections that are not closed end with the pattern. */
  finish(): readonly Piece[] {
    while (this.close());
    return this.pieces;
  }
}

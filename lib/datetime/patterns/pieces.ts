/** What a letter of a pattern stands for. */
export type NumberField =
  | 'year'
  | 'yearOfEra'
  | 'quarter'
  | 'month'
  | 'dayOfYear'
  | 'day'
  | 'alignedWeekday'
  | 'hour'
  | 'clockHour'
  | 'halfDayHour'
  | 'clockHalfDayHour'
  | 'minute'
  | 'second';

export type TextField = 'era' | 'quarter' | 'month' | 'weekday' | 'halfDay';

/** When a number has a sign: `normal` if negative, `never`, or `exceeds`: also `+` if it has more digits than `min`. */
export type Sign = 'normal' | 'never' | 'exceeds';

export interface NumberPiece {
  readonly kind: 'number';
  readonly field: NumberField;
  readonly min: number;
  readonly max: number;
  readonly sign: Sign;
  /** The last two digits of a year, read as one from 2000 to 2099. */
  readonly reduced?: true;
  /** Digits of the numbers that follow without anything between. */
  following: number;
}

/** A compiled pattern is a list of these. */
export type Piece =
  | NumberPiece
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'text'; readonly field: TextField; readonly full: boolean }
  | { readonly kind: 'fraction'; readonly min: number; readonly max: number }
  | { readonly kind: 'offset'; readonly shape: OffsetShape; readonly zero: string }
  | { readonly kind: 'gmtOffset'; readonly full: boolean }
  | { readonly kind: 'zoneId' }
  | { readonly kind: 'zoneName'; readonly full: boolean }
  | { readonly kind: 'optional'; readonly pieces: readonly Piece[] };

export interface OffsetShape {
  /** Hours and minutes, and seconds: `no`, only if there are some, or always. */
  readonly minutes: 'optional' | 'always';
  readonly seconds: 'no' | 'optional';
  readonly colon: boolean;
}

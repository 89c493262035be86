import { type Argument, argument, make } from './arguments.js';
import { type Expr, lit } from './builder.js';

/** A length of time: a text such as `'10 minutes'`, or a number of microseconds. Months and years are none. */
export type WindowLength = string | number | bigint;

/** Windows that are days of a place. */
export interface WindowOptions {
  /** Where the days begin, such as `Europe/Zurich`. Default: UTC. The width and the slide must then be whole days. */
  timeZone?: string;
  /** How far one window begins behind the one before. Default: the width. */
  slide?: WindowLength;
  /** By how much the windows are moved from 1970-01-01T00:00; less than the slide, and may be negative. Default 0. */
  start?: WindowLength;
}

const length = (value: WindowLength | undefined) => (value === undefined ? undefined : lit(value).tree);

/**
 * The windows of a width that hold the time: structs of `start` and `end`, the end not being part of it. With a slide
 * that is less than the width a row is in several, and there is a row for each. To be grouped by, or as a column of a
 * `select` or `withColumn`, which leave out rows without a time. The time may be a window, too.
 *
 * Windows are counted from 1970-01-01 in UTC. With `timeZone` they are days of a place: one over which the clock is
 * changed has 23 or 25 hours.
 *
 * In SQL:
 *
 *     window(at, '10 minutes', '5 minutes', '1 minute')
 *
 * @param time the column of the times, or an expression
 * @param slide how far one window begins behind the one before; the width unless given
 * @param start by how much they are moved from 1970-01-01T00:00; less than the slide, and may be negative
 *
 * @example
 * ```ts
 * aggregate({ by: { shop: 'shop', w: window('at', '10 minutes', '5 minutes') }, values: { n: count() } });
 * groupBy(window('at', '1 day', { timeZone: 'Europe/Zurich' })).agg({ n: count() });
 * ```
 */
export function window(time: Argument, width: WindowLength, slide?: WindowLength, start?: WindowLength): Expr;
export function window(time: Argument, width: WindowLength, options: WindowOptions): Expr;
export function window(
  time: Argument,
  width: WindowLength,
  slideOrOptions?: WindowLength | WindowOptions,
  from?: WindowLength,
): Expr {
  const options = typeof slideOrOptions === 'object' ? slideOrOptions : { slide: slideOrOptions, start: from };
  const { timeZone, slide, start } = options as WindowOptions;
  const given = [slide, start, timeZone];
  const last = given.findLastIndex((value) => value !== undefined);
  const defaults = [width, '0 seconds', undefined];
  const more = given.slice(0, last + 1).map((value, i) => length(value ?? defaults[i]));
  return make('window', argument(time), length(width), ...more);
}

/**
 * The session that a row is part of: a struct of `start` and `end`. Alone it is from the time of the row on, as long as
 * the gap; what is grouped by it has one session of those that overlap or touch. A row without a time, or whose gap is
 * not more than nothing, is left out.
 *
 * In SQL:
 *
 *     session_window(at, '10 minutes')
 *
 * @param gap a text such as `'10 minutes'`, or an expression that gives one for each row
 *
 * @example
 * ```ts
 * groupBy('user', sessionWindow('at', '10 minutes')).agg({ clicks: count() });
 * groupBy('user', sessionWindow('at', when(col('kind').eq('film'), '3 hours').otherwise('10 minutes')));
 * ```
 */
export const sessionWindow = (time: Argument, gap: Expr | string): Expr =>
  make('session_window', argument(time), lit(gap).tree);

/**
 * The time of a window, for windows of windows: its last instant, a microsecond before its end.
 *
 * In SQL:
 *
 *     window_time(w)
 */
export const windowTime = (window: Argument): Expr => make('window_time', argument(window));

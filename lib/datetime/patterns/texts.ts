import type { TextField } from './pieces.js';

/** The words of a language, from the first value of a field on: months from January, weekdays from Monday. */
export interface Texts {
  readonly short: Readonly<Record<TextField, readonly string[]>>;
  readonly full: Readonly<Record<TextField, readonly string[]>>;
}

const months = 'January February March April May June July August September October November December'.split(' ');
const weekdays = 'Monday Tuesday Wednesday Thursday Friday Saturday Sunday'.split(' ');
const halfDay = ['AM', 'PM'];
const abbreviate = (words: readonly string[]): string[] => words.map((word) => word.slice(0, 3));

export const english: Texts = {
  short: {
    era: ['BC', 'AD'],
    quarter: ['Q1', 'Q2', 'Q3', 'Q4'],
    month: abbreviate(months),
    weekday: abbreviate(weekdays),
    halfDay,
  },
  full: {
    era: ['Before Christ', 'Anno Domini'],
    quarter: ['1st quarter', '2nd quarter', '3rd quarter', '4th quarter'],
    month: months,
    weekday: weekdays,
    halfDay,
  },
};

const cache = new Map<string, Texts>();

/** The words of a locale such as `fr-FR`. Quarters are English everywhere: the platform has no words for them. */
export function textsOf(locale: string): Texts {
  if (/^en([-_](US|us))?$/.test(locale)) return english;
  let texts = cache.get(locale);
  if (texts === undefined) cache.set(locale, (texts = load(locale.replaceAll('_', '-'))));
  return texts;
}

function load(locale: string): Texts {
  const words = (
    options: Intl.DateTimeFormatOptions,
    type: Intl.DateTimeFormatPartTypes,
    times: readonly number[],
  ): string[] => {
    const format = new Intl.DateTimeFormat(locale, { ...options, timeZone: 'UTC' });
    return times.map((time) => format.formatToParts(time).find((part) => part.type === type)?.value ?? '');
  };
  const monthTimes = months.map((_, i) => Date.UTC(2020, i, 10));
  const weekTimes = weekdays.map((_, i) => Date.UTC(2020, 5, 1 + i));
  const eraTimes = [Date.UTC(-1000, 0, 1), Date.UTC(2020, 0, 1)];
  const halves = words({ hour: 'numeric', hour12: true }, 'dayPeriod', [0, 13 * 3_600_000]);
  const style = (width: 'short' | 'long'): Record<TextField, readonly string[]> => ({
    era: words({ era: width, year: 'numeric' }, 'era', eraTimes),
    quarter: width === 'short' ? english.short.quarter : english.full.quarter,
    // With a day beside it a month has the form that it takes in a date.
    month: words({ month: width, day: 'numeric' }, 'month', monthTimes),
    weekday: words({ weekday: width }, 'weekday', weekTimes),
    halfDay: halves,
  });
  return { short: style('short'), full: style('long') };
}

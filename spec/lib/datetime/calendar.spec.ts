import fc from 'fast-check';
import {
  checkedDaysOf,
  civilOf,
  dayIn,
  dayOfYear,
  daysOf,
  isoWeek,
  isoYear,
  monthIn,
  weekday,
  yearIn,
} from '../../../lib/datetime/calendar.js';

const days = fc.integer({ min: -90_000_000, max: 90_000_000 });

test('days agree with JavaScript dates, which reach 100 million days', () => {
  fc.assert(
    fc.property(days, (day) => {
      const date = new Date(day * 86_400_000);
      const civil = civilOf(day);
      expect([yearIn(civil), monthIn(civil), dayIn(civil)]).toEqual([
        date.getUTCFullYear(),
        date.getUTCMonth() + 1,
        date.getUTCDate(),
      ]);
      expect(daysOf(yearIn(civil), monthIn(civil), dayIn(civil))).toBe(day);
      expect(weekday(day)).toBe((date.getUTCDay() + 6) % 7);
    }),
  );
});

test('the ends of 32 bits of days', () => {
  expect(daysOf(5881580, 7, 11)).toBe(2147483647);
  expect(daysOf(-5877641, 6, 23)).toBe(-2147483648);
});

test('a day that does not exist is NaN', () => {
  expect([
    checkedDaysOf(2021, 2, 29),
    checkedDaysOf(2020, 13, 1),
    checkedDaysOf(2020, 4, 31),
    checkedDaysOf(1900, 2, 29),
  ]).toEqual([NaN, NaN, NaN, NaN]);
  expect(checkedDaysOf(2000, 2, 29)).toBe(11016);
});

test.each([
  // The days around the turn of the year on which the year of ISO 8601 differs.
  [2020, 12, 31, 53, 2020],
  [2021, 1, 1, 53, 2020],
  [2021, 1, 4, 1, 2021],
  [2018, 12, 31, 1, 2019],
  [2005, 1, 1, 53, 2004],
])('week of %d-%d-%d', (year, month, day, week, weekYear) => {
  const at = daysOf(year, month, day);
  expect([isoWeek(at), isoYear(at)]).toEqual([week, weekYear]);
});

test('day of the year', () => {
  expect([dayOfYear(daysOf(2020, 12, 31)), dayOfYear(daysOf(2021, 12, 31)), dayOfYear(daysOf(2020, 1, 1))]).toEqual([
    366, 365, 1,
  ]);
});

export { dayOfMonth, dayOfYear, daysOf, isoWeek, isoYear, monthOf, quarterOf, weekday, yearOf } from './calendar.js';
export {
  daysIn,
  isLong,
  MICROS_PER_DAY,
  MICROS_PER_HOUR,
  MICROS_PER_MINUTE,
  MICROS_PER_SECOND,
  microsFrom,
  microsOfSecond,
  SECONDS_PER_DAY,
  secondsOf,
  wholeSeconds,
} from './instant.js';
export { parseDate } from './parse-date.js';
export { parseTimestamp, parseTimestampNtz } from './parse-timestamp.js';
export { printDate, printTimestamp, printTimestampNtz } from './print.js';
export { findZone, UTC, zoneOf } from './zone.js';
export type { Zone } from './zone.js';
export { PatternPrinter } from './patterns/print.js';
export { PatternReader } from './patterns/read.js';
export {
  addDayTime,
  addMonths,
  checkedDate,
  checkedTimestamp,
  dayAt,
  instantMicros,
  lastDay,
  localMicros,
  makeDate,
  nextWeekday,
  shiftSecond,
  shiftTimestamp,
  startOfDay,
  weekdayNamed,
} from './shift.js';
export {
  isDateUnit,
  isWholeUnit,
  truncateDate,
  truncateSecond,
  truncateTimestamp,
  truncationUnit,
} from './truncate.js';
export { addUnits, monthsBetween, shiftUnit, unitsBetween } from './between.js';
export type { ShiftUnit } from './between.js';
export { dayTimeFields, microsPer, MONTHS_PER_YEAR, yearMonthFields } from './intervals/fields.js';
export type { DayTimeField, YearMonthField } from './intervals/fields.js';
export { parseDayTime, parseYearMonth } from './intervals/parse-ansi.js';
export { parseUnits, tryParseUnits } from './intervals/parse-units.js';
export { printDayTime, printInterval, printYearMonth } from './intervals/print.js';
export {
  addIntervals,
  checkedMicros,
  checkedMonths,
  divideInterval,
  multiplyInterval,
  negateInterval,
  scaleDown,
  scaleUp,
  subtractIntervals,
} from './intervals/arithmetic.js';
export type { Factor } from './intervals/arithmetic.js';
export { LegacyPrinter } from './legacy/print.js';
export { LegacyReader } from './legacy/read.js';

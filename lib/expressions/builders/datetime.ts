// Made from the definitions of the functions: `npm run builders:update`.
import { argument, type Argument, make, setting, type Setting } from '../arguments.js';
import type { Expr } from '../builder.js';

/**
 * The year of a date.
 *
 * In SQL:
 *
 *     year(DATE '2024-02-29')  -- 2024
 */
export const year = (date: Argument): Expr => make('year', argument(date));

/**
 * The quarter of a date, 1 to 4.
 *
 * In SQL:
 *
 *     quarter(DATE '2024-02-29')  -- 1
 */
export const quarter = (date: Argument): Expr => make('quarter', argument(date));

/**
 * The month of a date, 1 to 12.
 *
 * In SQL:
 *
 *     month(DATE '2024-02-29')  -- 2
 */
export const month = (date: Argument): Expr => make('month', argument(date));

/**
 * The day of the month of a date, 1 to 31.
 *
 * In SQL:
 *
 *     day(DATE '2024-02-29')  -- 29
 */
export const day = (date: Argument): Expr => make('day', argument(date));
/** The same as `day`. */
export const dayofmonth = day;

/**
 * The day of the year of a date, 1 to 366.
 *
 * In SQL:
 *
 *     dayofyear(DATE '2024-02-29')  -- 60
 */
export const dayofyear = (date: Argument): Expr => make('dayofyear', argument(date));

/**
 * The day of the week of a date, 1 for Sunday to 7 for Saturday.
 *
 * In SQL:
 *
 *     dayofweek(DATE '2024-02-29')  -- 5
 */
export const dayofweek = (date: Argument): Expr => make('dayofweek', argument(date));

/**
 * The day of the week of a date, 0 for Monday to 6 for Sunday.
 *
 * In SQL:
 *
 *     weekday(DATE '2024-02-29')  -- 3
 */
export const weekday = (date: Argument): Expr => make('weekday', argument(date));

/**
 * The week of ISO 8601 in which a date is, 1 to 53: weeks begin on Monday, the first has at least four days.
 *
 * In SQL:
 *
 *     weekofyear(DATE '2024-02-29')  -- 9
 */
export const weekofyear = (date: Argument): Expr => make('weekofyear', argument(date));

/**
 * The hour of a timestamp, on the clock of the session's time zone.
 *
 * In SQL:
 *
 *     hour(TIMESTAMP '2024-02-29 10:11:12.5')  -- 10
 */
export const hour = (timestamp: Argument): Expr => make('hour', argument(timestamp));

/**
 * The minute of a timestamp, on the clock of the session's time zone.
 *
 * In SQL:
 *
 *     minute(TIMESTAMP '2024-02-29 10:11:12.5')  -- 11
 */
export const minute = (timestamp: Argument): Expr => make('minute', argument(timestamp));

/**
 * The second of a timestamp, on the clock of the session's time zone.
 *
 * In SQL:
 *
 *     second(TIMESTAMP '2024-02-29 10:11:12.5')  -- 12
 */
export const second = (timestamp: Argument): Expr => make('second', argument(timestamp));

/**
 * The English name of the weekday of a date, three letters long.
 *
 * In SQL:
 *
 *     dayname(DATE '2024-02-29')  -- Thu
 */
export const dayname = (date: Argument): Expr => make('dayname', argument(date));

/**
 * The English name of the month of a date, three letters long.
 *
 * In SQL:
 *
 *     monthname(DATE '2024-02-29')  -- Feb
 */
export const monthname = (date: Argument): Expr => make('monthname', argument(date));

/**
 * The last day of the month of a date.
 *
 * In SQL:
 *
 *     last_day(DATE '2024-02-03')  -- 2024-02-29
 */
export const lastDay = (date: Argument): Expr => make('last_day', argument(date));

/**
 * A field of a date, timestamp or interval: YEAR, YEAROFWEEK, QUARTER, MONTH, WEEK, DAY, DAYOFWEEK, DAYOFWEEK_ISO, DOY, HOUR, MINUTE, SECOND (with its fraction). `date_part('field', source)` is the same.
 *
 * In SQL:
 *
 *     extract(YEAR FROM DATE '2024-02-29')  -- 2024
 *     extract(SECOND FROM TIMESTAMP '2024-02-29 10:11:12.5')  -- 12.500000
 *     date_part('doy', DATE '2024-02-29')  -- 60
 *     extract(HOUR FROM INTERVAL '1 02:03:04' DAY TO SECOND)  -- 2
 */
export const extract = (field: Setting, source: Argument): Expr => make('extract', setting(field), argument(source));
/** The same as `extract`. */
export const datePart = extract;
/** The same as `extract`. */
export const datepart = extract;

/**
 * The date that many days after a date. With a unit such as HOUR or MONTH first: the timestamp that many units after a timestamp, as timestampadd.
 *
 * In SQL:
 *
 *     date_add(DATE '2024-02-28', 2)  -- 2024-03-01
 *     dateadd(HOUR, 5, TIMESTAMP '2024-02-28 22:00:00')  -- 2024-02-29 03:00:00
 */
export const dateAdd = (start: Argument, days: Argument, timestamp?: Argument): Expr =>
  make('date_add', argument(start), argument(days), argument(timestamp));
/** The same as `dateAdd`. */
export const dateadd = dateAdd;

/**
 * The date that many days before a date.
 *
 * In SQL:
 *
 *     date_sub(DATE '2024-03-01', 1)  -- 2024-02-29
 */
export const dateSub = (start: Argument, days: Argument): Expr => make('date_sub', argument(start), argument(days));

/**
 * The days from a start to an end. With a unit first the order is the other way around, as in timestampdiff: whole units, a BIGINT.
 *
 * In SQL:
 *
 *     datediff(DATE '2024-03-01', DATE '2024-02-28')  -- 2
 *     datediff(HOUR, TIMESTAMP '2024-02-28 00:00:00', TIMESTAMP '2024-02-29 01:30:00')  -- 25
 */
export const datediff = (end: Argument, start: Argument, end2?: Argument): Expr =>
  make('datediff', argument(end), argument(start), argument(end2));
/** The same as `datediff`. */
export const dateDiff = datediff;

/**
 * The timestamp that many units later: YEAR, QUARTER, MONTH, WEEK, DAY and DAYOFYEAR on the clock of the session, HOUR, MINUTE, SECOND, MILLISECOND and MICROSECOND as they pass.
 *
 * In SQL:
 *
 *     timestampadd(MONTH, 1, TIMESTAMP '2024-01-31 10:00:00')  -- 2024-02-29 10:00:00
 */
export const timestampadd = (unit: Setting, quantity: Argument, timestamp: Argument): Expr =>
  make('timestampadd', setting(unit), argument(quantity), argument(timestamp));

/**
 * How many whole units lie between two timestamps, negative if the end comes before the start.
 *
 * In SQL:
 *
 *     timestampdiff(MONTH, TIMESTAMP '2024-01-31 00:00:00', TIMESTAMP '2024-03-30 00:00:00')  -- 1
 */
export const timestampdiff = (unit: Setting, start: Argument, end: Argument): Expr =>
  make('timestampdiff', setting(unit), argument(start), argument(end));

/**
 * The date that many months after a date; where that month is shorter, its last day.
 *
 * In SQL:
 *
 *     add_months(DATE '2024-01-31', 1)  -- 2024-02-29
 */
export const addMonths = (start: Argument, months: Argument): Expr =>
  make('add_months', argument(start), argument(months));

/**
 * The months from b to a. The same day of two months, or the last of both, is a whole number of months apart; else the rest is a fraction of 31 days. Rounded to eight digits unless `round` is false.
 *
 * In SQL:
 *
 *     months_between(DATE '2024-03-31', DATE '2024-02-29')  -- 1.0
 *     months_between(TIMESTAMP '1997-02-28 10:30:00', TIMESTAMP '1996-10-30 00:00:00')  -- 3.94959677
 */
export const monthsBetween = (a: Argument, b: Argument, round?: Argument): Expr =>
  make('months_between', argument(a), argument(b), argument(round));

/**
 * The first date after a date that is this weekday: 'MO', 'MON', 'MONDAY' and so on in any case. Another text is an error with ANSI, else null.
 *
 * In SQL:
 *
 *     next_day(DATE '2024-02-29', 'Thu')  -- 2024-03-07
 */
export const nextDay = (start: Argument, weekday: Setting): Expr => make('next_day', argument(start), setting(weekday));

/**
 * The first day of the 'year' ('yyyy', 'yy'), 'quarter', 'month' ('mon', 'mm') or 'week' (a Monday) of a date. Null for any other unit.
 *
 * In SQL:
 *
 *     trunc(DATE '2024-05-17', 'quarter')  -- 2024-04-01
 *     trunc(DATE '2024-05-17', 'day')  -- NULL
 */
export const trunc = (date: Argument, unit: Setting): Expr => make('trunc', argument(date), setting(unit));

/**
 * The beginning of the unit in which a timestamp is, on the clock of the session: those of `trunc`, 'day' ('dd'), 'hour', 'minute', 'second', 'millisecond' and 'microsecond'. Null for any other unit.
 *
 * In SQL:
 *
 *     date_trunc('hour', TIMESTAMP '2024-05-17 10:11:12')  -- 2024-05-17 10:00:00
 */
export const dateTrunc = (unit: Setting, timestamp: Argument): Expr =>
  make('date_trunc', setting(unit), argument(timestamp));

/**
 * A date or timestamp as text, by a datetime pattern such as `dd/MM/yyyy HH:mm:ss.SSS XXX`, on the clock of the session.
 *
 * In SQL:
 *
 *     date_format(TIMESTAMP '2024-02-29 10:11:12.5', 'EEE, d MMM yyyy HH:mm:ss.SSS')  -- Thu, 29 Feb 2024 10:11:12.500
 *     date_format(DATE '2024-02-29', 'QQQ y')  -- Q1 2024
 */
export const dateFormat = (timestamp: Argument, pattern: Setting): Expr =>
  make('date_format', argument(timestamp), setting(pattern));

/**
 * Seconds since 1970-01-01 00:00:00 UTC as text on the clock of the session; the pattern is yyyy-MM-dd HH:mm:ss unless given.
 *
 * In SQL:
 *
 *     from_unixtime(0)  -- 1970-01-01 00:00:00
 *     from_unixtime(1709201472, 'dd/MM/yyyy')  -- 29/02/2024
 */
export const fromUnixtime = (seconds: Argument, pattern?: Setting): Expr =>
  make('from_unixtime', argument(seconds), setting(pattern));

/**
 * The date in a text: as CAST reads it, or by a datetime pattern such as dd/MM/yyyy. What is none is an error with ANSI, else null.
 *
 * In SQL:
 *
 *     to_date('2024-02-29')  -- 2024-02-29
 *     to_date('Feb 29, 2024', 'MMM d, yyyy')  -- 2024-02-29
 */
export const toDate = (value: Argument, pattern?: Setting): Expr => make('to_date', argument(value), setting(pattern));

/**
 * The timestamp (a number is seconds since 1970) in a text: as CAST reads it, or by a datetime pattern such as dd/MM/yyyy. What is none is an error with ANSI, else null.
 *
 * In SQL:
 *
 *     to_timestamp('2024-02-29 10:11:12.5')  -- 2024-02-29 10:11:12.5
 *     to_timestamp('29.02.2024 10:11', 'dd.MM.yyyy HH:mm')  -- 2024-02-29 10:11:00
 */
export const toTimestamp = (value: Argument, pattern?: Setting): Expr =>
  make('to_timestamp', argument(value), setting(pattern));
/** The same as `toTimestamp`. */
export const toTimestampLtz = toTimestamp;

/**
 * The time on the clock, without a zone, in a text: as CAST reads it, or by a datetime pattern such as dd/MM/yyyy. What is none is an error with ANSI, else null.
 *
 * In SQL:
 *
 *     to_timestamp_ntz('2024-02-29 10:11:12+05:00')  -- 2024-02-29 10:11:12
 */
export const toTimestampNtz = (value: Argument, pattern?: Setting): Expr =>
  make('to_timestamp_ntz', argument(value), setting(pattern));

/**
 * The date in a text: as CAST reads it, or by a datetime pattern such as dd/MM/yyyy. Null if it is none.
 *
 * In SQL:
 *
 *     try_to_date('29/02/2023', 'dd/MM/yyyy')  -- NULL
 */
export const tryToDate = (value: Argument, pattern?: Setting): Expr =>
  make('try_to_date', argument(value), setting(pattern));

/**
 * The timestamp in a text: as CAST reads it, or by a datetime pattern such as dd/MM/yyyy. Null if it is none.
 *
 * In SQL:
 *
 *     try_to_timestamp('2024-02-29')  -- 2024-02-29 00:00:00
 *     try_to_timestamp('abc')  -- NULL
 */
export const tryToTimestamp = (value: Argument, pattern?: Setting): Expr =>
  make('try_to_timestamp', argument(value), setting(pattern));

/**
 * The whole seconds from 1970-01-01 00:00:00 UTC to a date, timestamp or text; the pattern of a text is yyyy-MM-dd HH:mm:ss unless given.
 *
 * In SQL:
 *
 *     to_unix_timestamp('2024-02-29 10:11:12')  -- 1709201472
 *     to_unix_timestamp('2024-02-29', 'yyyy-MM-dd')  -- 1709164800
 */
export const toUnixTimestamp = (value: Argument, pattern?: Setting): Expr =>
  make('to_unix_timestamp', argument(value), setting(pattern));

/**
 * As to_unix_timestamp. Without an argument: the seconds at which the batch was planned.
 *
 * In SQL:
 *
 *     unix_timestamp('2024-02-29', 'yyyy-MM-dd')  -- 1709164800
 */
export const unixTimestamp = (value?: Argument, pattern?: Setting): Expr =>
  make('unix_timestamp', argument(value), setting(pattern));

/**
 * The whole seconds from 1970-01-01 00:00:00 UTC to a timestamp, rounded down.
 *
 * In SQL:
 *
 *     unix_seconds(TIMESTAMP '1970-01-01 00:00:01')  -- 1
 */
export const unixSeconds = (timestamp: Argument): Expr => make('unix_seconds', argument(timestamp));

/**
 * The whole milliseconds from 1970-01-01 00:00:00 UTC to a timestamp, rounded down.
 *
 * In SQL:
 *
 *     unix_millis(TIMESTAMP '1970-01-01 00:00:01')  -- 1000
 */
export const unixMillis = (timestamp: Argument): Expr => make('unix_millis', argument(timestamp));

/**
 * The whole microseconds from 1970-01-01 00:00:00 UTC to a timestamp, rounded down.
 *
 * In SQL:
 *
 *     unix_micros(TIMESTAMP '1970-01-01 00:00:01')  -- 1000000
 */
export const unixMicros = (timestamp: Argument): Expr => make('unix_micros', argument(timestamp));

/**
 * The timestamp so many seconds after 1970-01-01 00:00:00 UTC. Null for NaN and infinity.
 *
 * In SQL:
 *
 *     timestamp_seconds(1.5)  -- 1970-01-01 00:00:01.5
 */
export const timestampSeconds = (seconds: Argument): Expr => make('timestamp_seconds', argument(seconds));

/**
 * The timestamp so many milliseconds after 1970-01-01 00:00:00 UTC.
 *
 * In SQL:
 *
 *     timestamp_millis(1500)  -- 1970-01-01 00:00:01.5
 */
export const timestampMillis = (millis: Argument): Expr => make('timestamp_millis', argument(millis));

/**
 * The timestamp so many microseconds after 1970-01-01 00:00:00 UTC.
 *
 * In SQL:
 *
 *     timestamp_micros(1500000)  -- 1970-01-01 00:00:01.5
 */
export const timestampMicros = (micros: Argument): Expr => make('timestamp_micros', argument(micros));

/**
 * The days from 1970-01-01 to a date.
 *
 * In SQL:
 *
 *     unix_date(DATE '1970-01-03')  -- 2
 */
export const unixDate = (date: Argument): Expr => make('unix_date', argument(date));

/**
 * The date so many days after 1970-01-01.
 *
 * In SQL:
 *
 *     date_from_unix_date(2)  -- 1970-01-03
 */
export const dateFromUnixDate = (days: Argument): Expr => make('date_from_unix_date', argument(days));

/**
 * The date of a year, month and day. One that does not exist is an error with ANSI, else null.
 *
 * In SQL:
 *
 *     make_date(2024, 2, 29)  -- 2024-02-29
 */
export const makeDate = (year: Argument, month: Argument, day: Argument): Expr =>
  make('make_date', argument(year), argument(month), argument(day));

/**
 * The timestamp, on the clock of the zone (that of the session unless given), of these. Seconds may have a fraction. With ANSI an error, else null, where there is none.
 *
 * In SQL:
 *
 *     make_timestamp(2024, 2, 29, 10, 11, 12.5)  -- 2024-02-29 10:11:12.5
 *     make_timestamp(2024, 12, 31, 23, 59, 60)  -- 2025-01-01 00:00:00
 */
export const makeTimestamp = (
  year: Argument,
  month: Argument,
  day: Argument,
  hour: Argument,
  minute: Argument,
  second: Argument,
  zone?: Setting,
): Expr =>
  make(
    'make_timestamp',
    argument(year),
    argument(month),
    argument(day),
    argument(hour),
    argument(minute),
    argument(second),
    setting(zone),
  );

/**
 * The timestamp, on the clock of the zone (that of the session unless given), of these. Seconds may have a fraction. With ANSI an error, else null, where there is none.
 *
 * In SQL:
 *
 *     make_timestamp_ltz(2024, 2, 29, 10, 11, 12.5)  -- 2024-02-29 10:11:12.5
 *     make_timestamp_ltz(2024, 12, 31, 23, 59, 60)  -- 2025-01-01 00:00:00
 */
export const makeTimestampLtz = (
  year: Argument,
  month: Argument,
  day: Argument,
  hour: Argument,
  minute: Argument,
  second: Argument,
  zone?: Setting,
): Expr =>
  make(
    'make_timestamp_ltz',
    argument(year),
    argument(month),
    argument(day),
    argument(hour),
    argument(minute),
    argument(second),
    setting(zone),
  );

/**
 * The time on the clock, without a zone, of these. Seconds may have a fraction. With ANSI an error, else null, where there is none.
 *
 * In SQL:
 *
 *     make_timestamp_ntz(2024, 2, 29, 10, 11, 12.5)  -- 2024-02-29 10:11:12.5
 *     make_timestamp_ntz(2024, 12, 31, 23, 59, 60)  -- 2025-01-01 00:00:00
 */
export const makeTimestampNtz = (
  year: Argument,
  month: Argument,
  day: Argument,
  hour: Argument,
  minute: Argument,
  second: Argument,
): Expr =>
  make(
    'make_timestamp_ntz',
    argument(year),
    argument(month),
    argument(day),
    argument(hour),
    argument(minute),
    argument(second),
  );

/**
 * The timestamp, on the clock of the zone (that of the session unless given), of these. Seconds may have a fraction. Null where there is none.
 *
 * In SQL:
 *
 *     try_make_timestamp(2024, 2, 29, 10, 11, 12.5)  -- 2024-02-29 10:11:12.5
 *     try_make_timestamp(2023, 2, 29, 10, 11, 12)  -- NULL
 */
export const tryMakeTimestamp = (
  year: Argument,
  month: Argument,
  day: Argument,
  hour: Argument,
  minute: Argument,
  second: Argument,
  zone?: Setting,
): Expr =>
  make(
    'try_make_timestamp',
    argument(year),
    argument(month),
    argument(day),
    argument(hour),
    argument(minute),
    argument(second),
    setting(zone),
  );

/**
 * The timestamp, on the clock of the zone (that of the session unless given), of these. Seconds may have a fraction. Null where there is none.
 *
 * In SQL:
 *
 *     try_make_timestamp_ltz(2024, 2, 29, 10, 11, 12.5)  -- 2024-02-29 10:11:12.5
 *     try_make_timestamp_ltz(2023, 2, 29, 10, 11, 12)  -- NULL
 */
export const tryMakeTimestampLtz = (
  year: Argument,
  month: Argument,
  day: Argument,
  hour: Argument,
  minute: Argument,
  second: Argument,
  zone?: Setting,
): Expr =>
  make(
    'try_make_timestamp_ltz',
    argument(year),
    argument(month),
    argument(day),
    argument(hour),
    argument(minute),
    argument(second),
    setting(zone),
  );

/**
 * The time on the clock, without a zone, of these. Seconds may have a fraction. Null where there is none.
 *
 * In SQL:
 *
 *     try_make_timestamp_ntz(2024, 2, 29, 10, 11, 12.5)  -- 2024-02-29 10:11:12.5
 *     try_make_timestamp_ntz(2023, 2, 29, 10, 11, 12)  -- NULL
 */
export const tryMakeTimestampNtz = (
  year: Argument,
  month: Argument,
  day: Argument,
  hour: Argument,
  minute: Argument,
  second: Argument,
): Expr =>
  make(
    'try_make_timestamp_ntz',
    argument(year),
    argument(month),
    argument(day),
    argument(hour),
    argument(minute),
    argument(second),
  );

/**
 * An interval of months, days and microseconds, which stay apart. With ANSI an error, else null, if it is too long.
 *
 * In SQL:
 *
 *     make_interval(1, 2, 0, 3, 4, 5, 6.5)  -- 1 years 2 months 3 days 4 hours 5 minutes 6.5 seconds
 *     make_interval(0, 0, 1)  -- 7 days
 */
export const makeInterval = (
  years?: Argument,
  months?: Argument,
  weeks?: Argument,
  days?: Argument,
  hours?: Argument,
  minutes?: Argument,
  seconds?: Argument,
): Expr =>
  make(
    'make_interval',
    argument(years),
    argument(months),
    argument(weeks),
    argument(days),
    argument(hours),
    argument(minutes),
    argument(seconds),
  );

/**
 * An interval of months, days and microseconds, which stay apart. Null if it is too long.
 *
 * In SQL:
 *
 *     try_make_interval(1, 2, 0, 3, 4, 5, 6.5)  -- 1 years 2 months 3 days 4 hours 5 minutes 6.5 seconds
 *     try_make_interval(0, 0, 1)  -- 7 days
 */
export const tryMakeInterval = (
  years?: Argument,
  months?: Argument,
  weeks?: Argument,
  days?: Argument,
  hours?: Argument,
  minutes?: Argument,
  seconds?: Argument,
): Expr =>
  make(
    'try_make_interval',
    argument(years),
    argument(months),
    argument(weeks),
    argument(days),
    argument(hours),
    argument(minutes),
    argument(seconds),
  );

/**
 * An interval of days to seconds.
 *
 * In SQL:
 *
 *     make_dt_interval(1, 2, 3, 4.5)  -- INTERVAL '1 02:03:04.5' DAY TO SECOND
 */
export const makeDtInterval = (days?: Argument, hours?: Argument, minutes?: Argument, seconds?: Argument): Expr =>
  make('make_dt_interval', argument(days), argument(hours), argument(minutes), argument(seconds));

/**
 * An interval of years and months.
 *
 * In SQL:
 *
 *     make_ym_interval(1, 2)  -- INTERVAL '1-2' YEAR TO MONTH
 */
export const makeYmInterval = (years?: Argument, months?: Argument): Expr =>
  make('make_ym_interval', argument(years), argument(months));

/**
 * Moves a timestamp by the offset of a zone: what was the time in UTC becomes the time there. It is then another instant; prefer to keep the instant and print it in the zone.
 *
 * In SQL:
 *
 *     from_utc_timestamp(TIMESTAMP '2020-07-01 12:00:00', 'America/New_York')  -- 2020-07-01 08:00:00
 */
export const fromUtcTimestamp = (timestamp: Argument, zone: Setting): Expr =>
  make('from_utc_timestamp', argument(timestamp), setting(zone));

/**
 * Moves a timestamp by the offset of a zone: what was the time there becomes the time in UTC.
 *
 * In SQL:
 *
 *     to_utc_timestamp(TIMESTAMP '2020-07-01 08:00:00', 'America/New_York')  -- 2020-07-01 12:00:00
 */
export const toUtcTimestamp = (timestamp: Argument, zone: Setting): Expr =>
  make('to_utc_timestamp', argument(timestamp), setting(zone));

/**
 * The time on the clock of the target zone when the clock of the source zone (that of the session unless given) shows a time.
 *
 * In SQL:
 *
 *     convert_timezone('America/New_York', 'Europe/Paris', TIMESTAMP_NTZ '2020-07-01 12:00:00')  -- 2020-07-01 18:00:00
 */
export const convertTimezone = (source: Setting, target: Setting, timestamp?: Argument): Expr =>
  make('convert_timezone', setting(source), setting(target), argument(timestamp));

/**
 * The date at which the batch was planned. It is the same for all rows of a batch, and when the batch is replayed.
 *
 * In SQL:
 *
 *     current_date() IS NOT NULL  -- true
 */
export const currentDate = (): Expr => make('current_date');
/** The same as `currentDate`. */
export const curdate = currentDate;

/**
 * The time at which the batch was planned. It is the same for all rows of a batch, and when the batch is replayed.
 *
 * In SQL:
 *
 *     current_timestamp() IS NOT NULL  -- true
 */
export const currentTimestamp = (): Expr => make('current_timestamp');
/** The same as `currentTimestamp`. */
export const now = currentTimestamp;

/**
 * The time at which the batch was planned, on the clock of the session and without a zone. It is the same for all rows of a batch, and when the batch is replayed.
 *
 * In SQL:
 *
 *     localtimestamp() IS NOT NULL  -- true
 */
export const localtimestamp = (): Expr => make('localtimestamp');

/**
 * The time zone of the session.
 *
 * In SQL:
 *
 *     current_timezone()  -- UTC
 */
export const currentTimezone = (): Expr => make('current_timezone');

import { failed } from '../../expressions/errors.js';
import type { ExpressionError } from '../../expressions/errors.js';
import { isLong, MAX_LONG, MICROS_PER_SECOND } from '../instant.js';
import { dayTimeFields, fieldsName, microsPer, MONTHS_PER_YEAR } from './fields.js';
import type { DayTimeField, YearMonthField } from './fields.js';

/** How a text may spell the fields, without the sign. Only the first field may be long. */
const dayTimeBody = /^([+|-])?(\d{1,13})(?: (\d\d?))?(?::(\d\d?))?(?::(\d\d?))?(\.\d{1,9})?$/;
const literal = /^interval\s+([+|-])?'([^']*)'\s+(\w+)(?:\s+to\s+(\w+))?$/i;
/** The digits that the first field of a day-time interval may have. */
const mostDigits: Readonly<Record<DayTimeField, number>> = { day: 9, hour: 10, minute: 12, second: 13 };

/** The body of a text that is a whole literal of these fields, with the sign before the quote; else the text itself. */
function unquote(text: string, start: string, end: string): { body: string; negative: boolean } | undefined {
  const match = literal.exec(text);
  if (match === null) return { body: text, negative: false };
  const [, sign, body, first, last = first] = match;
  if (first!.toLowerCase() !== start || last!.toLowerCase() !== end) return undefined;
  return { body: body!, negative: sign === '-' };
}

const blanks = /^[\s\p{Cc}]+|[\s\p{Cc}]+$/gu;

/**
 * The months of `1-2` (`YEAR TO MONTH`), `1` (`YEAR`, `MONTH`) or of a literal `INTERVAL '1-2' YEAR TO MONTH`.
 *
 * @throws ExpressionError INVALID_INTERVAL_FORMAT.UNMATCHED_FORMAT_STRING, or .INTERVAL_PARSING for what is out of range
 */
export function parseYearMonth(text: string, start: YearMonthField, end: YearMonthField): number {
  const quoted = unquote(text.replace(blanks, ''), start, end);
  const match = start === end ? /^([+|-])?(\d+)$/ : /^([+|-])?(\d+)-(\d+)$/;
  const found = quoted === undefined ? null : match.exec(quoted.body);
  if (quoted === undefined || found === null) throw unmatched(text, 'year-month', start, end);
  const negative = quoted.negative !== (found[1] === '-');
  const months = Number(found[3] ?? 0);
  const total = start === 'month' ? Number(found[2]) : Number(found[2]) * MONTHS_PER_YEAR + months;
  if (months > 11 || total > (negative && start === end ? 2_147_483_648 : 2_147_483_647))
    throw outOfRange(text, 'year-month');
  return negative ? -total || 0 : total;
}

/**
 * The microseconds of `1 02:03:04.5` (`DAY TO SECOND`), of the forms of the other fields (`02:03`, `90`), or of a
 * literal `INTERVAL '1 02:03:04.5' DAY TO SECOND`. Digits past the sixth are dropped.
 *
 * @throws ExpressionError INVALID_INTERVAL_FORMAT.UNMATCHED_FORMAT_STRING_WITH_NOTICE, or .INTERVAL_PARSING for what is
 * out of range
 */
export function parseDayTime(text: string, start: DayTimeField, end: DayTimeField): bigint {
  const quoted = unquote(text.replace(blanks, ''), start, end);
  const found = quoted === undefined ? null : dayTimeBody.exec(quoted.body);
  const values = found === null ? undefined : valuesOf(found, start, end);
  if (values === undefined) throw unmatched(text, 'day-time', start, end, '_WITH_NOTICE');
  let total = 0n;
  let field = dayTimeFields.indexOf(start);
  values.forEach((value, i) => {
    const name = dayTimeFields[field++]!;
    const most = i === 0 ? Number(MAX_LONG / microsPer[name]) : name === 'hour' ? 23 : 59;
    if (Number(value) > most) throw outOfRange(text, 'day-time');
    total += BigInt(value) * microsPer[name];
  });
  const fraction =
    found![6] === undefined ? 0n : (BigInt(found![6].slice(1).padEnd(9, '0')) * MICROS_PER_SECOND) / 1_000_000_000n;
  total += fraction;
  const signed = quoted!.negative === (found![1] === '-') ? total : -total;
  if (!isLong(signed)) throw outOfRange(text, 'day-time');
  return signed;
}

/** The digits of each field from `start` to `end`; undefined if the text has others. */
function valuesOf(found: RegExpExecArray, start: DayTimeField, end: DayTimeField): string[] | undefined {
  const [, , first, afterBlank, second, third, fraction] = found;
  if (first!.length > mostDigits[start] || (fraction !== undefined && end !== 'second')) return undefined;
  if ((afterBlank !== undefined) !== (start === 'day' && end !== 'day')) return undefined;
  const values = [first!, ...[afterBlank, second, third].filter((part) => part !== undefined)];
  return values.length === dayTimeFields.indexOf(end) - dayTimeFields.indexOf(start) + 1 ? values : undefined;
}

const unmatched = (text: string, family: string, start: string, end: string, suffix = ''): ExpressionError =>
  failed(
    `INVALID_INTERVAL_FORMAT.UNMATCHED_FORMAT_STRING${suffix}`,
    `'${text}' is no ${family} interval from which INTERVAL ${fieldsName(start, end)} can be read. ` +
      `Write it as ${example(start, end)}.`,
  );

const outOfRange = (text: string, family: string): ExpressionError =>
  failed(
    'INVALID_INTERVAL_FORMAT.INTERVAL_PARSING',
    `A field of the ${family} interval '${text}' is out of range. Months go to 11, hours to 23, minutes and seconds to 59.`,
  );

function example(start: string, end: string): string {
  if (start === 'year') return end === 'year' ? "'1'" : "'1-2'";
  const all = { day: '1', hour: ' 02', minute: ':03', second: ':04.5', month: '1' };
  const names = ['day', 'hour', 'minute', 'second', 'month'] as const;
  const from = names.indexOf(start as 'day');
  const parts = names.slice(from, names.indexOf(end as 'day') + 1).map((name) => all[name]);
  return `'${parts.join('').replace(/^[ :]/, '')}'`;
}

import type { CalendarInterval } from '../../expressions/values.js';
import { failed } from '../../expressions/errors.js';
import type { ExpressionError } from '../../expressions/errors.js';
import { isLong, MICROS_PER_HOUR, MICROS_PER_MINUTE, MICROS_PER_SECOND } from '../instant.js';

/** The units of a list such as `1 day 2 hours`: which part of an interval they add to, and how much. */
const units: Readonly<Record<string, { part: 'months' | 'days' | 'micros'; factor: bigint }>> = {
  year: { part: 'months', factor: 12n },
  month: { part: 'months', factor: 1n },
  week: { part: 'days', factor: 7n },
  day: { part: 'days', factor: 1n },
  hour: { part: 'micros', factor: MICROS_PER_HOUR },
  minute: { part: 'micros', factor: MICROS_PER_MINUTE },
  second: { part: 'micros', factor: MICROS_PER_SECOND },
  millisecond: { part: 'micros', factor: 1000n },
  microsecond: { part: 'micros', factor: 1n },
};

/**
 * An interval of numbers with units, `[interval] 1 year -2 days 3.5 seconds`: units in the singular or the plural, case
 * does not matter, only seconds may have a fraction.
 *
 * @throws ExpressionError INVALID_INTERVAL_FORMAT.*
 */
export function parseUnits(text: string): CalendarInterval {
  const trimmed = text.replace(/^[\s\p{Cc}]+|[\s\p{Cc}]+$/gu, '').toLowerCase();
  const prefixed = trimmed.startsWith('interval');
  if (trimmed === '' || trimmed === 'interval') throw broken(text, 'INPUT_IS_EMPTY', 'It is empty.');
  if (prefixed && !/\s/.test(trimmed[8]!)) {
    throw broken(text, 'INVALID_PREFIX', "After 'interval' there has to be a blank.");
  }
  const total = { months: 0n, days: 0n, micros: 0n };
  let rest = prefixed ? trimmed.slice(9).trimStart() : trimmed;
  while (rest !== '') rest = rest.slice(takeOne(text, rest, total)).trimStart();
  return { months: Number(total.months), days: Number(total.days), micros: total.micros };
}

/** As `parseUnits`, but undefined if it is none. */
export function tryParseUnits(text: string): CalendarInterval | undefined {
  try {
    return parseUnits(text);
  } catch {
    return undefined;
  }
}

/** Adds the number and its unit with which `rest` begins. Gives its length. */
function takeOne(text: string, rest: string, total: { months: bigint; days: bigint; micros: bigint }): number {
  const match = /^([+-]?)\s*(\d*)(?:(\.)(\d*))?(?:(\s+)([a-z]+)(?=\s|$))?/.exec(rest)!;
  const [all, sign, whole, point, fraction = '', gap, word] = match;
  const first = /^\S+/.exec(rest)![0];
  if (whole === '' && point === undefined) {
    if (sign === '') throw broken(text, 'UNRECOGNIZED_NUMBER', `'${first}' is no number.`);
    throw broken(text, rest === sign ? 'MISSING_NUMBER' : 'INVALID_VALUE', `After '${sign}' there has to be a number.`);
  }
  if (sign !== '' && whole === '') throw broken(text, 'INVALID_VALUE', `'${first}' is no number.`);
  if (whole === '' && fraction === '') throw broken(text, 'INVALID_VALUE', `'${first}' is no number.`);
  if (fraction.length > 9)
    throw broken(text, 'INVALID_PRECISION', `'${first}' has more than nine digits after the point.`);
  if (gap === undefined) throw withoutUnit(text, rest, match[0].length);
  const name = word!.endsWith('s') ? word!.slice(0, -1) : word!;
  if (point !== undefined && !word!.startsWith('s'))
    throw broken(text, 'INVALID_FRACTION', `Only seconds may have a fraction.`);
  const unit = Object.hasOwn(units, name) ? units[name]! : undefined;
  if (unit === undefined) throw broken(text, 'INVALID_UNIT', `'${word!}' is no unit.`);
  const micros = BigInt(fraction.padEnd(9, '0')) / 1000n;
  const amount = BigInt(whole === '' ? 0 : whole!) * unit.factor + micros;
  total[unit.part] += sign === '-' ? -amount : amount;
  const value = total[unit.part];
  if (unit.part === 'micros' ? !isLong(value) : BigInt.asIntN(32, value) !== value) {
    throw broken(text, 'ARITHMETIC_EXCEPTION', 'It is out of range.');
  }
  return all.length;
}

function withoutUnit(text: string, rest: string, at: number): ExpressionError {
  if (rest.slice(at).trim() === '') return broken(text, 'MISSING_UNIT', 'After a number there has to be a unit.');
  const unit = /^\s+(\S+)/.exec(rest.slice(at));
  if (unit !== null) return broken(text, 'INVALID_UNIT', `'${unit[1]!}' is no unit.`);
  return broken(text, 'INVALID_VALUE', `'${/^\S+/.exec(rest)![0]}' is no number.`);
}

const broken = (text: string, condition: string, why: string): ExpressionError =>
  failed(
    `INVALID_INTERVAL_FORMAT.${condition}`,
    `'${text}' is no interval. ${why} Write it as '1 year 2 months 3 days 4 hours 5 minutes 6.5 seconds'.`,
  );

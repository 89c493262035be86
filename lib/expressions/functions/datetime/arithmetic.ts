import type { FixedColumn } from '../../../columns/index.js';
import {
  addDayTime,
  addIntervals,
  addMonths,
  checkedMicros,
  checkedMonths,
  divideInterval,
  localMicros,
  MICROS_PER_DAY,
  multiplyInterval,
  scaleDown,
  scaleUp,
  shiftSecond,
  shiftTimestamp,
  startOfDay,
  dayAt,
  subtractIntervals,
  UTC,
  wholeSeconds,
  zoneOf,
} from '../../../datetime/index.js';
import type { Factor, Zone } from '../../../datetime/index.js';
import {
  type DataType,
  calendarInterval,
  date,
  dayTimeInterval,
  int,
  isInterval,
  timestamp,
  timestampNtz,
  yearMonthInterval,
} from '../../../schema/index.js';
import type { Bound } from '../../bound.js';
import { commonType, isNumeric } from '../../coerce.js';
import { failed } from '../../errors.js';
import type { CalendarInterval, Value } from '../../values.js';
import type { Binder, VectorFunction } from '../define.js';
import { mapInstants } from './columns.js';
import { orNull } from './make.js';

type Scalar = (...args: never[]) => Value;

/** What an operation comes to: the arguments after casts, the type of the result and how it is computed. */
interface Operation {
  readonly args: readonly Bound[];
  readonly type: DataType;
  readonly scalar: Scalar;
  readonly vector?: VectorFunction | undefined;
  readonly total?: boolean;
  readonly nullable?: boolean;
}

/**
 * `+ - * /` where dates, timestamps or intervals take part; undefined where none does, or where they do not go
 * together. `lenient` gives null instead of an error.
 */
export function temporalArithmetic(
  operator: string,
  a: Bound,
  b: Bound,
  binder: Binder,
  lenient: boolean,
): Bound | undefined {
  if (!isTemporal(a.type) && !isTemporal(b.type)) return undefined;
  const found = operationOf(operator, a, b, binder);
  if (found === undefined || !('scalar' in found)) return found;
  const { args, type, scalar, vector, total = false, nullable = false } = found;
  const kernel = {
    nulls: 'propagate',
    total: total || lenient,
    deterministic: true,
    scalar: lenient ? orNull(scalar) : scalar,
    vector: lenient ? undefined : vector,
  } as const;
  return binder.apply(operator, args, type, nullable || lenient || args.some((arg) => arg.nullable), kernel);
}

const isTime = ({ kind }: DataType): boolean => kind === 'timestamp' || kind === 'timestamp_ntz';
const isTemporal = (type: DataType): boolean => type.kind === 'date' || isTime(type) || isInterval(type.kind);

function operationOf(operator: string, a: Bound, b: Bound, binder: Binder): Operation | Bound | undefined {
  switch (operator) {
    case '+':
      return sum(a, b, binder) ?? sum(b, a, binder);
    case '-':
      return difference(a, b, binder);
    case '*':
      return isInterval(a.type.kind) ? scaled(a, b, true, binder) : scaled(b, a, true, binder);
    case '/':
      return scaled(a, b, false, binder);
    default:
      return undefined;
  }
}

/** `a + b` where `b` is an interval, or days after a date. */
function sum(a: Bound, b: Bound, binder: Binder): Operation | Bound | undefined {
  if (isInterval(b.type.kind)) {
    return intervals('+', a, b, binder) ?? shifted(a, b, 1, binder);
  }
  return daysLater(a, b, 1, binder);
}

function difference(a: Bound, b: Bound, binder: Binder): Operation | Bound | undefined {
  if (isInterval(b.type.kind)) return intervals('-', a, b, binder) ?? shifted(a, b, -1, binder);
  if (isInterval(a.type.kind)) return b.type.kind === 'void' ? intervals('-', a, b, binder) : undefined;
  if (isTime(a.type) || isTime(b.type)) return timeBetween(a, b, binder);
  if (b.type.kind === 'date' || b.type.kind === 'string') return daysBetween(a, b, binder);
  return daysLater(a, b, -1, binder);
}

/** A date and a number of days, which wraps around. */
function daysLater(a: Bound, b: Bound, sign: 1 | -1, binder: Binder): Operation | undefined {
  const { kind } = b.type;
  if (a.type.kind !== 'date' || !['int', 'short', 'byte', 'void'].includes(kind)) return undefined;
  return {
    args: [a, binder.cast(b, int())],
    type: date(),
    total: true,
    scalar: (days: number, n: number) => (days + sign * n) | 0,
  };
}

function daysBetween(a: Bound, b: Bound, binder: Binder): Operation | undefined {
  const args = [binder.cast(a, date()), binder.cast(b, date())];
  const scalar = (end: number, start: number): bigint => checkedMicros(BigInt(end - start) * MICROS_PER_DAY);
  return { args, type: dayTimeInterval('day', 'day'), scalar };
}

/** The time between two timestamps on the clock of the session. */
function timeBetween(a: Bound, b: Bound, binder: Binder): Operation {
  const kinds = [a, b].filter(({ type }) => isTime(type)).map(({ type }) => type.kind);
  const type = kinds.every((kind) => kind === 'timestamp') ? timestamp() : timestampNtz();
  const zone = type.kind === 'timestamp' ? zoneOf(binder.zone) : UTC;
  return {
    args: [binder.cast(a, type), binder.cast(b, type)],
    type: dayTimeInterval(),
    scalar: (end: bigint, start: bigint) => checkedMicros(localMicros(end, zone) - localMicros(start, zone)),
  };
}

/** Two intervals of one kind; a null beside an interval is one. */
function intervals(operator: '+' | '-', a: Bound, b: Bound, binder: Binder): Operation | undefined {
  const alike = a.type.kind === b.type.kind || a.type.kind === 'void' || b.type.kind === 'void';
  const type = alike ? commonType(a.type, b.type, binder.ansi) : undefined;
  if (type === undefined) return undefined;
  const args = [binder.cast(a, type), binder.cast(b, type)];
  const sign = operator === '+' ? 1 : -1;
  const instead = operator === '+' ? 'try_add' : 'try_subtract';
  switch (type.kind) {
    case 'day_time_interval':
      return { args, type, scalar: (x: bigint, y: bigint) => checkedMicros(sign > 0 ? x + y : x - y, instead) };
    case 'year_month_interval':
      return { args, type, scalar: (x: number, y: number) => checkedMonths(x + sign * y, instead) };
    default: {
      const combine = operator === '+' ? addIntervals : subtractIntervals;
      const { ansi } = binder;
      return { args, type, scalar: (x: CalendarInterval, y: CalendarInterval) => combine(x, y, ansi, instead) };
    }
  }
}

/** A date, timestamp or text moved by an interval. */
function shifted(a: Bound, b: Bound, sign: 1 | -1, binder: Binder): Operation | Bound | undefined {
  if (a.type.kind === 'date') return shiftedDate(a, b, sign, binder);
  if (a.type.kind === 'string' || a.type.kind === 'void') {
    if (b.type.kind === 'year_month_interval') return undefined;
    const moved = shifted(binder.cast(a, timestamp()), b, sign, binder)!;
    return binder.cast(applied(moved, binder), a.type.kind === 'void' ? timestamp() : a.type);
  }
  if (!isTime(a.type)) return undefined;
  const zone = a.type.kind === 'timestamp' ? zoneOf(binder.zone) : UTC;
  const scalar = shiftOf(b.type, sign, zone);
  return { args: [a, b], type: a.type, scalar, vector: shiftColumn(a.type, b, sign, zone, scalar) };
}

const applied = (made: Operation | Bound, binder: Binder): Bound =>
  'scalar' in made
    ? binder.apply(
        '+',
        made.args,
        made.type,
        made.args.some((arg) => arg.nullable),
        {
          nulls: 'propagate',
          total: false,
          deterministic: true,
          scalar: made.scalar,
        },
      )
    : made;

/** Moves a column by an interval that is the same for all rows. */
function shiftColumn(type: DataType, by: Bound, sign: 1 | -1, zone: Zone, scalar: Scalar): VectorFunction | undefined {
  if (by.kind !== 'literal' || by.value === null || by.type.kind === 'calendar_interval') return undefined;
  const ofMonths = by.type.kind === 'year_month_interval';
  const interval = BigInt(by.value as number | bigint) * BigInt(sign);
  const months = ofMonths ? Number(interval) : 0;
  const days = ofMonths ? 0 : Number(interval / MICROS_PER_DAY);
  const more = ofMonths ? 0 : Number(interval % MICROS_PER_DAY);
  const move = (micros: number): number => {
    const second = wholeSeconds(micros);
    return shiftSecond(second, months, days, zone) * 1e6 + (micros - second * 1e6) + more;
  };
  const map = months === 0 && days === 0 ? (micros: number) => micros + more : move;
  const slowly = (micros: bigint): bigint => scalar(micros as never, by.value as never) as bigint;
  const moved = mapInstants(type, map, slowly);
  return ([at]) => moved(at as FixedColumn);
}

function shiftOf(type: DataType, sign: 1 | -1, zone: Zone): Scalar {
  switch (type.kind) {
    case 'year_month_interval':
      return (micros: bigint, months: number) => shiftTimestamp(micros, sign * months, 0, 0n, zone);
    case 'day_time_interval':
      return (micros: bigint, interval: bigint) => addDayTime(micros, sign > 0 ? interval : -interval, zone);
    default:
      return (micros: bigint, { months, days, micros: more }: CalendarInterval) =>
        shiftTimestamp(micros, sign * months, sign * days, sign > 0 ? more : -more, zone);
  }
}

function shiftedDate(a: Bound, b: Bound, sign: 1 | -1, binder: Binder): Operation | Bound | undefined {
  const { type } = b;
  const args = [a, b];
  if (type.kind === 'year_month_interval') {
    return { args, type: date(), scalar: (days: number, months: number) => addMonths(days, sign * months) };
  }
  if (type.kind === 'day_time_interval') {
    // Days keep it a date; with hours it becomes the timestamp at which the day begins, moved.
    if (type.end !== 'day') return shifted(binder.cast(a, timestamp()), b, sign, binder);
    const scalar = (days: number, micros: bigint): number => (days + sign * Number(micros / MICROS_PER_DAY)) | 0;
    return { args, type: date(), total: true, scalar };
  }
  const zone = zoneOf(binder.zone);
  const { ansi } = binder;
  return {
    args,
    type: date(),
    scalar: (days: number, { months, days: more, micros }: CalendarInterval) => {
      if (micros === 0n) return (addMonths(days, sign * months) + sign * more) | 0;
      if (ansi) {
        throw failed(
          'INVALID_INTERVAL_WITH_MICROSECONDS_ADDITION',
          'Hours, minutes and seconds cannot be added to a date. Cast it to a timestamp first.',
        );
      }
      const moved = shiftTimestamp(
        startOfDay(days, zone),
        sign * months,
        sign * more,
        sign > 0 ? micros : -micros,
        zone,
      );
      return dayAt(moved, zone);
    },
  };
}

/** An interval times or by a number. */
function scaled(a: Bound, b: Bound, up: boolean, binder: Binder): Operation | undefined {
  const { type } = a;
  if (!isInterval(type.kind) || !(isNumeric(b.type) || b.type.kind === 'string' || b.type.kind === 'void'))
    return undefined;
  const { ansi } = binder;
  if (type.kind === 'calendar_interval') {
    const scalar = up
      ? (x: CalendarInterval, y: number) => multiplyInterval(x, y, ansi)
      : (x: CalendarInterval, y: number) => divideInterval(x, y, ansi);
    return { args: [a, binder.cast(b, { kind: 'double' })], type: calendarInterval(), scalar, nullable: true };
  }
  const by = isNumeric(b.type) ? b : binder.cast(b, { kind: 'double' });
  const factor = factorOf(by.type);
  const scale = up ? scaleUp : scaleDown;
  if (type.kind === 'day_time_interval') {
    const scalar = (micros: bigint, n: never): bigint => checkedMicros(scale(micros, factor(n)));
    return { args: [a, by], type: dayTimeInterval(), scalar };
  }
  const scalar = (months: number, n: never): number => checkedMonths(Number(scale(BigInt(months), factor(n))));
  return { args: [a, by], type: yearMonthInterval(), scalar };
}

function factorOf(type: DataType): (value: never) => Factor {
  if (type.kind === 'float' || type.kind === 'double') return (value: number) => value;
  const scale = type.kind === 'decimal' ? type.scale : 0;
  return (value: number | bigint) => ({ unscaled: BigInt(value), scale });
}

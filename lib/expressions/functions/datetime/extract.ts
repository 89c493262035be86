import { isoYear, microsPer, weekday } from '../../../datetime/index.js';
import type { Zone } from '../../../datetime/index.js';
import { type DataType, byte, decimal, double, int, simpleString } from '../../../schema/index.js';
import type { Bound } from '../../bound.js';
import { invalid } from '../../errors.js';
import type { CalendarInterval, Value } from '../../values.js';
import type { Binder, Param, SpecialDef } from '../define.js';
import { any, date } from '../params.js';
import { clockOf, secondWithFraction } from './fields.js';
import { moment, taken } from './params.js';

/** What a field is called, and the names under which it may be asked for. */
const names: Readonly<Record<string, string>> = {
  year: 'year y years yr yrs',
  yearofweek: 'yearofweek',
  quarter: 'quarter qtr',
  month: 'month mon mons months',
  weekofyear: 'week w weeks',
  day: 'day d days',
  dayofweek: 'dayofweek dow',
  dayofweek_iso: 'dayofweek_iso dow_iso',
  dayofyear: 'doy',
  hour: 'hour h hours hr hrs',
  minute: 'minute m min mins minutes',
  second: 'second s sec seconds secs',
};

const fieldNamed = new Map(
  Object.entries(names).flatMap(([field, all]) => all.split(' ').map((name) => [name, field] as const)),
);

/** Fields of dates and timestamps that are no function of their own. */
const further: Readonly<Record<string, readonly [param: Param, type: DataType, compute: (zone: Zone) => Scalar]>> = {
  yearofweek: [date('source'), int(), () => isoYear],
  dayofweek_iso: [date('source'), int(), () => (days: number) => weekday(days) + 1],
  second: [moment('source'), decimal(8, 6), (zone) => (micros: bigint) => secondWithFraction(micros, zone)],
};

type Scalar = (value: never) => Value;

function bindFurther(field: string, source: Bound, binder: Binder): Bound {
  const [param, type, compute] = further[field]!;
  const cast = taken(source, param, field, binder);
  const scalar = compute(clockOf({ types: [cast.type], zone: binder.zone }));
  const kernel = { nulls: 'propagate', total: true, deterministic: true, scalar } as const;
  return binder.apply('extract', [cast], type, cast.nullable, kernel);
}

type Part = readonly [type: DataType, compute: Scalar];

const ofMicros = {
  day: [int(), (micros: bigint) => Number(micros / microsPer.day)],
  hour: [byte(), (micros: bigint) => Number((micros % microsPer.day) / microsPer.hour)],
  minute: [byte(), (micros: bigint) => Number((micros % microsPer.hour) / microsPer.minute)],
  second: [decimal(8, 6), (micros: bigint) => micros % microsPer.minute],
} as const;

const ofMonths = {
  year: [int(), (months: number) => Math.trunc(months / 12)],
  month: [byte(), (months: number) => (months % 12) + 0],
} as const;

function intervalPart(field: string, type: DataType): Part | undefined {
  if (type.kind === 'year_month_interval') {
    return field === type.start || field === type.end ? ofMonths[field] : undefined;
  }
  if (type.kind === 'day_time_interval') {
    const order = Object.keys(ofMicros);
    const at = order.indexOf(field);
    const within = at >= order.indexOf(type.start) && at <= order.indexOf(type.end);
    return within ? ofMicros[field as keyof typeof ofMicros] : undefined;
  }
  return calendarPart(field);
}

function calendarPart(field: string): Part | undefined {
  if (field === 'year' || field === 'month') {
    const [type, compute] = ofMonths[field];
    return [type, ({ months }: CalendarInterval) => compute(months)];
  }
  if (field === 'day') {
    return [int(), ({ days, micros }: CalendarInterval) => days + ofMicros.day[1](micros)];
  }
  if (field !== 'hour' && field !== 'minute' && field !== 'second') return undefined;
  const [type, compute] = ofMicros[field];
  return [type, ({ micros }: CalendarInterval) => compute(micros)];
}

function bind([name, source]: readonly Bound[], binder: Binder): Bound {
  if (name!.kind !== 'literal') {
    throw invalid('NON_FOLDABLE_ARGUMENT', 'The field must be a constant text such as YEAR.');
  }
  if (name!.value === null) return binder.literal(double(), null);
  const asked = name!.value as string;
  const field = fieldNamed.get(asked.toLowerCase());
  const { type } = source!;
  if (field !== undefined && type.kind.endsWith('_interval')) {
    const part = intervalPart(field, type);
    if (part !== undefined) {
      const kernel = { nulls: 'propagate', total: true, deterministic: true, scalar: part[1] } as const;
      return binder.apply('extract', [source!], part[0], source!.nullable, kernel);
    }
  } else if (field !== undefined) {
    return Object.hasOwn(further, field) ? bindFurther(field, source!, binder) : binder.call(field, [source!]);
  }
  throw invalid(
    'INVALID_EXTRACT_FIELD',
    `'${asked}' is no field of a ${simpleString(type).toUpperCase()}. Fields are ${Object.keys(names).join(', ')}.`,
  );
}

export const extract: SpecialDef = {
  name: 'extract',
  aliases: ['date_part', 'datepart'],
  group: 'datetime',
  usage: 'field FROM source',
  summary:
    'A field of a date, timestamp or interval: YEAR, YEAROFWEEK, QUARTER, MONTH, WEEK, DAY, DAYOFWEEK, DAYOFWEEK_ISO, DOY, ' +
    "HOUR, MINUTE, SECOND (with its fraction). `date_part('field', source)` is the same.",
  examples: [
    ["extract(YEAR FROM DATE '2024-02-29')", '2024'],
    ["extract(SECOND FROM TIMESTAMP '2024-02-29 10:11:12.5')", '12.500000'],
    ["date_part('doy', DATE '2024-02-29')", '60'],
    ["extract(HOUR FROM INTERVAL '1 02:03:04' DAY TO SECOND)", '2'],
  ],
  params: [any('field'), any('source')],
  bind,
};

import { MICROS_PER_DAY, type Zone, dayAt, shiftTimestamp, UTC, zoneOf } from '../../../datetime/index.js';
import { type DataType, array, simpleString } from '../../../schema/index.js';
import type { Bound } from '../../bound.js';
import { commonTypeOf, isIntegral } from '../../coerce.js';
import { failed, invalid } from '../../errors.js';
import type { CalendarInterval, Value } from '../../values.js';
import type { SpecialDef } from '../define.js';
import { any, optional } from '../params.js';
import { MAX_ELEMENTS, tooMany } from './make.js';

const isTime = ({ kind }: DataType): boolean => kind === 'date' || kind === 'timestamp' || kind === 'timestamp_ntz';
const isStep = ({ kind }: DataType): boolean => kind.endsWith('_interval');

/** From `start` to `stop` by `step`, if that leads there. */
type Sequence = (start: Value, stop: Value, step: Value | undefined) => Value[];

const sequence: SpecialDef = {
  name: 'sequence',
  group: 'array',
  usage: 'start, stop[, step]',
  summary:
    'The array of values from `start` to `stop`, both included: numbers by `step` (1 or -1), dates and timestamps by an interval (a day).',
  examples: [
    ['sequence(1, 10, 3)', '[1, 4, 7, 10]'],
    ["sequence(DATE'2020-01-31', DATE'2020-03-31', INTERVAL 1 MONTH)", '[2020-01-31, 2020-02-29, 2020-03-31]'],
  ],
  params: [any('start'), any('stop'), optional(any('step'))],
  bind: (args, binder) => {
    const [, , step] = args;
    const interval = step !== undefined && isStep(step.type);
    const ends = interval ? args.slice(0, 2) : args;
    const type = commonTypeOf(
      ends.map((arg) => arg.type),
      binder.ansi,
    );
    if (type === undefined || !(interval ? isTime(type) : isIntegral(type) || (isTime(type) && args.length === 2))) {
      const shown = args.map((arg) => simpleString(arg.type).toUpperCase()).join(', ');
      throw invalid(
        'DATATYPE_MISMATCH.SEQUENCE_WRONG_INPUT_TYPES',
        `sequence takes whole numbers, or dates or timestamps and an interval, not ${shown}.`,
      );
    }
    const cast = (arg: Bound): Bound => binder.cast(arg, type);
    const bound = interval ? [...ends.map(cast), step] : ends.map(cast);
    const make = isIntegral(type) ? numbers(type) : times(type, step?.type, zoneOf(binder.zone));
    const nullable = args.some((arg) => arg.nullable);
    return binder.apply('sequence', bound, array(type, false), nullable, {
      nulls: 'propagate',
      total: false,
      deterministic: true,
      scalar: (from: Value, to: Value, by?: Value) => make(from, to, by),
    });
  },
};

const wrongWay = (): Error =>
  failed('ILLEGAL_SEQUENCE_BOUNDARIES', 'The step of a sequence must lead from its start to its stop.');

function numbers(type: DataType): Sequence {
  const long = type.kind === 'long';
  return (start, stop, step) => {
    const from = BigInt(start as number | bigint);
    const to = BigInt(stop as number | bigint);
    const by = step === undefined ? (from <= to ? 1n : -1n) : BigInt(step as number | bigint);
    if (by === 0n ? from !== to : by > 0n ? from > to : from < to) throw wrongWay();
    const count = by === 0n ? 1n : (to - from) / by + 1n;
    if (count > BigInt(MAX_ELEMENTS)) throw tooMany('sequence', count);
    if (long) return Array.from({ length: Number(count) }, (_, i) => from + BigInt(i) * by);
    return Array.from({ length: Number(count) }, (_, i) => Number(from) + i * Number(by));
  };
}

const day: CalendarInterval = { months: 0, days: 1, micros: 0n };
const dayBack: CalendarInterval = { months: 0, days: -1, micros: 0n };

function intervalOf(step: Value | undefined, type: DataType | undefined): CalendarInterval | undefined {
  switch (type?.kind) {
    case 'year_month_interval':
      return { months: step as number, days: 0, micros: 0n };
    case 'day_time_interval':
      return { months: 0, days: 0, micros: step as bigint };
    default:
      return step as CalendarInterval | undefined;
  }
}

/** Steps of months are months of the calendar, each counted from the start: the 31st stays the last day. */
function times(type: DataType, stepType: DataType | undefined, zone: Zone): Sequence {
  const date = type.kind === 'date';
  const clock = type.kind === 'timestamp' ? zone : UTC;
  const toMicros = (value: Value): bigint => (date ? BigInt(value as number) * MICROS_PER_DAY : (value as bigint));
  return (start, stop, step) => {
    const from = toMicros(start);
    const to = toMicros(stop);
    const { months, days, micros } = dayParts(intervalOf(step, stepType) ?? (from <= to ? day : dayBack), date);
    // Months are taken for 28 days where only the direction and a bound on the length are asked.
    const about = micros + (BigInt(days) + BigInt(months) * 28n) * MICROS_PER_DAY;
    if (about === 0n ? from !== to : about > 0n ? from > to : from < to) throw wrongWay();
    if (about === 0n) return [start];
    const most = (to - from) / about + 1n;
    if (most > BigInt(MAX_ELEMENTS)) throw tooMany('sequence', most);
    const out: Value[] = [];
    for (let i = 0; ; i++) {
      const at = shiftTimestamp(from, i * months, i * days, BigInt(i) * micros, clock);
      if (about > 0n ? at > to : at < to) return out;
      out.push(date ? dayAt(at, UTC) : at);
    }
  };
}

/** An interval of whole days written in microseconds is one of days, for dates; another is refused. */
function dayParts(step: CalendarInterval, date: boolean): CalendarInterval {
  if (!date || step.micros === 0n) return step;
  if (step.micros % MICROS_PER_DAY === 0n) {
    return { months: step.months, days: step.days + Number(step.micros / MICROS_PER_DAY), micros: 0n };
  }
  throw failed('INVALID_SEQUENCE_STEP', 'The step of a sequence of dates must be of days, months or years.');
}

export const sequences: readonly SpecialDef[] = [sequence];

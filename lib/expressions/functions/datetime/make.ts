import { checkedTimestamp, makeDate, microsFrom, SECONDS_PER_DAY, UTC, zoneOf } from '../../../datetime/index.js';
import type { Zone } from '../../../datetime/index.js';
import { type DataType, date, timestamp, timestampNtz } from '../../../schema/index.js';
import { ExpressionError, failed } from '../../errors.js';
import type { Value } from '../../values.js';
import type { Binding, FunctionDef } from '../define.js';
import { int, optional, text } from '../params.js';
import { seconds } from './params.js';

const outOfBounds = (what: string): ExpressionError =>
  failed(
    'DATETIME_FIELD_OUT_OF_BOUNDS.WITHOUT_SUGGESTION',
    `There is no such ${what}: months go from 1 to 12, hours to 23, minutes and seconds to 59.`,
  );

/** The same, but null for what it cannot compute. */
export const orNull =
  <A extends never[]>(compute: (...args: A) => Value) =>
  (...args: A): Value => {
    try {
      return compute(...args);
    } catch (error) {
      if (error instanceof ExpressionError) return null;
      throw error;
    }
  };

const makeDateDef: FunctionDef = {
  name: 'make_date',
  group: 'datetime',
  usage: 'year, month, day',
  summary: 'The date of a year, month and day. One that does not exist is an error with ANSI, else null.',
  examples: [['make_date(2024, 2, 29)', '2024-02-29']],
  params: [int('year'), int('month'), int('day')],
  returns: date(),
  evaluate:
    ({ ansi }) =>
    (year: number, month: number, day: number) => {
      const days = makeDate(year, month, day);
      if (days === undefined && ansi) throw outOfBounds('date');
      return days ?? null;
    },
};

type Maker = (
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: bigint,
  zone?: string,
) => bigint;

/** Sixty seconds are the next minute; the zone is that of the session unless given. */
function maker(session: Zone): Maker {
  return (year, month, day, hour, minute, second, zone) => {
    const days = makeDate(year, month, day);
    const whole = Number(second / 1_000_000n);
    const micros = Number(second % 1_000_000n);
    if (whole === 60 && micros !== 0) {
      throw failed(
        'INVALID_FRACTION_OF_SECOND',
        'Sixty seconds have no fraction: seconds are below 60, or exactly 60.',
      );
    }
    const inRange = hour >= 0 && hour < 24 && minute >= 0 && minute < 60 && second >= 0n && whole <= 60;
    if (days === undefined || !inRange) throw outOfBounds('timestamp');
    const local = days * SECONDS_PER_DAY + (hour * 60 + minute) * 60 + whole;
    const clock = zone === undefined ? session : zoneOf(zone);
    return checkedTimestamp(microsFrom(clock.instantOf(local), micros));
  };
}

interface Making {
  readonly name: string;
  readonly type: DataType;
  readonly lenient?: boolean;
  readonly what: string;
}

function makeTimestamp({ name, type, lenient = false, what }: Making): FunctionDef {
  const local = type.kind === 'timestamp_ntz';
  const zone = local ? [] : [optional(text('zone'))];
  return {
    name,
    group: 'datetime',
    usage: `year, month, day, hour, minute, second${local ? '' : '[, zone]'}`,
    summary: `${what} of these. Seconds may have a fraction. ${lenient ? 'Null' : 'With ANSI an error, else null,'} where there is none.`,
    examples: [
      [`${name}(2024, 2, 29, 10, 11, 12.5)`, '2024-02-29 10:11:12.5'],
      lenient
        ? [`${name}(2023, 2, 29, 10, 11, 12)`, 'NULL']
        : [`${name}(2024, 12, 31, 23, 59, 60)`, '2025-01-01 00:00:00'],
    ],
    params: [int('year'), int('month'), int('day'), int('hour'), int('minute'), seconds(16)('second'), ...zone],
    returns: type,
    evaluate: (binding: Binding) => {
      const make = maker(local ? UTC : zoneOf(binding.zone));
      return lenient || !binding.ansi ? orNull(make as (...args: never[]) => Value) : make;
    },
  };
}

const instant = 'The timestamp, on the clock of the zone (that of the session unless given),';
const local = 'The time on the clock, without a zone,';

export const makers: readonly FunctionDef[] = [
  makeDateDef,
  makeTimestamp({ name: 'make_timestamp', type: timestamp(), what: instant }),
  makeTimestamp({ name: 'make_timestamp_ltz', type: timestamp(), what: instant }),
  makeTimestamp({ name: 'make_timestamp_ntz', type: timestampNtz(), what: local }),
  makeTimestamp({ name: 'try_make_timestamp', type: timestamp(), lenient: true, what: instant }),
  makeTimestamp({ name: 'try_make_timestamp_ltz', type: timestamp(), lenient: true, what: instant }),
  makeTimestamp({ name: 'try_make_timestamp_ntz', type: timestampNtz(), lenient: true, what: local }),
];

import { checkedTimestamp, secondsOf, startOfDay, zoneOf } from '../../../datetime/index.js';
import { type DataType, type DecimalType, date, int, long, timestamp as timestampType } from '../../../schema/index.js';
import { saturateLong } from '../../../numbers/index.js';
import { failed } from '../../errors.js';
import { Constant } from '../../vector.js';
import type { Value } from '../../values.js';
import type { Binding, FunctionDef, SpecialDef } from '../define.js';
import { int as intParam, optional, text } from '../params.js';
import { mapNumbers } from './columns.js';
import { unparsable } from './parse.js';
import { dated, exactly, number } from './params.js';
import { readers, usualPattern } from './patterns.js';

/** Seconds since 1970 of a text, date or timestamp; fractions are cut off. */
function toUnix({ types, zone, ansi, settings }: Binding): (value: never, pattern?: string) => Value {
  const clock = zoneOf(zone);
  const { kind } = types[0]!;
  if (kind === 'date') return (days: number) => startOfDay(days, clock) / 1_000_000n;
  if (kind !== 'string') return (micros: bigint) => micros / 1_000_000n;
  const reader = readers(settings);
  return (value: string, pattern = usualPattern) => {
    const micros = reader(pattern).read(value, clock);
    if (micros !== undefined) return micros / 1_000_000n;
    if (!ansi) return null;
    throw unparsable(value, pattern);
  };
}

const toUnixTimestamp: FunctionDef = {
  name: 'to_unix_timestamp',
  group: 'datetime',
  usage: 'value[, pattern]',
  summary: `The whole seconds from 1970-01-01 00:00:00 UTC to a date, timestamp or text; the pattern of a text is ${usualPattern} unless given.`,
  examples: [
    ["to_unix_timestamp('2024-02-29 10:11:12')", '1709201472'],
    ["to_unix_timestamp('2024-02-29', 'yyyy-MM-dd')", '1709164800'],
  ],
  params: [dated('value'), optional(text('pattern'))],
  returns: long(),
  evaluate: toUnix,
};

const unixTimestamp: SpecialDef = {
  name: 'unix_timestamp',
  group: 'datetime',
  usage: '[value[, pattern]]',
  summary: 'As to_unix_timestamp. Without an argument: the seconds at which the batch was planned.',
  examples: [["unix_timestamp('2024-02-29', 'yyyy-MM-dd')", '1709164800']],
  params: [optional(dated('value')), optional(text('pattern'))],
  bind: (args, binder) =>
    args.length > 0
      ? binder.call('to_unix_timestamp', args)
      : binder.apply('unix_timestamp', [], long(), false, {
          nulls: 'propagate',
          total: true,
          deterministic: false,
          scalar: () => null,
          vector: (_args, _n, batch) => new Constant(long(), BigInt(secondsOf(batch.timestamp))),
        }),
};

function counted(name: string, unit: string, factor: bigint): FunctionDef {
  return {
    name: `unix_${name}`,
    group: 'datetime',
    usage: 'timestamp',
    summary: `The whole ${unit} from 1970-01-01 00:00:00 UTC to a timestamp, rounded down.`,
    examples: [[`unix_${name}(TIMESTAMP '1970-01-01 00:00:01')`, String(1_000_000n / factor)]],
    params: [exactly('timestamp')('timestamp')],
    returns: long(),
    nullable: false,
    total: true,
    evaluate: () =>
      factor === 1_000_000n
        ? (micros: bigint) => BigInt(secondsOf(micros))
        : (micros: bigint) => (micros - (((micros % factor) + factor) % factor)) / factor,
  };
}

/** Microseconds of seconds, however they are given; null for what is no number. */
function fromSeconds(type: DataType): (value: never) => Value {
  switch (type.kind) {
    case 'float':
    case 'double':
      return (seconds: number) => {
        // What is beyond the last timestamp becomes the last.
        return Number.isFinite(seconds) ? saturateLong(BigInt(Math.trunc(seconds * 1e6))) : null;
      };
    case 'decimal':
      return fromDecimal(type);
    default:
      return (seconds: number | bigint) => checkedTimestamp(BigInt(seconds) * 1_000_000n);
  }
}

function fromDecimal({ scale }: DecimalType): (unscaled: bigint) => Value {
  const divisor = 10n ** BigInt(scale);
  return (unscaled) => {
    const scaled = unscaled * 1_000_000n;
    if (scaled % divisor === 0n) return checkedTimestamp(scaled / divisor);
    throw failed('ROUNDING_NECESSARY', 'A timestamp has no digits past the sixth of a second. Round the number first.');
  };
}

const timestampSeconds: FunctionDef = {
  name: 'timestamp_seconds',
  group: 'datetime',
  usage: 'seconds',
  summary: 'The timestamp so many seconds after 1970-01-01 00:00:00 UTC. Null for NaN and infinity.',
  examples: [['timestamp_seconds(1.5)', '1970-01-01 00:00:01.5']],
  params: [number('seconds')],
  returns: timestampType(),
  evaluate: ({ types }) => fromSeconds(types[0]!),
};

function fromCount(unit: string, factor: bigint): FunctionDef {
  return {
    name: `timestamp_${unit}`,
    group: 'datetime',
    usage: unit,
    summary: `The timestamp so many ${unit === 'millis' ? 'milliseconds' : 'microseconds'} after 1970-01-01 00:00:00 UTC.`,
    examples: [[`timestamp_${unit}(${1_500_000n / factor})`, '1970-01-01 00:00:01.5']],
    params: [exactly('long', 'int', 'short', 'byte')(unit)],
    returns: timestampType(),
    nullable: false,
    evaluate: () => (count: number | bigint) => checkedTimestamp(BigInt(count) * factor),
  };
}

const identity = (days: number): number => days;

const unixDate: FunctionDef = {
  name: 'unix_date',
  group: 'datetime',
  usage: 'date',
  summary: 'The days from 1970-01-01 to a date.',
  examples: [["unix_date(DATE '1970-01-03')", '2']],
  params: [exactly('date')('date')],
  returns: int(),
  nullable: false,
  total: true,
  evaluate: () => identity,
  vector: () => mapNumbers(int(), identity, identity),
};

const dateFromUnixDate: FunctionDef = {
  name: 'date_from_unix_date',
  group: 'datetime',
  usage: 'days',
  summary: 'The date so many days after 1970-01-01.',
  examples: [['date_from_unix_date(2)', '1970-01-03']],
  params: [intParam('days')],
  returns: date(),
  nullable: false,
  total: true,
  evaluate: () => identity,
};

export const unixTimes: readonly (FunctionDef | SpecialDef)[] = [
  toUnixTimestamp,
  unixTimestamp,
  counted('seconds', 'seconds', 1_000_000n),
  counted('millis', 'milliseconds', 1000n),
  counted('micros', 'microseconds', 1n),
  timestampSeconds,
  fromCount('millis', 1000n),
  fromCount('micros', 1n),
  unixDate,
  dateFromUnixDate,
];

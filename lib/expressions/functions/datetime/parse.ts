import { localMicros, microsFrom, SECONDS_PER_DAY, startOfDay, zoneOf } from '../../../datetime/index.js';
import { type DataType, date, simpleString, string, timestamp, timestampNtz } from '../../../schema/index.js';
import type { Bound } from '../../bound.js';
import { castFunction } from '../../cast/index.js';
import { isNumeric } from '../../coerce.js';
import { failed, invalid } from '../../errors.js';
import type { ExpressionError } from '../../errors.js';
import type { Value } from '../../values.js';
import type { Binder, SpecialDef } from '../define.js';
import { any, optional } from '../params.js';
import { localReaders, readers } from './patterns.js';

/** For a text that does not match a pattern. */
export const unparsable = (text: string, pattern: string): ExpressionError =>
  failed(
    'CANNOT_PARSE_TIMESTAMP',
    `'${text}' does not match the pattern '${pattern}'. Correct it, or use try_to_timestamp to get NULL instead.`,
  );

/** The value of a text by a pattern; of a date or timestamp the one that it is, whatever the pattern. */
function byPattern(from: DataType, to: DataType, lenient: boolean, binder: Binder): Scalar {
  const zone = zoneOf(binder.zone);
  const local = to.kind === 'timestamp_ntz';
  if (from.kind === 'date') {
    return local ? (days: number) => microsFrom(days * SECONDS_PER_DAY, 0) : (days: number) => startOfDay(days, zone);
  }
  if (from.kind === 'timestamp' && local) return (micros: bigint) => localMicros(micros, zone);
  if (from.kind !== 'string') return (micros: bigint) => micros;
  const read = local ? readLocal() : readInstant(binder);
  return (value: string, pattern: string) => {
    const micros = read(value, pattern);
    if (micros !== undefined) return micros;
    if (lenient) return null;
    throw unparsable(value, pattern);
  };
}

type Scalar = (value: never, pattern: string) => Value;
type Read = (value: string, pattern: string) => bigint | undefined;

function readLocal(): Read {
  const reader = localReaders();
  return (value, pattern) => reader(pattern).readLocal(value);
}

function readInstant({ zone, settings }: Binder): Read {
  const reader = readers(settings);
  const clock = zoneOf(zone);
  return (value, pattern) => reader(pattern).read(value, clock);
}

function bindPattern(source: Bound, pattern: Bound, to: DataType, lenient: boolean, binder: Binder): Bound {
  const scalar = byPattern(source.type, to, lenient, binder);
  const kernel = { nulls: 'propagate', total: false, deterministic: true, scalar } as const;
  const nullable = lenient || source.nullable || pattern.nullable;
  return binder.apply('to_timestamp', [source, binder.cast(pattern, string())], to, nullable, kernel);
}

function bindCast(source: Bound, to: DataType, lenient: boolean, binder: Binder): Bound {
  if (!lenient || source.type.kind === to.kind) return binder.cast(source, to);
  const scalar = castFunction(source.type, to, { ansi: true, zone: binder.zone, try: true });
  const kernel = { nulls: 'propagate', total: true, deterministic: true, scalar } as const;
  return binder.apply('try_cast', [source], to, true, kernel);
}

/** Texts, dates and timestamps are taken as they are; for an instant without a pattern numbers, too. */
function sourceOf(given: Bound, numbers: boolean, name: string, binder: Binder): Bound {
  const { kind } = given.type;
  if (kind === 'void') return binder.cast(given, string());
  if (kind === 'string' || kind === 'date' || kind.startsWith('timestamp')) return given;
  if (numbers && isNumeric(given.type)) return given;
  const found = simpleString(given.type).toUpperCase();
  throw invalid('DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE', `${name} needs a text, date or timestamp, not a ${found}.`);
}

interface Parsing {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly to: DataType;
  readonly what: string;
  readonly lenient?: boolean;
  readonly examples: SpecialDef['examples'];
}

function parsing({ name, aliases = [], to, what, lenient = false, examples }: Parsing): SpecialDef {
  const failure = lenient ? 'Null if it is none.' : 'What is none is an error with ANSI, else null.';
  return {
    name,
    aliases,
    group: 'datetime',
    usage: 'value[, pattern]',
    summary: `${what} in a text: as CAST reads it, or by a datetime pattern such as dd/MM/yyyy. ${failure}`,
    examples,
    params: [any('value'), optional(any('pattern'))],
    bind: ([given, pattern], binder) => {
      const source = sourceOf(given!, to.kind === 'timestamp' && pattern === undefined, name, binder);
      if (pattern === undefined) return bindCast(source, to, lenient, binder);
      const moment = to.kind === 'date' ? timestamp() : to;
      const read = bindPattern(source, pattern, moment, lenient || !binder.ansi, binder);
      return to.kind === 'date' ? bindCast(read, to, lenient, binder) : read;
    },
  };
}

export const parsings: readonly SpecialDef[] = [
  parsing({
    name: 'to_date',
    to: date(),
    what: 'The date',
    examples: [
      ["to_date('2024-02-29')", '2024-02-29'],
      ["to_date('Feb 29, 2024', 'MMM d, yyyy')", '2024-02-29'],
    ],
  }),
  parsing({
    name: 'to_timestamp',
    aliases: ['to_timestamp_ltz'],
    to: timestamp(),
    what: 'The timestamp (a number is seconds since 1970)',
    examples: [
      ["to_timestamp('2024-02-29 10:11:12.5')", '2024-02-29 10:11:12.5'],
      ["to_timestamp('29.02.2024 10:11', 'dd.MM.yyyy HH:mm')", '2024-02-29 10:11:00'],
    ],
  }),
  parsing({
    name: 'to_timestamp_ntz',
    to: timestampNtz(),
    what: 'The time on the clock, without a zone,',
    examples: [["to_timestamp_ntz('2024-02-29 10:11:12+05:00')", '2024-02-29 10:11:12']],
  }),
  parsing({
    name: 'try_to_date',
    to: date(),
    what: 'The date',
    lenient: true,
    examples: [["try_to_date('29/02/2023', 'dd/MM/yyyy')", 'NULL']],
  }),
  parsing({
    name: 'try_to_timestamp',
    to: timestamp(),
    what: 'The timestamp',
    lenient: true,
    examples: [
      ["try_to_timestamp('2024-02-29')", '2024-02-29 00:00:00'],
      ["try_to_timestamp('abc')", 'NULL'],
    ],
  }),
];

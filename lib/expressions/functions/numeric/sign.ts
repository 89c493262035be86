import { checkedMicros, checkedMonths, negateInterval } from '../../../datetime/index.js';
import type { DataType } from '../../../schema/index.js';
import { isAnsiInterval } from '../../coerce.js';
import { failed } from '../../errors.js';
import type { CalendarInterval, Value } from '../../values.js';
import type { Binding, FunctionDef, Param, ScalarFunction } from '../define.js';
import { common, double, float, interval, numeric, oneOf } from '../params.js';

const ansiInterval = (name: string): Param => ({ name, coerce: (from) => (isAnsiInterval(from) ? from : undefined) });

const bitsOf: Partial<Record<DataType['kind'], number>> = { byte: 8, short: 16, int: 32 };

function overflow(value: number | bigint, what: string): never {
  throw failed('ARITHMETIC_OVERFLOW', `${what} of ${value} does not fit its type. Cast it to a wider type.`);
}

/** The other number, on the other side of zero. Only the least integer of a type has none. */
function negation({ type, ansi }: Binding): ScalarFunction {
  switch (type.kind) {
    case 'float':
    case 'double':
      return (value: number) => -value;
    case 'decimal':
      return (value: bigint) => -value;
    case 'long':
      return (value: bigint) => {
        const negative = BigInt.asIntN(64, -value);
        return ansi && negative === value && value !== 0n ? overflow(value, 'The negative') : negative;
      };
    case 'day_time_interval':
      return (micros: bigint) => checkedMicros(-micros);
    case 'year_month_interval':
      return (months: number) => checkedMonths(0 - months);
    case 'calendar_interval':
      return (value: CalendarInterval) => negateInterval(value, ansi);
    default: {
      const least = -(2 ** (bitsOf[type.kind]! - 1));
      return (value: number) => {
        if (value !== least) return 0 - value;
        return ansi ? overflow(value, 'The negative') : least;
      };
    }
  }
}

function magnitude(binding: Binding): ScalarFunction {
  const { type, ansi } = binding;
  if (type.kind === 'float' || type.kind === 'double') return Math.abs;
  const exact = ansi || isAnsiInterval(type);
  const negate = negation({ ...binding, ansi: exact }) as (value: number | bigint) => Value;
  return (value: number | bigint) => (value < 0 ? negate(value) : value);
}

const of = ([type]: readonly DataType[]): DataType => type!;

const negative: FunctionDef = {
  name: 'negative',
  group: 'numeric',
  usage: 'expr',
  summary: 'The number or interval on the other side of zero, `- expr`.',
  examples: [
    ['negative(1.5)', '-1.5'],
    ["negative(INTERVAL '1' DAY)", "INTERVAL '-1' DAY"],
  ],
  params: [oneOf(numeric, interval)('expr')],
  returns: of,
  nullable: false,
  evaluate: negation,
};

const positive: FunctionDef = {
  name: 'positive',
  group: 'numeric',
  usage: 'expr',
  summary: 'The number or interval itself, `+ expr`.',
  examples: [['positive(-1)', '-1']],
  params: [oneOf(numeric, interval)('expr')],
  returns: of,
  nullable: false,
  total: true,
  evaluate: () => (value: Value) => value,
};

const abs: FunctionDef = {
  name: 'abs',
  group: 'numeric',
  usage: 'expr',
  summary:
    'The magnitude of a number or interval. The least integer of a type has none: an error with ANSI, else itself.',
  examples: [
    ['abs(-1.5)', '1.5'],
    ["abs(INTERVAL '-1' DAY)", "INTERVAL '1' DAY"],
  ],
  params: [oneOf(numeric, ansiInterval)('expr')],
  returns: of,
  nullable: false,
  evaluate: magnitude,
};

const sign: FunctionDef = {
  name: 'sign',
  aliases: ['signum'],
  group: 'numeric',
  usage: 'expr',
  summary: '-1.0, 0.0 or 1.0 as the number or interval is negative, zero or positive; NaN of NaN.',
  examples: [['sign(-5)', '-1.0']],
  params: [oneOf(double, ansiInterval)('expr')],
  returns: { kind: 'double' },
  nullable: false,
  total: true,
  evaluate: () => (value: number | bigint) => Math.sign(Number(value)),
};

const isnan: FunctionDef = {
  name: 'isnan',
  group: 'numeric',
  usage: 'expr',
  summary: 'Whether a number is NaN. False for null.',
  examples: [
    ["isnan(double('NaN'))", 'true'],
    ['isnan(NULL)', 'false'],
  ],
  params: [oneOf(double, float)('expr')],
  returns: { kind: 'boolean' },
  nulls: 'handle',
  nullable: 'never',
  total: true,
  evaluate: () => (value: Value) => Number.isNaN(value),
};

const nanvl: FunctionDef = {
  name: 'nanvl',
  group: 'numeric',
  usage: 'expr, instead',
  summary: 'The number, or the other one where it is NaN.',
  examples: [["nanvl(double('NaN'), 123)", '123.0']],
  params: [common(oneOf(double, float)('expr')), common(oneOf(double, float)('instead'))],
  returns: of,
  nulls: 'handle',
  total: true,
  evaluate: () => (value: Value, instead: Value) => (Number.isNaN(value) ? instead : value),
};

export const signs: readonly FunctionDef[] = [negative, positive, abs, sign, isnan, nanvl];

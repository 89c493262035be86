import { formatDecimal, formatDouble, formatFloat } from '../../../numbers/index.js';
import type { DataType } from '../../../schema/index.js';
import { type FormatArgument, decodeText, printf } from '../../../text/index.js';
import type { Value } from '../../values.js';
import type { FunctionDef } from '../define.js';
import { any, optional, rest, text } from '../params.js';
import { STRING } from './types.js';

const missing: FormatArgument = { kind: 'null' };
const widths = {
  byte: 8,
  short: 16,
  int: 32,
  long: 64,
  date: 32,
  year_month_interval: 32,
  timestamp: 64,
  timestamp_ntz: 64,
  day_time_interval: 64,
} as const;

/** How a value of a type is handed to a format: dates and times as the numbers that they are inside. */
function argumentOf(type: DataType): (value: Value) => FormatArgument {
  const { kind } = type;
  if (kind in widths) {
    const bits = widths[kind as keyof typeof widths];
    return (value) => ({ kind: 'integer', value: BigInt(value as number | bigint), bits });
  }
  switch (kind) {
    case 'boolean':
      return (value) => ({ kind, value: value as boolean });
    case 'float':
      return (value) => ({ kind: 'float', value: value as number, text: formatFloat(value as number) });
    case 'double':
      return (value) => ({ kind: 'float', value: value as number, text: formatDouble(value as number) });
    case 'decimal':
      return (value) => ({ kind: 'text', value: formatDecimal(value as bigint, type.scale) });
    default:
      return (value) => ({
        kind: 'text',
        value:
          value instanceof Uint8Array ? decodeText(value) : typeof value === 'string' ? value : JSON.stringify(value),
      });
  }
}

export const formats: readonly FunctionDef[] = [
  {
    name: 'format_string',
    aliases: ['printf'],
    group: 'string',
    usage: 'format, arg, …',
    summary:
      'The arguments written as a format in the manner of C says: `%d` and `%,d` for whole numbers, `%.2f` and `%e` for float and double (cast decimals), `%x`, `%s`, `%5s`, `%b`, `%n`, `%2$s`. A directive that does not fit its argument is an error.',
    examples: [["format_string('Hello World %d %s', 100, 'days')", 'Hello World 100 days']],
    params: [text('format'), optional(rest(any('arg')))],
    returns: STRING,
    nulls: 'handle',
    evaluate: ({ types }) => {
      const convert = types.slice(1).map(argumentOf);
      return (format: string | null, ...args: Value[]) =>
        format === null
          ? null
          : printf(
              format,
              args.map((arg, i) => (arg === null ? missing : convert[i]!(arg))),
            );
    },
  },
];

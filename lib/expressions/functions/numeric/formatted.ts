import { type DataType, simpleString } from '../../../schema/index.js';
import type { Bound } from '../../bound.js';
import { decimalFor, isNumeric } from '../../coerce.js';
import { failed, invalid } from '../../errors.js';
import type { Binder, Binding, FunctionDef, SpecialDef } from '../define.js';
import { any, constant, text } from '../params.js';
import { type NumberPattern, parseNumberPattern } from './number-pattern.js';
import { readNumber } from './number-reader.js';
import { writeNumber } from './number-writer.js';

const patternHelp =
  'In the format, 0 and 9 are digits (0: written or expected also if it is a zero in front), `.` or D the point, `,` or G a separator, $ itself, S a sign, MI a minus at that place, PR angle brackets around a negative number.';

function patternOf(binding: Omit<Binding, 'type'>): NumberPattern | null {
  const format = binding.constant(1);
  return typeof format === 'string' ? parseNumberPattern(format) : null;
}

function reader(name: string, strict: boolean, summary: string, examples: FunctionDef['examples']): FunctionDef {
  return {
    name,
    group: 'numeric',
    usage: 'expr, format',
    summary,
    examples,
    params: [text('expr'), constant(text('format'))],
    returns: (_types, binding): DataType => {
      const pattern = patternOf(binding);
      if (pattern === null) return { kind: 'decimal', precision: 10, scale: 0 };
      return { kind: 'decimal', precision: pattern.integral + pattern.scale, scale: pattern.scale };
    },
    total: !strict,
    evaluate: (binding) => {
      const pattern = patternOf(binding);
      return (given: string) => {
        const number = pattern === null ? null : readNumber(given, pattern);
        if (number !== undefined) return number;
        if (!strict) return null;
        const message = `'${given.slice(0, 100)}' does not match the format '${pattern!.text}'. Use try_to_number to get NULL instead.`;
        throw failed('INVALID_FORMAT.MISMATCH_INPUT', message);
      };
    },
  };
}

/** The kernel of `to_char` for a number, as the decimal that holds it. */
function numberToText(value: Bound, given: Bound, binder: Binder): Bound {
  const { type } = value;
  if (!isNumeric(type) && type.kind !== 'string' && type.kind !== 'void') {
    throw invalid(
      'DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE',
      `to_char does not take ${simpleString(type).toUpperCase()}.`,
    );
  }
  const from = decimalFor(type);
  const format = binder.cast(given, { kind: 'string' });
  if (format.kind !== 'literal') {
    throw invalid('DATATYPE_MISMATCH.NON_FOLDABLE_INPUT', 'The format of to_char must be constant.');
  }
  const pattern = format.value === null ? null : parseNumberPattern(format.value as string);
  const scalar = (unscaled: bigint): string | null => pattern && writeNumber(unscaled, from.scale, pattern);
  const kernel = { nulls: 'propagate', total: true, deterministic: true, scalar } as const;
  return binder.apply('to_char', [binder.cast(value, from), format], { kind: 'string' }, true, kernel);
}

const toChar: SpecialDef = {
  name: 'to_char',
  aliases: ['to_varchar'],
  group: 'numeric',
  usage: 'expr, format',
  summary: `A number, a date or timestamp, or a binary as text. ${patternHelp} A number with more digits than the format becomes hashes. Of dates the format is that of \`date_format\`, of binaries \`'base64'\`, \`'hex'\` or \`'utf-8'\`.`,
  examples: [
    ["to_char(454, '999')", '454'],
    ["to_char(78.12, '$99.99')", '$78.12'],
    ["to_char(-12454.8, '99,999.9S')", '12,454.8-'],
    ["to_char(DATE '2024-02-29', 'yyyy/MM/dd')", '2024/02/29'],
  ],
  params: [any('expr'), any('format')],
  bind: (args, binder) => {
    const [value, format] = args as [Bound, Bound];
    const { kind } = value.type;
    if (kind === 'date' || kind === 'timestamp' || kind === 'timestamp_ntz') return binder.call('date_format', args);
    if (kind !== 'binary') return numberToText(value, format, binder);
    const name = format.kind === 'literal' && typeof format.value === 'string' ? format.value.toLowerCase() : '';
    if (name === 'base64' || name === 'hex') return binder.call(name, [value]);
    if (name === 'utf-8') return binder.call('decode', args);
    throw invalid('INVALID_PARAMETER_VALUE.BINARY_FORMAT', "The format of a binary is 'base64', 'hex' or 'utf-8'.");
  },
};

export const formatted: readonly (FunctionDef | SpecialDef)[] = [
  reader(
    'to_number',
    true,
    `The number that a text says by a format. ${patternHelp} A text that does not match is an error.`,
    [
      ["to_number('12,454.8', '99,999.9')", '12454.8'],
      ["to_number('$78.12', '$99.99')", '78.12'],
      ["to_number('-454', 'S999')", '-454'],
    ],
  ),
  reader('try_to_number', false, 'As `to_number`, but null for a text that does not match the format.', [
    ["try_to_number('abc', '999')", 'NULL'],
  ]),
  toChar,
];

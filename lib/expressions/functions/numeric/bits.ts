import type { DataType } from '../../../schema/index.js';
import { failed } from '../../errors.js';
import type { FunctionDef } from '../define.js';
import { boolean, int, integral, long, oneOf } from '../params.js';

function shift(
  name: string,
  operator: string,
  summary: string,
  example: readonly [string, string],
  narrow: (value: number, by: number) => number,
  wide: (value: bigint, by: bigint) => bigint,
): FunctionDef {
  return {
    name,
    aliases: [operator],
    group: 'numeric',
    usage: 'value, bits',
    summary: `${summary} Also \`value ${operator} bits\`. As in Java, of the number of bits only the last five (INT) or six (BIGINT) bits count.`,
    examples: [example],
    params: [oneOf(int, long)('value'), int('bits')],
    returns: ([type]): DataType => type!,
    nullable: false,
    total: true,
    evaluate: ({ type }) =>
      type.kind === 'long' ? (value: bigint, by: number) => BigInt.asIntN(64, wide(value, BigInt(by & 63))) : narrow,
  };
}

const ones = (value: bigint): number => {
  let count = 0;
  for (let rest = BigInt.asUintN(64, value); rest !== 0n; rest &= rest - 1n) count++;
  return count;
};

const bitCount: FunctionDef = {
  name: 'bit_count',
  group: 'numeric',
  usage: 'expr',
  summary: 'How many bits are set in an integer, taken as 64 bits, or in a boolean.',
  examples: [
    ['bit_count(7)', '3'],
    ['bit_count(-1)', '64'],
  ],
  params: [oneOf(integral, boolean)('expr')],
  returns: { kind: 'int' },
  nullable: false,
  total: true,
  evaluate: () => (value: number | bigint | boolean) => ones(BigInt(value)),
};

const widths: Partial<Record<DataType['kind'], number>> = { byte: 8, short: 16, int: 32, long: 64 };

const bitGet: FunctionDef = {
  name: 'bit_get',
  aliases: ['getbit'],
  group: 'numeric',
  usage: 'expr, pos',
  summary:
    'The bit at a position of an integer, 0 or 1; the last bit is at 0. A position that the type does not have is an error.',
  examples: [
    ['bit_get(11, 0)', '1'],
    ['bit_get(11, 2)', '0'],
  ],
  params: [integral('expr'), int('pos')],
  returns: { kind: 'byte' },
  nullable: false,
  evaluate: ({ types }) => {
    const width = widths[types[0]!.kind]!;
    return (value: number | bigint, position: number) => {
      if (position >= 0 && position < width) return Number((BigInt(value) >> BigInt(position)) & 1n);
      const message = `The position of a bit is 0 to ${width - 1} here, not ${position}.`;
      throw failed('INVALID_PARAMETER_VALUE.BIT_POSITION_RANGE', message);
    };
  },
};

export const bits: readonly FunctionDef[] = [
  shift(
    'shiftleft',
    '<<',
    'The bits moved to the left.',
    ['shiftleft(2, 1)', '4'],
    (v, by) => v << by,
    (v, by) => v << by,
  ),
  shift(
    'shiftright',
    '>>',
    'The bits moved to the right, the sign kept.',
    ['shiftright(-4, 1)', '-2'],
    (v, by) => v >> by,
    (v, by) => v >> by,
  ),
  shift(
    'shiftrightunsigned',
    '>>>',
    'The bits moved to the right, filled up with zeros.',
    ['shiftrightunsigned(-1, 31)', '1'],
    // The result is an int again where nothing was moved.
    (v, by) => (v >>> by) | 0,
    (v, by) => BigInt.asUintN(64, v) >> by,
  ),
  bitCount,
  bitGet,
];

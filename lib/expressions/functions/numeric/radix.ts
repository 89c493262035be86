import { encodeText } from '../../../text/index.js';
import { failed } from '../../errors.js';
import type { FunctionDef } from '../define.js';
import { binary, int, long, oneOf, text } from '../params.js';

const string = { kind: 'string' } as const;

const bin: FunctionDef = {
  name: 'bin',
  group: 'numeric',
  usage: 'expr',
  summary: 'An integer in binary digits; a negative one as its 64 bits.',
  examples: [['bin(13)', '1101']],
  params: [long('expr')],
  returns: string,
  nullable: false,
  total: true,
  evaluate: () => (value: bigint) => BigInt.asUintN(64, value).toString(2),
};

const hexOf = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex').toUpperCase();

const hex: FunctionDef = {
  name: 'hex',
  group: 'numeric',
  usage: 'expr',
  summary: 'An integer (its 64 bits if it is negative), the bytes of a text or a binary in hexadecimal digits.',
  examples: [
    ['hex(255)', 'FF'],
    ["hex('Spark')", '537061726B'],
  ],
  params: [oneOf(long, binary, text)('expr')],
  returns: string,
  nullable: false,
  total: true,
  evaluate: ({ types }) => {
    switch (types[0]!.kind) {
      case 'long':
        return (value: bigint) => BigInt.asUintN(64, value).toString(16).toUpperCase();
      case 'binary':
        return hexOf;
      default:
        return (value: string) => hexOf(encodeText(value));
    }
  },
};

const unhex: FunctionDef = {
  name: 'unhex',
  group: 'numeric',
  usage: 'expr',
  summary:
    'The bytes that hexadecimal digits stand for; null where there is anything else. Of an odd number of digits, the first one is a byte.',
  examples: [
    ["unhex('537061726B')", 'Spark'],
    ["unhex('zz')", 'NULL'],
  ],
  params: [text('expr')],
  returns: { kind: 'binary' },
  total: true,
  evaluate: () => (digits: string) => {
    if (!/^[\da-fA-F]*$/.test(digits)) return null;
    return new Uint8Array(Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, 'hex'));
  },
};

const largest = 2n ** 64n - 1n;

/** The digits with which a text begins, as a number; anything from the first other character on is left out. */
function leadingDigits(digits: string, radix: number, ansi: boolean): bigint {
  const base = BigInt(radix);
  let value = 0n;
  for (const digit of digits) {
    const n = parseInt(digit, radix);
    if (Number.isNaN(n)) break;
    value = value * base + BigInt(n);
    if (value <= largest) continue;
    if (ansi)
      throw failed('ARITHMETIC_OVERFLOW', `The number ${digits.slice(0, 40)} does not fit the 64 bits that conv has.`);
    return largest;
  }
  return value;
}

/** By way of a 64-bit integer, which is unsigned unless the target base is negative. */
function convert(given: string, from: number, to: number, ansi: boolean): string | null {
  const base = Math.abs(to);
  if (from < 2 || from > 36 || base < 2 || base > 36) return null;
  const digits = given.replace(/^ +| +$/g, '');
  if (digits === '') return null;
  let negative = digits.startsWith('-');
  let value = BigInt.asIntN(64, leadingDigits(negative ? digits.slice(1) : digits, from, ansi));
  if (negative && to > 0) value = value < 0n ? -1n : -value;
  if (to < 0 && value < 0n) {
    value = -value;
    negative = true;
  }
  return (negative && to < 0 ? '-' : '') + BigInt.asUintN(64, value).toString(base).toUpperCase();
}

const conv: FunctionDef = {
  name: 'conv',
  group: 'numeric',
  usage: 'num, from_base, to_base',
  summary:
    'A number from one base to another, 2 to 36, by way of 64 bits: a negative one becomes their complement, or keeps its sign where the base is given as negative. More than 64 bits are an error with ANSI, else the largest number.',
  examples: [
    ["conv('100', 2, 10)", '4'],
    ['conv(-10, 16, -10)', '-16'],
  ],
  params: [text('num'), int('from_base'), int('to_base')],
  returns: string,
  evaluate:
    ({ ansi }) =>
    (num: string, from: number, to: number) =>
      convert(num, from, to, ansi),
};

export const radixes: readonly FunctionDef[] = [bin, hex, unhex, conv];

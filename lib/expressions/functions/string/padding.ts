import { charactersOf, lengthOf, settled, substringOf } from '../../../text/index.js';
import { failed } from '../../errors.js';
import type { FunctionDef } from '../define.js';
import { int, optional, text, textOrBinary } from '../params.js';
import { STRING, allBinary, asBytes, asText } from './types.js';

/** What a JavaScript string can hold. */
const MOST = 2 ** 29 - 24;

function checkLength(name: string, length: number): void {
  if (length <= MOST) return;
  throw failed(
    'COLLECTION_SIZE_LIMIT_EXCEEDED.FUNCTION',
    `${name} would make a text of ${length} characters; ${MOST} are possible.`,
  );
}

function padding(pad: string, length: number): string {
  const characters = charactersOf(pad);
  const whole = pad.repeat(Math.floor(length / characters.length));
  return whole + characters.slice(0, length % characters.length).join('');
}

function padded(side: 'left' | 'right', value: string, length: number, pad: string): string {
  const missing = length - lengthOf(value);
  if (missing <= 0) return substringOf(value, 1, length);
  if (pad === '') return value;
  checkLength(side === 'left' ? 'lpad' : 'rpad', length);
  const added = padding(pad, missing);
  return settled(side === 'left' ? added + value : value + added);
}

function paddedBytes(side: 'left' | 'right', value: Uint8Array, length: number, pad: Uint8Array): Uint8Array {
  const missing = length - value.length;
  if (missing <= 0) return value.subarray(0, Math.max(0, length));
  if (pad.length === 0) return value;
  checkLength(side === 'left' ? 'lpad' : 'rpad', length);
  const out = new Uint8Array(length);
  const [at, from] = side === 'left' ? [missing, 0] : [0, value.length];
  out.set(value, at);
  for (let k = 0; k < missing; k++) out[from + k] = pad[k % pad.length]!;
  return out;
}

const zero = new Uint8Array(1);

const pad = (name: string, side: 'left' | 'right', examples: FunctionDef['examples']): FunctionDef => ({
  name,
  group: 'string',
  usage: 'str, len[, pad]',
  summary:
    `Brings a text or binary to a length of \`len\` by adding \`pad\` (default a space, for binaries a zero byte) on the ${side}, ` +
    'or by cutting its end off.',
  examples,
  params: [textOrBinary('str'), int('len'), optional(textOrBinary('pad'))],
  returns: ([value, , by]) => allBinary(by === undefined ? [value!] : [value!, by]),
  nullable: false,
  evaluate: ({ type }) =>
    type.kind === 'binary'
      ? (value: Uint8Array, length: number, by: string | Uint8Array = zero) =>
          paddedBytes(side, value, length, asBytes(by))
      : (value: string | Uint8Array, length: number, by: string | Uint8Array = ' ') =>
          padded(side, asText(value), length, asText(by)),
});

export const paddings: readonly FunctionDef[] = [
  pad('lpad', 'left', [
    ["lpad('hi', 5, '??')", '???hi'],
    ["lpad('hi', 1, '??')", 'h'],
  ]),
  pad('rpad', 'right', [["rpad('hi', 5, '?')", 'hi???']]),
  {
    name: 'repeat',
    group: 'string',
    usage: 'str, n',
    summary: 'The text `n` times; an empty one if `n` is not positive.',
    examples: [["repeat('123', 2)", '123123']],
    params: [text('str'), int('n')],
    returns: STRING,
    nullable: false,
    evaluate: () => (value: string, times: number) => {
      if (times <= 0 || value === '') return '';
      checkLength('repeat', value.length * times);
      return settled(value.repeat(times));
    },
  },
  {
    name: 'space',
    group: 'string',
    usage: 'n',
    summary: 'A text of `n` spaces; an empty one if `n` is not positive.',
    examples: [["concat(space(2), '1')", '  1']],
    params: [int('n')],
    returns: STRING,
    nullable: false,
    evaluate: () => (n: number) => {
      checkLength('space', n);
      return ' '.repeat(Math.max(0, n));
    },
  },
];

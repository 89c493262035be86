import { byteLengthOf, lengthOf, repaired } from '../../../text/index.js';
import type { FunctionDef } from '../define.js';
import { long, text, textOrBinary } from '../params.js';
import { lengthVector } from './kernels/length.js';
import { INT, STRING } from './types.js';

type TextOrBytes = string | Uint8Array;

const bytesOf = (value: TextOrBytes): number => (typeof value === 'string' ? byteLengthOf(value) : value.length);
const sizeOf = (value: TextOrBytes): number => (typeof value === 'string' ? lengthOf(value) : value.length);

const common = {
  group: 'string',
  usage: 'str',
  params: [textOrBinary('str')],
  returns: INT,
  nullable: false,
  total: true,
} as const;

export const lengths: readonly FunctionDef[] = [
  {
    ...common,
    name: 'length',
    aliases: ['len', 'char_length', 'character_length'],
    summary: 'The number of characters of a text, trailing spaces included, or of bytes of a binary.',
    examples: [
      ["length('Spark SQL ')", '10'],
      ["char_length('a😀')", '2'],
    ],
    evaluate: () => sizeOf,
    vector: () => lengthVector('characters'),
  },
  {
    ...common,
    name: 'octet_length',
    summary: 'The number of bytes of a text (in UTF-8) or a binary.',
    examples: [["octet_length('é')", '2']],
    evaluate: () => bytesOf,
    vector: () => lengthVector('bytes'),
  },
  {
    ...common,
    name: 'bit_length',
    summary: 'The number of bits of a text (in UTF-8) or a binary.',
    examples: [["bit_length('é')", '16']],
    evaluate: () => (value: TextOrBytes) => 8 * bytesOf(value),
    vector: () => lengthVector('bits'),
  },
  {
    name: 'ascii',
    group: 'string',
    usage: 'str',
    summary: 'The code point of the first character, 0 for an empty text.',
    examples: [
      ["ascii('222')", '50'],
      ["ascii('é')", '233'],
    ],
    params: [text('str')],
    returns: INT,
    nullable: false,
    total: true,
    evaluate: () => (s: string) => repaired(s.slice(0, 2)).codePointAt(0) ?? 0,
  },
  {
    name: 'chr',
    aliases: ['char'],
    group: 'string',
    usage: 'n',
    summary: 'The character with this code, which is taken modulo 256; an empty text if it is negative.',
    examples: [['chr(65)', 'A']],
    params: [long('n')],
    returns: STRING,
    nullable: false,
    total: true,
    evaluate: () => (n: bigint) => (n < 0n ? '' : String.fromCharCode(Number(n & 0xffn))),
  },
];

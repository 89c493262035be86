import { lengthOf, settled, substringOf, substringOfBytes } from '../../../text/index.js';
import { failed } from '../../errors.js';
import type { FunctionDef } from '../define.js';
import { int, optional, text, textOrBinary } from '../params.js';
import { substringVector } from './kernels/substring.js';
import { STRING, asBytes, asFirst, asText } from './types.js';

const part = (value: string | Uint8Array, position: number, length: number) =>
  typeof value === 'string' ? substringOf(value, position, length) : substringOfBytes(value, position, length);

/** Up to the `count`-th delimiter, or from the `count`-th on counted from the end. */
function substringIndex(value: string, delimiter: string, count: number): string {
  if (delimiter === '' || count === 0) return '';
  let at = count > 0 ? -1 : value.length;
  for (let k = Math.abs(count); k > 0; k--) {
    if (count < 0 && at === 0) return value;
    at = count > 0 ? value.indexOf(delimiter, at + 1) : value.lastIndexOf(delimiter, at - 1);
    if (at < 0) return value;
  }
  return count > 0 ? value.slice(0, at) : value.slice(at + delimiter.length);
}

function splitPart(value: string, delimiter: string, number: number): string {
  if (number === 0) {
    throw failed('INVALID_INDEX_OF_ZERO', 'split_part counts parts from 1, or from -1 backwards; there is no part 0.');
  }
  const parts = value === '' || delimiter === '' ? [value] : value.split(delimiter);
  return parts[number > 0 ? number - 1 : parts.length + number] ?? '';
}

function overlay(value: string, replacement: string, position: number, length: number): string {
  const replaced = length >= 0 ? length : lengthOf(replacement);
  return settled(substringOf(value, 1, position - 1) + replacement + substringOf(value, position + replaced));
}

function overlayBytes(value: Uint8Array, replacement: Uint8Array, position: number, length: number): Uint8Array {
  const replaced = length >= 0 ? length : replacement.length;
  const tail = substringOfBytes(value, position + replaced);
  return Buffer.concat([substringOfBytes(value, 1, position - 1), replacement, tail]);
}

export const substrings: readonly FunctionDef[] = [
  {
    name: 'substring',
    aliases: ['substr'],
    group: 'string',
    usage: 'str, pos[, len]',
    summary:
      'The part of a text or binary that begins at `pos` (the first character is 1, -1 the last) and is `len` characters long, or goes to the end.',
    examples: [
      ["substring('Spark SQL', 5)", 'k SQL'],
      ["substring('Spark SQL', -3)", 'SQL'],
      ["substring('Spark SQL' FROM 5 FOR 1)", 'k'],
    ],
    params: [textOrBinary('str'), int('pos'), optional(int('len'))],
    returns: asFirst,
    nullable: false,
    total: true,
    evaluate:
      () =>
      (value: string | Uint8Array, position: number, length = Infinity) =>
        part(value, position, length),
    vector: (binding) => substringVector(binding, 1, 2),
  },
  {
    name: 'left',
    group: 'string',
    usage: 'str, len',
    summary: 'The first `len` characters of a text, or bytes of a binary.',
    examples: [["left('Spark SQL', 3)", 'Spa']],
    params: [textOrBinary('str'), int('len')],
    returns: asFirst,
    nullable: false,
    total: true,
    evaluate: () => (value: string | Uint8Array, length: number) => part(value, 1, length),
    vector: (binding) => substringVector(binding, undefined, 1),
  },
  {
    name: 'right',
    group: 'string',
    usage: 'str, len',
    summary: 'The last `len` characters of a text.',
    examples: [["right('Spark SQL', 3)", 'SQL']],
    params: [text('str'), int('len')],
    returns: STRING,
    nullable: false,
    total: true,
    evaluate: () => (value: string, length: number) => (length <= 0 ? '' : substringOf(value, -length)),
  },
  {
    name: 'substring_index',
    group: 'string',
    usage: 'str, delim, count',
    summary:
      'What stands before the `count`-th `delim`, or for a negative `count` after it, counted from the end. The whole text if there are not so many.',
    examples: [
      ["substring_index('www.apache.org', '.', 2)", 'www.apache'],
      ["substring_index('www.apache.org', '.', -1)", 'org'],
    ],
    params: [text('str'), text('delim'), int('count')],
    returns: STRING,
    nullable: false,
    total: true,
    evaluate: () => substringIndex,
  },
  {
    name: 'split_part',
    group: 'string',
    usage: 'str, delimiter, partNum',
    summary:
      'One of the parts between the delimiters, counted from 1, or from the end if negative; an empty text if there are not so many. Part 0 is an error.',
    examples: [["split_part('11.12.13', '.', 3)", '13']],
    params: [text('str'), text('delimiter'), int('partNum')],
    returns: STRING,
    nullable: false,
    evaluate: () => splitPart,
  },
  {
    name: 'overlay',
    group: 'string',
    usage: 'input, replace, pos[, len]',
    summary:
      'Puts `replace` in place of the `len` characters from `pos` on, or of as many as it has itself. Also written `overlay(input PLACING replace FROM pos FOR len)`.',
    examples: [
      ["overlay('Spark SQL' PLACING '_' FROM 6)", 'Spark_SQL'],
      ["overlay('Spark SQL' PLACING 'tructured' FROM 2 FOR 4)", 'Structured SQL'],
    ],
    params: [textOrBinary('input'), textOrBinary('replace'), int('pos'), optional(int('len'))],
    returns: asFirst,
    nullable: false,
    total: true,
    evaluate:
      ({ type }) =>
      (value: string | Uint8Array, replacement: string | Uint8Array, position: number, length = -1) =>
        type.kind === 'binary'
          ? overlayBytes(asBytes(value), asBytes(replacement), position, length)
          : overlay(asText(value), asText(replacement), position, length),
  },
];

import {
  type Charset,
  charsetOf,
  decodeBase64,
  decodeCharset,
  encodeBase64,
  encodeCharset,
  encodeText,
  isStrictBase64,
  isValidText,
  repaired,
} from '../../../text/index.js';
import { failed, invalid } from '../../errors.js';
import type { Bound } from '../../bound.js';
import type { AnyFunction, Binder, Binding, FunctionDef } from '../define.js';
import { any, binary, constant, optional, rest, text } from '../params.js';
import { BINARY, BOOLEAN, STRING } from './types.js';

function charset(name: string, of: string): Charset {
  const known = charsetOf(name);
  if (known !== undefined) return known;
  throw failed(
    'INVALID_PARAMETER_VALUE.CHARSET',
    `${of}: '${name}' is none of US-ASCII, ISO-8859-1, UTF-8, UTF-16BE, UTF-16LE, UTF-16, UTF-32.`,
  );
}

const malformed = (of: string, name: string) =>
  failed('MALFORMED_CHARACTER_CODING', `${of}: the value cannot be written or read in ${name}.`);

function decode(bytes: Uint8Array, name: string): string {
  const value = decodeCharset(bytes, charset(name, 'decode'));
  if (value === undefined) throw malformed('decode', name);
  return value;
}

/** `decode(x, 1, 'a', 2, 'b', 'else')`: null equals null. */
function bindChoice(args: readonly Bound[], binder: Binder): Bound {
  const [value, ...others] = args;
  const out: Bound[] = [];
  let i = 0;
  for (; i + 1 < others.length; i += 2) out.push(binder.call('<=>', [value!, others[i]!]), others[i + 1]!);
  if (i < others.length) out.push(others[i]!);
  return binder.call('case', out);
}

const formats = ['hex', 'utf-8', 'utf8', 'base64'];

/** Bytes of a text in one of these formats; undefined if it is not written so. */
function toBinary(value: string, format: string): Uint8Array | undefined {
  switch (format) {
    case 'hex': {
      if (!/^[0-9A-Fa-f]*$/.test(value)) return undefined;
      return Buffer.from(value.length % 2 === 0 ? value : `0${value}`, 'hex');
    }
    case 'base64':
      return isStrictBase64(value) ? decodeBase64(value) : undefined;
    default:
      return encodeText(value);
  }
}

function formatOf({ types, constant: constantAt }: Pick<Binding, 'types' | 'constant'>, name: string): string | null {
  if (types.length < 2) return 'hex';
  const given = constantAt(1);
  if (given === null) return null;
  if (typeof given === 'string' && formats.includes(given.toLowerCase())) return given.toLowerCase();
  throw invalid(
    'DATATYPE_MISMATCH.INVALID_ARG_VALUE',
    `${name}: the format must be a constant, one of 'hex', 'utf-8', 'utf8', 'base64'.`,
  );
}

const binaryFrom = (
  name: string,
  lenient: boolean,
  summary: string,
  examples: FunctionDef['examples'],
): FunctionDef => ({
  name,
  group: 'string',
  usage: 'str[, fmt]',
  summary,
  examples,
  params: [text('str'), optional(constant(text('fmt')))],
  returns: (_, binding) => {
    formatOf(binding, name);
    return BINARY;
  },
  ...(lenient ? {} : { nullable: false }),
  evaluate: (binding) => {
    const format = formatOf(binding, name);
    return (value: string) => {
      if (format === null) return null;
      const bytes = toBinary(value, format);
      if (bytes !== undefined) return bytes;
      if (lenient) return null;
      throw failed(
        'CONVERSION_INVALID_INPUT',
        `${name}: '${value.slice(0, 100)}' is no ${format} text. Use try_to_binary for null instead.`,
      );
    };
  },
});

export const codings: readonly AnyFunction[] = [
  {
    name: 'base64',
    group: 'string',
    usage: 'bin',
    summary: 'A binary (or the bytes of a text) in base64, in one line.',
    examples: [["base64('Spark SQL')", 'U3BhcmsgU1FM']],
    params: [binary('bin')],
    returns: STRING,
    nullable: false,
    total: true,
    evaluate: () => encodeBase64,
  },
  {
    name: 'unbase64',
    group: 'string',
    usage: 'str',
    summary:
      'The bytes that a base64 text stands for. Characters that are no base64 are passed over; a text that ends too early is an error.',
    examples: [["CAST(unbase64('U3BhcmsgU1FM') AS STRING)", 'Spark SQL']],
    params: [text('str')],
    returns: BINARY,
    nullable: false,
    evaluate: () => (value: string) => {
      const bytes = decodeBase64(value);
      if (bytes !== undefined) return bytes;
      throw failed(
        'CONVERSION_INVALID_INPUT',
        `unbase64: '${value.slice(0, 100)}' ends in the middle of a group of four.`,
      );
    },
  },
  {
    name: 'encode',
    group: 'string',
    usage: 'str, charset',
    summary:
      'The bytes of a text in US-ASCII, ISO-8859-1, UTF-8, UTF-16BE, UTF-16LE, UTF-16 or UTF-32. A character that the charset lacks is an error.',
    examples: [["hex(encode('é', 'UTF-16BE'))", '00E9']],
    params: [text('str'), text('charset')],
    returns: BINARY,
    nullable: false,
    evaluate: () => (value: string, name: string) => {
      const bytes = encodeCharset(repaired(value), charset(name, 'encode'));
      if (bytes === undefined) throw malformed('encode', name);
      return bytes;
    },
  },
  {
    name: 'decode',
    group: 'string',
    usage: 'bin, charset  or  expr, search, result, …[, default]',
    summary:
      'The text of bytes in one of the charsets of `encode`; bytes that are none are an error. With more arguments, the result after the first `search` that equals `expr` (null equals null), else the default, else null.',
    examples: [
      ["decode(encode('abc', 'utf-8'), 'utf-8')", 'abc'],
      ["decode(2, 1, 'Southlake', 2, 'San Francisco', 'Non domestic')", 'San Francisco'],
    ],
    params: [any('bin'), any('charset'), optional(rest(any('more')))],
    bind: (args, binder) => {
      if (args.length > 2) return bindChoice(args, binder);
      const given = [binder.cast(args[0]!, BINARY), binder.cast(args[1]!, STRING)];
      return binder.apply(
        'decode',
        given,
        STRING,
        given.some(({ nullable }) => nullable),
        {
          nulls: 'propagate',
          total: false,
          deterministic: true,
          scalar: decode,
        },
      );
    },
  },
  binaryFrom(
    'to_binary',
    false,
    "The bytes that a text stands for by a constant format: 'hex' (the default), 'utf-8', 'utf8' or 'base64'. What is not written so is an error.",
    [["CAST(to_binary('abc', 'utf-8') AS STRING)", 'abc']],
  ),
  binaryFrom('try_to_binary', true, 'As `to_binary`, but null for what is not written so.', [
    ["try_to_binary('a!', 'base64')", 'NULL'],
  ]),
  {
    name: 'is_valid_utf8',
    group: 'string',
    usage: 'str',
    summary: 'Whether the bytes of a text are UTF-8 throughout.',
    examples: [["is_valid_utf8(x'80')", 'false']],
    params: [text('str')],
    returns: BOOLEAN,
    nullable: false,
    total: true,
    evaluate: () => isValidText,
  },
  {
    name: 'make_valid_utf8',
    group: 'string',
    usage: 'str',
    summary: 'The text with U+FFFD in place of bytes that are no UTF-8.',
    examples: [["make_valid_utf8(x'61ff62')", 'a\ufffdb']],
    params: [text('str')],
    returns: STRING,
    nullable: false,
    total: true,
    evaluate: () => repaired,
  },
  {
    name: 'validate_utf8',
    group: 'string',
    usage: 'str',
    summary: 'The text itself; an error if its bytes are not all UTF-8.',
    examples: [["validate_utf8('Spark')", 'Spark']],
    params: [text('str')],
    returns: STRING,
    nullable: false,
    evaluate: () => (value: string) => {
      if (isValidText(value)) return value;
      throw failed(
        'INVALID_UTF8_STRING',
        'validate_utf8: the bytes of the text are not all UTF-8. Use try_validate_utf8 for null instead.',
      );
    },
  },
  {
    name: 'try_validate_utf8',
    group: 'string',
    usage: 'str',
    summary: 'The text itself; null if its bytes are not all UTF-8.',
    examples: [
      ["try_validate_utf8('Spark')", 'Spark'],
      ["try_validate_utf8(x'80')", 'NULL'],
    ],
    params: [text('str')],
    returns: STRING,
    total: true,
    evaluate: () => (value: string) => (isValidText(value) ? value : null),
  },
];

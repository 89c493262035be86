import { type UrlParts, decodeUrl, encodeUrl, javaPattern, parseUrl, repaired } from '../../../text/index.js';
import type { DataType } from '../../../schema/index.js';
import { failed } from '../../errors.js';
import type { AnyFunction, FunctionDef } from '../define.js';
import { optional, text } from '../params.js';

const STRING: DataType = { kind: 'string' };

function partOf(url: UrlParts, part: string, key: string | undefined): string | null {
  if (key !== undefined) return part === 'QUERY' && url.query !== null ? queryValue(url.query, key) : null;
  switch (part) {
    case 'HOST':
      return url.host;
    case 'PATH':
      return url.path;
    case 'QUERY':
      return url.query;
    case 'REF':
      return url.fragment;
    case 'PROTOCOL':
      return url.scheme;
    case 'FILE':
      return url.query === null ? url.path : `${url.path}?${url.query}`;
    case 'AUTHORITY':
      return url.authority;
    case 'USERINFO':
      return url.userInfo;
    default:
      return null;
  }
}

/** The key is a part of a regular expression. */
function queryValue(query: string, key: string): string | null {
  const pattern = javaPattern(`(&|^)${key}=([^&]*)`);
  return pattern.guard(query.length, () => pattern.finder.exec(query)?.[pattern.groups[2]!] ?? null);
}

const parse = (name: string, lenient: boolean, summary: string, examples: FunctionDef['examples']): FunctionDef => ({
  name,
  group: 'url',
  usage: 'url, partToExtract[, key]',
  summary,
  examples,
  params: [text('url'), text('partToExtract'), optional(text('key'))],
  returns: STRING,
  evaluate:
    ({ ansi }) =>
    (value: string, part: string, key?: string) => {
      const url = parseUrl(repaired(value));
      if (url !== undefined) return partOf(url, part, key);
      if (lenient || !ansi) return null;
      throw failed('INVALID_URL', `${name}: '${value.slice(0, 100)}' is no URL. Use try_parse_url for null instead.`);
    },
});

const decode = (name: string, lenient: boolean, summary: string, examples: FunctionDef['examples']): FunctionDef => ({
  name,
  group: 'url',
  usage: 'str',
  summary,
  examples,
  params: [text('str')],
  returns: STRING,
  evaluate: () => (value: string) => {
    const decoded = decodeUrl(repaired(value));
    if (decoded !== undefined) return decoded;
    if (lenient) return null;
    throw failed(
      'CANNOT_DECODE_URL',
      `${name}: in '${value.slice(0, 100)}' a '%' is not followed by two hexadecimal digits. Use try_url_decode for null instead.`,
    );
  },
});

export const urlFunctions: readonly AnyFunction[] = [
  parse(
    'parse_url',
    false,
    'A part of a URL: HOST, PATH, QUERY, REF, PROTOCOL, FILE, AUTHORITY or USERINFO, or with `key` that value of the query. Null where the URL has no such part; what is no URL is an error, or without ANSI null.',
    [
      ["parse_url('http://spark.apache.org/path?query=1', 'HOST')", 'spark.apache.org'],
      ["parse_url('http://spark.apache.org/path?query=1', 'QUERY', 'query')", '1'],
    ],
  ),
  parse('try_parse_url', true, 'As `parse_url`, but null for what is no URL.', [
    ["try_parse_url('inva lid://a.b/p?query=1', 'QUERY')", 'NULL'],
  ]),
  {
    name: 'url_encode',
    group: 'url',
    usage: 'str',
    summary: 'The text as forms are encoded: a space becomes `+`, all but letters, digits and `.-*_` become `%XX`.',
    examples: [["url_encode('https://spark.apache.org')", 'https%3A%2F%2Fspark.apache.org']],
    params: [text('str')],
    returns: STRING,
    nullable: false,
    total: true,
    evaluate: () => (value: string) => encodeUrl(repaired(value)),
  },
  decode('url_decode', false, 'The way back from `url_encode`. A `%` without two hexadecimal digits is an error.', [
    ["url_decode('https%3A%2F%2Fspark.apache.org')", 'https://spark.apache.org'],
  ]),
  decode('try_url_decode', true, 'As `url_decode`, but null instead of an error.', [["try_url_decode('%zz')", 'NULL']]),
];

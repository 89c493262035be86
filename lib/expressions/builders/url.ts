// Made from the definitions of the functions: `npm run builders:update`.
import { argument, type Argument, make, setting, type Setting } from '../arguments.js';
import type { Expr } from '../builder.js';

/**
 * A part of a URL: HOST, PATH, QUERY, REF, PROTOCOL, FILE, AUTHORITY or USERINFO, or with `key` that value of the query. Null where the URL has no such part; what is no URL is an error, or without ANSI null.
 *
 * In SQL:
 *
 *     parse_url('http://spark.apache.org/path?query=1', 'HOST')  -- spark.apache.org
 *     parse_url('http://spark.apache.org/path?query=1', 'QUERY', 'query')  -- 1
 */
export const parseUrl = (url: Argument, partToExtract: Setting, key?: Setting): Expr =>
  make('parse_url', argument(url), setting(partToExtract), setting(key));

/**
 * As `parse_url`, but null for what is no URL.
 *
 * In SQL:
 *
 *     try_parse_url('inva lid://a.b/p?query=1', 'QUERY')  -- NULL
 */
export const tryParseUrl = (url: Argument, partToExtract: Setting, key?: Setting): Expr =>
  make('try_parse_url', argument(url), setting(partToExtract), setting(key));

/**
 * The text as forms are encoded: a space becomes `+`, all but letters, digits and `.-*_` become `%XX`.
 *
 * In SQL:
 *
 *     url_encode('https://spark.apache.org')  -- https%3A%2F%2Fspark.apache.org
 */
export const urlEncode = (str: Argument): Expr => make('url_encode', argument(str));

/**
 * The way back from `url_encode`. A `%` without two hexadecimal digits is an error.
 *
 * In SQL:
 *
 *     url_decode('https%3A%2F%2Fspark.apache.org')  -- https://spark.apache.org
 */
export const urlDecode = (str: Argument): Expr => make('url_decode', argument(str));

/**
 * As `url_decode`, but null instead of an error.
 *
 * In SQL:
 *
 *     try_url_decode('%zz')  -- NULL
 */
export const tryUrlDecode = (str: Argument): Expr => make('try_url_decode', argument(str));

// Made from the definitions of the functions: `npm run builders:update`.
import { argument, type Argument, make } from '../arguments.js';
import type { Expr } from '../builder.js';

/**
 * A 32-bit hash of the values: Murmur3 with the seed 42, as Spark computes it. Nulls leave it as it is.
 *
 * In SQL:
 *
 *     hash(1, 'abc')  -- -1267584506
 */
export const hash = (...value: readonly Argument[]): Expr => make('hash', ...value.map((value) => argument(value)));

/**
 * A 64-bit hash of the values: XXH64 with the seed 42, as Spark computes it. Nulls leave it as it is.
 *
 * In SQL:
 *
 *     xxhash64('abc')  -- 1423657621850124518
 */
export const xxhash64 = (...value: readonly Argument[]): Expr =>
  make('xxhash64', ...value.map((value) => argument(value)));

/**
 * The MD5 digest in hexadecimal digits.
 *
 * In SQL:
 *
 *     md5('abc')  -- 900150983cd24fb0d6963f7d28e17f72
 */
export const md5 = (value: Argument): Expr => make('md5', argument(value));

/**
 * The SHA-1 digest in hexadecimal digits.
 *
 * In SQL:
 *
 *     sha('abc')  -- a9993e364706816aba3e25717850c26c9cd0d89d
 */
export const sha = (value: Argument): Expr => make('sha', argument(value));
/** The same as `sha`. */
export const sha1 = sha;

/**
 * The SHA-2 digest in hexadecimal digits, of 224, 256 (also 0), 384 or 512 bits; null for other lengths.
 *
 * In SQL:
 *
 *     sha2('abc', 224)  -- 23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7
 */
export const sha2 = (value: Argument, bits: Argument): Expr => make('sha2', argument(value), argument(bits));

/**
 * The cyclic redundancy check of the bytes, as a BIGINT.
 *
 * In SQL:
 *
 *     crc32('abc')  -- 891568578
 */
export const crc32 = (value: Argument): Expr => make('crc32', argument(value));

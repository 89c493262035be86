import { createHash } from 'node:crypto';
import { crc32 as crc32Of } from 'node:zlib';
import { long, string } from '../../../schema/index.js';
import type { FunctionDef } from '../define.js';
import { binary, int } from '../params.js';

const hex = (algorithm: string, bytes: Uint8Array): string => createHash(algorithm).update(bytes).digest('hex');

const digest = (
  name: string,
  aliases: readonly string[],
  algorithm: string,
  summary: string,
  ofAbc: string,
): FunctionDef => ({
  name,
  aliases,
  group: 'hash',
  usage: 'value',
  summary,
  examples: [[`${name}('abc')`, ofAbc]],
  params: [binary('value')],
  returns: string(),
  nullable: false,
  total: true,
  evaluate: () => (bytes: Uint8Array) => hex(algorithm, bytes),
});

const lengths = new Map([
  [0, 'sha256'],
  [224, 'sha224'],
  [256, 'sha256'],
  [384, 'sha384'],
  [512, 'sha512'],
]);

const sha2: FunctionDef = {
  name: 'sha2',
  group: 'hash',
  usage: 'value, bits',
  summary: 'The SHA-2 digest in hexadecimal digits, of 224, 256 (also 0), 384 or 512 bits; null for other lengths.',
  examples: [["sha2('abc', 224)", '23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7']],
  params: [binary('value'), int('bits')],
  returns: string(),
  total: true,
  evaluate: () => (bytes: Uint8Array, bits: number) => {
    const algorithm = lengths.get(bits);
    return algorithm === undefined ? null : hex(algorithm, bytes);
  },
};

const crc32: FunctionDef = {
  name: 'crc32',
  group: 'hash',
  usage: 'value',
  summary: 'The cyclic redundancy check of the bytes, as a BIGINT.',
  examples: [["crc32('abc')", '891568578']],
  params: [binary('value')],
  returns: long(),
  nullable: false,
  total: true,
  evaluate: () => (bytes: Uint8Array) => BigInt(crc32Of(bytes)),
};

export const digests: readonly FunctionDef[] = [
  digest('md5', [], 'md5', 'The MD5 digest in hexadecimal digits.', '900150983cd24fb0d6963f7d28e17f72'),
  digest(
    'sha',
    ['sha1'],
    'sha1',
    'The SHA-1 digest in hexadecimal digits.',
    'a9993e364706816aba3e25717850c26c9cd0d89d',
  ),
  sha2,
  crc32,
];

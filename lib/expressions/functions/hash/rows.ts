import { type Column, FixedColumn } from '../../../columns/index.js';
import { type Hasher, Murmur3, Xxh64, cellHasher, valueHasher } from '../../../hash/index.js';
import { type DataType, int, long } from '../../../schema/index.js';
import { invalid } from '../../errors.js';
import type { Value } from '../../values.js';
import { Constant } from '../../vector.js';
import type { FunctionDef, Param, VectorFunction } from '../define.js';
import { any, rest } from '../params.js';

const hashable: Param = rest(any('value'));

/** Equal maps may have their entries in another order. */
function refuseMaps(types: readonly DataType[], name: string): void {
  for (const type of types) {
    if (type.kind === 'map') {
      throw invalid(
        'DATATYPE_MISMATCH.HASH_MAP_TYPE',
        `${name} takes no maps: equal maps could have different hashes.`,
      );
    }
    if (type.kind === 'array') refuseMaps([type.element], name);
    if (type.kind === 'struct')
      refuseMaps(
        type.fields.map((f) => f.type),
        name,
      );
  }
}

/** Hashes the rows of columns from their buffers, and has each result written. */
function hashRows(hasher: Hasher, write: (i: number) => void, args: Parameters<VectorFunction>[0], n: number): void {
  const cells = (args as readonly (Column | Constant)[]).map((arg) => {
    if (!(arg instanceof Constant)) return cellHasher(arg);
    const hash = valueHasher(arg.type);
    return (to: Hasher) => hash(to, arg.value);
  });
  for (let i = 0; i < n; i++) {
    hasher.reset();
    for (const cell of cells) cell(hasher, i);
    write(i);
  }
}

const hash: FunctionDef = {
  name: 'hash',
  group: 'hash',
  usage: 'value, …',
  summary: 'A 32-bit hash of the values: Murmur3 with the seed 42, as Spark computes it. Nulls leave it as it is.',
  examples: [["hash(1, 'abc')", '-1267584506']],
  params: [hashable],
  returns: (types) => {
    refuseMaps(types, 'hash');
    return int();
  },
  nulls: 'handle',
  nullable: 'never',
  total: true,
  evaluate: ({ types }) => {
    const feeds = types.map(valueHasher);
    const hasher = new Murmur3();
    return (...values: Value[]) => {
      hasher.reset();
      for (let i = 0; i < feeds.length; i++) feeds[i]!(hasher, values[i]!);
      return hasher.value;
    };
  },
  vector: () => (args, n) => {
    const out = new Int32Array(n);
    const hasher = new Murmur3();
    hashRows(hasher, (i) => (out[i] = hasher.value), args, n);
    return new FixedColumn(int(), out);
  },
};

const xxhash64: FunctionDef = {
  name: 'xxhash64',
  group: 'hash',
  usage: 'value, …',
  summary: 'A 64-bit hash of the values: XXH64 with the seed 42, as Spark computes it. Nulls leave it as it is.',
  examples: [["xxhash64('abc')", '1423657621850124518']],
  params: [hashable],
  returns: (types) => {
    refuseMaps(types, 'xxhash64');
    return long();
  },
  nulls: 'handle',
  nullable: 'never',
  total: true,
  evaluate: ({ types }) => {
    const feeds = types.map(valueHasher);
    const hasher = new Xxh64();
    return (...values: Value[]) => {
      hasher.reset();
      for (let i = 0; i < feeds.length; i++) feeds[i]!(hasher, values[i]!);
      return (BigInt(hasher.high) << 32n) | BigInt(hasher.low >>> 0);
    };
  },
  vector: () => (args, n) => {
    const out = new BigInt64Array(n);
    const halves = new Int32Array(out.buffer);
    const hasher = new Xxh64();
    const write = (i: number): void => {
      halves[2 * i] = hasher.low;
      halves[2 * i + 1] = hasher.high;
    };
    hashRows(hasher, write, args, n);
    return new FixedColumn(long(), out);
  },
};

export const rowHashes: readonly FunctionDef[] = [hash, xxhash64];

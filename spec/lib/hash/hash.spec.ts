import { columnOf, readerOf } from '../../../lib/expressions/vector.js';
import type { Value } from '../../../lib/expressions/values.js';
import { Murmur3, Xxh64, cellHasher, valueHasher } from '../../../lib/hash/index.js';
import { type DataType, parseType } from '../../../lib/schema/index.js';

const murmur = (...cells: [ddl: string, value: Value][]): number => {
  const hasher = new Murmur3();
  for (const [ddl, value] of cells) valueHasher(parseType(ddl))(hasher, value);
  return hasher.value;
};

const xx = (...cells: [ddl: string, value: Value][]): bigint => {
  const hasher = new Xxh64();
  for (const [ddl, value] of cells) valueHasher(parseType(ddl))(hasher, value);
  return long(hasher);
};

const long = ({ low, high }: Xxh64): bigint => (BigInt(high) << 32n) | BigInt(low >>> 0);

/** 2020-01-01, as days and as microseconds. */
const day = 18262;
const instant = BigInt(day) * 86_400_000_000n;

// What Spark's hash() and xxhash64() give.
describe('Murmur3', () => {
  it('hashes as Spark does', () => {
    expect(murmur(['INT', 1], ['STRING', 'abc'])).toBe(-1267584506);
    expect(murmur(['DOUBLE', 1.5])).toBe(1290763749);
    expect(murmur(['DATE', day])).toBe(-725858435);
    expect(murmur(['TIMESTAMP', instant])).toBe(-1486022740);
    expect(murmur(['STRING', 'é😀'])).toBe(-694179141);
    expect(murmur(['STRING', 'Hello'])).toBe(825079905);
    expect(murmur(['STRING', ''])).toBe(142593372);
    expect(murmur(['STRING', null])).toBe(42);
  });

  it('hashes arrays and structs value by value', () => {
    expect(murmur(['ARRAY<INT>', [1, null, 2]])).toBe(murmur(['INT', 1], ['INT', 2]));
    expect(murmur(['STRUCT<a: INT, b: STRING>', [1, 'abc']])).toBe(-1267584506);
    expect(murmur(['ARRAY<INT>', []])).toBe(42);
  });
});

describe('Xxh64', () => {
  it('hashes as Spark does', () => {
    expect(xx(['INT', 1])).toBe(-6698625589789238999n);
    expect(xx(['STRING', 'abc'])).toBe(1423657621850124518n);
    expect(xx(['DOUBLE', 1.5])).toBe(7738255526519901366n);
    expect(xx(['STRING', null], ['INT', 1])).toBe(-6698625589789238999n);
  });

  it('hashes text of every length as the definition with 64-bit integers does', () => {
    for (let n = 0; n < 200; n += n < 70 ? 1 : 13) {
      const bytes = Uint8Array.from({ length: n }, (_, i) => (i * 151 + n) & 255);
      const hasher = new Xxh64();
      hasher.bytes(bytes, 0, n);
      expect([n, long(hasher)]).toEqual([n, reference(bytes, 42n)]);
    }
  });
});

describe('both', () => {
  it('know one NaN and one zero', () => {
    expect(murmur(['DOUBLE', -0])).toBe(murmur(['BIGINT', 0n]));
    expect(murmur(['FLOAT', -0])).toBe(murmur(['INT', 0]));
    expect(xx(['DOUBLE', -0])).toBe(xx(['DOUBLE', 0]));
    expect(xx(['FLOAT', NaN])).toBe(xx(['INT', 0x7fc00000]));
  });

  it('hash a decimal by what its type holds it in', () => {
    expect(xx(['DECIMAL(18,2)', -5n])).toBe(xx(['BIGINT', -5n]));
    // Past 18 digits: the bytes of the number, as few as it takes, most significant first.
    expect(xx(['DECIMAL(19,2)', -5n])).toBe(xx(['BINARY', Uint8Array.of(0xfb)]));
    expect(xx(['DECIMAL(38,0)', 255n])).toBe(xx(['BINARY', Uint8Array.of(0, 0xff)]));
  });

  it('hash an interval from its smallest part', () => {
    const whole: Value = { months: 1, days: 2, micros: 3n };
    expect(murmur(['INTERVAL', whole])).toBe(murmur(['BIGINT', 3n], ['INT', 2], ['INT', 1]));
  });
});

describe('cellHasher', () => {
  const samples: Record<string, Value[]> = {
    BOOLEAN: [true, false, null],
    TINYINT: [-1, null, 127],
    BIGINT: [-1n, 2n ** 40n, null],
    FLOAT: [NaN, -0, 1.5],
    DOUBLE: [NaN, -0, null, 1e300],
    DATE: [day, null],
    TIMESTAMP: [instant, null, -1n],
    'DECIMAL(10,2)': [150n, null, -1n],
    'DECIMAL(38,2)': [150n, null, -(10n ** 30n)],
    STRING: ['', 'é😀', null, 'x'.repeat(40)],
    BINARY: [Uint8Array.of(1, 255), null],
    INTERVAL: [{ months: 1, days: -2, micros: 3n }, null],
    'ARRAY<STRING>': [['a', null], [], null],
    'MAP<STRING, INT>': [
      [
        ['a', 1],
        ['b', null],
      ],
      null,
    ],
    'STRUCT<a: INT, b: ARRAY<BIGINT>>': [[1, [2n]], [null, null], null],
    VOID: [null],
  };

  it.each(Object.keys(samples))('hashes %s from the buffers as it hashes the values', (ddl) => {
    const type: DataType = parseType(ddl);
    const column = columnOf(type, samples[ddl]!);
    const read = readerOf(column);
    const sliced = columnOf(type, [null, ...samples[ddl]!]).slice(1, 1 + column.length);
    for (const hash of [cellHasher(column), cellHasher(sliced)]) {
      for (let row = 0; row < column.length; row++) {
        for (const [one, other] of [[new Murmur3(), new Murmur3()] as const, [new Xxh64(), new Xxh64()] as const]) {
          hash(one, row);
          valueHasher(type)(other, read(row));
          expect(one).toEqual(other);
        }
      }
    }
  });
});

/** XXH64 by its definition. */
function reference(bytes: Uint8Array, seed: bigint): bigint {
  const [p1, p2, p3, p4, p5] = [
    0x9e3779b185ebca87n,
    0xc2b2ae3d27d4eb4fn,
    0x165667b19e3779f9n,
    0x85ebca77c2b2ae63n,
    0x27d4eb2f165667c5n,
  ] as const;
  const u = (x: bigint): bigint => BigInt.asUintN(64, x);
  const rotate = (x: bigint, n: bigint): bigint => u(x << n) | (x >> (64n - n));
  const view = new DataView(bytes.buffer);
  const round = (acc: bigint, word: bigint): bigint => u(rotate(u(acc + word * p2), 31n) * p1);
  let p = 0;
  let h = u(seed + p5);
  if (bytes.length >= 32) {
    const lanes = [seed + p1 + p2, seed + p2, seed, seed - p1].map(u);
    for (; p + 32 <= bytes.length; p += 32)
      lanes.forEach((acc, k) => (lanes[k] = round(acc, view.getBigUint64(p + 8 * k, true))));
    h = u(lanes.reduce((sum, acc, k) => sum + rotate(acc, [1n, 7n, 12n, 18n][k]!), 0n));
    for (const acc of lanes) h = u((h ^ round(0n, acc)) * p1 + p4);
  }
  h = u(h + BigInt(bytes.length));
  for (; p + 8 <= bytes.length; p += 8) h = u(rotate(h ^ round(0n, view.getBigUint64(p, true)), 27n) * p1 + p4);
  if (p + 4 <= bytes.length) {
    h = u(rotate(h ^ u(BigInt(view.getUint32(p, true)) * p1), 23n) * p2 + p3);
    p += 4;
  }
  for (; p < bytes.length; p++) h = u(rotate(h ^ u(BigInt(bytes[p]!) * p5), 11n) * p1);
  h = u((h ^ (h >> 33n)) * p2);
  h = u((h ^ (h >> 29n)) * p3);
  return BigInt.asIntN(64, h ^ (h >> 32n));
}

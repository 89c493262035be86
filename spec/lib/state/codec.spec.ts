import * as fc from 'fast-check';
import type { Value } from '../../../lib/expressions/values.js';
import { Decimal, Timestamp, anyType, calendarInterval, parseType } from '../../../lib/schema/index.js';
import { ByteReader, ByteWriter } from '../../../lib/state/bytes.js';
import { TupleCodec, codecOf } from '../../../lib/state/codec.js';
import { valueOf } from '../expressions/random-values.js';
import { allTypes } from './types.js';

class Point {
  constructor(readonly x: number) {}
}

/** What comes back, with the number of bytes that were read and written. */
function through(type: Parameters<typeof codecOf>[0], value: unknown): unknown {
  const out = new ByteWriter(1);
  const codec = codecOf(type);
  codec.write(out, value as Value);
  const bytes = new ByteReader(Buffer.from(out.written()));
  const back = codec.read(bytes);
  expect(bytes.at).toBe(out.length);
  return back;
}

describe('codecOf', () => {
  it('gives back every value of every type, exactly', () => {
    for (const type of allTypes.filter(({ kind }) => kind !== 'void')) {
      fc.assert(
        fc.property(valueOf(type), (value) => expect(through(type, value)).toStrictEqual(value)),
        { numRuns: 60 },
      );
    }
  });

  it('keeps the edges of a type', () => {
    expect(through(parseType('BIGINT'), -(2n ** 63n))).toBe(-(2n ** 63n));
    for (const near of [0n, 64n, 2n ** 52n, 2n ** 53n, 2n ** 63n - 2n]) {
      for (const value of [near - 1n, near, near + 1n, -near - 1n, -near, 1n - near]) {
        expect(through(parseType('BIGINT'), value)).toBe(value);
      }
    }
    expect(through(parseType('DECIMAL(38,0)'), 1n - 10n ** 38n)).toBe(1n - 10n ** 38n);
    expect(through(parseType('DOUBLE'), -0)).toBe(-0);
    expect(through(parseType('STRING'), 'x\udc80😀\ufffd')).toBe('x\udc80😀\ufffd');
    expect(through(parseType('TINYINT'), -128)).toBe(-128);
    const interval = { months: -1, days: 40, micros: -(2n ** 62n) };
    expect(through(calendarInterval(), interval)).toEqual(interval);
  });

  it('copies bytes: what is read does not change when the buffer is used again', () => {
    const out = new ByteWriter();
    codecOf(parseType('BINARY')).write(out, Uint8Array.of(1, 2, 3));
    const buffer = Buffer.from(out.written());
    const back = codecOf(parseType('BINARY')).read(new ByteReader(buffer));
    buffer.fill(9);
    expect(back).toEqual(Uint8Array.of(1, 2, 3));
  });

  it('throws where the bytes end too soon', () => {
    const out = new ByteWriter();
    const codec = codecOf(parseType('ARRAY<STRING>'));
    codec.write(out, ['abc', null, 'defgh']);
    for (let length = 0; length < out.length; length++) {
      expect(() => codec.read(new ByteReader(Buffer.from(out.written()), 0, length))).toThrow(RangeError);
    }
  });
});

describe('TupleCodec', () => {
  it('keeps several values, some of them missing', () => {
    const types = [...allTypes];
    const values = fc.tuple(...types.map((type) => fc.option(valueOf(type))));
    const codec = new TupleCodec(types);
    fc.assert(
      fc.property(values, (tuple) => {
        const out = new ByteWriter();
        codec.write(out, tuple);
        codec.write(out, tuple);
        const bytes = new ByteReader(out.written());
        expect(codec.read(bytes)).toStrictEqual(tuple);
        expect(codec.read(bytes)).toStrictEqual(tuple);
      }),
    );
  });
});

describe('values without a declared type', () => {
  const plain = fc.anything({
    withMap: true,
    withSet: true,
    withNullPrototype: false,
    values: [
      fc.boolean(),
      fc.integer(),
      fc.double(),
      fc.bigInt(),
      fc.string({ unit: 'binary' }),
      fc.constantFrom(null, undefined),
      // A date that is none equals no other.
      fc.date({ noInvalidDate: true }),
    ],
  });

  it('come back as they were', () => {
    fc.assert(fc.property(plain, (value) => expect(through(anyType(), value)).toEqual(value)));
    const value = {
      at: new Timestamp(1_700_000_000_123_456n),
      price: Decimal.parse('-1.50')!,
      bytes: Uint8Array.of(1),
      lone: '\ud800',
      zero: -0,
      gone: undefined,
      ['__proto__' + '']: 1,
      tags: new Map([[{ a: 1 }, new Set([1n])]]),
    };
    const back = through(anyType(), value) as typeof value;
    expect(back).toStrictEqual(value);
    expect(back.at.toISOString()).toBe('2023-11-14T22:13:20.123456Z');
    expect(Object.keys(back)).toEqual(Object.keys(value));
  });

  it('are refused if they would come back as something else', () => {
    const own: unknown[] = [];
    own.push(own);
    for (const value of [new Point(1), () => 1, Symbol('a'), /a/, own, [new Point(2)]]) {
      expect(() => through(anyType(), value)).toThrow(expect.objectContaining({ code: 'TYPE_MISMATCH' }) as Error);
    }
  });
});

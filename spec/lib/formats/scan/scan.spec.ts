import fc from 'fast-check';
import { columnWriter } from '../../../../lib/formats/scan/column-writer.js';
import * as format from '../../../../lib/formats/scan/format.js';
import { floatOf, parseDouble, parseInteger, parseLong, parsed } from '../../../../lib/formats/scan/numbers.js';
import type { ListWriter } from '../../../../lib/formats/scan/nested-writers.js';
import { Output } from '../../../../lib/formats/scan/output.js';
import { parseDate, parseTimestamp } from '../../../../lib/formats/scan/timestamps.js';
import { BytesWriter, type IntWriter } from '../../../../lib/formats/scan/writers.js';
import { caughtFrom } from '../../../helpers/caught-from.js';
import { array, int, parseType, string } from '../../../../lib/schema/index.js';

const halvesToBig = (): bigint => (BigInt(parsed.high) << 32n) | BigInt(parsed.low >>> 0);
const halves = (value: bigint): [number, number] => [Number(BigInt.asIntN(32, value)), Number(value >> 32n)];

/** Reads a text from the middle of some bytes. */
const within = <T>(text: string, read: (bytes: Uint8Array, from: number, to: number) => T): T =>
  read(Buffer.from(`9${text}9`), 1, 1 + Buffer.byteLength(text));

const long = (text: string): bigint | undefined => (within(text, parseLong) ? halvesToBig() : undefined);
const micros = (text: string, zoned = true): bigint | undefined =>
  within(text, (b, from, to) => parseTimestamp(b, from, to, zoned)) ? halvesToBig() : undefined;
const iso = (text: string): string | undefined => {
  const value = micros(text);
  return value === undefined ? undefined : new Date(Number(value / 1000n)).toISOString();
};

function written(write: (out: Output) => void): string {
  const out = new Output();
  write(out);
  return Buffer.from(out.take()).toString();
}

const anyLong = fc.oneof(
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc
    .tuple(fc.integer({ min: 0, max: 63 }), fc.integer({ min: -2, max: 2 }), fc.boolean())
    .map(([bits, more, negative]) => {
      const value = (1n << BigInt(bits)) + BigInt(more);
      return BigInt.asIntN(64, negative ? -value : value);
    }),
);

describe('numbers', () => {
  test('longs read and print as BigInt reads and prints them', () => {
    fc.assert(
      fc.property(anyLong, fc.nat(3), (value, zeros) => {
        const digits = '0'.repeat(zeros) + String(value < 0n ? -value : value);
        expect(long(value < 0n ? `-${digits}` : digits)).toBe(value);
        expect(written((out) => format.writeLong(out, ...halves(value)))).toBe(String(value));
      }),
      { numRuns: 2000 },
    );
    for (const text of [
      '',
      '+',
      '-',
      '1-',
      '--1',
      '1.0',
      '9223372036854775808',
      '-9223372036854775809',
      '99999999999999999999',
      '1e3',
      '12345678901234567x',
    ]) {
      expect([text, long(text)]).toEqual([text, undefined]);
    }
    expect(within('1234567890123456', parseInteger)).toBe(NaN);
  });

  test('doubles read as Number reads them', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.nat(25), (value, digits) => {
        for (const text of [
          String(value),
          value.toExponential(),
          value.toPrecision(digits + 1),
          value.toFixed(digits),
        ]) {
          expect(within(text, parseDouble)).toBe(Number(text));
        }
      }),
      { numRuns: 1000 },
    );
    for (const text of ['', '.', '-', 'e5', '1e', '1e+', '1x', '1.2.3', 'NaN', ' 1'])
      expect([text, within(text, parseDouble)]).toEqual([text, NaN]);
    expect(within('1e99999999999999999999', parseDouble)).toBe(Infinity);
  });

  test('floats are rounded once', () => {
    const float = (text: string) => within(text, (b, from, to) => floatOf(b, from, to, parseDouble(b, from, to)));
    expect(float('1.000000059604644775390625')).toBe(1);
    expect(float('1.00000005960464477539062500000000001')).toBe(1 + 2 ** -23);
    expect(float('1.00000017881393432617187499999999')).toBe(1 + 2 ** -23);
    expect(float('3.4028235677973366e38')).toBe(3.4028234663852886e38);
    expect(float('3.4028235677973367e38')).toBe(Infinity);
    expect(float('7.006492321624086e-46')).toBe(2 ** -149);
    expect(float('7.006492321624085e-46')).toBe(0);
    fc.assert(
      fc.property(
        fc.float({ noNaN: true }),
        (value) => Number.isFinite(value) === false || float(String(value)) === value || value === 0,
      ),
    );
  });

  test('doubles and floats print as the fewest digits that name them', () => {
    fc.assert(
      fc.property(
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.float({ noNaN: true, noDefaultInfinity: true }),
        (double, float) => {
          const text = written((out) => format.writeDouble(out, double));
          expect(Number(text)).toBe(double);
          expect(text).toMatch(/^-?(\d{1,7}\.\d+|\d\.\d+E-?\d+)$/);
          expect(text.replace(/[-.]|E.*/g, '').replace(/^0+|0+$/g, '').length).toBeLessThanOrEqual(17);
          expect(Math.fround(Number(written((out) => format.writeFloat(out, float))))).toBe(float);
        },
      ),
      { numRuns: 1000 },
    );
  });
});

describe('dates and timestamps', () => {
  test('read and print as Date does', () => {
    const instant = fc.integer({ min: -62_135_596_800_000, max: 253_402_300_799_999 });
    fc.assert(
      fc.property(instant, fc.nat(999), (millis, more) => {
        const text = new Date(millis).toISOString();
        const fine = text.replace('Z', String(more).padStart(3, '0'));
        expect(micros(`${fine}Z`)).toBe(BigInt(millis) * 1000n + BigInt(more));
        expect(micros(`${fine}+00:00`)).toBe(BigInt(millis) * 1000n + BigInt(more));
        expect(micros(fine, false)).toBe(BigInt(millis) * 1000n + BigInt(more));
        expect(within(text.slice(0, 10), parseDate)).toBe(Math.floor(millis / 86_400_000));
        expect(
          written((out) => format.writeTimestamp(out, ...halves(BigInt(millis) * 1000n + BigInt(more)), true)),
        ).toBe(text);
        expect(written((out) => format.writeDate(out, Math.floor(millis / 86_400_000)))).toBe(text.slice(0, 10));
      }),
      { numRuns: 1000 },
    );
  });

  test.each([
    ['2020', '2020-01-01T00:00:00.000Z'],
    ['2020-2', '2020-02-01T00:00:00.000Z'],
    [' 2020-02-03 4:5 ', '2020-02-03T04:05:00.000Z'],
    ['2020-02-03 04', '2020-02-03T04:00:00.000Z'],
    ['2020-01-01T10:11:12.', '2020-01-01T10:11:12.000Z'],
    ['2020-01-01T10:11:12.1234567Z', '2020-01-01T10:11:12.123Z'],
    ['2020-01-01T10:11:12+2', '2020-01-01T08:11:12.000Z'],
    ['2020-01-01T10:11:12-0230', '2020-01-01T12:41:12.000Z'],
    ['2020-01-01T10:11:12 UTC+1', '2020-01-01T09:11:12.000Z'],
    ['2020-07-01T10:11:12 Europe/Paris', '2020-07-01T08:11:12.000Z'],
    // A gap, then an overlap.
    ['2021-03-28T02:30:00 Europe/Paris', '2021-03-28T01:30:00.000Z'],
    ['2021-10-31T02:30:00 Europe/Paris', '2021-10-31T00:30:00.000Z'],
    ['+12020-01-01', '+012020-01-01T00:00:00.000Z'],
    ['-0001-01-01', '-000001-01-01T00:00:00.000Z'],
    ['270000-07-01T10:11:12 Europe/Paris', '+270000-07-01T08:11:12.000Z'],
    ['294247-01-10T04:00:54.775807Z', undefined],
    ['+294247-01-10T04:00:54.775808Z', undefined],
  ])('%s', (text, expected) => {
    if (text.startsWith('294247')) expect(micros(text)).toBe(2n ** 63n - 1n);
    else expect(iso(text)).toBe(expected);
  });

  test.each([
    '',
    'x',
    '202',
    '2020-13-01',
    '2020-02-30',
    '2020-01-01T',
    '2020-01-01T24:00:00',
    '2020-01-01T10:11Z',
    '2020-01-01T10:60:00',
  ])('%p is none', (text) => expect(micros(text)).toBeUndefined());

  test.each([
    'T10:11',
    '10:11',
    '300000-01-01',
    '2020-01-01T10:11:12 Foo/Bar',
    '2020-01-01T10:11:12+130',
    '2020-01-01T10:11:12+19:00',
  ])('nor is %p', (text) => expect(micros(text)).toBeUndefined());

  test('zones far from now have the offsets that they have before and after', () => {
    const at = (text: string) => micros(text)! - micros(text.replace(' Europe/Paris', 'Z'))!;
    expect(at('290000-07-01T00:00:00 Europe/Paris')).toBe(-7_200_000_000n);
    expect(at('290000-01-01T00:00:00 Europe/Paris')).toBe(-3_600_000_000n);
    expect(at('-290000-01-01T00:00:00 Europe/Paris')).toBe(at('1700-01-01T00:00:00 Europe/Paris'));
    expect(micros('999999-01-01T00:00:00 Europe/Paris')).toBeUndefined();
  });

  test('far dates keep their sign and digits', () => {
    expect(written((out) => format.writeTimestamp(out, ...halves(2n ** 63n - 1n), true))).toBe(
      '+294247-01-10T04:00:54.775Z',
    );
    expect(written((out) => format.writeTimestamp(out, ...halves(-(2n ** 63n)), false))).toBe(
      '-290308-12-21T19:59:05.224',
    );
  });
});

describe('writers', () => {
  test('forget what is truncated, also within a value', () => {
    const list = columnWriter(array(int())) as ListWriter;
    const elements = list.element as unknown as { append(v: number): void };
    elements.append(1);
    list.end();
    elements.append(2);
    elements.append(3);
    list.end();
    list.truncate(1);
    elements.append(4);
    list.appendNull();
    elements.append(5);
    list.end();
    const column = list.finish();
    expect([column.get(0), column.get(1), column.get(2), column.nullCount]).toEqual([[1], null, [5], 1]);
    expect(list.length).toBe(0);
    expect(list.finish().length).toBe(0);
  });

  test.each([
    'INT',
    'BIGINT',
    'DOUBLE',
    'FLOAT',
    'BOOLEAN',
    'STRING',
    'DECIMAL(20,2)',
    'ARRAY<INT>',
    'MAP<STRING, INT>',
    'STRUCT<x: INT>',
    'VOID',
  ])('of %s hold many missing values and are used again', (ddl) => {
    const writer = columnWriter(parseType(ddl));
    for (const count of [5000, 3]) {
      for (let i = 0; i < count; i++) writer.appendNull();
      const column = writer.finish();
      expect([column.length, column.nullCount, column.get(count - 1)]).toEqual([count, count, null]);
    }
  });

  test('refuse more than 2 GiB of text in a column', () => {
    const writer = new BytesWriter(string());
    const error = caughtFrom(() => writer.append(Buffer.from('x'), 0, 2 ** 31));
    expect([error.code, error.details]).toEqual(['BUFFER_OVERFLOW', { rows: 0, maxBytes: 2 ** 31 - 1 }]);
    expect(error.message).toContain('A column of type STRING has more than 2 GiB of text in one batch');
  });

  test('repair what is not UTF-8', () => {
    const writer = new BytesWriter(string());
    writer.appendRepaired(Buffer.from('xé', 'latin1'), 0, 2);
    writer.appendRepaired(Buffer.from('éx'), 0, 2);
    const column = writer.finish();
    expect([column.get(0), column.get(1)]).toEqual(['x\ufffd', 'é']);
  });

  // What `new String(bytes, UTF_8)` gives in Java.
  test.each([
    ['ed a0 80', '\ufffd'],
    ['78 ed bf bf 79', 'x\ufffdy'],
    ['ed a0', '\ufffd'],
    ['ed a0 78', '\ufffdx'],
    ['ed a0 ed b0 80', '\ufffd\ufffd'],
    ['ed a0 80 80', '\ufffd\ufffd'],
    ['ed ed 9f bf', '\ufffd\ud7ff'],
    ['c0 af', '\ufffd\ufffd'],
    ['e0 80 80', '\ufffd\ufffd\ufffd'],
    ['e2 82', '\ufffd'],
    ['f0 9f 98 78', '\ufffdx'],
    ['f4 90 80 80', '\ufffd\ufffd\ufffd\ufffd'],
  ])('put as many U+FFFD for %s as Java', (hex, text) => {
    const bytes = Buffer.from(hex.replaceAll(' ', ''), 'hex');
    const writer = new BytesWriter(string());
    writer.appendRepaired(bytes, 0, bytes.length);
    expect(writer.finish().get(0)).toBe(text);
  });

  test('have room for values after missing ones that were forgotten', () => {
    const writer = columnWriter(int()) as IntWriter;
    for (let i = 0; i < 10; i++) writer.appendNull();
    writer.truncate(2);
    for (let i = 0; i < 3000; i++) writer.append(i);
    const column = writer.finish();
    expect([column.nullCount, column.get(1), column.get(2), column.get(3001)]).toEqual([2, null, 0, 2999]);
  });

  test('grow with what is appended', () => {
    const writer = new BytesWriter(string());
    const text = Buffer.from('x'.repeat(100));
    for (let i = 0; i < 3000; i++) writer.append(text, 0, i % 100);
    writer.appendText('é'.repeat(100_000));
    const column = writer.finish();
    expect(column.get(2999)).toBe('x'.repeat(99));
    expect(column.get(3000)).toBe('é'.repeat(100_000));
    expect(column.byteLength).toBe(4 * 3002 + 3000 * 49.5 + 200_000);
  });
});

import fc from 'fast-check';
import { parseDecimal, parseDouble, parseFloat32, parseInteger, parseLong } from '../../../lib/numbers/index.js';

describe('parseDouble', () => {
  it.each([
    ['1.5', 1.5],
    [' \t1.5\n', 1.5],
    ['.5', 0.5],
    ['5.', 5],
    ['+1e5', 1e5],
    ['-0', -0],
    ['1d', 1],
    ['2.5F', 2.5],
    ['1e400', Infinity],
    ['nan', NaN],
    ['-NaN', NaN],
    ['inf', Infinity],
    ['+INF', Infinity],
    ['-Infinity', -Infinity],
    ['0x1p3', 8],
    ['-0X1.8p1d', -3],
    ['0x.8p0', 0.5],
    ['0x1p-1074', 5e-324],
    ['0x1p-1075', 0],
    ['0x1.8p-1075', 5e-324],
    ['0x1p1024', Infinity],
    ['0x1.fffffffffffff8p1023', Infinity],
    ['0x1.00000000000008p0', 1],
    ['0x1.00000000000018p0', 1.0000000000000004],
  ])('%s', (text, value) => {
    expect(parseDouble(text)).toBe(value);
  });

  it.each(['', ' ', '.', '-', 'e5', '1,5', '1 5', 'abc', '1e', '0x1', '0xp1', '1dd', '１', 'nanf', '--1', '1_0'])(
    '%j is no number',
    (text) => {
      expect(parseDouble(text)).toBeNull();
      expect(parseFloat32(text)).toBeNull();
    },
  );

  it('takes long texts in linear time', () => {
    expect(parseDouble(`${'1'.repeat(100_000)}x`)).toBeNull();
    expect(parseDouble(`0x${'1'.repeat(100_000)}x`)).toBeNull();
    expect(parseDecimal(`${'1'.repeat(100_000)}x`)).toBeUndefined();
    expect(parseDouble(`${' '.repeat(100_000)}x${' '.repeat(100_000)}`)).toBeNull();
  });
});

describe('parseFloat32', () => {
  it('rounds once, where rounding to a double first would lose the side', () => {
    // 2^24 + 1 lies half way between two floats. A digit behind decides, which a double cannot hold.
    expect(parseFloat32('16777217')).toBe(16777216);
    expect(parseFloat32('16777217.0000000001')).toBe(16777218);
    expect(parseFloat32('16777218.9999999999')).toBe(16777218);
    expect(parseFloat32('-16777217.0000000001')).toBe(-16777218);
    expect(parseFloat32('16777219')).toBe(16777220);
    expect(parseFloat32('0x1.000001p0')).toBe(1);
    expect(parseFloat32('0x1.00000100000001p0')).toBe(Math.fround(1.0000001));
  });

  it('takes the shortest double of a float for that float', () => {
    const textOf = (f: number): string => (Object.is(f, -0) ? '-0' : String(f));
    fc.assert(fc.property(fc.float({ noNaN: true }), (f) => Object.is(parseFloat32(textOf(f)), f)));
  });

  it('is infinite from where Java says', () => {
    expect(parseFloat32('340282356779733661637539395458142568448')).toBe(Infinity);
    expect(parseFloat32('340282356779733661637539395458142568447.9')).toBe(3.4028234663852886e38);
    expect(parseFloat32('-340282356779733661637539395458142568447.9')).toBe(-3.4028234663852886e38);
    expect(parseFloat32('1e39')).toBe(Infinity);
  });
});

describe('parseLong and parseInteger', () => {
  it.each([
    ['1', 1n],
    ['\t 01\n\u0000', 1n],
    ['-0', 0n],
    ['+7', 7n],
    ['9223372036854775807', 2n ** 63n - 1n],
    ['-9223372036854775808', -(2n ** 63n)],
    ['00000000000000000000000000000001', 1n],
  ])('%j', (text, value) => {
    expect(parseLong(text, false)).toBe(value);
    expect(parseLong(text, true)).toBe(value);
  });

  it.each([
    '',
    ' ',
    '-',
    '+',
    '1e2',
    '0x1',
    '1a',
    '１',
    '1L',
    '1_0',
    '9223372036854775808',
    '- 1',
    '1 1',
    '1.5.',
    '1.a',
  ])('%j is no integer', (text) => {
    expect(parseLong(text, false)).toBeNull();
    expect(parseLong(text, true)).toBeNull();
  });

  it.each([
    ['1.9', 1n],
    ['-1.9', -1n],
    ['.5', 0n],
    ['5.', 5n],
    // Hive took a point alone for a zero, and so does Spark.
    ['.', 0n],
    ['-.', 0n],
  ])('truncates %j where it may', (text, value) => {
    expect(parseLong(text, true)).toBe(value);
    expect(parseLong(text, false)).toBeNull();
  });

  it('keeps to the range', () => {
    expect(parseInteger('-128', -128, 127, false)).toBe(-128);
    expect(parseInteger('128', -128, 127, false)).toBeNull();
    expect(parseInteger('2147483647.9', -2147483648, 2147483647, true)).toBe(2147483647);
    expect(parseInteger('99999999999999999999999999', -128, 127, false)).toBeNull();
    expect(parseInteger('-0', -128, 127, false)).toBe(0);
  });

  it('reads every long', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (n) => parseLong(`${n}`, false) === n),
    );
  });
});

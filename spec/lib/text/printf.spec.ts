import fc from 'fast-check';
import { type FormatArgument, printf } from '../../../lib/text/index.js';

const int = (value: number): FormatArgument => ({ kind: 'integer', value: BigInt(value), bits: 32 });
const long = (value: bigint): FormatArgument => ({ kind: 'integer', value, bits: 64 });
const double = (value: number): FormatArgument => ({ kind: 'float', value, text: String(value) });
const text = (value: string): FormatArgument => ({ kind: 'text', value });
const nothing: FormatArgument = { kind: 'null' };

// What String.format of Java 17 gives.
it.each<readonly [string, FormatArgument, string]>([
  ['%d', int(-5), '-5'],
  ['%5d|', int(42), '   42|'],
  ['%-5d|', int(42), '42   |'],
  ['%05d', int(-42), '-0042'],
  ['%+d', int(42), '+42'],
  ['% d', int(42), ' 42'],
  ['%(d', int(-42), '(42)'],
  ['%,d', int(-1234567), '-1,234,567'],
  ['%(,15d', int(-12345), '       (12,345)'],
  ['%x', int(-1), 'ffffffff'],
  ['%X', long(-1n), 'FFFFFFFFFFFFFFFF'],
  ['%x', { kind: 'integer', value: -1n, bits: 8 }, 'ff'],
  ['%#x', int(255), '0xff'],
  ['%#08x', int(255), '0x0000ff'],
  ['%o', int(8), '10'],
  ['%c', int(0x1f600), '😀'],
  ['%b', nothing, 'false'],
  ['%b', int(0), 'true'],
  ['%.2b', { kind: 'boolean', value: false }, 'fa'],
  ['%S', text('abc'), 'ABC'],
  ['%10.2s|', text('abc'), '        ab|'],
  ['%-5s|', nothing, 'null |'],
  ['%.2f', double(1.005), '1.01'],
  ['%.2f', double(0.125), '0.13'],
  ['%.0f', double(0.5), '1'],
  ['%.1f', double(99.95), '100.0'],
  ['%.1f', double(0.04), '0.0'],
  ['%f', double(-0), '-0.000000'],
  ['%,.2f', double(1234567.891), '1,234,567.89'],
  ['%010.2f', double(-3.14159), '-000003.14'],
  ['%#.0f', double(3), '3.'],
  ['%.3f', double(1e20), '100000000000000000000.000'],
  ['%e', double(12345.678), '1.234568e+04'],
  ['%.0E', double(9.5), '1E+01'],
  ['%.2e', double(0), '0.00e+00'],
  ['%.1e', double(1e-100), '1.0e-100'],
  ['%g', double(123456), '123456'],
  ['%g', double(1234567), '1.23457e+06'],
  ['%g', double(0.0001), '0.000100000'],
  ['%g', double(0.00001), '1.00000e-05'],
  ['%.0g', double(12), '1e+01'],
  ['%g', double(0), '0.00000'],
  ['%5.1f|', double(NaN), '  NaN|'],
  ['%+f', double(Infinity), '+Infinity'],
  ['%(f', double(-Infinity), '(Infinity)'],
  ['%d', nothing, 'null'],
  ['%.1f', nothing, 'n'],
])('%s', (format, arg, expected) => {
  expect(printf(format, [arg])).toBe(expected);
});

it('chooses arguments in order, by number and again', () => {
  const args = [int(1), int(2), int(3)];
  expect(printf('%d %d', args)).toBe('1 2');
  expect(printf('%3$d %d %<d %d%n%%', args)).toBe('3 1 1 2\n%');
  expect(printf('%-5%|', args)).toBe('%    |');
});

it.each<readonly [string, FormatArgument]>([
  ['%d', text('1')],
  ['%d', double(1)],
  ['%f', int(1)],
  ['%c', long(65n)],
  ['%c', int(-1)],
  ['%.2d', int(1)],
  ['%#d', int(1)],
  ['%,x', int(1)],
  ['%+x', int(1)],
  ['%,e', double(1)],
  ['%+s', text('a')],
  ['%-d', int(1)],
  ['%0d', int(1)],
  ['%-05d', int(1)],
  ['%+ d', int(1)],
  ['%++d', int(1)],
  ['%', int(1)],
  ['%5', int(1)],
  ['%y', int(1)],
  ['%D', int(1)],
  ['%tY', int(1)],
  ['%h', text('a')],
  ['%2$d', int(1)],
  ['%<d', int(1)],
  ['%5n', int(1)],
  ['%.1%', int(1)],
  ['%.3c', int(65)],
  ['%9999999d', int(1)],
])('%s is refused', (format, arg) => {
  expect(() => printf(format, [arg])).toThrow(expect.objectContaining({ condition: 'INVALID_PARAMETER_VALUE.FORMAT' }));
});

it('writes numbers that read as the same', () => {
  const finite = fc.double({ noNaN: true, noDefaultInfinity: true });
  fc.assert(
    fc.property(finite, (value) => {
      expect(Number(printf('%.20e', [double(value)]))).toBe(value);
      expect(Number(printf('%.400f', [double(value)]))).toBe(value);
    }),
  );
  fc.assert(
    fc.property(fc.integer(), (value) => {
      expect(Number(printf('%,d', [int(value)]).replaceAll(',', ''))).toBe(value);
    }),
  );
});

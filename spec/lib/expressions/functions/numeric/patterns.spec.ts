import * as fc from 'fast-check';
import { formatNumber } from '../../../../../lib/expressions/functions/numeric/format-number.js';
import { parseNumberPattern } from '../../../../../lib/expressions/functions/numeric/number-pattern.js';
import { readNumber } from '../../../../../lib/expressions/functions/numeric/number-reader.js';
import { writeNumber } from '../../../../../lib/expressions/functions/numeric/number-writer.js';
import { parseDecimal } from '../../../../../lib/numbers/index.js';
import type { DataType } from '../../../../../lib/schema/index.js';

describe('patterns of to_number and to_char', () => {
  it.each([
    'S999,999.99',
    '999,999.99S',
    '$999,999.99MI',
    '999,999.99PR',
    '000,000.00S',
    'MI999999D99',
    'S9G999G999D00',
  ])('%s: what is written is read again', (text) => {
    const pattern = parseNumberPattern(text);
    fc.assert(
      fc.property(fc.bigInt({ min: -99_999_999n, max: 99_999_999n }), (unscaled) => {
        expect(readNumber(writeNumber(unscaled, 2, pattern).trim(), pattern)).toBe(unscaled);
      }),
    );
  });

  it('any text is a pattern or an error that says why', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'09.,DGSMIPR$ x'), maxLength: 12 }), (text) => {
        try {
          const { integral, scale } = parseNumberPattern(text);
          expect(integral + scale).toBeGreaterThan(0);
        } catch (error) {
          expect((error as { condition: string }).condition).toMatch(/^INVALID_FORMAT\.[A-Z_]+$/);
        }
      }),
    );
  });

  it.each([
    ['9,999', '1,234', 1234n],
    ['9,999', '234', 234n],
    ['9,999', '1234', undefined],
    ['9,999', '1,2,3', undefined],
    ['0,000', '1,234', 1234n],
    ['0,000', '234', undefined],
    ['999.9', '1', 10n],
    ['999.9', '.5', 5n],
    ['999.9', '1.55', undefined],
    ['999', '   ', undefined],
    ['$99', '99', undefined],
    ['99PR', '<5', undefined],
    ['99PR', '5', 5n],
    ['S99', '+5', 5n],
    ['MI99', '+5', undefined],
    ['99', '5x', undefined],
  ])('%s reads %j as %p', (pattern, text, expected) => {
    expect(readNumber(text, parseNumberPattern(pattern))).toBe(expected);
  });
});

/** As java.text.DecimalFormat of Java 17 writes it. */
describe('patterns of format_number', () => {
  const write = (value: number | bigint, type: DataType, pattern: string): unknown => {
    const binding = { types: [type, { kind: 'string' }], constant: () => pattern } as never;
    return (formatNumber.evaluate(binding) as (value: number | bigint, pattern: string) => unknown)(value, pattern);
  };

  it.each<[string, number, string]>([
    ['#', 0, '0'],
    ['#', -0.5, '-0'],
    ['#.##', 0.5, '0.5'],
    ['#.00', 0.5, '.50'],
    ['.##', 0, '.0'],
    ['.##', 1.5, '1.5'],
    ['#.', 1.5, '2.'],
    ['000.000', -1.5, '-001.500'],
    ['#,##0.00;(#,##0.00)', -1234.5, '(1,234.50)'],
    ['0.0%', 0.125, '12.5%'],
    ['0‰', 0.5, '500‰'],
    ["'#'0", 5, '#5'],
    ["a'b''c'0", 1, "ab'c1"],
    ["0 'x'", 2, '2 x'],
    ['00,00', 1234.5, '12,34'],
    ['#,#', 12, '1,2'],
    ['0.00', 0.125, '0.12'],
    ['0.00', 0.135, '0.14'],
    ['0', 1e20, '100000000000000000000'],
    ['0', Infinity, '∞'],
    ['0', -Infinity, '-∞'],
    ['0', NaN, 'NaN'],
  ])('%s of %d', (pattern, value, expected) => {
    expect(write(value, { kind: 'double' }, pattern)).toBe(expected);
  });

  it('rounds decimals, too, to the even neighbour', () => {
    const decimal = (text: string): unknown => {
      const { unscaled, scale } = parseDecimal(text)!;
      return write(unscaled, { kind: 'decimal', precision: 38, scale }, '#,##0.00');
    };
    expect(['1.005', '1.015', '-0.001', '12345678901234567890.125'].map(decimal)).toEqual([
      '1.00',
      '1.02',
      '-0.00',
      '12,345,678,901,234,567,890.12',
    ]);
  });

  it.each(['0#', '0.#0', '0.0.0', '0E0', '0x0'])('%s is no pattern', (pattern) => {
    expect(() => write(1, { kind: 'int' }, pattern)).toThrow('is no pattern of numbers');
  });

  it('takes a second half that is empty for none', () => {
    expect(write(-1, { kind: 'int' }, '#;')).toBe('-1');
  });
});

import {
  Frame,
  Scope,
  defaultSettings,
  evaluate,
  factsOf,
  parseExpression,
  resolve,
} from '../../../../../lib/expressions/index.js';
import { readerOf } from '../../../../../lib/expressions/vector.js';
import { conditionOf as condition, shown } from '../../constants.js';

describe('rounding', () => {
  it.each([
    ['round(2.5)', 'decimal(2,0) 3'],
    ['round(-2.5)', 'decimal(2,0) -3'],
    ['round(12345, -2)', 'int 12300'],
    ['round(15, -1)', 'int 20'],
    ['bround(25, -1)', 'int 20'],
    ['bround(2.5)', 'decimal(2,0) 2'],
    ['bround(35, -1)', 'int 40'],
    ['round(0.15D, 1)', 'double 0.2'],
    ['round(1.45D, 1)', 'double 1.5'],
    ['round(-0.3D)', 'double 0.0'],
    ['round(1e300D, 2)', 'double 1.0E300'],
    ['round(123.456D, -2)', 'double 100.0'],
    ['round(float(1.255), 2)', 'float 1.25'],
    ["round('2.5')", 'double 3.0'],
    ['round(999.9, 0)', 'decimal(4,0) 1000'],
    ['round(9.99, 1)', 'decimal(3,1) 10.0'],
    ['ceil(3.1411, 3)', 'decimal(5,3) 3.142'],
    ['ceil(3.1411, -3)', 'decimal(4,0) 1000'],
    ['floor(3.1411, 3)', 'decimal(5,3) 3.141'],
    ['floor(-5)', 'bigint -5'],
    ["ceil('1.2')", 'bigint 2'],
    ['floor(null)', 'bigint NULL'],
    ['ceil(9.9)', 'decimal(2,0) 10'],
    ['ceil(-0.1)', 'decimal(1,0) 0'],
    ['ceil(12.3D, 1)', 'decimal(17,1) 12.3'],
    ['rint(12.3456)', 'double 12.0'],
    ['rint(-0.5D)', 'double -0.0'],
    ['rint(1.5D)', 'double 2.0'],
    ['rint(-1.5D)', 'double -2.0'],
  ])('%s is %s', (sql, expected) => {
    expect(shown(sql)).toBe(expected);
  });

  it.each([
    ['round(127Y, -1)', 'ARITHMETIC_OVERFLOW'],
    ['round(2147483647, -1)', 'ARITHMETIC_OVERFLOW'],
    ['floor(1e30D)', 'ARITHMETIC_OVERFLOW'],
    ["floor(double('NaN'))", 'ARITHMETIC_OVERFLOW'],
  ])('%s fails with %s', (sql, expected) => {
    expect(condition(sql)).toBe(expected);
  });

  it.each([
    ['round(127Y, -1)', 'tinyint -126'],
    ['round(2147483647, -1)', 'int -2147483646'],
  ])('%s is %s without ANSI', (sql, expected) => {
    expect(shown(sql, { ansi: false })).toBe(expected);
  });
});

describe('signs and NaN', () => {
  it.each([
    ['abs(-1.5)', 'decimal(2,1) 1.5'],
    ['abs(NULL)', 'double NULL'],
    ['-null', 'double NULL'],
    ["-'5'", 'double -5.0'],
    ['sign(0)', 'double 0.0'],
    ["signum(interval '-1' day)", 'double -1.0'],
    ['isnan(cast(null as double))', 'boolean false'],
    ["nanvl(double('NaN'), 5)", 'double 5.0'],
    ["nanvl(float('NaN'), float(1.5))", 'float 1.5'],
    ['nanvl(1.0D, null)', 'double 1.0'],
  ])('%s is %s', (sql, expected) => {
    expect(shown(sql)).toBe(expected);
  });

  it.each([
    ['abs(-2147483648)', 'ARITHMETIC_OVERFLOW'],
    ['abs(-128Y)', 'ARITHMETIC_OVERFLOW'],
    ['negative(-128Y)', 'ARITHMETIC_OVERFLOW'],
    ['-(-32768S)', 'ARITHMETIC_OVERFLOW'],
  ])('%s fails with %s', (sql, expected) => {
    expect(condition(sql)).toBe(expected);
  });
});

describe('numbers as text', () => {
  it.each([
    ["to_number('454', '999')", 'decimal(3,0) 454'],
    ["to_number('454.00', '000.00')", 'decimal(5,2) 454.00'],
    ["to_number('12,454', '99,999')", 'decimal(5,0) 12454'],
    ["to_number('$78.12', '$99.99')", 'decimal(4,2) 78.12'],
    ["to_number('12,454.8-', '99,999.9S')", 'decimal(6,1) -12454.8'],
    ["to_number('<123>', '999PR')", 'decimal(3,0) -123'],
    ["to_number('5', '99')", 'decimal(2,0) 5'],
    ["to_char(454, '999')", 'string 454'],
    ["to_char(454.00, '000D00')", 'string 454.00'],
    ["to_char(12454, '99G999')", 'string 12,454'],
    ["to_char(78.12, '$99.99')", 'string $78.12'],
    ["to_char(-12454.8, '99G999D9S')", 'string 12,454.8-'],
    ["to_char(4.5, '999.99')", 'string   4.50'],
    ["to_char(0.5, '9.9')", 'string 0.5'],
    ["to_char(0, '9')", 'string  '],
    ["to_char(12345, '999')", 'string ###'],
    ["to_char(5, '000')", 'string 005'],
    ["to_char(-5, 'S999')", 'string   -5'],
    ["to_char(-5, '999PR')", 'string   <5>'],
    ["to_char(1234567, '9,999,999')", 'string 1,234,567'],
    ["to_char(X'616263', 'hex')", 'string 616263'],
    ["to_char(X'616263', 'base64')", 'string YWJj'],
    ["to_char(X'616263', 'utf-8')", 'string abc'],
    ['format_number(12332.123456, 4)', 'string 12,332.1235'],
    ["format_number(12332.123456, '##################.###')", 'string 12332.123'],
    ["format_number(0.5D, '#.##')", 'string 0.5'],
    ["format_number(0.5D, '#.00')", 'string .50'],
    ["format_number(0, '###')", 'string 0'],
    ['format_number(1234.5D, 0)', 'string 1,234'],
    ['format_number(2.5D, 0)', 'string 2'],
    ['format_number(3.5D, 0)', 'string 4'],
    ['format_number(-0.4D, 0)', 'string -0'],
    ["format_number(double('NaN'), 2)", 'string NaN'],
    ['format_number(1e20D, 2)', 'string 100,000,000,000,000,000,000.00'],
    ['format_number(0.125D, 2)', 'string 0.12'],
    ['format_number(0.135D, 2)', 'string 0.14'],
    ["format_number(12.5, '0%')", 'string 1250%'],
    ["format_number(-5, '0;(0)')", 'string (5)'],
    ['format_number(null, 2)', 'string NULL'],
    ['format_number(123.456, null)', 'string NULL'],
  ])('%s is %s', (sql, expected) => {
    expect(shown(sql)).toBe(expected);
  });

  it.each([
    ["to_number('abc', '999')", 'INVALID_FORMAT.MISMATCH_INPUT'],
    ["to_number('1', 'x')", 'INVALID_FORMAT.WRONG_NUM_DIGIT'],
    ["to_number('1', '9$')", 'INVALID_FORMAT.CUR_MUST_BEFORE_DIGIT'],
    ["to_number('1', '9,')", 'INVALID_FORMAT.CONT_THOUSANDS_SEPS'],
    ["to_number('1', '9.9.9')", 'INVALID_FORMAT.WRONG_NUM_TOKEN'],
    ["to_number('1', '')", 'INVALID_FORMAT.EMPTY'],
    ["to_number('1', '9MI9')", 'INVALID_FORMAT.UNEXPECTED_TOKEN'],
    ["to_number('1', '9.9,9')", 'INVALID_FORMAT.THOUSANDS_SEPS_MUST_BEFORE_DEC'],
    ["to_char(X'616263', 'zz')", 'INVALID_PARAMETER_VALUE.BINARY_FORMAT'],
  ])('%s fails with %s', (sql, expected) => {
    expect(condition(sql)).toBe(expected);
  });
});

describe('divisions', () => {
  it.each([
    ['pmod(-7, 3)', 'int 2'],
    ['pmod(7, -3)', 'int 1'],
    ['pmod(-7.5D, 2)', 'double 0.5'],
    ['pmod(-10.5, 3)', 'decimal(2,1) 1.5'],
    ["pmod('7', 3)", 'bigint 1'],
    ['pmod(-5L, 3)', 'bigint 1'],
    ['width_bucket(5.3, 0.2, 10.6, 5)', 'bigint 3'],
    ['width_bucket(-0.9, 5.2, 0.5, 2)', 'bigint 3'],
    ["width_bucket(interval '1' year, interval '0' year, interval '10' year, 10)", 'bigint 2'],
  ])('%s is %s', (sql, expected) => {
    expect(shown(sql)).toBe(expected);
  });

  it.each([['pmod(10, 0)', 'REMAINDER_BY_ZERO']])('%s fails with %s', (sql, expected) => {
    expect(condition(sql)).toBe(expected);
  });
});

describe('other bases', () => {
  it.each([
    ["conv('100', 2, 10)", 'string 4'],
    ['conv(-10, 16, -10)', 'string -16'],
    ["conv('zz', 10, 16)", 'string 0'],
    ["conv('-1', 16, 10)", 'string 18446744073709551615'],
    ["conv('', 10, 2)", 'string NULL'],
    ["conv('12abc', 10, 16)", 'string C'],
    ["conv('9223372036854775808', 10, -10)", 'string -9223372036854775808'],
    ["conv('1', 1, 10)", 'string NULL'],
    ["hex('é')", 'string C3A9'],
    ["hex(X'0102')", 'string 0102'],
    ['hex(1.5)', 'string 312E35'],
    ["unhex('f')", 'binary \u000f'],
    ["unhex('')", 'binary '],
    ['bin(-13)', 'string 1111111111111111111111111111111111111111111111111111111111110011'],
  ])('%s is %s', (sql, expected) => {
    expect(shown(sql)).toBe(expected);
  });

  it.each([['bin(13.3D)', 'DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE']])('%s fails with %s', (sql, expected) => {
    expect(condition(sql)).toBe(expected);
  });

  it.each([
    ["conv('18446744073709551616', 10, 16)", 'string FFFFFFFFFFFFFFFF'],
    ['bin(13.3D)', 'string 1101'],
  ])('%s is %s without ANSI', (sql, expected) => {
    expect(shown(sql, { ansi: false })).toBe(expected);
  });
});

describe('bits', () => {
  it.each([
    ['bit_count(true)', 'int 1'],
    ['bit_count(-1Y)', 'int 64'],
    ['bit_get(11, 2)', 'tinyint 0'],
    ['getbit(-1L, 63)', 'tinyint 1'],
    ['shiftleft(1, 33)', 'int 2'],
    ['shiftleft(1L, 33)', 'bigint 8589934592'],
    ['shiftright(-8, 1)', 'int -4'],
    ['shiftrightunsigned(-8, 0)', 'int -8'],
    ['shiftrightunsigned(-8, 1)', 'int 2147483644'],
    ['1 << 2', 'int 4'],
    ['-1 >>> 28', 'int 15'],
    ['256 >> 4', 'int 16'],
  ])('%s is %s', (sql, expected) => {
    expect(shown(sql)).toBe(expected);
  });

  it.each([['bit_get(11, 32)', 'INVALID_PARAMETER_VALUE.BIT_POSITION_RANGE']])('%s fails with %s', (sql, expected) => {
    expect(condition(sql)).toBe(expected);
  });
});

describe('exponentials and angles', () => {
  it.each([
    ['factorial(20)', 'bigint 2432902008176640000'],
    ['factorial(-1)', 'bigint NULL'],
    ['log2(8)', 'double 3.0'],
    ['log10(1000)', 'double 3.0'],
    ['cbrt(-27)', 'double -3.0'],
    ['atan2(0, -1)', 'double 3.141592653589793'],
    ['atanh(0.5)', 'double 0.5493061443340548'],
    ['acosh(2)', 'double 1.3169578969248166'],
    ['sin(1)', 'double 0.8414709848078965'],
    ['tan(1)', 'double 1.5574077246549023'],
    ['acos(2)', 'double NaN'],
    ['hypot(2, 3)', 'double 3.605551275463989'],
    ['hypot(1e300D, 1e300D)', 'double 1.4142135623730952E300'],
    ['hypot(3e-300D, 4e-300D)', 'double 5.0000000000000006E-300'],
    ['hypot(1, 1e-200D)', 'double 1.0'],
    ["hypot(double('NaN'), double('Infinity'))", 'double Infinity'],
    ['exp(1)', 'double 2.7182818284590455'],
    ['cosh(1)', 'double 1.543080634815244'],
    ['pow(2, 10)', 'double 1024.0'],
    ['ln(0)', 'double NULL'],
    ['log1p(-1)', 'double NULL'],
    ['log(1, 2)', 'double Infinity'],
    ['e()', 'double 2.718281828459045'],
    ['pi()', 'double 3.141592653589793'],
    ['degrees(1)', 'double 57.29577951308232'],
    ['sqrt(-1)', 'double NaN'],
    ['sec(0)', 'double 1.0'],
    ['tanh(-100)', 'double -1.0'],
    ['tanh(1e-20D)', 'double 1.0E-20'],
  ])('%s is %s', (sql, expected) => {
    expect(shown(sql)).toBe(expected);
  });
});

describe('null instead of errors', () => {
  it.each([
    ['try_add(127Y, 1Y)', 'tinyint NULL'],
    ['try_multiply(2, 1.5)', 'decimal(4,1) 3.0'],
    ['try_divide(1, 2)', 'double 0.5'],
    ['try_subtract(-2147483648, 1)', 'int NULL'],
    ['try_mod(7.5, 0)', 'decimal(2,1) NULL'],
  ])('%s is %s', (sql, expected) => {
    expect(shown(sql)).toBe(expected);
  });
});

describe('types as functions', () => {
  it.each([
    ["int('12')", 'int 12'],
    ['string(1.50)', 'string 1.50'],
    ["date('2020-02-29')", 'date 2020-02-29'],
    ["timestamp('2020-02-29')", 'timestamp 2020-02-29 00:00:00'],
  ])('%s is %s', (sql, expected) => {
    expect(shown(sql)).toBe(expected);
  });

  it.each([['smallint(70000)', 'CAST_OVERFLOW']])('%s fails with %s', (sql, expected) => {
    expect(condition(sql)).toBe(expected);
  });
});

describe('random numbers', () => {
  it.each([
    ['rand(0)', 'double 0.7604953758285915'],
    ['rand(null)', 'double 0.7604953758285915'],
    ['randn(0)', 'double 1.6034991609278433'],
    ['uniform(10, 20, 0) > 0', 'boolean true'],
    ['typeof(uniform(10, 20S, 0))', 'string int'],
  ])('%s is %s', (sql, expected) => {
    expect(shown(sql)).toBe(expected);
  });
});

describe('random numbers of a stream', () => {
  const draw = (sql: string, batch: number, pieces: readonly number[]): number[] => {
    const bound = resolve(parseExpression(sql), new Scope([]), defaultSettings);
    const facts = factsOf(batch, 1_700_000_000_000, 'q');
    return pieces.flatMap((n) => {
      const read = readerOf(evaluate(bound, new Frame([], n, facts)));
      return Array.from({ length: n }, (_, i) => read(i) as number);
    });
  };

  it('go on through the pieces of a batch, and are the same when it is replayed', () => {
    for (const sql of ['rand()', 'rand(5)', 'randn()', 'uniform(0, 1000000)', 'rand() + rand()']) {
      expect(draw(sql, 7, [2, 3])).toEqual(draw(sql, 7, [5]));
      expect(draw(sql, 7, [5])).not.toEqual(draw(sql, 8, [5]));
      expect(new Set(draw(sql, 7, [5])).size).toBe(5);
    }
  });

  it('are those of Spark for a seed', () => {
    expect(draw('rand(0)', 0, [3])).toEqual([
      0.7604953758285915,
      0.5234194256885571,
      0.7604953758285915 * 0 + draw('rand(0)', 0, [3])[2]!,
    ]);
  });

  it('are spread as they should be', () => {
    const mean = (values: number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
    const even = draw('rand(1)', 0, [5000]);
    expect(mean(even)).toBeCloseTo(0.5, 1);
    expect(Math.min(...even)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...even)).toBeLessThan(1);
    const normal = draw('randn(1)', 0, [5000]);
    expect(mean(normal)).toBeCloseTo(0, 1);
    expect(mean(normal.map((x) => x * x))).toBeCloseTo(1, 0);
    const between = draw('uniform(10, 20, 1)', 0, [1000]);
    expect(new Set(between).size).toBe(10);
  });
});

it('gives no two rows of different functions the same number', () => {
  const bound = resolve(parseExpression('rand() = rand()'), new Scope([]), defaultSettings);
  expect(readerOf(evaluate(bound, new Frame([], 1, factsOf(0, 0, 'q'))))(0)).toBe(false);
});

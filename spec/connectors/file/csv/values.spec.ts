import fc from 'fast-check';
import { Decimal, epochMicros } from '../../../../lib/schema/index.js';
import { decode, values } from './support.js';

/** Which of the lines do not convert. */
const refused = (type: string, lines: readonly string[], options = {}): string[] => {
  const quoted = lines.map((line) => `"${line}"`).join('\n');
  const { rows } = decode(quoted, { schema: `v ${type}, _corrupt_record STRING`, options });
  return lines.filter((_, i) => rows[i]![1] !== null);
};

describe('csv values: integers', () => {
  it.each([
    ['TINYINT', 127],
    ['SMALLINT', 32767],
    ['INT', 2147483647],
  ])('reads %s up to its bounds', (type, max) => {
    const lines = [`${max}`, `${-max - 1}`, '-0', '+7', '007', '000000000000000000001'];
    expect(values(type, lines)).toEqual([max, -max - 1, 0, 7, 7, 1]);
    const bad = [
      `${max + 1}`,
      `${-max - 2}`,
      ' 1',
      '1 ',
      '1.0',
      '1e2',
      '+',
      '-',
      '+-1',
      '0x1',
      '١',
      '99999999999999999999',
    ];
    expect(refused(type, bad)).toEqual(bad);
  });

  it('reads every long exactly', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
            fc.bigInt({ min: -(10n ** 16n), max: 10n ** 16n }),
          ),
          {
            minLength: 1,
          },
        ),
        (longs) => {
          const { table } = decode(longs.join('\n'), { schema: 'v LONG' });
          const column = table.columns[0] as unknown as { values: BigInt64Array };
          expect([...column.values]).toEqual(longs);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('refuses longs out of bounds', () => {
    const edges = ['9223372036854775807', '-9223372036854775808', '00009223372036854775807', '+1000000000000000000'];
    expect(values('LONG', edges)).toEqual([
      9223372036854775807n,
      -9223372036854775808n,
      9223372036854775807n,
      1000000000000000000n,
    ]);
    const bad = [
      '9223372036854775808',
      '-9223372036854775809',
      '18446744073709551616',
      '9999999999999999999',
      '10000000000000000000',
      '123456789-12345678',
      '+-1000000000000000000',
      '1000000000000000.0',
    ];
    expect(refused('LONG', bad)).toEqual(bad);
  });
});

describe('csv values: floats', () => {
  const bits = (v: unknown): string => Buffer.from(Float64Array.of(v as number).buffer).toString('hex');

  it('reads doubles as Number() does, to the bit', () => {
    const decimal = fc
      .tuple(
        fc.constantFrom('', '-', '+'),
        fc.stringMatching(/^\d{1,20}$/),
        fc.option(fc.stringMatching(/^\d{0,20}$/)),
        fc.option(fc.integer({ min: -330, max: 330 })),
      )
      .map(([sign, whole, fraction, exponent]) => {
        const point = fraction === null ? '' : `.${fraction}`;
        return `${sign}${whole}${point}${exponent === null ? '' : `e${exponent}`}`;
      });
    const printed = fc.double({ noNaN: true, noDefaultInfinity: true }).map(String);
    const cents = fc.integer().map((n) => (n / 100).toFixed(2));
    fc.assert(
      fc.property(fc.array(fc.oneof(decimal, printed, cents), { minLength: 1 }), (texts) => {
        expect(values('DOUBLE', texts).map(bits)).toEqual(texts.map((t) => bits(Number(t))));
      }),
      { numRuns: 1000 },
    );
  });

  it('reads every form that Java reads', () => {
    const forms = [
      '.5',
      '5.',
      '-1.5e10',
      '1E5',
      '1e-400',
      '1e400',
      '-0.0',
      '1.5d',
      '1F',
      ' 2.5 ',
      '0x1p3',
      '-0x.8P1',
      '+Infinity',
      'NaN',
    ];
    expect(values('DOUBLE', forms)).toEqual([0.5, 5, -1.5e10, 1e5, 0, Infinity, -0, 1.5, 1, 2.5, 8, -1, Infinity, NaN]);
    const bad = [
      '1.5.5',
      '1e',
      'e5',
      '--1',
      '1 5',
      '.',
      '-',
      '0x1',
      '0xp1',
      '1e+-5',
      'inf',
      'nan',
      '1,5',
      '1e1.5',
      '0b1',
      '1_0',
    ];
    expect(refused('DOUBLE', bad)).toEqual(bad);
  });

  it('rounds to 32 bits for FLOAT', () => {
    expect(values('FLOAT', ['0.1', '16777217', '3.5e38', '1e-46'])).toEqual([Math.fround(0.1), 16777216, Infinity, 0]);
  });

  it('reads the words for what is no number', () => {
    expect(values('DOUBLE', ['Inf', '-Inf', 'Infinity', '-Infinity'])).toEqual([
      Infinity,
      -Infinity,
      Infinity,
      -Infinity,
    ]);
    const options = { nanValue: '-1', positiveInf: 'größer', negativeInf: '-' };
    expect(values('DOUBLE', ['-1', 'größer', '-', '-2', 'NaN'], options)).toEqual([NaN, Infinity, -Infinity, -2, NaN]);
    expect(refused('DOUBLE', ['Inf', '-Inf'], options)).toEqual(['Inf', '-Inf']);
  });
});

describe('csv values: decimals', () => {
  it('reads as many digits as there are, rounded half up', () => {
    const text = (type: string, lines: string[]): string[] => values(type, lines).map(String);
    expect(text('DECIMAL(5,2)', ['1', '1.245', '-1.255', '999.994', '1e1'])).toEqual([
      '1.00',
      '1.25',
      '-1.26',
      '999.99',
      '10.00',
    ]);
    expect(text('DECIMAL(38,18)', ['12345678901234567890.123456789012345678'])).toEqual([
      '12345678901234567890.123456789012345678',
    ]);
    expect(text('DECIMAL(10,2)', ['"1,000.50"'])).toEqual(['1000.50']);
    const bad = ['999.995', '1000', '-1000', 'x', ' 1', '.', '-', '1.2.3'];
    expect(refused('DECIMAL(5,2)', bad)).toEqual(bad);
  });

  it('agrees with the arithmetic on bigints', () => {
    const arbitrary = fc.tuple(
      fc.integer({ min: 1, max: 38 }),
      fc.nat(38),
      fc.stringMatching(/^[-+]?\d{1,24}(\.\d{0,20})?$/),
    );
    fc.assert(
      fc.property(arbitrary, ([precision, scale, text]) => {
        fc.pre(scale <= precision);
        const expected = Decimal.parse(text)!.rescale(scale);
        const fits = expected.precision <= precision || expected.unscaled === 0n;
        expect(values(`DECIMAL(${precision},${scale})`, [text])).toEqual([fits ? expected : null]);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('csv values: times', () => {
  const iso = (vs: unknown[]): unknown[] => vs.map((v) => (v as Date | null)?.toISOString() ?? null);

  it('reads dates', () => {
    const lines = [
      '2020-02-29',
      '1582-10-10',
      '2020-1-1',
      '2020',
      '2020-02',
      ' 2020-01-01 ',
      '2020-01-01T10:00',
      '0001-01-01',
    ];
    expect(iso(values('DATE', lines))).toEqual([
      '2020-02-29T00:00:00.000Z',
      '1582-10-10T00:00:00.000Z',
      '2020-01-01T00:00:00.000Z',
      '2020-01-01T00:00:00.000Z',
      '2020-02-01T00:00:00.000Z',
      '2020-01-01T00:00:00.000Z',
      '2020-01-01T00:00:00.000Z',
      '0001-01-01T00:00:00.000Z',
    ]);
    const bad = [
      '2021-02-29',
      '1900-02-29',
      '2020-13-01',
      '2020-00-01',
      '2020-04-31',
      '20200101',
      'today',
      '2020-01-01x',
      '2020/01/01',
      '20-01-01',
    ];
    expect(refused('DATE', bad)).toEqual(bad);
  });

  it('reads every day as Date does', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('0000-01-01'), max: new Date('9999-12-31'), noInvalidDate: true }),
        (date) => {
          const day = date.toISOString().slice(0, 10);
          expect(values('DATE', [day])).toEqual([new Date(day)]);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('reads timestamps with zones, microseconds, and missing parts', () => {
    const lines = [
      '2020-02-03T10:11:12.123456Z',
      '2020-02-03 10:11:12.5',
      '2020-02-03T10:11:12+02:00',
      '2020-02-03T10:11:12.1234567-00:30',
      '2020-02-03T10:11:12.99999999999999999999999',
      '2020-02-03T10:11:12 UTC+1',
      '2020-02-03T10:11:12+0530',
      '2020-02-03T1:2:3',
      '2020-02-03T10:11',
      '2020-02',
      '1969-12-31T23:59:59.5',
      '0001-01-01T00:00:00',
    ];
    expect(iso(values('TIMESTAMP', lines))).toEqual([
      '2020-02-03T10:11:12.123456Z',
      '2020-02-03T10:11:12.500Z',
      '2020-02-03T08:11:12.000Z',
      '2020-02-03T10:41:12.123456Z',
      '2020-02-03T10:11:12.999999Z',
      '2020-02-03T09:11:12.000Z',
      '2020-02-03T04:41:12.000Z',
      '2020-02-03T01:02:03.000Z',
      '2020-02-03T10:11:00.000Z',
      '2020-02-01T00:00:00.000Z',
      '1969-12-31T23:59:59.500Z',
      '0001-01-01T00:00:00.000Z',
    ]);
    const bad = [
      '2020-02-30T00:00:00',
      '2020-02-03T24:00:00',
      '2020-02-03T10:60:00',
      '2020-02-03T10:11:60',
      '2020-02-03T',
      '2020-02-03T10:11:12+19:00',
      '2020-02-03T10:11:12+01:60',
      '2020-02-03T10:11:12X',
      '2020-02-03T10:11:12Zx',
      '2020-02-03X10:11:12',
      '294248-01-01T00:00:00',
      '1580724672',
      'now',
    ];
    expect(refused('TIMESTAMP', bad)).toEqual(bad);
  });

  it('reads every microsecond that there is', () => {
    const micros = fc.bigInt({ min: -62135596800_000000n, max: 253402300799_999999n });
    fc.assert(
      fc.property(micros, fc.boolean(), (given, loose) => {
        const millis = given >= 0n ? given / 1000n : (given - 999n) / 1000n;
        const exact = `${new Date(Number(millis)).toISOString().slice(0, -1)}${String(given - millis * 1000n).padStart(3, '0')}`;
        const [value] = values('TIMESTAMP', [loose ? ` ${exact}+00` : `${exact}Z`]);
        expect(epochMicros(value as Date)).toBe(given);
      }),
      { numRuns: 1000 },
    );
  });

  it('reads timestamp_ntz, which has no zone', () => {
    expect(iso(values('TIMESTAMP_NTZ', ['2020-02-03T10:11:12', '2020-02-03']))).toEqual([
      '2020-02-03T10:11:12.000Z',
      '2020-02-03T00:00:00.000Z',
    ]);
    const bad = ['2020-02-03T10:11:12Z', '2020-02-03T10:11:12+02:00', '2020-02-03T10:11 UTC'];
    expect(refused('TIMESTAMP_NTZ', bad)).toEqual(bad);
  });
});

it('reads booleans in any case', () => {
  expect(values('BOOLEAN', ['true', 'FALSE', 'True'])).toEqual([true, false, true]);
  const bad = ['1', 'yes', 't', 'truE ', 'tru\u0005', 'falsy'];
  expect(refused('BOOLEAN', bad)).toEqual(bad);
});

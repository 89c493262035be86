import fc from 'fast-check';
import { Decimal, Timestamp, epochMicros } from '../../../lib/schema/index.js';

describe('Timestamp', () => {
  it('keeps its microseconds', () => {
    const at = new Timestamp(1_577_934_245_123_456n);
    expect(at).toBeInstanceOf(Date);
    expect([at.getTime(), at.micros]).toEqual([1_577_934_245_123, 456]);
    expect(at.toISOString()).toBe('2020-01-02T03:04:05.123456Z');
    expect(JSON.stringify({ at })).toBe('{"at":"2020-01-02T03:04:05.123456Z"}');
  });

  it('goes there and back, also before 1970', () => {
    fc.assert(
      fc.property(fc.bigInt(-(10n ** 15n), 10n ** 16n), (micros) => epochMicros(new Timestamp(micros)) === micros),
    );
    expect(new Timestamp(-1n).toISOString()).toBe('1969-12-31T23:59:59.999999Z');
  });
});

describe('Decimal', () => {
  it('keeps its digits', () => {
    for (const text of ['1.50', '-0.001', '0.00', '12345678901234567890.12', '-7'])
      expect(Decimal.parse(text)!.toString()).toBe(text);
    expect(Decimal.parse('1.5e3')!.toString()).toBe('1500');
    expect(Decimal.parse('15e-2')!.toString()).toBe('0.15');
  });

  it.each(['', '.', '1..2', 'x', '1e', '--1'])('does not read %j', (text) =>
    expect(Decimal.parse(text)).toBeUndefined(),
  );

  it('rounds half away from zero when it loses digits', () => {
    const rescaled = (text: string, scale: number): string => Decimal.parse(text)!.rescale(scale).toString();
    expect([
      rescaled('1.005', 2),
      rescaled('-1.005', 2),
      rescaled('1.004', 2),
      rescaled('2.5', 0),
      rescaled('1', 3),
    ]).toEqual(['1.01', '-1.01', '1.00', '3', '1.000']);
  });
});

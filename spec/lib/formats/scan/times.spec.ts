import { zoneOf } from '../../../../lib/datetime/zone.js';
import { parsed } from '../../../../lib/formats/scan/numbers.js';
import { type TimeFormats, TimeReader } from '../../../../lib/formats/scan/times.js';

const within = <T>(text: string, read: (bytes: Uint8Array, from: number, to: number) => T): T =>
  read(Buffer.from(`9${text}9`), 1, 1 + Buffer.byteLength(text));

function instant(text: string, zone: string, formats?: TimeFormats, zoned = true): string | undefined {
  const reader = new TimeReader(zoneOf(zone), formats);
  if (!within(text, (bytes, from, to) => reader.timestamp(bytes, from, to, zoned))) return undefined;
  return new Date(Number(((BigInt(parsed.high) << 32n) | BigInt(parsed.low >>> 0)) / 1000n)).toISOString();
}

function day(text: string, formats?: TimeFormats): number {
  return within(text, (bytes, from, to) => new TimeReader(zoneOf('UTC'), formats).date(bytes, from, to));
}

describe('times in text', () => {
  it('without a zone are in that of the reader, on the quick way and on the other', () => {
    for (const text of ['2020-07-01T10:00:00', '2020-07-01 10:00:00.000', '2020-7-1 10:00']) {
      expect(instant(text, 'America/New_York')).toBe('2020-07-01T14:00:00.000Z');
      expect(instant(text, '+02:00')).toBe('2020-07-01T08:00:00.000Z');
      expect(instant(text, 'America/New_York', {}, false)).toBe('2020-07-01T10:00:00.000Z');
    }
    expect(instant('2020-07-01T10:00:00Z', 'America/New_York')).toBe('2020-07-01T10:00:00.000Z');
    expect(instant('2020-07-01T10:00:00Z', 'America/New_York', {}, false)).toBeUndefined();
  });

  it('follow patterns, or if allowed what CAST reads', () => {
    const formats = { timestampFormat: 'dd/MM/yyyy HH:mm', timestampNTZFormat: 'yyyyMMdd', dateFormat: 'dd/MM/yyyy' };
    expect(instant('01/07/2020 10:00', 'America/New_York', formats)).toBe('2020-07-01T14:00:00.000Z');
    expect(instant('2020-07-01T10:00:00', 'UTC', formats)).toBeUndefined();
    expect(instant('2020-07-01T10:00:00', 'UTC', { ...formats, fallback: true })).toBe('2020-07-01T10:00:00.000Z');
    expect(instant('20200701', 'America/New_York', formats, false)).toBe('2020-07-01T00:00:00.000Z');
    expect(instant('2020-07-01', 'UTC', { ...formats, fallback: true }, false)).toBeUndefined();
    expect(day('02/01/1970', formats)).toBe(1);
    expect(day('1970-01-02', formats)).toBeNaN();
    expect(day('1970-01-02', { ...formats, fallback: true })).toBe(1);
    expect(day('1 févr. 1970', { dateFormat: 'd MMM yyyy', locale: 'fr' })).toBe(31);
  });

  it('days may be numbers where that is allowed and they are no years', () => {
    expect(day('31')).toBeNaN();
    expect(day('31', { dayNumbers: true })).toBe(31);
    expect(day('1971', { dayNumbers: true })).toBe(365);
    expect(day('31', { dayNumbers: true, dateFormat: 'yyyy' })).toBeNaN();
  });
});

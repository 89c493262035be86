import { UTC, findZone, zoneOf } from '../../../lib/datetime/zone.js';
import { zoneName, zoneNamed } from '../../../lib/datetime/zone-names.js';

const seconds = (text: string): number => Date.parse(`${text}Z`) / 1000;

test.each([
  ['UTC', 'UTC', 0],
  ['Z', 'Z', 0],
  ['UT', 'UT', 0],
  ['GMT', 'GMT', 0],
  ['+08:00', '+08:00', 28800],
  ['+8', '+08:00', 28800],
  ['-0330', '-03:30', -12600],
  ['+05:30:15', '+05:30:15', 19815],
  ['+00:00', 'Z', 0],
  ['GMT+8', 'GMT+08:00', 28800],
  ['UTC+01:30', 'UTC+01:30', 5400],
  ['UTC+0', 'UTC', 0],
  ['+8:00', '+08:00', 28800],
  ['+08:5', '+08:05', 29100],
  ['EST', '-05:00', -18000],
  ['+18:00', '+18:00', 64800],
])('%s is a zone of one offset', (text, id, offset) => {
  const zone = zoneOf(text);
  expect([zone.id, zone.fixed, zone.offsetAt(0)]).toEqual([id, offset, offset]);
});

test.each([
  '',
  'XYZ',
  'america/new_york',
  'AMERICA/NEW_YORK',
  'Europe/Nowhere',
  '+19:00',
  '+18:01',
  '+08:60',
  '+1:2:3',
  'UTC+25',
  'utc',
  'PDT',
  '08:00',
])("'%s' is no zone", (text) => {
  expect(findZone(text)).toBeUndefined();
  expect(() => zoneOf(text)).toThrow(expect.objectContaining({ condition: 'INVALID_TIMEZONE' }));
});

test('short ids stand for the regions that Java gives them', () => {
  expect(zoneOf('PST').id).toBe('America/Los_Angeles');
  expect(zoneOf('CST').id).toBe('America/Chicago');
});

test.each([
  'US/Pacific',
  'GB',
  'Etc/GMT+5',
  'America/North_Dakota/New_Salem',
  'Antarctica/DumontDUrville',
  'Australia/LHI',
  'W-SU',
  'Asia/Ust-Nera',
])('%s is a region', (id) => {
  expect(zoneOf(id).id).toBe(id);
});

describe('New York', () => {
  const zone = zoneOf('America/New_York');

  test.each([
    ['2020-01-01T00:00:00', -18000],
    ['2020-03-08T06:59:59', -18000],
    ['2020-03-08T07:00:00', -14400],
    ['2020-11-01T05:59:59', -14400],
    ['2020-11-01T06:00:00', -18000],
    // Local mean time, in seconds, until noon of 1883-11-18.
    ['1883-11-18T16:59:59', -17762],
    ['1883-11-18T17:00:00', -18000],
    ['1700-01-01T00:00:00', -17762],
    // Rules go on after what the database lists.
    ['2500-07-01T00:00:00', -14400],
    ['2500-01-01T00:00:00', -18000],
  ])('offset at %s', (text, offset) => {
    expect(zone.offsetAt(seconds(text))).toBe(offset);
  });

  test('years past those of a Date', () => {
    const summer = seconds('2020-07-01T00:00:00') + 800 * 146_097 * 86_400;
    expect(zone.offsetAt(summer)).toBe(-14400);
  });

  test('a time that the clock skips is moved forward', () => {
    expect(zone.instantOf(seconds('2020-03-08T02:30:00'))).toBe(seconds('2020-03-08T07:30:00'));
  });

  test('of a time that the clock shows twice the earlier is meant, unless the other offset is asked for', () => {
    const local = seconds('2020-11-01T01:30:00');
    expect(zone.instantOf(local)).toBe(seconds('2020-11-01T05:30:00'));
    expect(zone.instantOf(local, -18000)).toBe(seconds('2020-11-01T06:30:00'));
  });
});

test('a day whose midnight is skipped begins where the clock was put forward', () => {
  // 2018-11-04 in São Paulo began at one o'clock; 2011-12-30 in Apia never was.
  expect(zoneOf('America/Sao_Paulo').startOfDay(seconds('2018-11-04T00:00:00'))).toBe(seconds('2018-11-04T03:00:00'));
  expect(zoneOf('Pacific/Apia').startOfDay(seconds('2011-12-30T00:00:00'))).toBe(seconds('2011-12-30T10:00:00'));
  // The clock of Toronto went from 23:30 to 00:30 in 1919: the new day began at half past twelve.
  const toronto = zoneOf('America/Toronto');
  const start = toronto.startOfDay(seconds('1919-03-31T00:00:00'));
  expect(start + toronto.offsetAt(start)).toBe(seconds('1919-03-31T00:30:00'));
  expect(zoneOf('Asia/Kolkata').startOfDay(0)).toBe(-19800);
});

test('every instant of some years has the offset that Intl says, whichever is asked first', () => {
  const format = new Intl.DateTimeFormat('en-US', { timeZone: 'Australia/Lord_Howe', timeZoneName: 'longOffset' });
  const zone = zoneOf('Australia/Lord_Howe');
  for (let at = seconds('2024-01-01T00:00:00'); at > seconds('2018-01-01T00:00:00'); at -= 86_399 * 3) {
    const text = format.format(at * 1000).slice(-9);
    expect(text).toBe(zone.offsetAt(at) === 39600 ? 'GMT+11:00' : 'GMT+10:30');
  }
});

test.each([
  ['UTC', 'UTC', 'Coordinated Universal Time'],
  ['America/New_York', 'EDT', 'Eastern Daylight Time'],
  ['Europe/Paris', 'CEST', 'Central European Summer Time'],
  ['Asia/Kolkata', 'IST', 'India Standard Time'],
  ['America/Phoenix', 'MST', 'Mountain Standard Time'],
  ['GMT', 'GMT', 'Greenwich Mean Time'],
  ['+08:00', '+08:00', '+08:00'],
  ['GMT+8', 'GMT+08:00', 'GMT+08:00'],
])('names of %s in summer', (id, short, long) => {
  const at = seconds('2020-07-01T00:00:00');
  expect([zoneName(zoneOf(id), at, false), zoneName(zoneOf(id), at, true)]).toEqual([short, long]);
});

test('names lead to zones, the longest first', () => {
  expect(zoneNamed('AT PST', 3)?.zone.id).toBe('America/Los_Angeles');
  expect(zoneNamed('CENTRAL EUROPEAN SUMMER TIME', 0)?.zone.id).toBe('Europe/Paris');
  expect(zoneNamed('NOWHERE', 0)).toBeUndefined();
  expect(zoneNamed('UTC', 0)?.zone).toBe(UTC);
});

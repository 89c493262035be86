import { CsvEncoder, csvWriteOptions } from '../../../../connectors/file/csv/index.js';
import { Table } from '../../../../lib/columns/index.js';
import { parseOptions } from '../../../../lib/options/index.js';
import { toSchema } from '../../../../lib/schema/index.js';
import { values } from './support.js';

const micros = (text: string): bigint => BigInt(Date.parse(text)) * 1000n;
const days = (text: string): number => Date.parse(text) / 86_400_000;

const instants = (lines: readonly string[], options: object): unknown[] => values('TIMESTAMP', lines, options).map(raw);
const raw = (value: unknown): unknown => (value instanceof Date ? micros(value.toISOString()) : value);

const encode = (schema: string, row: object, options: object): string => {
  const type = toSchema(schema);
  const encoder = new CsvEncoder(type, parseOptions('fileSink', options, csvWriteOptions));
  return Buffer.from(encoder.encode(Table.fromRows([row], type))).toString();
};

describe('dates and times in csv', () => {
  const dateOf = (value: unknown): unknown => (value instanceof Date ? value.getTime() / 86_400_000 : value);
  const dates = (lines: readonly string[], options: object): unknown[] => values('DATE', lines, options).map(dateOf);

  it('reads dates by a pattern, and by nothing else', () => {
    expect(dates(['29/02/2020', '31/04/2020', '2020-02-29'], { dateFormat: 'dd/MM/yyyy' })).toEqual([
      days('2020-02-29'),
      null,
      null,
    ]);
  });

  it('falls back on request', () => {
    const options = { dateFormat: 'dd/MM/yyyy', enableDateTimeParsingFallback: true };
    expect(dates(['29/02/2020', '2020-02-29'], options)).toEqual([days('2020-02-29'), days('2020-02-29')]);
  });

  it('reads no short dates where there is no fallback', () => {
    expect(dates(['2020-02-29', '2020'], {})).toEqual([days('2020-02-29'), days('2020-01-01')]);
    const strict = { enableDateTimeParsingFallback: false };
    expect(dates(['2020-02-29', '2020'], strict)).toEqual([days('2020-02-29'), null]);
  });

  it('reads names of months in a language', () => {
    const options = { dateFormat: 'd MMMM yyyy', locale: 'fr' };
    expect(dates(['2 mai 2020'], options)).toEqual([days('2020-05-02')]);
  });

  it('reads timestamps by a pattern, in a zone', () => {
    const options = { timestampFormat: 'dd/MM/yyyy HH:mm', timeZone: 'Europe/Zurich' };
    expect(instants(['01/07/2020 12:00', '2020-07-01 12:00'], options)).toEqual([micros('2020-07-01T10:00:00Z'), null]);
  });

  it('takes the zone where a timestamp names none', () => {
    const lines = ['2020-07-01T10:00:00', '2020-07-01T10:00:00Z'];
    expect(instants(lines, { timeZone: 'America/New_York' })).toEqual([
      micros('2020-07-01T14:00:00Z'),
      micros('2020-07-01T10:00:00Z'),
    ]);
  });

  it('reads decimals as a language writes them', () => {
    const read = values('DECIMAL(10,2)', ['"1.000,50"', '"1,5"', '3.5'], { locale: 'de-DE' });
    // A point separates groups, so that 3.5 is 35, as in Spark.
    expect(read.map(String)).toEqual(['1000.50', '1.50', '35.00']);
  });

  it('writes by patterns, in a zone, and quotes what needs it', () => {
    const at = new Date('2020-07-01T10:00:00Z');
    expect(encode('at TIMESTAMP', { at }, { timeZone: 'Europe/Zurich' })).toBe('2020-07-01T12:00:00.000+02:00\n');
    expect(encode('at TIMESTAMP', { at }, { timestampFormat: 'MMM d, yyyy' })).toBe('"Jul 1, 2020"\n');
    expect(encode('at TIMESTAMP', { at }, { timestampFormat: 'd MMMM', locale: 'fr' })).toBe('1 juillet\n');
  });

  it('writes numbers that are none as ever', () => {
    expect(encode('v DOUBLE', { v: NaN }, { nanValue: 'nan', positiveInf: 'inf' })).toBe('NaN\n');
  });
});

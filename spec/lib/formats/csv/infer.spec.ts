import { UTC } from '../../../../lib/datetime/zone.js';
import { CsvInference, settledField, unknownField } from '../../../../lib/formats/csv/infer.js';
import { TimeReader, type TimeFormats } from '../../../../lib/formats/scan/times.js';
import { formatType } from '../../../../lib/schema/index.js';

const words = { nanValue: 'NaN', positiveInf: 'Inf', negativeInf: '-Inf' };

function typeOf(texts: readonly string[], formats: TimeFormats = {}, preferDate = true): string {
  const times = new TimeReader(UTC, { ...(preferDate ? { dateFormat: 'yyyy-MM-dd' } : {}), ...formats });
  const datesAreTimestamps = formats.timestampFormat === undefined;
  const inference = new CsvInference({ words, times, preferDate, datesAreTimestamps });
  return formatType(settledField(texts.reduce((type, text) => inference.widened(type, text), unknownField)));
}

// The rules are those of CSVInferSchema.
describe('the type of a CSV field', () => {
  it.each([
    [[], 'STRING'],
    [['', ''], 'STRING'],
    [['1', '-2', '+3'], 'INT'],
    [['1', '', '2147483648'], 'BIGINT'],
    [['2147483648', '1'], 'BIGINT'],
    [['-2147483648'], 'INT'],
    [['1', '9223372036854775808'], 'DECIMAL(19,0)'],
    [['9223372036854775808', '1'], 'DECIMAL(19,0)'],
    [['9'.repeat(39)], 'DOUBLE'],
    [['1', '2.5'], 'DOUBLE'],
    [['9223372036854775808', '2.5'], 'DOUBLE'],
    [['1e3'], 'DOUBLE'],
    [[' 1'], 'DOUBLE'],
    [['1', 'Inf', '-Inf', 'NaN'], 'DOUBLE'],
    [['true', 'FALSE'], 'BOOLEAN'],
    [['true', '1'], 'STRING'],
    [['2020-01-01', ''], 'DATE'],
    [['2020-1-1'], 'TIMESTAMP'],
    [['2020-01-01', '2020-02-29T10:00:00'], 'TIMESTAMP'],
    [['2020-02-29T10:00:00Z', '2020-01-01'], 'TIMESTAMP'],
    [['5', '2020-01-01'], 'STRING'],
    [['x', '1'], 'STRING'],
    [['1', 'x', '2'], 'STRING'],
  ])('%p is %s', (texts, expected) => {
    expect(typeOf(texts)).toBe(expected);
  });

  it('is found in time that grows with the length of the text', () => {
    const digits = '1'.repeat(200_000);
    for (const text of [`${digits}x`, `x${' '.repeat(200_000)}y`, `0x${digits}x`])
      expect(typeOf([text])).toBe('STRING');
    expect(typeOf([digits])).toBe('DOUBLE');
  });

  it('follows patterns', () => {
    expect(typeOf(['01/02/2020'], { dateFormat: 'dd/MM/yyyy' })).toBe('DATE');
    expect(typeOf(['2020-01-01'], { timestampFormat: 'dd/MM/yyyy' }, false)).toBe('TIMESTAMP');
    expect(typeOf(['01/02/2020'], { timestampFormat: 'dd/MM/yyyy', timestampNTZFormat: 'yyyy' })).toBe('TIMESTAMP');
    expect(typeOf(['2020-01-01', '01/02/2020'], { timestampFormat: 'dd/MM/yyyy' })).toBe('STRING');
    expect(typeOf(['2020-01-01'], {}, false)).toBe('TIMESTAMP');
  });
});

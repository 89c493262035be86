import { codeOf, encoded, rowsOf } from './harness.js';

const encodedBytes = (text: string, how: BufferEncoding): Buffer => Buffer.from(text, how);

describe('reading JSON with options', () => {
  it('reads dates and times by patterns, in a zone, in a language', () => {
    const options = {
      dateFormat: 'd MMM yyyy',
      timestampFormat: 'dd/MM/yyyy HH:mm',
      timestampNTZFormat: 'yyyyMMddHHmm',
      timeZone: 'America/New_York',
      locale: 'fr-FR',
    };
    const line = '{"d":"1 févr. 2020","t":"01/07/2020 10:00","n":"202007011000","p":"1,5"}';
    const ddl = 'd DATE, t TIMESTAMP, n TIMESTAMP_NTZ, p DECIMAL(4,2), _corrupt_record STRING';
    const [row] = rowsOf(ddl, line, { options });
    expect(row!['_corrupt_record']).toBeNull();
    expect(row!['t']).toEqual(new Date('2020-07-01T14:00:00Z'));
    expect(row!['n']).toEqual(rowsOf('n TIMESTAMP_NTZ', '{"n":"2020-07-01T10:00:00"}')[0]!['n']);
    expect(row!['d']).toEqual(rowsOf('d DATE', '{"d":"2020-02-01"}')[0]!['d']);
    expect(String(row!['p'])).toBe('1.50');
  });

  it('falls back to what CAST reads only if asked to', () => {
    const line = '{"t":"2020-02-03T10:11:12"}';
    const options = { timestampFormat: 'dd/MM/yyyy HH:mm' };
    expect(rowsOf('t TIMESTAMP', line, { options })).toEqual([{ t: null }]);
    const fallback = { ...options, enableDateTimeParsingFallback: true };
    expect(rowsOf('t TIMESTAMP', line, { options: fallback })).toEqual([{ t: new Date('2020-02-03T10:11:12Z') }]);
  });

  it('refuses patterns, zones, languages and encodings that are none', () => {
    const code = (options: Record<string, unknown>): unknown => codeOf(() => rowsOf('a INT', '', { options }));
    expect(code({ dateFormat: 'YYYY' })).toBe('INVALID_OPTION');
    expect(code({ timestampFormat: '{' })).toBe('INVALID_OPTION');
    expect(code({ timeZone: 'Mars' })).toBe('INVALID_OPTION');
    expect(code({ locale: 'no such language' })).toBe('INVALID_OPTION');
    expect(code({ encoding: 'nonsense' })).toBe('INVALID_OPTION');
    // As Spark: the end of a line has to be known in the encoding, and the order of its bytes.
    expect(code({ encoding: 'ISO-8859-1' })).toBe('INVALID_OPTION');
    expect(code({ encoding: 'UTF-16', lineSep: '\n' })).toBe('INVALID_OPTION');
    expect(code({ encoding: 'UTF-8' })).toBeUndefined();
  });

  it('reads lines in other encodings, however they are cut', () => {
    const text = '{"a":1,"b":"é語"}\n{"a":2,"b":"\u0a00ਊ"}\n{"a":"x"}';
    const bytes = encodedBytes(text, 'utf16le');
    const expected = [
      { a: 1, b: 'é語', _corrupt_record: null },
      { a: 2, b: '\u0a00ਊ', _corrupt_record: null },
      { a: null, b: null, _corrupt_record: '{"a":"x"}' },
    ];
    const options = { encoding: 'UTF-16LE', lineSep: '\n' };
    for (let cut = 0; cut <= bytes.length; cut++) {
      expect(rowsOf('a INT, b STRING, _corrupt_record STRING', bytes, { options }, [cut])).toEqual(expected);
    }
    expect(
      rowsOf('a INT', encodedBytes('{"a":1}\n', 'latin1'), { options: { charset: 'latin1', lineSep: '\n' } }),
    ).toEqual([{ a: 1 }]);
  });
});

describe('multiLine', () => {
  const ddl = 'a INT, b STRING, _corrupt_record STRING';
  const whole = (data: string | Uint8Array, options = {}, cuts: number[] = []) =>
    rowsOf(ddl, data, { options: { multiLine: true, ...options } }, cuts);

  it('reads an object, or the objects of an array, however the file is cut', () => {
    const text = '\ufeff{\n "a": 1,\n "b": "x\\ny"\n}\n';
    for (let cut = 0; cut <= Buffer.byteLength(text); cut++) {
      expect(whole(text, {}, [cut])).toEqual([{ a: 1, b: 'x\ny', _corrupt_record: null }]);
    }
    expect(whole('[{"a":1},\n{"b":"é"}]').map((r) => [r['a'], r['b']])).toEqual([
      [1, null],
      [null, 'é'],
    ]);
  });

  it('takes the first value only, as Spark does', () => {
    expect(whole('{"a":1}\n{"a":2}\nrest').map((r) => r['a'])).toEqual([1]);
    expect(whole('')).toEqual([]);
    expect(whole(' \n ')).toEqual([]);
  });

  it('keeps the whole file where it is malformed', () => {
    const text = '{\n "a": 1,\n "b": \n}\n';
    expect(whole(text)).toEqual([{ a: null, b: null, _corrupt_record: text }]);
    expect(whole('5')).toEqual([{ a: null, b: null, _corrupt_record: '5' }]);
    expect(whole('[{"a":1},{"a":"x"}]').map((r) => [r['a'], r['_corrupt_record']])).toEqual([
      [1, '[{"a":1},{"a":"x"}]'],
      [null, '[{"a":1},{"a":"x"}]'],
    ]);
    expect(whole(text, { mode: 'DROPMALFORMED' })).toEqual([]);
    expect(codeOf(() => whole(text, { mode: 'FAILFAST' }))).toBe('MALFORMED_RECORD');
  });

  it('finds the encoding out, or takes it as said', () => {
    const expected = [{ a: 1, b: 'é', _corrupt_record: null }];
    const text = '{"a":1,"b":"é"}';
    expect(whole(encodedBytes(text, 'utf16le'))).toEqual(expected);
    expect(whole(encodedBytes(`\ufeff${text}`, 'utf16le').swap16())).toEqual(expected);
    expect(whole(encodedBytes(text, 'latin1'), { encoding: 'ISO-8859-1' })).toEqual(expected);
    expect(whole(encodedBytes(`\ufeff${text}`, 'utf16le'), { encoding: 'UTF-16' })).toEqual(expected);
  });

  it('holds a file that is larger than maxRecordBytes to be an error', () => {
    expect(codeOf(() => whole('{"a": 1}', { maxRecordBytes: 7 }, [3]))).toBe('RECORD_TOO_LARGE');
    expect(whole('{"a": 1}', { maxRecordBytes: 8 })).toHaveLength(1);
  });
});

describe('writing JSON with options', () => {
  it('writes dates and times by patterns, in a zone', () => {
    const options = { timestampFormat: 'dd.MM. HH:mm XXX', timeZone: 'Europe/Zurich' };
    const row = { t: new Date('2020-07-01T10:00:00Z') };
    expect(encoded('t TIMESTAMP', [row], options)).toBe('{"t":"01.07. 12:00 +02:00"}\n');
    expect(encoded('t TIMESTAMP', [row], { timeZone: '+05:30' })).toBe('{"t":"2020-07-01T15:30:00.000+05:30"}\n');
  });

  it('puts fields on lines of their own, escapes what is not ASCII', () => {
    expect(encoded('a INT, b ARRAY<INT>', [{ a: 1, b: [1] }, { a: 2 }], { pretty: true })).toBe(
      '{\n  "a" : 1,\n  "b" : [ 1 ]\n}\n{\n  "a" : 2\n}\n',
    );
    expect(encoded('a STRING', [{ a: 'é😀' }], { writeNonAsciiCharacterAsCodePoint: true })).toBe(
      '{"a":"\\u00E9\\uD83D\\uDE00"}\n',
    );
  });

  it('writes other encodings', () => {
    expect(encoded('a STRING', [{ a: 'x' }], { encoding: 'UTF-16LE' })).toBe(
      encodedBytes('{"a":"x"}\n', 'utf16le').toString(),
    );
    expect(encoded('a STRING', [{ a: 'x語' }], { encoding: 'US-ASCII' })).toBe('{"a":"x?"}\n');
    expect(codeOf(() => encoded('a STRING', [], { encoding: 'GBK' }))).toBe('INVALID_OPTION');
  });
});

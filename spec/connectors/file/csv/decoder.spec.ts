import { type Decimal, epochMicros } from '../../../../lib/schema/index.js';
import { caughtFrom } from '../../../helpers/caught-from.js';
import { decode, decoderOf, listsOf } from './support.js';

const AB = 'a INT, b STRING';
const STRINGS = 'a STRING, b STRING';
const WITH_CORRUPT = `${AB}, _corrupt_record STRING`;
const rfc = { escape: '"', multiLine: true };

describe('CsvDecoder: records', () => {
  it.each([
    ['\\n', '1,x\n2,y\n'],
    ['\\r\\n', '1,x\r\n2,y\r\n'],
    ['\\r', '1,x\r2,y\r'],
    ['a last line without its end', '1,x\n2,y'],
    ['blank lines', '\n1,x\n\n \t\n2,y\n\n'],
    ['a byte order mark', '\ufeff1,x\n2,y\n'],
  ])('ends lines: %s', (_, document) => {
    for (const multiLine of [false, true]) {
      if (multiLine && document.includes('\t')) continue;
      expect(decode(document, { schema: AB, options: { multiLine } }).rows).toEqual([
        [1, 'x'],
        [2, 'y'],
      ]);
    }
  });

  it('takes a line of blanks for a record where lines may end within fields', () => {
    const options = { multiLine: true };
    expect(decode('x\n \ny', { schema: 'a STRING', options }).rows).toEqual([['x'], [' '], ['y']]);
    const trimmed = { ...options, ignoreLeadingWhiteSpace: true };
    expect(decode('x\n \ny', { schema: 'a STRING', options: trimmed }).rows).toEqual([['x'], ['y']]);
  });

  it('gives no rows for nothing', () => {
    for (const document of ['', '\n', '\ufeff', '\r\n\r\n']) expect(decode(document, { schema: AB }).rows).toEqual([]);
  });

  it('keeps a byte order mark that is not at the start of the file', () => {
    expect(decode('\ufeffx,y', { schema: STRINGS, atStart: false }).rows).toEqual([['\ufeffx', 'y']]);
  });

  it('ends lines with lineSep only, if it is given', () => {
    expect(decode('1,x\r\n2,y\n3\r\n', { schema: AB, options: { lineSep: '\r\n' } }).rows).toEqual([
      [1, 'x'],
      [2, 'y\n3'],
    ]);
    expect(decode('1,x;;2,y;z', { schema: AB, options: { lineSep: ';;' } }).rows).toEqual([
      [1, 'x'],
      [2, 'y;z'],
    ]);
  });

  it('skips comments, which are lines that begin with the character', () => {
    const options = { comment: '#' };
    expect(decode('#c\n1,x # no\n"#2",y\n # 3\n#', { schema: STRINGS, options }).rows).toEqual([
      ['1', 'x # no'],
      ['#2', 'y'],
      [' # 3', null],
    ]);
  });

  it('replaces what is not UTF-8, and only that', () => {
    const document = Buffer.concat([
      Buffer.from('é,'),
      Buffer.of(0xc3),
      Buffer.from(',\xa9x', 'latin1'),
      Buffer.from('\nü,ok,"a""'),
    ]);
    const document2 = Buffer.concat([document, Buffer.of(0xe2, 0x82), Buffer.from('"\n')]);
    const options = { escape: '"' };
    const schema = 'a STRING, b STRING, c STRING';
    expect(decode(document2, { schema, options }).rows).toEqual([
      ['é', '\ufffd', '\ufffdx'],
      ['ü', 'ok', 'a"\ufffd'],
    ]);
    expect(decode(document2, { schema: 'a BINARY, b BINARY, c BINARY', options }).rows[0]).toEqual([
      new Uint8Array([0xc3, 0xa9]),
      new Uint8Array([0xc3]),
      new Uint8Array([0xa9, 0x78]),
    ]);
  });

  it('reads a column that is named __proto__', () => {
    const { table } = decode('a,__proto__\n1,x', {
      schema: 'a INT, `__proto__` STRING',
      options: { header: true, enforceSchema: false },
    });
    const [row] = table.toRows();
    expect(Object.keys(row!)).toEqual(['a', '__proto__']);
    expect(Object.getOwnPropertyDescriptor(row, '__proto__')!.value).toBe('x');
  });

  it('gives what was decoded since the last time, in columns that stay as they are', () => {
    const schema = 'a LONG, b STRING, c BOOLEAN, d DECIMAL(5,1), e TIMESTAMP';
    const lines = Array.from({ length: 8000 }, (_, i) =>
      i % 7 === 0 ? ',,,,\n' : `${i},s${i},${i % 2 === 0},${i}.5,2020-01-01T00:00:00.${String(i).padStart(6, '0')}\n`,
    );
    const decoder = decoderOf({ schema });
    const ends = [3000, 3001, 3001, 4000, 8000];
    const taken = ends.map((end, i) => {
      const start = ends[i - 1] ?? 0;
      decoder.decode(Buffer.from(lines.slice(start, end).join('')), { path: 'in.csv', position: 0 }, false);
      expect(decoder.numRows).toBe(end - start);
      return decoder.take();
    });
    expect(taken.map((t) => t.numRows)).toEqual([3000, 1, 0, 999, 4000]);
    const rows = taken.flatMap(listsOf);
    for (const [i, row] of rows.entries()) {
      const [a, b, c, d, e] = row;
      const read = [a, b, c, (d as Decimal | null)?.toString() ?? null, e && epochMicros(e as Date)];
      const written = [i, `s${i}`, i % 2 === 0, `${i}.5`, 1577836800_000000n + BigInt(i)];
      expect(read).toEqual(i % 7 === 0 ? [null, null, null, null, null] : written);
    }
  });

  it('keeps nothing of other records in what a short one lacks', () => {
    const document = `${'a,b\n'.repeat(5000)}c\n`;
    expect(decode(document, { schema: STRINGS }).rows.at(-1)).toEqual(['c', null]);
  });

  it('drops what is malformed in the batch where it is', () => {
    const decoder = decoderOf({ schema: AB, options: { mode: 'DROPMALFORMED' } });
    const batches = ['1,x\nbad,x\n3,x\n', '4,x\n5,x\n', 'bad,x\n7,x\n'].map((text) => {
      decoder.decode(Buffer.from(text), { path: 'in.csv', position: 0 }, false);
      return listsOf(decoder.take()).map(([a]) => a);
    });
    expect(batches).toEqual([[1, 3], [4, 5], [7]]);
    expect(decoder.malformed).toBe(2);
  });
});

describe('CsvDecoder: quotes', () => {
  it.each([
    ['a separator in quotes', '"a,1",x', ['a,1', 'x']],
    ['quotes within a plain field', 'a"b"c,x"', ['a"b"c', 'x"']],
    ['an escaped quote', '"a \\"b\\" c",x', ['a "b" c', 'x']],
    ['an escaped escape', '"a\\\\",x', ['a\\', 'x']],
    ['an escape before anything else', '"a\\n",x\\"', ['a\\n', 'x\\"']],
    ['doubled quotes, which stay with the backslash as the escape', '"a ""b""",x', ['"a ""b"""', 'x']],
    ['quotes only', '"""""",x', ['""""', 'x']],
    ['blanks after the closing quote', '"a" \t,"x" ', ['a', 'x']],
    ['text after the closing quote', '"a"b",x', ['"a"b"', 'x']],
    ['text after the closing quote and blanks', '"a" b,x', ['"a" b', 'x']],
    ['a second quoted text after blanks', '"a" ",x', ['"a" "', 'x']],
    ['an escape after a stray quote', '"a"b\\"c",x', ['"a"b\\"c"', 'x']],
    ['an escape before a stray quote', '"a\\"b"c,x', ['"a"b"c', 'x']],
    ['a quote that is not closed, in the last field', 'a,"b', ['a', 'b']],
    ['a quote alone', 'a,"', ['a', '"']],
    ['an escape at the end of what is not closed', 'a,"b\\', ['a', 'b\\']],
    ['nothing within quotes', '"",x', [null, 'x']],
  ])('reads %s', (_, document, row) => {
    expect(decode(`${document}\nnext,row\n`, { schema: STRINGS }).rows).toEqual([row, ['next', 'row']]);
    expect(decode(document, { schema: STRINGS }).rows).toEqual([row]);
  });

  it.each([
    ['doubled quotes', '"say ""hi""","a"",""b"', ['say "hi"', 'a","b']],
    ['quotes only', '"""",""""""', ['"', '""']],
    ['line ends', '"a\nb\r\nc","\r"', ['a\nb\r\nc', '\r']],
    ['a stray quote', '"a""b"c,"x"', ['"a"b"c', 'x']],
    ['backslashes', '"\\",\\', ['\\', '\\']],
  ])('reads as RFC 4180 says: %s', (_, document, row) => {
    for (const end of ['', '\n', '\r\n']) {
      expect(decode(`${document}${end}`, { schema: STRINGS, options: rfc }).rows).toEqual([row]);
    }
  });

  it('ends a quoted field with the line, unless multiLine', () => {
    expect(decode('1,"x\n2,y"\n', { schema: WITH_CORRUPT }).rows).toEqual([
      [1, 'x', null],
      [2, 'y"', null],
    ]);
    expect(decode('1,"x\n2,y"\n', { schema: WITH_CORRUPT, options: rfc }).rows).toEqual([[1, 'x\n2,y', null]]);
  });

  it('ends a quoted field that is not closed with the file, with multiLine', () => {
    expect(decode('a,"y\nc,z\n', { schema: STRINGS, options: rfc }).rows).toEqual([['a', 'y\nc,z\n']]);
    expect(decode('a,"', { schema: STRINGS, options: rfc }).rows).toEqual([['a', '"']]);
  });

  it('takes another quote, or none', () => {
    expect(decode(`'a,1',"x"`, { schema: STRINGS, options: { quote: "'" } }).rows).toEqual([['a,1', '"x"']]);
    expect(decode('"a,1"', { schema: STRINGS, options: { quote: '' } }).rows).toEqual([['"a', '1"']]);
    expect(decode('a,b', { schema: STRINGS, options: { quote: ',' } }).rows).toEqual([['a', 'b']]);
    expect(decode('"a\\",x', { schema: STRINGS, options: { escape: '' } }).rows).toEqual([['a\\', 'x']]);
  });

  it('drops blanks outside of quotes if told to', () => {
    const document = ' a , "  b  " ';
    const leading = { ignoreLeadingWhiteSpace: true };
    const trailing = { ignoreTrailingWhiteSpace: true };
    expect(decode(document, { schema: STRINGS }).rows).toEqual([[' a ', ' "  b  " ']]);
    expect(decode(document, { schema: STRINGS, options: leading }).rows).toEqual([['a ', '  b  ']]);
    expect(decode(document, { schema: STRINGS, options: trailing }).rows).toEqual([[' a', ' "  b  "']]);
    expect(decode('   ,x', { schema: AB, options: { ...leading, ...trailing } }).rows).toEqual([[null, 'x']]);
    expect(decode('a \t b', { schema: STRINGS, options: { ...leading, ...trailing, sep: '\t' } }).rows).toEqual([
      ['a', 'b'],
    ]);
  });
});

describe('CsvDecoder: what is missing', () => {
  it('reads nothing as missing, quoted or not, whatever the type', () => {
    expect(decode(',""\n"",\n', { schema: STRINGS }).rows).toEqual([
      [null, null],
      [null, null],
    ]);
    const schema = 'a BOOLEAN, b TINYINT, c BIGINT, d DOUBLE, e DECIMAL(5,2), f DATE, g TIMESTAMP, h BINARY, i STRING';
    const { rows, malformed } = decode(',,,,,,,,\n', { schema, options: { nullValue: 'NA' } });
    expect(rows).toEqual([new Array(9).fill(null)]);
    expect(malformed).toBe(0);
  });

  it('reads nullValue as missing, within quotes too, and then an empty quoted string as empty', () => {
    expect(decode('NA,"NA"\nna,""\n,NAN', { schema: STRINGS, options: { nullValue: 'NA' } }).rows).toEqual([
      [null, null],
      ['na', ''],
      [null, 'NAN'],
    ]);
  });

  it('reads emptyValue for an empty quoted string', () => {
    expect(decode('"",x', { schema: STRINGS, options: { emptyValue: 'none' } }).rows).toEqual([['none', 'x']]);
    expect(decode('"",x', { schema: STRINGS, options: { emptyValue: 'NA', nullValue: 'NA' } }).rows).toEqual([
      [null, 'x'],
    ]);
  });
});

describe('CsvDecoder: header', () => {
  const header = { header: true };

  it('skips the first record of a file, after blank lines and comments', () => {
    for (const document of ['a,b\n1,x', '\n#c\n\na,b\n\n1,x', '"a\nz",b\n1,x', 'p\r\n1,x']) {
      const options = { ...header, comment: '#', multiLine: true };
      expect(decode(document, { schema: AB, options })).toMatchObject({ rows: [[1, 'x']], malformed: 0 });
    }
    expect(decode('a,b', { schema: AB, options: header }).rows).toEqual([]);
  });

  it('skips none in a range that is not at the start', () => {
    expect(decode('1,x\n2,y', { schema: AB, options: header, atStart: false }).rows).toHaveLength(2);
  });

  it('compares names with the schema if enforceSchema is false, by position, case aside', () => {
    const options = { header: true, enforceSchema: false };
    expect(decode('A,"b"\n1,x', { schema: WITH_CORRUPT, options }).rows).toEqual([[1, 'x', null]]);
    const swapped = caughtFrom(() => decode('b,a\n1,x', { schema: AB, options, columns: ['a'] }));
    expect(swapped.code).toBe('SCHEMA_MISMATCH');
    expect(swapped.message).toContain("in.csv: the header has 'b' for the name of column 1, not 'a'");
    expect(caughtFrom(() => decode('a,b,c\n', { schema: AB, options })).message).toContain('3 columns, not 2');
    expect(caughtFrom(() => decode('a\n', { schema: AB, options })).message).toContain('1 columns, not 2');
  });

  it('does not take the words for missing or empty values as such in the header', () => {
    const options = { header: true, enforceSchema: false, nullValue: 'a', emptyValue: 'b' };
    expect(decode('a,b\n1,x', { schema: AB, options }).rows).toEqual([[1, 'x']]);
  });
});

describe('CsvDecoder: malformed records', () => {
  const document = '1,x\nbad,y\n3\n4,z,extra\n5,w\n';

  it('PERMISSIVE keeps what can be read, and the text where there is a column for it', () => {
    expect(decode(document, { schema: WITH_CORRUPT })).toMatchObject({
      rows: [
        [1, 'x', null],
        [null, 'y', 'bad,y'],
        [3, null, '3'],
        [4, 'z', '4,z,extra'],
        [5, 'w', null],
      ],
      malformed: 3,
    });
    const options = { columnNameOfCorruptRecord: 'bad' };
    expect(decode(document, { schema: 'bad STRING, a INT, b STRING', options }).rows[1]).toEqual(['bad,y', null, 'y']);
    expect(decode(document, { schema: WITH_CORRUPT, options }).rows[3]).toEqual([4, 'z', 'extra']);
  });

  it('keeps the whole text of a record of several lines', () => {
    expect(decode('bad,"x\ny" \r\n2,z', { schema: WITH_CORRUPT, options: rfc }).rows[0]).toEqual([
      null,
      'x\ny',
      'bad,"x\ny" ',
    ]);
  });

  it('DROPMALFORMED drops the record', () => {
    const { rows, malformed } = decode(document, { schema: WITH_CORRUPT, options: { mode: 'dropMalformed' } });
    expect(rows).toEqual([
      [1, 'x', null],
      [5, 'w', null],
    ]);
    expect(malformed).toBe(3);
  });

  it('FAILFAST says the file, the byte, and what was found', () => {
    const options = { mode: 'FAILFAST' };
    const bad = caughtFrom(() => decode(document, { schema: AB, options, cuts: [6] }));
    expect(bad.code).toBe('MALFORMED_RECORD');
    expect(bad.message).toContain("in.csv: the record at byte 4 is malformed: 'bad' in column 'a' is not a INT");
    expect(bad.details).toMatchObject({ path: 'in.csv', position: 4, record: 'bad,y' });
    const short = caughtFrom(() => decode('1,x\n3\n', { schema: AB, options }));
    expect(short.message).toContain('byte 4 is malformed: it has 1 fields, the schema 2');
    expect(decode('1,x\n2,y', { schema: AB, options }).rows).toHaveLength(2);
  });

  it('looks only at what is read', () => {
    const mode = { mode: 'DROPMALFORMED' };
    expect(decode(document, { schema: AB, options: mode, columns: ['b'] }).rows).toEqual([
      ['x'],
      ['y'],
      [null],
      ['z'],
      ['w'],
    ]);
    expect(decode(document, { schema: AB, options: mode, columns: [] }).table.numRows).toBe(5);
    expect(decode(document, { schema: WITH_CORRUPT, columns: ['b', '_corrupt_record'] }).malformed).toBe(0);
    expect(decode(document, { schema: AB, columns: ['b', 'a'] }).rows[0]).toEqual(['x', 1]);
  });

  it('refuses what cannot be decoded', () => {
    const code = (schema: string, columns?: string[]) =>
      caughtFrom(() => decoderOf({ schema, ...(columns === undefined ? {} : { columns }) })).code;
    expect(code('a INT, b STRUCT<c: INT>')).toBe('INVALID_SCHEMA');
    expect(code('a INT, b ARRAY<INT>', ['a'])).toBe('INVALID_SCHEMA');
    expect(code('a INT, _corrupt_record INT')).toBe('INVALID_SCHEMA');
    expect(code('a INT, _corrupt_record STRING NOT NULL')).toBe('INVALID_SCHEMA');
    expect(code(AB, ['c'])).toBe('UNKNOWN_COLUMN');
    expect(code(WITH_CORRUPT, ['_corrupt_record'])).toBe('UNSUPPORTED_PIPELINE');
  });
});

describe('CsvDecoder: long records', () => {
  it('accepts records up to maxRecordBytes, whole or in pieces', () => {
    const options = { maxRecordBytes: 10 };
    for (const cuts of [[], [3, 7, 12]]) {
      expect(decode('1234567,xy\n1,x', { schema: AB, options, cuts }).rows).toHaveLength(2);
      const error = caughtFrom(() => decode('1,x\n1234567,xyz\n1,x', { schema: AB, options, cuts }));
      expect(error.code).toBe('RECORD_TOO_LARGE');
      expect(error.message).toContain('in.csv: the record at byte 4 is longer than maxRecordBytes, 10 bytes');
    }
    for (const long of ['# a long comment', '             ']) {
      for (const cuts of [[], [12]]) {
        const settings = { schema: AB, options: { ...options, comment: '#' }, cuts };
        for (const text of [long, `${long}\n1,x`]) {
          expect(caughtFrom(() => decode(text, settings)).code).toBe('RECORD_TOO_LARGE');
        }
        expect(decode(`${long.slice(0, 10)}\n1,x`, settings).rows).toHaveLength(1);
      }
    }
  });

  // What was scanned is overwritten with what would end the record: were it scanned again, there would be rows.
  it.each([
    ['a quote that is not closed', '1,"', 'x', rfc],
    ['escapes', '1,"', '""', rfc],
    ['blanks after a quote', '1,"x"', ' ', rfc],
    ['a plain field', '1,', 'x', {}],
    ['blanks before a field', '1,', ' ', { ignoreLeadingWhiteSpace: true }],
    ['fields', '1,', 'x,', {}],
    ['a comment', '#', 'x', { comment: '#' }],
    ['blanks', ' ', ' ', {}],
    ['what is skipped', '1,', 'x', {}, ['a']],
  ])('scans each byte once: %s', (_, start, filling, options, columns: string[] | undefined = undefined) => {
    const size = 8 * 1024 * 1024;
    const bytes = Buffer.alloc(size + 64 * 1024, filling);
    bytes.write(start);
    const decoder = decoderOf({ schema: AB, options, ...(columns === undefined ? {} : { columns }) });
    const step = 64 * 1024;
    for (let given = step; given <= size; given += step) {
      expect(decoder.decode(bytes.subarray(0, given), { path: 'in.csv', position: 0 }, false)).toBe(0);
      // The first byte tells what the line is; an escape may have been cut in two, so its first byte is looked at again.
      bytes.fill('"\n1,x\n', 1, given - 2);
    }
    expect(decoder.numRows).toBe(0);
    const tooLarge = caughtFrom(() => decoder.decode(bytes, { path: 'in.csv', position: 0 }, false));
    expect(tooLarge.code).toBe('RECORD_TOO_LARGE');
  });
});

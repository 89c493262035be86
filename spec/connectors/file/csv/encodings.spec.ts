import {
  type CsvReadOptions,
  csvDecoder,
  csvEncoder,
  csvReadOptions,
  csvWriteOptions,
} from '../../../../connectors/file/csv/index.js';
import { Table } from '../../../../lib/columns/index.js';
import { encodingOf } from '../../../../lib/formats/scan/encoding.js';
import { parseOptions } from '../../../../lib/options/index.js';
import { toSchema } from '../../../../lib/schema/index.js';
import { caughtFrom } from '../../../helpers/caught-from.js';
import { listsOf } from './support.js';

const schema = toSchema('a INT, b STRING');

/** The rows of a document that comes in pieces of `size` bytes, each in front of what was not taken. */
function read(bytes: Uint8Array, given: object, size = bytes.length): unknown[][] {
  const options: CsvReadOptions = parseOptions('fileSource', given, csvReadOptions);
  const decoder = csvDecoder(options, { schema, columns: ['a', 'b'], atStart: true });
  let taken = 0;
  for (let end = Math.min(size, bytes.length); ; end = Math.min(end + size, bytes.length)) {
    const last = end === bytes.length;
    taken += decoder.decode(bytes.slice(taken, end), { path: 'in.csv', position: taken }, last);
    if (last) break;
  }
  expect(taken).toBe(bytes.length);
  return decoder.numRows === 0 ? [] : listsOf(decoder.take());
}

const text = '1,é\n2,"zwei ""Zeilen""\nund 日本"\n3,ß\r\n4,😀\n';
const rows = [
  [1, 'é'],
  [2, 'zwei "Zeilen"\nund 日本'],
  [3, 'ß'],
  [4, '😀'],
];
const rfc = { multiLine: true, escape: '"' };

describe('encodings of csv', () => {
  describe.each(['UTF-16LE', 'UTF-16BE', 'UTF-16', 'UTF-32LE', 'UTF-32', 'GB18030'])('%s', (name) => {
    const encoding = encodingOf(name)!;
    const bytes =
      name === 'GB18030'
        ? // The same text by another program.
          Buffer.from(
            '312ca8a60a322c227a7765692022225a65696c656e22220a756e6420c8d5b1be220a332c813089380d0a342c9439fc360a',
            'hex',
          )
        : Buffer.concat([encoding.mark, encoding.encode!(text)]);

    it.each([1, 2, 3, 7, bytes.length])('is read in pieces of %d bytes', (size) => {
      expect(read(bytes, { ...rfc, encoding: name }, size)).toEqual(rows);
    });
  });

  it('knows the order of bytes by the mark', () => {
    const bytes = Buffer.from(`\ufeff${text}`, 'utf16le');
    expect(read(bytes, { ...rfc, encoding: 'utf-16' }, 5)).toEqual(rows);
    expect(read(bytes, { ...rfc, encoding: 'utf-16le' }, 5)).toEqual(rows);
  });

  it('reads characters of one byte', () => {
    const bytes = Buffer.from([0x31, 0x2c, 0xe9, 0x80, 0x0a]);
    expect(read(bytes, { encoding: 'iso-8859-1' }, 2)).toEqual([[1, 'é\u0080']]);
    expect(read(bytes, { charset: 'windows-1252' }, 2)).toEqual([[1, 'é€']]);
    expect(read(bytes, { encoding: 'US-ASCII' }, 2)).toEqual([[1, '\ufffd\ufffd']]);
    expect(read(bytes, { encoding: 'windows-1252', charset: 'UTF-8' }, 2)).toEqual([[1, 'é€']]);
  });

  it('names the place in the file', () => {
    const bytes = Buffer.from('1,x\n2,é\nbad,x\n', 'utf16le');
    const error = caughtFrom(() => read(bytes, { encoding: 'UTF-16LE', mode: 'FAILFAST' }));
    expect(error.details['position']).toBe(16);
  });

  it('writes what it can', () => {
    const write = (encoding: string): string => {
      const options = parseOptions('fileSink', { encoding, header: true }, csvWriteOptions);
      const encoder = csvEncoder(options, schema);
      const table = Table.fromRows([{ a: 1, b: 'é€' }], schema);
      return Buffer.concat([encoder.start(), encoder.encode(table)]).toString('latin1');
    };
    expect(write('ISO-8859-1')).toBe('a,b\n1,\xe9?\n');
    expect(write('windows-1252')).toBe('a,b\n1,\xe9\x80\n');
    // As Java does, a mark first.
    expect(write('UTF-16')).toBe('\xfe\xff\0a\0,\0b\0\n\x001\0,\0\xe9\x20\xac\0\n');
    expect(caughtFrom(() => write('GBK')).code).toBe('INVALID_OPTION');
  });
});

import { csvDecoder, csvReadOptions } from '../../../../connectors/file/csv/index.js';
import type { MalformedRecord } from '../../../../connectors/file/format.js';
import { encodingOf } from '../../../../lib/formats/scan/encoding.js';
import { parseOptions } from '../../../../lib/options/index.js';
import { parseDdl } from '../../../../lib/schema/index.js';
import { feed } from '../json/harness.js';
import { listsOf } from './support.js';

const document = 'a,b\r\n1,x\r\nzwölf,y\r\n2\r\n3,"z",,\r\n4,end\r\n99999999999,"q,""';

interface Kept extends Omit<MalformedRecord, 'bytes'> {
  readonly text: string;
}

function rejected(text: Uint8Array, options: Readonly<Record<string, unknown>>, cuts: readonly number[] = []) {
  const kept: Kept[] = [];
  const schema = parseDdl('a INT, b STRING');
  const decoder = csvDecoder(parseOptions('fileSource', { header: true, ...options }, csvReadOptions), {
    schema,
    columns: ['a', 'b'],
    atStart: true,
    reject: ({ bytes, ...rest }) => {
      expect(Buffer.from(text).subarray(rest.position, rest.position + bytes.length)).toEqual(Buffer.from(bytes));
      kept.push({ ...rest, text: Buffer.from(bytes).toString('latin1') });
    },
  });
  feed(decoder, text, cuts);
  const { malformed, reasons } = decoder;
  return { kept, malformed, reasons, rows: listsOf(decoder.take()) };
}

const expected = [
  { position: 10, reason: 'value', message: "'zwölf' in column 'a' is not a INT" },
  { position: 20, reason: 'fields', message: 'it has 1 fields, the schema 2' },
  { position: 23, reason: 'fields', message: 'it has 4 fields, the schema 2' },
  { position: 39, reason: 'value', message: "'99999999999' in column 'a' is not a INT" },
];

describe('what csv rejects', () => {
  const bytes = Buffer.from(document);

  it.each(['PERMISSIVE', 'DROPMALFORMED', 'FAILFAST'])('is told, counted and left out in mode %s', (mode) => {
    const { kept, malformed, reasons, rows } = rejected(bytes, { mode });
    expect(kept).toMatchObject(expected);
    expect(kept.map((k) => Buffer.from(k.text, 'latin1').toString())).toEqual([
      'zwölf,y',
      '2',
      '3,"z",,',
      '99999999999,"q,""',
    ]);
    expect(rows).toEqual([
      [1, 'x'],
      [4, 'end'],
    ]);
    expect(malformed).toBe(4);
    expect(reasons).toEqual({ fields: 2, value: 2 });
  });

  it('does not depend on where the bytes are cut', () => {
    const whole = rejected(bytes, {});
    for (let cut = 0; cut <= bytes.length; cut++) expect(rejected(bytes, {}, [cut])).toEqual(whole);
    const everywhere = Array.from(bytes, (_, i) => i);
    expect(rejected(bytes, {}, everywhere)).toEqual(whole);
  });

  it('is what the file has in another encoding', () => {
    const encoded = encodingOf('UTF-16LE')!.encode!(document);
    for (const cuts of [[], [11], [45, 46, 47], Array.from(encoded, (_, i) => i)]) {
      const { kept, rows } = rejected(encoded, { encoding: 'UTF-16LE' }, cuts);
      expect(kept.map((k) => Buffer.from(k.text, 'latin1').toString('utf16le'))).toEqual([
        'zwölf,y',
        '2',
        '3,"z",,',
        '99999999999,"q,""',
      ]);
      expect(kept.map((k) => k.position)).toEqual([20, 38, 44, 76]);
      expect(rows).toHaveLength(2);
    }
  });

  it('counts by reason without anyone to tell', () => {
    const decoder = csvDecoder(parseOptions('fileSource', {}, csvReadOptions), {
      schema: parseDdl('a INT, b INT'),
      columns: ['a', 'b'],
      atStart: true,
    });
    feed(decoder, Buffer.from('1,2\n1\nx,y\nx'));
    expect(decoder.reasons).toEqual({ fields: 2, value: 1 });
    expect(decoder.malformed).toBe(3);
    expect(decoder.numRows).toBe(4);
  });

  it('shortens what it quotes', () => {
    const { kept } = rejected(Buffer.from(`a,b\n${'x'.repeat(10_000)},1`), {});
    expect(kept[0]!.message.length).toBeLessThan(250);
    expect(kept[0]!.text).toHaveLength(10_002);
  });
});

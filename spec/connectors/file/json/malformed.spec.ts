import { jsonDecoder } from '../../../../connectors/file/json/decoder.js';
import type { MalformedRecord } from '../../../../connectors/file/format.js';
import { jsonReadOptions } from '../../../../lib/formats/json/options.js';
import { encodingOf } from '../../../../lib/formats/scan/encoding.js';
import { parseOptions } from '../../../../lib/options/index.js';
import { parseDdl } from '../../../../lib/schema/index.js';
import { feed } from './harness.js';

const document = '\ufeff{"a":1}\r\n{"a":"é"}\r\n\r\n{"a":2}\r\n{"a":3,\r\n[{"a":4},{"a":true}]\r\n7\r\n{"a":5} x';

function rejected(data: Uint8Array, options: Readonly<Record<string, unknown>> = {}, cuts: readonly number[] = []) {
  const kept: (Omit<MalformedRecord, 'bytes'> & { readonly bytes: Buffer })[] = [];
  const decoder = jsonDecoder(parseOptions('json', options, jsonReadOptions), {
    schema: parseDdl('a INT'),
    columns: ['a'],
    atStart: true,
    reject: ({ bytes, ...rest }) => {
      expect(Buffer.from(data).subarray(rest.position, rest.position + bytes.length)).toEqual(Buffer.from(bytes));
      kept.push({ ...rest, bytes: Buffer.from(bytes) });
    },
  });
  feed(decoder, data, cuts);
  const { malformed, reasons } = decoder;
  return { kept, malformed, reasons, rows: decoder.take().toRows() };
}

describe('what json rejects', () => {
  const data = Buffer.from(document);

  it.each(['PERMISSIVE', 'DROPMALFORMED', 'FAILFAST'])('is told, counted and left out in mode %s', (mode) => {
    const { kept, malformed, reasons, rows } = rejected(data, { mode });
    expect(kept.map((k) => k.bytes.toString())).toEqual(['{"a":"é"}', '{"a":3,', '[{"a":4},{"a":true}]', '7']);
    expect(kept.map((k) => k.reason)).toEqual(['value', 'syntax', 'value', 'syntax']);
    expect(kept[0]!.message).toBe(`a value for the column 'a' of type INT that it cannot hold ("é"})`);
    expect(kept[3]!.message).toBe('neither an object nor an array (7)');
    expect(kept[1]!.message).toBe('a comma without a name after it');
    // What follows the first value of a line is not looked at, as in Spark.
    expect(rows).toEqual([{ a: 1 }, { a: 2 }, { a: 5 }]);
    expect(malformed).toBe(4);
    expect(reasons).toEqual({ syntax: 2, value: 2 });
  });

  it('does not depend on where the bytes are cut', () => {
    const whole = rejected(data);
    for (let cut = 0; cut <= data.length; cut++) expect(rejected(data, {}, [cut])).toEqual(whole);
    expect(
      rejected(
        data,
        {},
        Array.from(data, (_, i) => i),
      ),
    ).toEqual(whole);
  });

  it('is what the file has in another encoding', () => {
    const encoding = 'UTF-16LE';
    const encoded = encodingOf(encoding)!.encode!(document.slice(1).replaceAll('\r\n', '\n'));
    const { kept } = rejected(encoded, { encoding, lineSep: '\n' }, [3, 30, 31]);
    expect(kept.map((k) => k.bytes.toString('utf16le'))).toEqual(['{"a":"é"}', '{"a":3,', '[{"a":4},{"a":true}]', '7']);
  });

  it('is a file with multiLine, without its mark', () => {
    const { kept, rows } = rejected(Buffer.from('\ufeff{\n"a": []}\n'), { multiLine: true });
    expect(kept).toMatchObject([{ position: 3, reason: 'value' }]);
    expect(rows).toEqual([]);
  });
});

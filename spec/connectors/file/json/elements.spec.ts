import fc from 'fast-check';
import { jsonDecoder } from '../../../../connectors/file/json/decoder.js';
import { jsonInference } from '../../../../connectors/file/json/inference.js';
import { jsonReadOptions } from '../../../../lib/formats/json/options.js';
import { parseOptions } from '../../../../lib/options/index.js';
import { formatDdl, parseDdl } from '../../../../lib/schema/index.js';
import { codeOf, decoderOf, feed, rowsOf } from './harness.js';

const options = { multiLine: true, maxRecordBytes: 40, allowComments: true };
const ddl = 'a INT, s STRING, l ARRAY<INT>, _corrupt_record STRING';
const rowOf = (row: object) => ({ a: null, s: null, l: null, _corrupt_record: null, ...row });
const long = '[{"a":1,"s":"],["},\n {"s":"\\"}","l":[1,2]} ,{"a":3} /* , */, {"s":\'x"\'}]\n rest';
const rows = [{ a: 1, s: '],[' }, { s: '"}', l: [1, 2] }, { a: 3 }, { s: 'x"' }].map(rowOf);

test('an array that is longer than a record may be is read by its elements', () => {
  expect(rowsOf(ddl, long, { options })).toEqual(rows);
  expect(rowsOf(ddl, `\ufeff \n${long}`, { options })).toEqual(rows);
});

test('wherever the bytes are cut', () => {
  const bytes = Buffer.from(long);
  for (let cut = 0; cut <= bytes.length; cut++) expect(rowsOf(ddl, bytes, { options }, [cut])).toEqual(rows);
  const each = Array.from(bytes, (_, i) => i);
  expect(rowsOf(ddl, bytes, { options }, each)).toEqual(rows);
});

test('elements are what JSON.parse finds, and a run that ends between two goes on behind it', () => {
  const value = fc.record(
    { a: fc.integer({ min: -9, max: 99 }), s: fc.string({ maxLength: 8 }), l: fc.array(fc.nat(9), { maxLength: 3 }) },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(fc.array(value, { minLength: 3, maxLength: 12 }), fc.nat(), fc.nat(2), (values, cut, indent) => {
      const bytes = Buffer.from(JSON.stringify(values, undefined, indent));
      const small = { multiLine: true, maxRecordBytes: 100 };
      const expected = values.map(rowOf);
      const first = decoderOf(ddl, { options: small });
      const at = cut % (bytes.length + 1);
      const taken = first.decode(bytes.subarray(0, at), { path: 'f', position: 0 }, false);
      const early = first.take().toRows();
      const got = [...early];
      const second = decoderOf(ddl, { options: small, atStart: taken === 0 });
      feed(second, bytes.subarray(taken));
      got.push(...second.take().toRows());
      expect(got).toEqual(expected);
      // A replay has the bytes up to where the first run ended.
      if (taken > 0) expect([...rowsOf(ddl, bytes.subarray(0, taken), { options: small })]).toEqual(early);
    }),
    { numRuns: 300 },
  );
});

test.each([99, 100, 101, 102])('an array of %d bytes, where one of 100 is not too long', (length) => {
  const options = { multiLine: true, maxRecordBytes: 100 };
  const bytes = Buffer.from(`[{"a":1},${' '.repeat(length - 17)}{"a":2}]`);
  const rows = [1, 2].map((a) => rowOf({ a }));
  expect(bytes).toHaveLength(length);
  expect(rowsOf(ddl, bytes, { options })).toEqual(rows);
  // So that a run ends behind the last element: what it took is read again.
  const decoder = decoderOf(ddl, { options });
  const taken = decoder.decode(bytes, { path: 'f', position: 0 }, false);
  if (taken > 0) expect(rowsOf(ddl, bytes.subarray(0, taken), { options })).toEqual(decoder.take().toRows());
});

test('elements that are no rows are malformed, each for itself', () => {
  const data = '[{"a":1}, {"a":true, "s":"x"}, [{"a":2}], 7,, {"a":5} {"a":6}, {"a":}, {"a":8},]';
  const found: unknown[] = [];
  const decoder = jsonDecoder(parseOptions('json', options, jsonReadOptions), {
    schema: parseDdl(ddl),
    columns: ['a', 's', 'l'],
    atStart: true,
    reject: ({ bytes, position, reason }) => found.push([Buffer.from(bytes).toString(), position, reason]),
  });
  feed(decoder, Buffer.from(data), [20, 50]);
  expect(
    decoder
      .take()
      .toRows()
      .map((row) => row['a']),
  ).toEqual([1, 8]);
  expect(found).toEqual([
    ['{"a":true, "s":"x"}', 10, 'value'],
    ['[{"a":2}]', 31, 'syntax'],
    ['7', 42, 'syntax'],
    ['', 44, 'syntax'],
    ['{"a":5} {"a":6}', 46, 'syntax'],
    ['{"a":}', 63, 'syntax'],
    ['', 79, 'syntax'],
  ]);
});

test('in PERMISSIVE mode they are kept', () => {
  const got = rowsOf(ddl, `[{"a":1},${' '.repeat(20)}{"a":"x"},{"a":3`, { options });
  const kept = [{ a: 1 }, { _corrupt_record: '{"a":"x"}' }, { _corrupt_record: '{"a":3' }];
  expect(got).toEqual(kept.map(rowOf));
});

test('an element that is too long, and what follows an array without an end, are RECORD_TOO_LARGE', () => {
  const read = (data: string, cuts: readonly number[] = []) => codeOf(() => rowsOf(ddl, data, { options }, cuts));
  const element = `{"s":"${'x'.repeat(40)}"}`;
  const small = '{"s":"0123456789"}';
  for (const cuts of [[], [20], [60, 70]]) {
    expect(read(`[${element}]`, cuts)).toBe('RECORD_TOO_LARGE');
    expect(read(`[${small},${small},${small},${element}]`, cuts)).toBe('RECORD_TOO_LARGE');
  }
  expect(read(`[${small},${small},${small}]${'y'.repeat(60)}`, [65, 110])).toBe('RECORD_TOO_LARGE');
  expect(read(`[${small},${small},${small}]${'y'.repeat(30)}`, [65, 80])).toBeUndefined();
});

test('a short array is one record, as in Spark', () => {
  const data = '[{"a":1},{"a":2},7]';
  expect(rowsOf(ddl, data, { options })).toEqual([rowOf({ _corrupt_record: data })]);
  expect(rowsOf(ddl, '[]', { options }, [1])).toEqual([]);
});

test('UTF-16 is found out, however few bytes there are at first', () => {
  const data = Buffer.from('[{"a":1},{"a":2}]', 'utf16le');
  for (let cut = 0; cut <= data.length; cut++) {
    expect(rowsOf(ddl, data, { options }, [cut])).toEqual([rowOf({ a: 1 }), rowOf({ a: 2 })]);
  }
});

test('columns are inferred of all elements', () => {
  const inference = jsonInference(parseOptions('json', options, jsonReadOptions));
  const bytes = Buffer.from(`[{"a":1},{"b":"x"},${' '.repeat(20)}{"a":1.5},{"c":[true]}]`);
  const file = inference.nextFile();
  const taken = file.decode(bytes.subarray(0, 45), { path: 'f', position: 0 }, false);
  file.decode(bytes.subarray(taken), { path: 'f', position: taken }, true);
  expect(formatDdl(inference.schema()!)).toBe('a DOUBLE, b STRING, c ARRAY<BOOLEAN>');
});

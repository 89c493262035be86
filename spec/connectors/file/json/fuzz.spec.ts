import fc from 'fast-check';
import { jsonInference } from '../../../../connectors/file/json/inference.js';
import { jsonReadOptions } from '../../../../lib/formats/json/options.js';
import { parseOptions } from '../../../../lib/options/index.js';
import { decoderOf, feed } from './harness.js';

const ddl =
  'a BIGINT, b STRING, c ARRAY<DOUBLE>, d STRUCT<x: INT, y: DECIMAL(10,2)>, e MAP<STRING, BOOLEAN>, f TIMESTAMP, g DATE, h BINARY, _corrupt_record STRING';

const documents = [
  '{"a":1,"b":"x\\u00e9\\n","c":[1.5,-2e3,0],"d":{"x":1,"y":"2.50"},"e":{"k":true},"f":"2020-02-29T10:11:12.5Z"}',
  '[{"a":9223372036854775807,"g":"2020-02-29","h":"AQI="},{"b":null,"c":[],"d":{},"e":{}}]',
  ' {"other" : [[[{"a":[1,{"b":2}]}]]], "a":"7", "b":{"n":1}} rest',
  '{"b":"漢😀\u2028","a":NaN,\'e\':{\'k\':null}}',
];

/** Bytes that mean something in JSON, in UTF-8, and in UTF-16 and UTF-32. */
const meaningful = fc.constantFrom(
  ...Buffer.from('"\\{}[],:0-+.eEunt/*\'\n\r \t'),
  0,
  0x1f,
  0x80,
  0xc3,
  0xe0,
  0xed,
  0xf0,
  0xff,
);

interface Change {
  readonly at: number;
  readonly remove: number;
  readonly insert: readonly number[];
}

const change: fc.Arbitrary<Change> = fc.record({
  at: fc.nat(),
  remove: fc.integer({ min: 0, max: 3 }),
  insert: fc.array(fc.oneof(meaningful, fc.integer({ min: 0, max: 255 })), { maxLength: 3 }),
});

/** Documents a line each, some bytes of which were put, dropped or replaced. */
const damaged = fc
  .tuple(fc.array(fc.constantFrom(...documents), { minLength: 1, maxLength: 3 }), fc.array(change, { maxLength: 4 }))
  .map(([lines, changes]) => {
    let bytes = [...Buffer.from(lines.join('\n'))];
    for (const { at, remove, insert } of changes) {
      const from = at % (bytes.length + 1);
      bytes = [...bytes.slice(0, from), ...insert, ...bytes.slice(from + remove)];
    }
    return Uint8Array.from(bytes);
  });

const lenient = {
  allowComments: true,
  allowUnquotedFieldNames: true,
  allowNumericLeadingZeros: true,
  allowBackslashEscapingAnyCharacter: true,
  allowUnquotedControlChars: true,
};
const anyOptions = fc.constantFrom<Record<string, unknown>>(
  {},
  lenient,
  { multiLine: true },
  { multiLine: true, ...lenient },
  { mode: 'DROPMALFORMED' },
  { encoding: 'UTF-16LE', lineSep: '\n' },
  { lineSep: '}' },
);

function decoded(bytes: Uint8Array, options: Record<string, unknown>, cuts: readonly number[] = []) {
  const decoder = decoderOf(ddl, { options });
  feed(decoder, bytes, cuts);
  const table = decoder.take();
  return { rows: table.toRows(), malformed: decoder.malformed, lengths: table.columns.map((c) => c.length) };
}

test('whatever the bytes are, rows come out, the same ones wherever the bytes are cut', () => {
  fc.assert(
    fc.property(fc.oneof(damaged, fc.uint8Array({ maxLength: 60 })), anyOptions, (bytes, options) => {
      const expected = decoded(bytes, options);
      expect(new Set(expected.lengths)).toEqual(new Set([expected.rows.length]));
      const step = Math.max(1, Math.ceil(bytes.length / 40));
      for (let cut = 0; cut <= bytes.length; cut += step) expect(decoded(bytes, options, [cut])).toEqual(expected);
      const each = Array.from(bytes, (_, i) => i + 1);
      expect(decoded(bytes, options, each)).toEqual(expected);
    }),
    { numRuns: 150 },
  );
});

test('a record that is malformed does not change the ones around it', () => {
  const rowOf = (line: string): unknown => decoded(Buffer.from(line), {}).rows[0];
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (noise) => {
      const line = noise.filter((byte) => byte !== 10 && byte !== 13);
      const data = Buffer.concat([Buffer.from(`${documents[0]}\n`), line, Buffer.from(`\n${documents[3]}`)]);
      const { rows } = decoded(data, {});
      expect(rows[0]).toEqual(rowOf(documents[0]!));
      expect(rows.at(-1)).toEqual(rowOf(documents[3]!));
    }),
    { numRuns: 500 },
  );
});

test('of whatever bytes there are columns, the same ones wherever the bytes are cut', () => {
  const inferred = (bytes: Uint8Array, options: Record<string, unknown>, cut?: number): unknown => {
    const inference = jsonInference(parseOptions('json', options, jsonReadOptions));
    const file = inference.nextFile();
    const place = { path: 'f', position: 0 };
    const taken = cut === undefined ? 0 : file.decode(bytes.subarray(0, cut), place, false);
    file.decode(bytes.subarray(taken), place, true);
    try {
      return inference.schema()?.fields;
    } catch (error) {
      // Two names that differ in case only.
      return (error as { code?: string }).code;
    }
  };
  fc.assert(
    fc.property(damaged, anyOptions, fc.nat(), (bytes, options, cut) => {
      const expected = inferred(bytes, options);
      if (typeof expected === 'string') expect(expected).toBe('INVALID_SCHEMA');
      expect(inferred(bytes, options, cut % (bytes.length + 1))).toEqual(expected);
    }),
    { numRuns: 500 },
  );
});

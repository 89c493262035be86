import fc from 'fast-check';
import { csvDecoder, csvInference, csvReadOptions } from '../../../../connectors/file/csv/index.js';
import { SluiceError } from '../../../../lib/errors/index.js';
import { parseOptions } from '../../../../lib/options/index.js';
import { parseDdl } from '../../../../lib/schema/index.js';
import { feed } from '../json/harness.js';
import { listsOf } from './support.js';

const schema = parseDdl('a INT, b STRING, c DOUBLE, d DATE, _corrupt_record STRING');
const columns = schema.fields.map((f) => f.name);

type Options = Readonly<Record<string, unknown>>;

const documents = [
  'a,b,c,d\n1,"x, ""y""",1.5,2020-02-29\r\n-2,é漢😀,NaN,\n',
  '"7","several\r\nlines\n","-Inf",2020-1-1\n\n# no record\n3, blanks ,\t1e3 ,x\n',
  "1;'it\\'s';2;\\\r\r4;'open\n5;\"z\";;;;\n",
  '\ufeff1,\\"a\\\\,2,"2020"x"\n1,"a" b,c"d"\n"',
];

const meaningful = fc.constantFrom(...Buffer.from('"\'\\,;:\n\r\t #'), 0, 0x80, 0xc3, 0xe0, 0xed, 0xef, 0xf0, 0xff);

const change = fc.record({
  at: fc.nat(),
  remove: fc.integer({ min: 0, max: 3 }),
  insert: fc.array(fc.oneof(meaningful, fc.integer({ min: 0, max: 255 })), { maxLength: 3 }),
});

/** Documents, some bytes of which were put, dropped or replaced. */
const damaged = fc
  .tuple(fc.array(fc.constantFrom(...documents), { minLength: 1, maxLength: 2 }), fc.array(change, { maxLength: 4 }))
  .map(([texts, changes]) => {
    let bytes = [...Buffer.from(texts.join(''))];
    for (const { at, remove, insert } of changes) {
      const from = at % (bytes.length + 1);
      bytes = [...bytes.slice(0, from), ...insert, ...bytes.slice(from + remove)];
    }
    return Uint8Array.from(bytes);
  });

const input = fc.oneof({ weight: 3, arbitrary: damaged }, { weight: 1, arbitrary: fc.uint8Array({ maxLength: 60 }) });

const dialect = fc.record(
  {
    sep: fc.constantFrom(',', ';', '::', '\t'),
    quote: fc.constantFrom('"', "'", ''),
    escape: fc.constantFrom('\\', '"', ''),
    charToEscapeQuoteEscaping: fc.constantFrom('\\', '#'),
    comment: fc.constant('#'),
    multiLine: fc.boolean(),
    header: fc.boolean(),
    mode: fc.constantFrom('PERMISSIVE', 'DROPMALFORMED', 'FAILFAST'),
    ignoreLeadingWhiteSpace: fc.boolean(),
    ignoreTrailingWhiteSpace: fc.boolean(),
    lineSep: fc.constantFrom('\n', '\r\n', ';;'),
    nullValue: fc.constantFrom('x', '""'),
    maxCharsPerColumn: fc.constantFrom(3, 100),
    maxColumns: fc.constantFrom(3, 100),
    maxRecordBytes: fc.constantFrom(20, 200),
    unescapedQuoteHandling: fc.constantFrom(
      'STOP_AT_DELIMITER',
      'STOP_AT_CLOSING_QUOTE',
      'BACK_TO_DELIMITER',
      'SKIP_VALUE',
      'RAISE_ERROR',
    ),
    encoding: fc.constantFrom('UTF-8', 'ISO-8859-1'),
  },
  { requiredKeys: [] },
);

/** Of several things that are wrong the pieces that the bytes come in may decide which is found first. */
function failure(error: unknown): 'failed' {
  if (!(error instanceof SluiceError)) throw error;
  expect(['MALFORMED_RECORD', 'RECORD_TOO_LARGE']).toContain(error.code);
  return 'failed';
}

/** What comes of bytes: rows, or a failure. With `keep` what is malformed is kept aside. */
function outcome(bytes: Uint8Array, options: Options, keep: boolean, cuts: readonly number[] = []): unknown {
  const kept: string[] = [];
  const reject = ({ bytes: record, position }: { readonly bytes: Uint8Array; readonly position: number }): void => {
    expect(Buffer.from(bytes).subarray(position, position + record.length)).toEqual(Buffer.from(record));
    kept.push(`${position}: ${Buffer.from(record).toString('latin1')}`);
  };
  const request = { schema, columns, atStart: true, ...(keep && { reject }) };
  const decoder = csvDecoder(parseOptions('fileSource', options, csvReadOptions), request);
  try {
    feed(decoder, bytes, cuts);
  } catch (error) {
    return failure(error);
  }
  const { malformed, reasons, numRows } = decoder;
  const table = decoder.take();
  expect(table.numRows).toBe(numRows);
  expect((reasons?.fields ?? 0) + (reasons?.value ?? 0)).toBe(malformed);
  if (keep) expect(kept).toHaveLength(malformed);
  return { rows: listsOf(table), malformed, reasons, kept };
}

/** The same comes of the bytes wherever they are cut. Returns whether that is rows. */
function holds(bytes: Uint8Array, options: Options, keep: boolean): boolean {
  const expected = outcome(bytes, options, keep);
  const step = Math.max(1, Math.ceil(bytes.length / 20));
  for (let cut = 0; cut <= bytes.length; cut += step) expect(outcome(bytes, options, keep, [cut])).toEqual(expected);
  const each = Array.from(bytes, (_, i) => i + 1);
  expect(outcome(bytes, options, keep, each)).toEqual(expected);
  return expected !== 'failed';
}

test('whatever the bytes and the dialect are, the same comes of them wherever they are cut', () => {
  let decoded = 0;
  const property = fc.property(input, dialect, fc.boolean(), (bytes, options, keep) => {
    if (holds(bytes, options, keep)) decoded++;
  });
  fc.assert(property, { numRuns: 60 });
  expect(decoded).toBeGreaterThan(10);
});

test('of whatever bytes there are columns, the same ones wherever the bytes are cut', () => {
  const inferred = (bytes: Uint8Array, options: Options, cut: number): unknown => {
    const inference = csvInference(parseOptions('fileSource', { ...options, inferSchema: true }, csvReadOptions));
    const file = inference.nextFile();
    try {
      const taken = file.decode(bytes.subarray(0, cut), { path: 'f', position: 0 }, false);
      file.decode(bytes.subarray(taken), { path: 'f', position: taken }, true);
      return inference.schema()?.fields;
    } catch (error) {
      return failure(error);
    }
  };
  fc.assert(
    fc.property(damaged, dialect, fc.nat(), (bytes, options, cut) => {
      expect(inferred(bytes, options, cut % (bytes.length + 1))).toEqual(inferred(bytes, options, 0));
    }),
    { numRuns: 150 },
  );
});

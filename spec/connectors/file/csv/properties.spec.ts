import { parseString } from 'fast-csv';
import fc from 'fast-check';
import { csvReadOptions } from '../../../../connectors/file/csv/index.js';
import type { Decimal } from '../../../../lib/schema/index.js';
import { type Decoded, decode, encode } from './support.js';

const rfc = { escape: '"', multiLine: true };

/** Texts with much of what matters in CSV. */
const text = fc
  .array(
    fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom('"', ',', '\n', '\r', '\r\n', ' ', '\\', '#', '""') },
      fc.string({ unit: 'grapheme', maxLength: 4 }),
    ),
    {
      maxLength: 8,
    },
  )
  .map((parts) => parts.join(''));

const cuts = (size: number) => fc.array(fc.nat(size), { maxLength: 12 }).map((list) => list.sort((a, b) => a - b));

/** What fast-csv reads, with the blanks of the format: an empty field is missing. */
const oracle = (document: string): Promise<(string | null)[][]> =>
  new Promise((resolve, reject) => {
    const rows: (string | null)[][] = [];
    parseString<string[], string[]>(document, { headers: false })
      .on('error', reject)
      .on('data', (row: string[]) => rows.push(row.map((v) => (v === '' ? null : v))))
      .on('end', () => resolve(rows));
  });

it('reads RFC 4180 as fast-csv does, in whatever pieces it comes', async () => {
  // Blanks alone go into quotes: without them fast-csv takes them for nothing.
  const plain = (t: string): boolean => !/[",\r\n]|^\s+$/.test(t);
  const cell = fc
    .tuple(text, fc.boolean())
    .map(([t, quoted]) => (plain(t) && !quoted ? t : `"${t.replaceAll('"', '""')}"`));
  // Of fewer than two columns a line may be blank, which is no record.
  const rowsOf = (columns: number) =>
    fc.array(fc.array(cell, { minLength: columns, maxLength: columns }), { minLength: 1, maxLength: 8 });
  const documents = fc
    .record({
      rows: fc.integer({ min: 2, max: 5 }).chain(rowsOf),
      lineEnd: fc.constantFrom('\n', '\r\n', '\r'),
      lastLineEnd: fc.boolean(),
    })
    .map(({ rows, lineEnd, lastLineEnd }) => ({
      columns: rows[0]!.length,
      document: rows.map((row) => row.join(',')).join(lineEnd) + (lastLineEnd ? lineEnd : ''),
    }))
    .chain(({ columns, document }) =>
      fc.tuple(fc.constant(columns), fc.constant(document), cuts(Buffer.byteLength(document))),
    );
  let rowsSeen = 0;
  await fc.assert(
    fc.asyncProperty(documents, async ([columns, document, cuts]) => {
      fc.pre(!document.startsWith('\ufeff'));
      const schema = Array.from({ length: columns }, (_, c) => `c${c} STRING`).join(', ');
      const expected = await oracle(document);
      rowsSeen += expected.length;
      expect(decode(document, { schema, options: rfc, cuts })).toMatchObject({ rows: expected, malformed: 0 });
    }),
    { numRuns: 500 },
  );
  expect(rowsSeen).toBeGreaterThan(500);
});

const option = <T>(...choices: T[]): fc.Arbitrary<T> => fc.constantFrom(...choices);

const dialects = fc.record({
  sep: option(',', '::', ' ', '\t'),
  quote: option('"', "'", ''),
  escape: option('\\', '"', ''),
  comment: option('', '#'),
  multiLine: fc.boolean(),
  header: fc.boolean(),
  ignoreLeadingWhiteSpace: fc.boolean(),
  ignoreTrailingWhiteSpace: fc.boolean(),
  nullValue: option('', 'a'),
  lineSep: option<string | undefined>(undefined, undefined, '\n', '\r\n', ';;'),
});

const noise = fc
  .array(
    option(
      '"',
      "'",
      ',',
      ':',
      '::',
      ' ',
      '\t',
      '\n',
      '\r',
      '\\',
      '#',
      ';',
      ';;',
      'a',
      'b1',
      '1',
      'é',
      '\xff',
      '\ufeff',
    ),
    { maxLength: 60 },
  )
  // Latin-1 is what a character past ASCII is not to be written in, so some bytes are not UTF-8.
  .map((parts) => Buffer.concat(parts.map((p) => Buffer.from(p, p === '\xff' ? 'latin1' : 'utf8'))));

const facts = ({ rows, malformed }: Decoded) => ({ rows, malformed });

it('reads the same, whatever the dialect, wherever the bytes are cut', () => {
  const schema = 'a STRING, b INT, c STRING, _corrupt_record STRING';
  const everywhere = noise.chain((document) =>
    fc.record({ document: fc.constant(document), options: dialects, cuts: cuts(document.length) }),
  );
  fc.assert(
    fc.property(everywhere, ({ document, options, cuts }) => {
      const whole = facts(decode(document, { schema, options }));
      expect(facts(decode(document, { schema, options, cuts }))).toEqual(whole);
      const bytewise = Array.from({ length: document.length }, (_, i) => i);
      expect(facts(decode(document, { schema, options, cuts: bytewise }))).toEqual(whole);
    }),
    { numRuns: 600 },
  );
});

it('reads the same values of a column whichever others are read', () => {
  fc.assert(
    fc.property(noise, dialects, fc.shuffledSubarray(['a', 'b', 'c']), (document, options, columns) => {
      const schema = 'a STRING, b INT, c STRING';
      const whole = decode(document, { schema, options }).table;
      const some = decode(document, { schema, options, columns }).table;
      expect(some.numRows).toBe(whole.numRows);
      expect(some.schema.fields.map((f) => f.name)).toEqual(columns);
      expect(some.toRows()).toEqual(whole.select(columns).toRows());
    }),
    { numRuns: 300 },
  );
});

it('reads back what it wrote', () => {
  const schema =
    's STRING, l LONG, i INT, d DOUBLE, f FLOAT, n DECIMAL(20,4), o BOOLEAN, t TIMESTAMP, y DATE, z TIMESTAMP_NTZ, e STRING';
  const day = fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true });
  const missing = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null });
  const word = text.map((t) => (t === '' ? 'empty' : t));
  const row = fc.tuple(
    missing(word),
    missing(
      fc
        .bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
        .map((v) => (v > -(2n ** 53n) && v < 2n ** 53n ? Number(v) : v)),
    ),
    missing(fc.integer()),
    missing(
      fc.oneof(
        fc.double(),
        fc.integer({ min: -1e6, max: 1e6 }).map((v) => v / 100),
      ),
    ),
    missing(fc.float()),
    missing(fc.tuple(fc.integer(), fc.nat(9999)).map(([a, b]) => `${a}.${String(b).padStart(4, '0')}`)),
    missing(fc.boolean()),
    missing(day),
    missing(day.map((d) => new Date(d.toISOString().slice(0, 10)))),
    missing(day),
    missing(word),
  );
  const written = fc.record({
    sep: option(',', ';', '::', '-', ':', '.', '1', 'e'),
    quote: option('"', "'"),
    escape: option('\\', '"', "'"),
    quoteAll: fc.boolean(),
    escapeQuotes: fc.boolean(),
    header: fc.boolean(),
    nullValue: option('', 'NULL'),
  });
  const untrimmed = { ignoreLeadingWhiteSpace: false, ignoreTrailingWhiteSpace: false };
  fc.assert(
    fc.property(fc.array(row, { maxLength: 20 }), written, (rows, options) => {
      // A quote may be escaped by itself or by what is no quote.
      fc.pre(options.escape === '\\' || options.escape === options.quote);
      const document = encode(schema, rows, { ...options, ...untrimmed });
      const readable = Object.fromEntries(Object.entries(options).filter(([name]) => name in csvReadOptions));
      const { table, malformed } = decode(document, {
        schema,
        options: { ...readable, comment: '#', multiLine: true },
      });
      expect(malformed).toBe(0);
      const back = table.toRows().map((r) => ({ ...r, n: (r.n as Decimal | null)?.toString() ?? null }));
      const names = table.schema.fields.map((f) => f.name);
      expect(back).toEqual(rows.map((r) => Object.fromEntries(r.map((v, c) => [names[c], v]))));
    }),
    { numRuns: 300 },
  );
});

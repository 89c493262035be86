import fc from 'fast-check';
import { Timestamp } from '../../../../lib/schema/index.js';
import { decoderOf, encoded, feed, rowsOf } from './harness.js';

const RUNS = { numRuns: 300 };

/** Text that JSON must escape, that UTF-8 makes wide, and halves of surrogate pairs. */
const anyText = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom('"', '\\', '/', '\n', '\0', '\u001f', '\u007f', 'é', '漢', '😀', '\u2028') }),
);

/** What UTF-8 makes of a string: half a pair cannot be kept. */
const wellFormed = (text: string): string => Buffer.from(text).toString();

const anyDouble = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer(),
  fc.constantFrom(0, -0, 5e-324, 1e22, 1e23, 123456.78),
);

const cuts = fc.array(fc.nat(2000), { maxLength: 12 }).map((list) => list.sort((a, b) => a - b));

interface Row {
  n: number | null;
  d: number | null;
  t: string | null;
  f: boolean | null;
  l: (string | null)[] | null;
  s: { x: number | null; y: string[] | null } | null;
  m: Record<string, number | null> | null;
}

const ddl =
  'n BIGINT, d DOUBLE, t STRING, f BOOLEAN, l ARRAY<STRING>, s STRUCT<x: DOUBLE, y: ARRAY<STRING>>, m MAP<STRING, DOUBLE>';

const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null });
const anyRow: fc.Arbitrary<Row> = fc.record({
  n: optional(fc.maxSafeInteger()),
  d: optional(anyDouble),
  t: optional(anyText),
  f: optional(fc.boolean()),
  l: optional(fc.array(optional(anyText), { maxLength: 4 })),
  s: optional(fc.record({ x: optional(anyDouble), y: optional(fc.array(anyText, { maxLength: 3 })) })),
  m: optional(fc.dictionary(anyText, optional(anyDouble), { maxKeys: 4 })),
});

const anyJson = fc.jsonValue({ maxDepth: 4, stringUnit: 'binary' });

/** Writes an object with its names in any order, others among them, and blanks anywhere. */
const document = fc
  .tuple(anyRow, fc.dictionary(fc.string(), anyJson, { maxKeys: 3 }), fc.nat(), fc.boolean(), fc.boolean())
  .map(([row, others, turn, spaced, ascii]) => {
    const entries = Object.entries({ ...others, ...row });
    const turned = [...entries.slice(turn % entries.length), ...entries.slice(0, turn % entries.length)];
    let text = `{${turned.map(([k, v]) => `${JSON.stringify(k)}:${textOf(v)}`).join(',')}}`;
    if (spaced) text = ` ${text.replace(/^\{/, '{ ').replace(/\}$/, '\t}')} `;
    if (ascii) text = text.replace(/[^\0-\x7f]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
    return text;
  });

/** `JSON.stringify`, which has no negative zero. */
const textOf = (value: unknown): string => (Object.is(value, -0) ? '-0' : JSON.stringify(value));

/** What the row must be, by the oracle. */
function expectedRow(line: string): unknown {
  const row = JSON.parse(line) as Row;
  const text = (v: string | null): string | null => (v === null ? null : wellFormed(v));
  return {
    n: row.n === 0 ? 0 : row.n,
    d: row.d,
    t: text(row.t),
    f: row.f,
    l: row.l?.map(text) ?? null,
    s: row.s === null ? null : { x: row.s.x, y: row.s.y?.map(wellFormed) ?? null },
    m: row.m === null ? null : new Map(Object.entries(row.m).map(([k, v]) => [wellFormed(k), v])),
  };
}

const strict = { options: { mode: 'FAILFAST' } };

test('documents read as JSON.parse reads them, however they are cut', () => {
  fc.assert(
    fc.property(
      fc.array(document, { minLength: 1, maxLength: 6 }),
      cuts,
      fc.constantFrom('\n', '\r\n', '\r'),
      (lines, at, end) => {
        const expected = lines.map(expectedRow);
        expect(rowsOf(ddl, lines.join(end), strict)).toEqual(expected);
        expect(rowsOf(ddl, `${lines.join(end)}${end}`, strict, at)).toEqual(expected);
      },
    ),
    RUNS,
  );
});

test('with fewer columns the others read the same', () => {
  fc.assert(
    fc.property(
      fc.array(document, { maxLength: 4 }),
      fc.subarray(['n', 'd', 't', 'f', 'l', 's', 'm']),
      (lines, columns) => {
        const picked = rowsOf(ddl, lines.join('\n'), strict).map((row) =>
          Object.fromEntries(columns.map((c) => [c, row[c]])),
        );
        expect(rowsOf(ddl, lines.join('\n'), { ...strict, columns })).toEqual(picked);
      },
    ),
    RUNS,
  );
});

test('a column of strings holds the text of any value as it is', () => {
  fc.assert(
    fc.property(anyJson, fc.constantFrom('', ' '), (value, blank) => {
      const text = JSON.stringify(value, null, blank).replaceAll('\n', ' ');
      const expected = value === null ? null : typeof value === 'string' ? wellFormed(value) : wellFormed(text);
      expect(rowsOf('v STRING', `{"v":${text}}`, strict)).toEqual([{ v: expected }]);
    }),
    RUNS,
  );
});

test('lines that are not JSON are found where JSON.parse finds them', () => {
  const options = { allowSingleQuotes: false, allowNonNumericNumbers: false };
  fc.assert(
    fc.property(
      document,
      fc.nat(),
      fc.constantFrom('', '"', ',', '{', '}', ']', '0', '.', 'e', '\\', ' ', 'x', '\u0001'),
      (line, where, put) => {
        const at = where % line.length;
        const damaged = line.slice(0, at) + put + line.slice(at + 1);
        const decoder = decoderOf('z INT', { options, columns: [] });
        feed(decoder, Buffer.from(damaged));
        let fine: boolean;
        try {
          const value: unknown = JSON.parse(damaged);
          fine = typeof value === 'object' && value !== null && !Array.isArray(value);
        } catch {
          // Text after the object is no fault here.
          fine = prefixIsObject(damaged);
        }
        if (damaged.trim() === '') expect(decoder.take().numRows).toBe(0);
        else expect([damaged, decoder.malformed]).toEqual([damaged, fine ? 0 : 1]);
      },
    ),
    { numRuns: 1000 },
  );
});

function prefixIsObject(text: string): boolean {
  for (let end = text.indexOf('}'); end >= 0; end = text.indexOf('}', end + 1)) {
    try {
      const value: unknown = JSON.parse(text.slice(0, end + 1));
      return typeof value === 'object' && !Array.isArray(value);
    } catch {
      // A longer prefix may be one.
    }
  }
  return false;
}

test('longs are exact and doubles the nearest, over all their bits', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), fc.double(), fc.float(), (n, d, f) => {
      const row = rowsOf(
        'n BIGINT, d DOUBLE, f FLOAT',
        encoded('n BIGINT, d DOUBLE, f FLOAT', [{ n, d, f }]),
        strict,
      )[0]!;
      expect(BigInt(row['n'] as number)).toBe(n);
      expect(row['d']).toBe(d);
      expect(row['f']).toBe(f);
    }),
    { numRuns: 2000 },
  );
});

test('what is written reads back', () => {
  const types = `${ddl}, b BINARY, e DECIMAL(20,4), at TIMESTAMP, on DATE, i INT, h SMALLINT, y TINYINT`;
  const millis = fc.integer({ min: -62_135_596_800_000, max: 253_402_300_799_999 });
  const extra = fc.record({
    b: optional(fc.uint8Array()),
    e: optional(fc.integer().map((v) => String(v / 100))),
    at: optional(millis.map((ms) => new Date(ms))),
    on: optional(millis.map((ms) => new Date(Math.floor(ms / 86_400_000) * 86_400_000))),
    i: optional(fc.integer()),
    h: optional(fc.integer({ min: -32768, max: 32767 })),
    y: optional(fc.integer({ min: -128, max: 127 })),
  });
  fc.assert(
    fc.property(
      fc.array(fc.tuple(anyRow, extra), { maxLength: 5 }),
      fc.boolean(),
      cuts,
      (pairs, ignoreNullFields, at) => {
        const rows = pairs.map(([row, more]) => ({ ...row, ...more }));
        const first = encoded(types, rows, { ignoreNullFields });
        const back = rowsOf(types, first, strict, at);
        expect(encoded(types, back, { ignoreNullFields })).toBe(first);
        expect(back.map((r) => r['at'])).toEqual(rows.map((r) => r.at));
        expect(back.map((r) => r['b'])).toEqual(rows.map((r) => r.b));
        for (const line of first.trim().split('\n')) if (line !== '') JSON.parse(line);
      },
    ),
    RUNS,
  );
});

test('timestamps read to the microsecond', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -62_135_596_800_000_000n, max: 253_402_300_799_999_999n }), (micros) => {
      const at = new Timestamp(micros);
      const [row] = rowsOf('at TIMESTAMP', `{"at":"${at.toISOString()}"}`, strict);
      expect((row!['at'] as Date).getTime()).toBe(at.getTime());
      expect(row!['at'] instanceof Timestamp ? row!['at'].micros : 0).toBe(at.micros);
    }),
    RUNS,
  );
});

test('bytes at random are malformed, never an error', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), cuts, (bytes, at) => {
      const decoder = decoderOf('a INT, b STRING, l ARRAY<INT>, _corrupt_record STRING');
      feed(decoder, Buffer.concat([Buffer.from('{"b":"'), bytes]), at);
      for (const column of decoder.take().columns) column.get(0);
    }),
    RUNS,
  );
});

test('a long record takes time in proportion to its length, in however small pieces it comes', () => {
  const record = (n: number) => Buffer.from(`{"v":[${'"abcdef",'.repeat(n)}"x"]}`);
  const looked = (n: number): number => {
    const bytes = record(n);
    const decoder = decoderOf('v ARRAY<STRING>', { options: { maxRecordBytes: '64m' } });
    const started = process.hrtime.bigint();
    feed(
      decoder,
      bytes,
      Array.from({ length: Math.floor(bytes.length / 4096) }, (_, i) => (i + 1) * 4096),
    );
    expect(decoder.take().numRows).toBe(1);
    return Number(process.hrtime.bigint() - started);
  };
  looked(20_000);
  const short = Math.min(looked(20_000), looked(20_000), looked(20_000));
  const long = Math.min(looked(320_000), looked(320_000));
  // Sixteen times as long; a quadratic scan would take 256 times as long.
  expect(long / short).toBeLessThan(80);
});

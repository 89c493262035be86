import { type Flow, formatDdl, startQuery } from '../../lib/index.js';
import { memorySink, memorySource } from '../../connectors/memory/index.js';
import { type Given, addData, expectRows, start, stop, testStream } from '../../lib/testing/index.js';
import { type UnionByNameOptions, mapRows, session, trigger, union, unionByName } from '../../operators/index.js';
import { counter } from '../helpers/pipelines.js';

type AnyFlow = Flow<Record<string, unknown>>;
const flow = (schema: string, rows: readonly object[] = [], name = schema): AnyFlow => {
  const source = memorySource({ schema: schema as never, name });
  source.addData(rows as never);
  return source;
};
const byName = (a: AnyFlow, b: AnyFlow, options?: UnionByNameOptions): AnyFlow =>
  a.pipe(unionByName<Record<string, unknown>, Record<string, unknown>>(b, options));
const missing = { allowMissingColumns: true };

async function rowsOf(from: AnyFlow): Promise<unknown[]> {
  const sink = memorySink();
  await startQuery({ from: from.pipe(trigger({ availableNow: true })), to: sink }).awaitTermination();
  return sink.rows;
}

describe('unionByName', () => {
  it('matches by name, whatever order and case, as the first names them', async () => {
    const a = flow('a INT, b STRING', [{ a: 1, b: 'x' }]);
    const b = flow('B STRING, A INT', [{ B: 'y', A: 2 }]);
    const result = byName(a, b);
    expect(formatDdl(result.schema!)).toBe('a INT, b STRING');
    expect(await rowsOf(result)).toEqual([
      { a: 1, b: 'x' },
      { a: 2, b: 'y' },
    ]);
  });

  it.each([
    ['n INT', 'n LONG', 'n BIGINT'],
    ['n LONG', 'n FLOAT', 'n DOUBLE'],
    ['n INT', 'n DOUBLE', 'n DOUBLE'],
    ['n DECIMAL(5, 2)', 'n INT', 'n DECIMAL(12,2)'],
    ['n INT', 'n STRING', 'n BIGINT'],
    ['d DATE', 'd TIMESTAMP', 'd TIMESTAMP'],
  ])('gives %s and %s the type of both: %s', (a, b, both) => {
    const { schema } = byName(flow(a), flow(b));
    expect(formatDdl(schema!)).toBe(both);
  });

  it('without ANSI a number beside a string becomes a string', () => {
    const lax = (schema: string) => flow(schema).pipe(session<Record<string, unknown>>({ ansi: false }));
    expect(formatDdl(byName(lax('n INT'), lax('n STRING')).schema!)).toBe('n STRING');
  });

  it('fills what is missing with null; what only the other has comes last', async () => {
    const a = flow('a INT NOT NULL, b STRING', [{ a: 1, b: 'x' }]);
    const b = flow('c LONG, a INT NOT NULL', [{ c: 9, a: 2 }]);
    const result = byName(a, b, missing);
    expect(formatDdl(result.schema!)).toBe('a INT NOT NULL, b STRING, c BIGINT');
    expect(await rowsOf(result)).toEqual([
      { a: 1, b: 'x', c: null },
      { a: 2, b: null, c: 9 },
    ]);
  });

  it('fills missing fields of structs; a missing struct stays missing', async () => {
    const a = flow('s STRUCT<x: INT, in: STRUCT<p: INT>>', [
      { s: { x: 1, in: { p: 2 } } },
      { s: null },
      { s: { x: 3, in: null } },
    ]);
    const b = flow('s STRUCT<y: STRING, in: STRUCT<q: INT>>', [{ s: { y: 'z', in: { q: 4 } } }]);
    const result = byName(a, b, missing);
    expect(await rowsOf(result)).toEqual([
      { s: { x: 1, in: { p: 2, q: null }, y: null } },
      { s: null },
      { s: { x: 3, in: null, y: null } },
      { s: { x: null, in: { p: null, q: 4 }, y: 'z' } },
    ]);
    expect(() => byName(flow('s STRUCT<x: INT>'), flow('s STRUCT<y: INT>'))).toThrow(
      expect.objectContaining({ code: 'SCHEMA_MISMATCH' }),
    );
  });

  it('refuses what does not fit, when it is put on', () => {
    const code = (name: string) => expect.objectContaining({ code: name }) as Error;
    expect(() => byName(flow('a INT, amount INT'), flow('a INT, amoumt INT'))).toThrow(/no column 'amount'.*amoumt/);
    expect(() => byName(flow('a INT'), flow('a INT, b INT'))).toThrow(code('SCHEMA_MISMATCH'));
    expect(() => byName(flow('a BOOLEAN'), flow('a DATE'))).toThrow(code('SCHEMA_MISMATCH'));
    const unknown = flow('a INT').pipe(mapRows<Record<string, unknown>, Record<string, unknown>>((row) => row));
    expect(() => byName(unknown, flow('a INT'))).toThrow(code('SCHEMA_REQUIRED'));
    expect(() => byName(flow('a INT'), unknown)).toThrow(code('SCHEMA_REQUIRED'));
    expect(() => flow('a INT').pipe(unionByName(flow('a INT'), { allowMissing: true } as never))).toThrow(
      /allowMissingColumns/,
    );
  });

  it('a source that is used twice is read twice, each with its own offsets', async () => {
    const source = flow('a INT, b INT', [{ a: 1, b: 2 }]);
    expect(await rowsOf(byName(source, source))).toEqual([
      { a: 1, b: 2 },
      { a: 1, b: 2 },
    ]);
    const twice = counter({ total: 12, name: 'numbers' });
    const sink = memorySink<{ n: number }>();
    const query = startQuery({ from: twice.pipe(union(twice)), to: sink });
    await query.awaitTermination();
    expect(sink.rows).toHaveLength(24);
    expect(query.recentProgress[0]!.sources.map(({ numInputRows }) => numInputRows)).toEqual([10, 10]);
  });

  it('a source is added, taken away and added again between restarts: each goes on where it was', () => {
    type Row = { n: number };
    const fixed = counter({ total: 2, name: 'fixed', ends: false });
    const both = ({ input }: Given<Row>) => input.pipe(unionByName(fixed));
    const alone = ({ input }: Given<Row>) => input;
    return testStream(
      alone,
      [
        addData([{ n: 100 }]),
        expectRows([{ n: 100 }]),
        stop(),
        addData([{ n: 101 }]),
        start(both as never),
        expectRows([{ n: 100 }, { n: 0 }, { n: 1 }, { n: 101 }]),
        stop(),
        addData([{ n: 102 }]),
        start(alone as never),
        expectRows([{ n: 100 }, { n: 0 }, { n: 1 }, { n: 101 }, { n: 102 }]),
        stop(),
        addData([{ n: 103 }]),
        start(both as never),
        expectRows([{ n: 100 }, { n: 0 }, { n: 1 }, { n: 101 }, { n: 102 }, { n: 103 }]),
      ],
      { schema: 'n INT' as never },
    );
  });
});

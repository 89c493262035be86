import fc from 'fast-check';
import { VirtualTimeScheduler } from 'rxjs';
import { SluiceError, type SqlRows, decimal, formatDdl, parseDdl, sql, startQuery, struct } from 'sluice';
import { memorySink, memorySource } from 'sluice/connectors';
import { aggregate, trigger } from 'sluice/operators';
import { Table, columnFrom } from '../../../lib/columns/index.js';
import { within } from '../../../lib/context/index.js';
import { memoryTables } from '../../../lib/sql/tables.js';
import { rowsOf, schemaOf, types } from '../columns/values.js';

const put = (name: string, ...tables: Table[]): void =>
  void memoryTables.set(name, { batches: tables.map((table) => ({ table })), schema: undefined });
const plain = (rows: readonly unknown[]): unknown[] => [...rows];

afterEach(() => memoryTables.clear());

async function failure(query: string): Promise<SluiceError> {
  const error: unknown = await sql(query).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(SluiceError);
  return error as SluiceError;
}

describe('types', () => {
  it('come back as they went in', async () => {
    const some = types.filter(({ kind }) => !['day_time_interval', 'year_month_interval'].includes(kind));
    const schema = schemaOf([...some, decimal(4, 2), decimal(18, 4)]);
    await fc.assert(
      fc.asyncProperty(rowsOf(schema, { maxLength: 12 }), async (rows) => {
        put('t', Table.fromRows(rows, schema));
        const back = await sql('SELECT * FROM t');
        expect(formatDdl(back.schema as never)).toBe(formatDdl(schema));
        expect(plain(back)).toEqual(rows);
      }),
      { numRuns: 5 },
    );
  });

  it('come back in many rows, from slices, with what is missing', async () => {
    const schema = parseDdl('id INT, b BOOLEAN, s STRING, l ARRAY<STRING>, st STRUCT<x: INT, m: MAP<INT, STRING>>');
    const rows = Array.from({ length: 5000 }, (_, id) => ({
      id,
      b: id % 5 === 0 ? null : id % 3 === 0,
      s: id % 7 === 0 ? null : 'x'.repeat(id % 30),
      l: id % 11 === 0 ? null : Array.from({ length: id % 4 }, (_, k) => (k === 2 ? null : `element ${id} ${k}`)),
      st: id % 13 === 0 ? null : { x: id % 2 === 0 ? null : id, m: new Map([[id, id % 3 === 0 ? null : 'v']]) },
    }));
    const all = Table.fromRows(rows, schema);
    put('t', all.slice(3, 2500), all.slice(2500, 4999));
    expect(plain(await sql('SELECT * FROM t ORDER BY id'))).toEqual(rows.slice(3, 4999));
    expect(plain(await sql('SELECT * FROM t WHERE id % 1000 = 7 ORDER BY id DESC'))).toEqual(
      [4007, 3007, 2007, 1007, 7].map((id) => rows[id]),
    );
  });

  it('of intervals become calendar intervals', async () => {
    const schema = parseDdl('a INTERVAL DAY TO SECOND, b INTERVAL YEAR');
    put('t', Table.fromRows([{ a: -5, b: 14 }, {}], schema));
    const back = await sql("SELECT a, b, TIMESTAMPTZ '2020-01-31 00:00:00' + b AS later FROM t");
    expect(plain(back)).toEqual([
      {
        a: { months: 0, days: 0, micros: -5n },
        b: { months: 14, days: 0, micros: 0n },
        later: new Date('2021-03-31'),
      },
      { a: null, b: null, later: null },
    ]);
  });

  it('that only DuckDB has are the nearest of ours', async () => {
    const query = `SELECT 1::UTINYINT AS a, 2::USMALLINT AS b, 3::UINTEGER AS c, 18446744073709551615::UBIGINT AS d,
      sum(1::BIGINT) AS e, [1, 2]::INT[2] AS f, 'y'::ENUM('x', 'y') AS g, TIMESTAMP_S '1970-01-01 00:00:01' AS h,
      TIMESTAMP_MS '1970-01-01 00:00:00.001' AS i, TIMESTAMP_NS '1969-12-31 23:59:59.999999999' AS j`;
    const back = await sql(query);
    expect(formatDdl(back.schema as never)).toBe(
      'a SMALLINT, b INT, c BIGINT, d DECIMAL(20,0), e BIGINT, f ARRAY<INT>, g STRING, h TIMESTAMP_NTZ, i TIMESTAMP_NTZ, j TIMESTAMP_NTZ',
    );
    const [row] = back as unknown as [Record<string, unknown>];
    expect({ ...row, d: String(row['d']) }).toMatchObject({ a: 1, b: 2, c: 3, d: '18446744073709551615', e: 1 });
    expect([row['f'], row['g'], row['h'], row['i']]).toEqual([[1, 2], 'y', new Date(1000), new Date(1)]);
    expect(row['j']).toMatchObject({ micros: 999 });
    expect((await failure('SELECT uuid() AS u')).message).toMatch(/column 'u' of the result is of type UUID.*Cast it/);
    put('t', Table.fromRows([{ n: 2n ** 62n }, { n: 2n ** 62n }], parseDdl('n BIGINT')));
    expect((await failure('SELECT sum(n) AS n FROM t')).code).toBe('TYPE_MISMATCH');
    expect((await sql('SELECT sum(n)::DECIMAL(38, 0)::VARCHAR AS n FROM t'))[0]).toEqual({ n: '9223372036854775808' });
  });

  it('are found where rows have none, over all batches', async () => {
    put('t', Table.fromRows([{ a: 1 }]), Table.fromRows([]), Table.fromRows([{ a: 2.5, b: [{ c: 'x' }] }]));
    const back = await sql('SELECT * FROM t');
    expect(formatDdl(back.schema as never)).toBe('a DOUBLE, b ARRAY<STRUCT<c: STRING>>');
    expect(plain(back)).toEqual([
      { a: 1, b: null },
      { a: 2.5, b: [{ c: 'x' }] },
    ]);
  });

  it('are texts of UTF-8 in DuckDB, whatever bytes they were', async () => {
    const broken = columnFrom({ kind: 'binary' }, [Uint8Array.of(65, 0xff), Uint8Array.from(Buffer.from('é'))]);
    const schema = parseDdl('s STRING');
    put(
      't',
      new Table(schema, [Object.assign(Object.create(broken) as typeof broken, { type: { kind: 'string' } })], 2),
    );
    expect(plain(await sql('SELECT s FROM t'))).toEqual([{ s: 'A\ufffd' }, { s: 'é' }]);
  });
});

describe('sql', () => {
  it('asks what memory sinks hold, by the names of their queries', async () => {
    const source = memorySource({ schema: 'shop STRING, amount DECIMAL(10,2)' });
    source.addData([
      { shop: 'Oslo', amount: 1.5 },
      { shop: 'Bergen', amount: 2 },
      { shop: 'Oslo', amount: 0.25 },
    ]);
    const from = source.pipe(trigger({ availableNow: true }));
    await startQuery({ from, to: memorySink({ queryName: 'Sales' }) }).awaitTermination();
    const rows = await sql<{ shop: string }>('SELECT shop, sum(amount) AS total FROM sales GROUP BY ALL ORDER BY shop');
    expect(rows.map((row) => ({ ...row, total: String((row as { total?: unknown }).total) }))).toEqual([
      { shop: 'Bergen', total: '2.00' },
      { shop: 'Oslo', total: '1.75' },
    ]);
    expect(rows.schema).toEqual(struct({ shop: { kind: 'string' }, total: decimal(38, 2) }));
    expect(rows.table.numRows).toBe(2);
    expect(Object.keys(rows)).toEqual(['0', '1']);
  });

  it.each([
    ['append', [1, 10, 2, 20, 3, 30]],
    ['complete', [30]],
  ] as const)('sees whole batches while they come, in the output mode %s', async (outputMode, last) => {
    const clock = new VirtualTimeScheduler();
    const source = memorySource({ schema: 'n INT' });
    const sink = memorySink({ queryName: 'counts' });
    const session = { name: undefined, runId: 'run', outputMode, clock, onContext() {}, onProgress() {}, onIdle() {} };
    const flow = outputMode === 'append' ? source : source.pipe(aggregate({ values: { n: 'max(n)' } }));
    within({ session }, () => flow.subscribe(sink));
    const asked: Promise<SqlRows<{ n: number }>>[] = [];
    for (let n = 1; n <= 3; n++) {
      source.addData([{ n }, { n: n * 10 }]);
      clock.flush();
      asked.push(sql('SELECT n FROM counts'));
    }
    const seen = (await Promise.all(asked)).map((rows) => rows.length);
    expect(seen).toEqual(outputMode === 'append' ? [2, 4, 6] : [1, 1, 1]);
    expect((await sql<{ n: number }>('SELECT n FROM counts')).map(({ n }) => n)).toEqual(last);
    sink.clear();
    const none = await sql('SELECT n FROM counts');
    expect([none.length, formatDdl(none.schema as never)]).toEqual([0, 'n INT']);
  });

  it('answers several queries at once, each of its own moment', async () => {
    put('t', Table.fromRows([{ n: 1 }], parseDdl('n INT')));
    const first = sql('SELECT count(*) AS n FROM t');
    const second = sql('SELECT count(*) AS n FROM t a, t b');
    expect(await Promise.all([first, second])).toEqual([[{ n: 1 }], [{ n: 1 }]]);
  });

  it('puts what is missing where Spark does, and is in UTC', async () => {
    put('t', Table.fromRows([{ n: 1 }, { n: null }, { n: 2 }], parseDdl('n INT')));
    expect((await sql<{ n: unknown }>('SELECT n FROM t ORDER BY n')).map((r) => r.n)).toEqual([null, 1, 2]);
    expect((await sql<{ n: unknown }>('SELECT n FROM t ORDER BY n DESC')).map((r) => r.n)).toEqual([2, 1, null]);
    expect(await sql("SELECT TIMESTAMPTZ '2020-07-01 12:00:00+02:00'::VARCHAR AS t")).toEqual([
      { t: '2020-07-01 10:00:00+00' },
    ]);
  });

  it('shows the tables', async () => {
    put('b', Table.fromRows([], parseDdl('n INT')));
    put('a', Table.fromRows([], parseDdl('n INT')));
    expect(plain(await sql('SHOW TABLES'))).toEqual([{ name: 'a' }, { name: 'b' }]);
  });

  it.each([
    ['SELECT * FROM sails', 'UNKNOWN_TABLE', "no memory table 'sails'. Did you mean 'sales'?"],
    ['SELECT * FROM whatever', 'UNKNOWN_TABLE', 'Known: sales.'],
    ['SELECT nn FROM sales', 'INVALID_SQL', '"n"'],
    ['SELEC 1', 'INVALID_SQL', 'LINE 1'],
    ['', 'INVALID_SQL', 'one SELECT'],
    ['SELECT 1; SELECT 2', 'INVALID_SQL', '2 statements'],
    ['DROP TABLE sales', 'INVALID_SQL', 'another statement'],
    ['INSERT INTO sales VALUES (1)', 'INVALID_SQL', 'another statement'],
    ['CREATE TABLE x AS SELECT 1', 'INVALID_SQL', 'another statement'],
    ["COPY sales TO '/tmp/sales.csv'", 'INVALID_SQL', 'another statement'],
    ["ATTACH '/tmp/x.db'", 'INVALID_SQL', 'another statement'],
    ['INSTALL httpfs', 'INVALID_SQL', 'another statement'],
    ['SET threads = 1', 'INVALID_SQL', 'another statement'],
    ["SELECT * FROM read_text('/etc/hostname')", 'SQL_FAILED', 'disabled by configuration'],
    ["SELECT * FROM '/etc/hostname.csv'", 'SQL_FAILED', 'disabled by configuration'],
    ["SELECT error('no')", 'SQL_FAILED', 'no'],
  ])('refuses %s', async (query, code, message) => {
    put('sales', Table.fromRows([{ n: 1 }], parseDdl('n INT')));
    const error = await failure(query);
    expect([error.code, error.message]).toEqual([code, expect.stringContaining(message)]);
  });

  it('says of a table what is in its way', async () => {
    memoryTables.set('early', { batches: [], schema: undefined });
    expect((await failure('SELECT * FROM early')).message).toContain('no batch yet');
    put('empty', Table.fromRows([{}]));
    expect((await failure('SELECT * FROM empty')).message).toContain('no columns');
    put('mixed', Table.fromRows([{ a: 1 }]), Table.fromRows([{ a: 'x' }]));
    expect((await failure('SELECT * FROM mixed')).code).toBe('SCHEMA_MISMATCH');
    put('twice', Table.fromRows([{ a: 1, A: 2 }]));
    expect((await failure('SELECT * FROM twice')).message).toContain("the table 'twice'");
    put('odd', Table.fromRows([{ a: {} }], parseDdl('a STRUCT<>')));
    expect((await failure('SELECT * FROM odd')).message).toContain("column 'a' is of type STRUCT<>");
  });

  it('says what to install where DuckDB is not', async () => {
    await jest.isolateModulesAsync(async () => {
      jest.doMock('@duckdb/node-api', () => {
        throw Object.assign(new Error('Cannot find module'), { code: 'MODULE_NOT_FOUND' });
      });
      const isolated = await import('../../../lib/sql/index.js');
      await expect(isolated.sql('SELECT 1')).rejects.toMatchObject({
        code: 'MISSING_PACKAGE',
        message: expect.stringContaining('npm install @duckdb/node-api') as unknown,
      });
      jest.dontMock('@duckdb/node-api');
    });
  });
});

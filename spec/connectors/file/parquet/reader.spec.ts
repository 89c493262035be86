import { rename, truncate, writeFile } from 'node:fs/promises';
import { encodeParquet, openParquet } from '../../../../connectors/file/parquet/index.js';
import type { SluiceError } from '../../../../lib/errors/index.js';
import { Table } from '../../../../lib/columns/index.js';
import { field, formatDdl, int, parseDdl, structOf } from '../../../../lib/schema/index.js';
import { duckdb, fileName, fileOf, readAll } from './files.js';

const schema = parseDdl('id LONG, name STRING, tags ARRAY<STRING>, at TIMESTAMP');
const rows = Array.from({ length: 1000 }, (_, i) => ({
  id: i,
  name: i % 7 === 0 ? null : `name ${i}`,
  tags: i % 5 === 0 ? null : Array.from({ length: i % 4 }, (_, k) => `${i}.${k}`),
  at: new Date(i * 1000),
}));
const bytes = Buffer.from(encodeParquet([Table.fromRows(rows, schema)], { maxRowGroupRows: 300 }));

const messageOfError = (e: SluiceError): string => `${e.code}: ${e.message}`;

describe('an open file', () => {
  it('knows its columns, rows and row groups', async () => {
    const file = await openParquet(fileOf(bytes));
    expect(formatDdl(file.schema)).toBe(formatDdl(schema));
    expect(file.numRows).toBe(1000);
    expect(file.rowGroups.map((g) => g.numRows)).toEqual([300, 300, 300, 100]);
    for (const { byteLength } of file.rowGroups) expect(byteLength).toBeGreaterThan(100);
    await file.close();
    await file.close();
    await expect(file.read({ rowGroup: 0, columns: [] })).rejects.toThrow('closed');
  });

  it('gives the rows and columns asked for, in the order asked for', async () => {
    const file = await openParquet(fileOf(bytes));
    const { fields } = parseDdl('at TIMESTAMP, id LONG');
    for (const [from, to] of [
      [0, 300],
      [0, 1],
      [299, 300],
      [17, 250],
      [100, 100],
      [250, 999],
      [400, 500],
    ] as const) {
      // prettier-ignore
      const table = await file.read({ rowGroup: 1, from, to, columns: fields });
      const wanted = rows.slice(300 + from, 300 + Math.min(to, 300)).map(({ at, id }) => ({ at, id }));
      expect(table.toRows()).toEqual(wanted);
      expect(table.schema.fields).toEqual(fields);
    }
    expect((await file.read({ rowGroup: 3, columns: [] })).numRows).toBe(100);
    await file.close();
  });

  it('serves readers side by side, and keeps its content when another file takes its name', async () => {
    const path = fileOf(bytes);
    const file = await openParquet(path);
    const other = fileOf('not the same');
    await rename(other, path);
    const parts = await Promise.all([3, 1, 0, 2].map((rowGroup) => file.read({ rowGroup, columns: schema.fields })));
    expect(parts.flatMap((t) => t.toRows())).toEqual([3, 1, 0, 2].flatMap((g) => rows.slice(g * 300, g * 300 + 300)));
    await file.close();
  });
});

describe('columns that the file does not have as asked for', () => {
  it('are null where they are missing, also in structs', async () => {
    const given = parseDdl('s STRUCT<a: INT>, k INT');
    const path = fileOf(encodeParquet([Table.fromRows([{ s: { a: 1 }, k: 2 }, { s: null, k: 3 }], given)])); // prettier-ignore
    const wanted = parseDdl('gone DECIMAL(9,2), k INT, s STRUCT<b: STRING, a: LONG>');
    expect((await readAll(path, wanted)).toRows()).toEqual([
      { gone: null, k: 2, s: { b: null, a: 1 } },
      { gone: null, k: 3, s: null },
    ]);
    expect((await readAll(path, parseDdl('gone INT'))).toRows()).toEqual([{ gone: null }, { gone: null }]);
  });

  it('may be written in another case, if only one has the name', async () => {
    const named = (...names: string[]) => structOf(names.map((name) => field(name, int())));
    const given = named('Id', 'a', 'A');
    const path = fileOf(encodeParquet([Table.fromRows([{ Id: 1, a: 2, A: 3 }], given)]));
    expect((await readAll(path, parseDdl('id INT, A INT'))).toRows()).toEqual([{ id: 1, A: 3 }]);
    const other = fileOf(encodeParquet([Table.fromRows([{ ab: 1, aB: 2 }], named('ab', 'aB'))]));
    await expect(readAll(other, parseDdl('AB INT'))).rejects.toMatchObject({ code: 'SCHEMA_MISMATCH' });
  });

  it('may have dots in their names', async () => {
    const given = parseDdl('s STRUCT<x: INT>, `s.x` INT');
    const path = fileOf(encodeParquet([Table.fromRows([{ s: { x: 1 }, 's.x': 2 }], given)]));
    expect((await readAll(path)).toRows()).toEqual([{ s: { x: 1 }, 's.x': 2 }]);
    expect((await readAll(path, parseDdl('s STRUCT<x: INT>'))).toRows()).toEqual([{ s: { x: 1 } }]);
    expect((await readAll(path, parseDdl('`s.x` INT'))).toRows()).toEqual([{ 's.x': 2 }]);
  });

  it.each<[string, unknown, string, unknown]>([
    ['TINYINT', -5, 'INT', -5],
    ['INT', -5, 'LONG', -5],
    ['INT', -5, 'DOUBLE', -5],
    ['INT', 127, 'TINYINT', 127],
    ['INT', -300, 'SMALLINT', -300],
    ['INT', 12, 'DECIMAL(12,2)', '12.00'],
    ['LONG', -12, 'DECIMAL(25,4)', '-12.0000'],
    ['FLOAT', 0.5, 'DOUBLE', 0.5],
    ['DECIMAL(5,2)', '-1.25', 'DECIMAL(10,4)', '-1.2500'],
    ['DATE', new Date('2024-02-29'), 'TIMESTAMP_NTZ', new Date('2024-02-29')],
    ['TIMESTAMP_NTZ', new Date(5), 'TIMESTAMP', new Date(5)],
    ['TIMESTAMP', new Date(5), 'TIMESTAMP_NTZ', new Date(5)],
    ['STRING', 'é', 'BINARY', Uint8Array.of(0xc3, 0xa9)],
    ['BINARY', Uint8Array.of(0xc3, 0xa9), 'STRING', 'é'],
    ['ARRAY<INT>', [1, null], 'ARRAY<LONG>', [1, null]],
    ['MAP<STRING, INT>', new Map([['a', 1]]), 'MAP<STRING, DOUBLE>', new Map([['a', 1]])],
  ])('are cast: %s %p to %s', async (from, value, to, wanted) => {
    const table = Table.fromRows([{ c: value }, { c: null }], parseDdl(`c ${from}`));
    const back = await readAll(fileOf(encodeParquet([table])), parseDdl(`c ${to}`));
    const [first, second] = back.toRows();
    expect(typeof wanted === 'string' ? String(first!.c) : first!.c).toEqual(wanted);
    expect(second!.c).toBeNull();
  });

  it.each([
    ['LONG', 1, 'INT'],
    ['DOUBLE', 1, 'FLOAT'],
    ['STRING', 'a', 'INT'],
    ['INT', 1, 'STRING'],
    ['INT', 1, 'DECIMAL(5,2)'],
    ['DECIMAL(10,4)', 1, 'DECIMAL(10,2)'],
    ['ARRAY<LONG>', [1], 'ARRAY<INT>'],
    ['STRUCT<a: INT>', { a: 1 }, 'MAP<STRING, INT>'],
  ])('are refused: %s %p as %s, with both types named', async (from, value, to) => {
    const path = fileOf(encodeParquet([Table.fromRows([{ price: value }], parseDdl(`price ${from}`))]));
    const error = await readAll(path, parseDdl(`price ${to}`)).catch((e: unknown) => e);
    expect(error).toMatchObject({ code: 'SCHEMA_MISMATCH', details: { path } });
    expect(String(error)).toContain("'price");
  });

  it('are refused where a value does not fit, not where a missing one would not', async () => {
    const path = fileOf(encodeParquet([Table.fromRows([{ c: 128 }], parseDdl('c INT'))]));
    await expect(readAll(path, parseDdl('c TINYINT'))).rejects.toMatchObject({ code: 'TYPE_MISMATCH' });
  });
});

describe('files of other writers', () => {
  it('of DuckDB', async () => {
    const path = fileName();
    await duckdb(
      `COPY (SELECT range::UINTEGER AS u, range::UBIGINT AS ub, 'x' || range AS s, range / 4 AS d, [range, NULL] AS l,
        {'a': range::INT, 'b': NULL::VARCHAR} AS st, MAP {'k': range::TINYINT} AS m, DATE '2024-01-01' + range::INT AS day,
        TIMESTAMP_NS '1969-12-31 23:59:59.999999999' AS ns FROM range(3)) TO $file (FORMAT parquet, COMPRESSION zstd)`,
      path,
    );
    const table = await readAll(path);
    expect(formatDdl(table.schema)).toMatchInlineSnapshot(
      `"u BIGINT, ub DECIMAL(20,0), s STRING, d DOUBLE, l ARRAY<BIGINT>, st STRUCT<a: INT, b: STRING>, m MAP<STRING, TINYINT>, day DATE, ns TIMESTAMP_NTZ"`,
    );
    expect(table.toRows()[2]).toMatchObject({ u: 2, s: 'x2', d: 0.5, l: [2, null], st: { a: 2, b: null } });
    expect(table.toRows()[2]).toMatchObject({ m: new Map([['k', 2]]), day: new Date('2024-01-03') });
    expect(String((table.toRows()[0]!.ns as Date).toISOString())).toBe('1969-12-31T23:59:59.999999Z');
  });

  it('a column of a type that has no counterpart is named, and the others are read', async () => {
    const path = fileName();
    await duckdb("COPY (SELECT TIME '10:00:00' AS at, 5 AS n) TO $file (FORMAT parquet)", path);
    const file = await openParquet(path);
    expect(() => file.schema).toThrow(expect.objectContaining({ code: 'INVALID_SCHEMA' }));
    expect(() => file.schema).toThrow("'at'");
    expect((await file.read({ rowGroup: 0, columns: parseDdl('n INT').fields })).toRows()).toEqual([{ n: 5 }]);
    await file.close();
  });
});

describe('what cannot be read', () => {
  const good = () => expect(readAll(fileOf(bytes))).resolves.toMatchObject({ numRows: 1000 });

  it('a file that is not there', async () => {
    await expect(openParquet('/nowhere/at/all.parquet')).rejects.toMatchObject({ code: 'PATH_NOT_FOUND' });
  });

  it.each<[string, Uint8Array | string, RegExp]>([
    ['nothing', '', /does not begin with PAR1/],
    ['a text', 'id,name\n1,x\n'.repeat(100), /does not begin with PAR1/],
    ['a file that is cut short', bytes.subarray(0, bytes.length - 100), /cut short/],
    ['only its beginning', bytes.subarray(0, 4), /cut short/],
    ['an encrypted file', Buffer.concat([bytes.subarray(0, -4), Buffer.from('PARE')]), /encrypted/],
    ['a footer that is too long', Buffer.concat([bytes.subarray(0, -8), Uint8Array.of(255, 255, 255, 127), Buffer.from('PAR1')]), /its footer/], // prettier-ignore
    ['a footer of noise', Buffer.concat([bytes.subarray(0, -300), Buffer.alloc(292, 0x5a), bytes.subarray(-8)]), /its footer/], // prettier-ignore
  ])('%s', async (_name, content, message) => {
    const path = fileOf(content);
    const error = await readAll(path).catch((e: unknown) => e);
    expect(error).toMatchObject({ code: 'FILE_UNREADABLE', details: { path } });
    expect(String(error)).toMatch(message);
    await good();
  });

  it('columns that are encrypted, where the footer is not', async () => {
    // What such a footer has more: AES_GCM_V1, its field 8. And pages that are noise.
    const bad = Buffer.concat([bytes.subarray(0, -9), Buffer.from('0c101c000000', 'hex'), bytes.subarray(-8)]);
    bad.writeUInt32LE(bytes.readUInt32LE(bytes.length - 8) + 5, bad.length - 8);
    const said: unknown[] = [];
    for (let i = 0; i < 4; i++) {
      bad.fill(0x5a, 4, 4 + i * 500);
      said.push(await readAll(fileOf(bad), schema).then((table) => table.numRows, messageOfError));
    }
    expect(said).toEqual([
      1000,
      ...Array<unknown>(3).fill(expect.stringMatching(/^FILE_UNREADABLE: .*it is encrypted/)),
    ]);
  });

  it('a folder', async () => {
    await expect(openParquet(__dirname)).rejects.toMatchObject({ code: 'FILE_UNREADABLE' });
  });

  it('damaged pages: rows or FILE_UNREADABLE, at once, and the next file is read', async () => {
    let failed = 0;
    for (let seed = 1; seed <= 40; seed++) {
      const bad = Buffer.from(bytes);
      for (let k = 0; k < 8; k++) bad[4 + ((seed * 7919 + k * 104_729) % (bad.length - 1500))]! ^= 1 << k;
      const error = await readAll(fileOf(bad), schema).then(() => undefined, messageOfError);
      if (error === undefined) continue;
      failed++;
      expect(error).toMatch(/^FILE_UNREADABLE: .*(row group \d \(columns id, name, tags, at\)|its footer)/);
    }
    expect(failed).toBeGreaterThan(5);
    await good();
  });

  it('a panic inside ends that read only: others go on, and the same file can be asked again', async () => {
    // The header of the first page of the first column: the decoder panics, in a microtask of its own.
    const bad = Buffer.from(bytes);
    bad[5]! ^= 255;
    const [first, second] = await Promise.all([openParquet(fileOf(bad)), openParquet(fileOf(bytes))]);
    const columns = schema.fields;
    const results = await Promise.allSettled([
      second.read({ rowGroup: 0, columns }),
      first.read({ rowGroup: 0, columns: parseDdl('id LONG').fields }),
      second.read({ rowGroup: 1, columns }),
    ]);
    expect(results.map((r) => r.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(results[1]).toMatchObject({ reason: { code: 'FILE_UNREADABLE', cause: { name: 'RuntimeError' } } });
    expect((await first.read({ rowGroup: 0, columns: parseDdl('name STRING').fields })).numRows).toBe(300);
    await Promise.all([first.close(), second.close()]);
  });

  it('a file that becomes shorter while it is read', async () => {
    const path = fileOf(bytes);
    const file = await openParquet(path);
    await truncate(path, 500);
    await expect(file.read({ rowGroup: 2, columns: schema.fields })).rejects.toMatchObject({ code: 'FILE_CHANGED' });
    await writeFile(path, bytes);
    expect((await file.read({ rowGroup: 2, columns: schema.fields })).numRows).toBe(300);
    await file.close();
  });
});

import { appendFileSync, mkdirSync, renameSync, rmSync, truncateSync, utimesSync } from 'node:fs';
import { type FileSourceOptions, fileSource } from '../../../connectors/file/index.js';
import { encodeParquet } from '../../../connectors/file/parquet/index.js';
import { Table } from '../../../lib/columns/index.js';
import { toSchema } from '../../../lib/schema/index.js';
import { Driver, codeOf, engineLimit, errorOf, noLimit, temporaryDirectory, write } from './support.js';

const dir = temporaryDirectory();

const text = (more: Partial<FileSourceOptions> = {}): FileSourceOptions =>
  ({ format: 'text', path: dir.path, ...more }) as FileSourceOptions;

const values = (rows: readonly Record<string, unknown>[]): unknown[] => rows.map((row) => row['value']);

describe('options', () => {
  const make = (options: object) => () => fileSource(options as FileSourceOptions);

  it('refuses what it does not know, with the nearest name', async () => {
    const error = await errorOf(make({ format: 'csv', path: dir.path, schema: 'a INT', headr: true }));
    expect([error.code, error.message]).toEqual(['UNKNOWN_OPTION', expect.stringContaining("Did you mean 'header'")]);
    expect(await codeOf(make({ format: 'csv', path: dir.path, schema: 'a INT', modifiedBefore: 'x' }))).toBe(
      'UNKNOWN_OPTION',
    );
  });

  it('refuses an option of another format, by the name of that format', async () => {
    const error = await errorOf(make({ format: 'json', path: dir.path, schema: 'a INT', header: true }));
    expect(error.code).toBe('UNKNOWN_OPTION');
    expect(error.message).toBe("fileSource: 'header' is an option of the format csv, not of json. Leave it out.");
  });

  it.each([
    ['no format', { path: __dirname }, 'MISSING_OPTION'],
    ['a format that is none', { format: 'xls', path: __dirname }, 'INVALID_OPTION'],
    ['no options', undefined, 'MISSING_OPTION'],
    ['no object', 'in/', 'INVALID_OPTION'],
    ['no path', { format: 'text' }, 'MISSING_OPTION'],
    ['a path that is not there', { format: 'text', path: './no-such-directory' }, 'PATH_NOT_FOUND'],
    ['text of two columns', { format: 'text', path: __dirname, schema: 'a STRING, b STRING' }, 'INVALID_SCHEMA'],
    ['a schema that csv cannot hold', { format: 'csv', path: __dirname, schema: 'a ARRAY<INT>' }, 'INVALID_SCHEMA'],
    ['a number of files below 1', { format: 'text', path: __dirname, maxFilesPerTrigger: 0 }, 'INVALID_OPTION'],
    ['a number of files that is none', { format: 'text', path: __dirname, maxFilesPerTrigger: 'x' }, 'INVALID_OPTION'],
    ['no bytes', { format: 'text', path: __dirname, maxBytesPerTrigger: '0' }, 'INVALID_OPTION'],
    ['two limits', { format: 'text', path: __dirname, maxFilesPerTrigger: 1, maxBytesPerTrigger: 1 }, 'INVALID_OPTION'],
    ['an age that is none', { format: 'text', path: __dirname, maxFileAge: 'long' }, 'INVALID_OPTION'],
  ])('refuses %s', async (_, options, code) => {
    expect(await codeOf(make(options as object))).toBe(code);
  });

  it('takes a pattern that matches nothing yet, and Parquet, JSON and CSV without a schema', () => {
    expect(fileSource({ format: 'text', path: dir.file('*/') }).schema?.fields[0]?.name).toBe('value');
    expect(fileSource({ format: 'parquet', path: dir.path }).schema).toBeUndefined();
    expect(fileSource({ format: 'json', path: dir.path }).schema).toBeUndefined();
    expect(fileSource({ format: 'csv', path: dir.path }).schema).toBeUndefined();
  });
});

describe('which files, in which order', () => {
  it('oldest first, then by path; hidden names and folders are not looked at', async () => {
    for (const name of ['c', 'a', '_hidden', '.hidden', 'copy._COPYING_', 'sub/x']) write(dir.file(name), name, 100);
    write(dir.file('b'), 'b', 50);
    const driver = await Driver.open(text());
    expect(values(await driver.all())).toEqual(['b', 'a', 'c']);
    write(dir.file('older'), 'older', 10);
    expect(values(await driver.all())).toEqual(['older']);
  });

  it('newest first', async () => {
    for (const [name, mtime] of [
      ['a', 1],
      ['b', 3],
      ['c', 2],
    ] as const)
      write(dir.file(name), name, mtime);
    const driver = await Driver.open(text({ latestFirst: true, maxFilesPerTrigger: 1 }));
    expect(values(await driver.rows())).toEqual(['b']);
    write(dir.file('d'), 'd', 4);
    expect(values(await driver.all())).toEqual(['d', 'c', 'a']);
  });

  it('folders at any depth', async () => {
    for (const name of ['a', 'x/b', 'x/y/c', '_temporary/d']) write(dir.file(name), name, 100);
    const driver = await Driver.open(text({ recursiveFileLookup: true }));
    expect(values(await driver.all())).toEqual(['a', 'x/b', 'x/y/c']);
  });

  it('names that match a pattern', async () => {
    for (const name of ['a.txt', 'b.csv', 'c.txt', '[d].txt']) write(dir.file(name), name, 100);
    const driver = await Driver.open(text({ pathGlobFilter: '{a,\\[d\\]}.t?t' }));
    expect(values(await driver.all())).toEqual(['[d].txt', 'a.txt']);
  });

  it.each([
    ['*/', ['a/1', 'b/2']],
    ['{a,b}/[0-9]', ['a/1', 'b/2']],
    ['[^a]', ['b/2']],
    ['**/3', ['b/deep/3']],
    ['?/*', ['a/1', 'b/2', 'b/deep/3']],
    ['a', ['a/1']],
    ['z*', []],
  ])('the path %s', async (pattern, expected) => {
    for (const name of ['a/1', 'b/2', 'b/deep/3', '_x/4']) write(dir.file(name), name, 100);
    const driver = await Driver.open(text({ path: dir.file(pattern) }));
    expect(values(await driver.all())).toEqual(expected);
    await driver.close();
  });

  it('a path that has characters of a pattern, and is there', async () => {
    write(dir.file('a[1]/x'), 'x');
    const driver = await Driver.open(text({ path: dir.file('a[1]') }));
    expect(values(await driver.all())).toEqual(['x']);
  });

  it('one file, also if its name is hidden', async () => {
    write(dir.file('_one'), '1\n2');
    const driver = await Driver.open(text({ path: dir.file('_one') }));
    expect(values(await driver.all())).toEqual(['1', '2']);
  });

  it('names alone identify files with fileNameOnly, except among those found at once', async () => {
    for (const name of ['a/1', 'b/1']) write(dir.file(name), name, 100);
    const driver = await Driver.open(text({ path: dir.file('*/'), fileNameOnly: true }));
    expect(values(await driver.all())).toEqual(['a/1', 'b/1']);
    for (const name of ['c/1', 'c/2']) write(dir.file(name), name, 100);
    expect(values(await driver.all())).toEqual(['c/2']);
  });

  it('a directory that vanishes', async () => {
    mkdirSync(dir.file('in'));
    const driver = await Driver.open(text({ path: dir.file('in') }));
    rmSync(dir.file('in'), { recursive: true });
    expect(await codeOf(() => driver.batch())).toBe('PATH_NOT_FOUND');
  });
});

describe('limits of a batch', () => {
  beforeEach(() => {
    ['a', 'b', 'c'].forEach((name, i) => write(dir.file(name), `${name.repeat(10)}\n`, 100 + i));
  });

  it('a number of files', async () => {
    const driver = await Driver.open(text({ maxFilesPerTrigger: 2 }));
    await driver.all();
    expect(driver.batches.map((b) => [b.rows.length, b.end.file, b.cut])).toEqual([
      [2, 2, false],
      [1, 3, false],
    ]);
  });

  it('bytes: one file at least, and none that would exceed them', async () => {
    const driver = await Driver.open(text({ maxBytesPerTrigger: 22 }));
    await driver.all();
    expect(driver.batches.map((b) => b.rows.length)).toEqual([2, 1]);
    const tight = await Driver.open(text({ maxBytesPerTrigger: '5b' }));
    await tight.all();
    expect(tight.batches.map((b) => b.rows.length)).toEqual([1, 1, 1]);
  });

  it('none with `once`', async () => {
    const driver = await Driver.open(text({ maxFilesPerTrigger: 1 }));
    expect(await driver.rows(noLimit)).toHaveLength(3);
  });

  it('those of the engine, which it is told of', async () => {
    const driver = await Driver.open(text());
    await driver.all({ all: false, rows: 2, bytes: Infinity });
    expect(driver.batches.map((b) => [b.rows.length, b.cut])).toEqual([
      [2, true],
      [1, false],
    ]);
  });

  it('a file is split, and counts as one for the limit of the user', async () => {
    write(dir.file('big'), `${'x'.repeat(99)}\n`.repeat(1000), 200);
    const driver = await Driver.open(text({ maxFilesPerTrigger: 3 }), { tuning: { chunkBytes: 4096 } });
    await driver.all({ all: false, rows: 400, bytes: Infinity });
    expect(driver.batches[0]).toMatchObject({ end: { file: 3, position: 0 }, cut: false });
    expect(driver.batches.slice(1).map((b) => b.cut)).toEqual([true, true, false]);
    expect(driver.batches.reduce((sum, b) => sum + b.rows.length, 0)).toBe(1003);
  });

  it('what availableNow finds is what there is', async () => {
    const driver = await Driver.open(text({ maxFilesPerTrigger: 2 }));
    await driver.reader.freeze!();
    write(dir.file('late'), 'late', 50);
    expect(await driver.all()).toHaveLength(3);
  });
});

describe('files that are too old', () => {
  // As Spark does, in this order of batches.
  it('are not read, once newer ones were', async () => {
    const driver = await Driver.open(text({ maxFileAge: '10s' }));
    write(dir.file('new'), 'new', 1600000100);
    expect(values(await driver.rows())).toEqual(['new']);
    write(dir.file('old'), 'old', 1600000050);
    write(dir.file('fresh'), 'fresh', 1600000095);
    expect(values(await driver.rows())).toEqual(['fresh']);
    write(dir.file('edge'), 'edge', 1600000090);
    expect(values(await driver.rows())).toEqual(['edge']);
    write(dir.file('late'), 'late', 1600000089);
    expect(await driver.batch()).toBeUndefined();
  });

  it('are read if they are what a query finds first', async () => {
    write(dir.file('a'), 'a', 1600000000);
    write(dir.file('b'), 'b', 1600000100);
    const driver = await Driver.open(text({ maxFileAge: '10s' }));
    expect(values(await driver.all())).toEqual(['a', 'b']);
  });

  it('are read newest first with a limit per trigger', async () => {
    [
      ['a', 0],
      ['b', 100],
      ['c', 50],
    ].forEach(([name, at]) => write(dir.file(name as string), name as string, 1.6e9 + (at as number)));
    const driver = await Driver.open(text({ maxFileAge: '10s', maxFilesPerTrigger: 1, latestFirst: true }));
    expect(values(await driver.all())).toEqual(['b', 'c', 'a']);
  });

  it('are not lost newest first, if the query restarts in their midst', async () => {
    [
      ['a', 0],
      ['b', 100],
      ['c', 50],
    ].forEach(([name, at]) => write(dir.file(name as string), name as string, 1.6e9 + (at as number)));
    const one = { all: false, rows: 1, bytes: Infinity };
    const first = await Driver.open(text({ maxFileAge: '10s', latestFirst: true }));
    expect(values(await first.rows(one))).toEqual(['b']);
    const next = await Driver.open(text({ maxFileAge: '10s', latestFirst: true }), { remembered: first.remembered });
    next.offset = first.offset;
    expect(values(await next.all(one))).toEqual(['c', 'a']);
    write(dir.file('d'), 'd', 1.6e9 + 89);
    write(dir.file('e'), 'e', 1.6e9 + 91);
    expect(values(await next.all(one))).toEqual(['e']);
  });

  it('are forgotten: memory holds what is still needed', async () => {
    const driver = await Driver.open(text({ maxFileAge: '10s' }));
    for (let i = 0; i < 300; i++) {
      write(dir.file(`f${i}`), String(i), 1.6e9 + i);
      expect(values(await driver.rows())).toEqual([String(i)]);
    }
    const memory = JSON.parse(JSON.stringify(driver.reader.memory!())) as { seen?: unknown[] }[];
    expect(memory.flatMap((entry) => entry.seen ?? [])).toHaveLength(11);

    const next = await Driver.open(text({ maxFileAge: '10s' }), { remembered: memory as never });
    next.offset = driver.offset;
    write(dir.file('g'), 'g', 1.6e9 + 400);
    expect(await next.batch()).toMatchObject({ start: { file: 300 }, end: { file: 301 }, rows: [{ value: 'g' }] });
  });
});

describe('files that change', () => {
  const line = `${'x'.repeat(99)}\n`;
  const some = { all: false, rows: 10, bytes: Infinity };
  const open = (remembered: readonly never[] = []) => Driver.open(text(), { tuning: { chunkBytes: 4096 }, remembered });

  it('are read once: neither written nor touched again they are new', async () => {
    write(dir.file('a'), '1\n', 100);
    const driver = await Driver.open(text());
    expect(values(await driver.all())).toEqual(['1']);
    write(dir.file('a'), '2\n', 105);
    expect(await driver.all()).toEqual([]);
    renameSync(dir.file('a'), dir.file('b'));
    expect(values(await driver.all())).toEqual(['2']);
  });

  it.each([
    ['vanished', () => rmSync(dir.file('a')), 'it is gone'],
    ['shrunk', () => truncateSync(dir.file('a'), 50_000), 'it has shrunk: now 50000 bytes'],
    ['grown', () => appendFileSync(dir.file('a'), 'y'), 'now 100001 bytes'],
    ['been touched', () => utimesSync(dir.file('a'), 100, 100), 'modified 1970-01-01T00:01:40.000Z'],
  ])('FILE_CHANGED: it has %s before a restart reads on', async (_, change, fact) => {
    write(dir.file('a'), line.repeat(1000));
    const driver = await open();
    const batch = await driver.batch(some);
    await driver.close();
    change();
    for (const again of ['latest', 'read'] as const) {
      const next = await open(driver.remembered as never[]);
      next.offset = driver.offset;
      const error = await errorOf(() =>
        again === 'latest' ? next.batch() : next.reader.read(batch!.start, batch!.end),
      );
      expect(error.code).toBe('FILE_CHANGED');
      expect(error.message).toContain(dir.file('a'));
      expect(error.message).toContain('100000 bytes');
      expect(error.message).toContain(fact);
      await next.close();
    }
  });

  it('FILE_CHANGED: it shrinks while it is read', async () => {
    write(dir.file('a'), line.repeat(1000));
    const driver = await open();
    await driver.batch(some);
    truncateSync(dir.file('a'), 50_000);
    expect(await codeOf(() => driver.all(some))).toBe('FILE_CHANGED');
    await driver.close();
  });

  it('FILE_CHANGED: it vanishes after it was found', async () => {
    write(dir.file('a'), 'a', 1);
    write(dir.file('b'), 'b', 2);
    const driver = await Driver.open(text({ maxFilesPerTrigger: 1 }));
    await driver.reader.freeze!();
    await driver.batch();
    rmSync(dir.file('b'));
    expect(await codeOf(() => driver.batch())).toBe('FILE_CHANGED');
  });

  it('an empty file is no rows, in every format', async () => {
    for (const format of ['csv', 'json', 'text', 'parquet'] as const) {
      write(dir.file(`${format}/a`), '');
      const driver = await Driver.open({
        format,
        path: dir.file(format),
        ...(format === 'text' ? {} : { schema: 'a INT' }),
      });
      expect(await driver.batch()).toMatchObject({ end: { file: 1, position: 0 }, rows: [] });
      expect(await driver.batch()).toBeUndefined();
    }
  });

  it('FILE_UNREADABLE names what is not of the format', async () => {
    write(dir.file('a.parquet'), 'no parquet at all');
    const driver = await Driver.open({ format: 'parquet', path: dir.path, schema: 'a INT' });
    const error = await errorOf(() => driver.batch());
    expect([error.code, error.message]).toEqual(['FILE_UNREADABLE', expect.stringContaining('a.parquet')]);
  });

  it('malformed records: counted, or refused with the place', async () => {
    write(dir.file('a'), '1\nx\n3\n');
    const csv = { format: 'csv', path: dir.path, schema: 'a INT' } as const;
    const driver = await Driver.open(csv);
    expect(await driver.rows()).toEqual([{ a: 1 }, { a: null }, { a: 3 }]);
    expect(driver.reader.status!().metrics).toMatchObject({ numMalformedRecords: 1 });
    const strict = await Driver.open({ ...csv, mode: 'FAILFAST' });
    const error = await errorOf(() => strict.batch());
    expect([error.code, error.message]).toEqual(['MALFORMED_RECORD', expect.stringContaining(dir.file('a'))]);
  });
});

describe('columns', () => {
  it('only those that are needed', async () => {
    write(dir.file('a'), '1,x,2.5\n');
    const driver = await Driver.open(
      { format: 'csv', path: dir.path, schema: 'a INT, b STRING, c DOUBLE' },
      { columns: ['a', 'c'] },
    );
    expect(await driver.rows()).toEqual([{ a: 1, c: 2.5 }]);
  });

  it('of Parquet without a schema: those of the first file, also after a restart', async () => {
    const put = (name: string, ddl: string, row: object): void =>
      write(dir.file(name), encodeParquet([Table.fromRows([row], toSchema(ddl))]));
    put('a', 'a INT, b STRING', { a: 1, b: 'x' });
    const driver = await Driver.open({ format: 'parquet', path: dir.path });
    expect(await driver.all()).toEqual([{ a: 1, b: 'x' }]);
    put('b', 'c DOUBLE, a INT', { c: 1, a: 2 });
    const next = await Driver.open({ format: 'parquet', path: dir.path }, { remembered: driver.remembered });
    next.offset = driver.offset;
    expect(await next.all()).toEqual([{ a: 2, b: null }]);
  });

  it('of Parquet with mergeSchema: those of all files that are there at first, also after a restart', async () => {
    const options = { format: 'parquet', path: dir.path, mergeSchema: true } as const;
    const put = (name: string, ddl: string, row: object, mtime: number): void =>
      write(dir.file(name), encodeParquet([Table.fromRows([row], toSchema(ddl))]), mtime);
    write(dir.file('0'), '', 1);
    put('a', 'a INT, s STRUCT<x: INT>', { a: 1, s: { x: 1 } }, 2);
    put('b', 'S STRUCT<y: INT>, c STRING', { S: { y: 2 }, c: 'c' }, 3);
    const driver = await Driver.open(options);
    expect(await driver.all({ ...engineLimit, rows: 1 })).toEqual([
      { a: 1, s: { x: 1, y: null }, c: null },
      { a: null, s: { x: null, y: 2 }, c: 'c' },
    ]);
    put('d', 'd INT, c STRING', { d: 4, c: 'd' }, 4);
    const next = await Driver.open(options, { remembered: driver.remembered });
    next.offset = driver.offset;
    expect(await next.all()).toEqual([{ a: null, s: null, c: 'd' }]);
  });

  it('of Parquet with mergeSchema have one type, or the query fails', async () => {
    write(dir.file('a'), encodeParquet([Table.fromRows([{ a: 1 }], toSchema('a INT'))]), 1);
    write(dir.file('b'), encodeParquet([Table.fromRows([{ a: 1 }], toSchema('a BIGINT'))]), 2);
    const driver = await Driver.open({ format: 'parquet', path: dir.path, mergeSchema: true });
    const error = await errorOf(() => driver.all());
    expect(error.code).toBe('SCHEMA_MISMATCH');
    expect(error.message).toContain("b': column 'a' is BIGINT in the file, and INT in those before it");
  });

  it('may all be missing, whatever the schema says', () => {
    const flow = fileSource({
      format: 'json',
      path: dir.path,
      schema: 'a INT NOT NULL, b ARRAY<STRUCT<c: INT NOT NULL>>',
    });
    expect(JSON.stringify(flow.schema)).not.toContain('false');
  });
});

it('reads 20,000 small files quickly', async () => {
  for (let i = 0; i < 20_000; i++) write(dir.file(`f${i}`), `${i}\n`, 1000 + i);
  const driver = await Driver.open({ format: 'csv', path: dir.path, schema: 'n INT' });
  const begun = performance.now();
  const rows = await driver.all({ ...engineLimit, rows: 1500 });
  expect(performance.now() - begun).toBeLessThan(15_000);
  expect(rows.map((row) => row['n'])).toEqual(Array.from({ length: 20_000 }, (_, i) => i));
  expect(driver.batches).toHaveLength(14);
}, 60_000);

it('can be closed while it reads', async () => {
  write(dir.file('a'), 'x\n'.repeat(1_000_000));
  const driver = await Driver.open(text(), { tuning: { chunkBytes: 4096 } });
  const reading = errorOf(() => driver.reader.latest({ file: 0, position: 0 }, noLimit));
  await new Promise((resolve) => setTimeout(resolve, 5));
  await driver.close();
  expect((await reading).code).toBe('QUERY_STOPPED');
});

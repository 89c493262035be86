import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import fc from 'fast-check';
import { type FileSourceOptions, fileSource } from '../../../../connectors/file/index.js';
import { encodeParquet } from '../../../../connectors/file/parquet/index.js';
import { folderName } from '../../../../connectors/file/sink/folders.js';
import {
  typeOfValue,
  unescapeName,
  valueReader,
  widerType,
} from '../../../../connectors/file/source/partition-values.js';
import { Table } from '../../../../lib/columns/index.js';
import type { Condition } from '../../../../lib/expressions/conditions.js';
import { formatDdl, formatType, int, parseType, string, toSchema } from '../../../../lib/schema/index.js';
import { where } from '../../../../operators/index.js';
import { Driver, codeOf, errorOf, temporaryDirectory, write } from '../support.js';

const dir = temporaryDirectory();

const text = (more: object = {}): FileSourceOptions =>
  ({ format: 'text', path: dir.path, ...more }) as unknown as FileSourceOptions;
const columns = (options: FileSourceOptions = text()): string => formatDdl(fileSource(options).schema!);

/** Writes files that hold `x`. */
const files = (...names: string[]): void => names.forEach((name) => write(dir.file(name), 'x\n'));

async function rows(options: FileSourceOptions = text(), around = {}): Promise<readonly Record<string, unknown>[]> {
  const driver = await Driver.open(options, around);
  try {
    return await driver.all();
  } finally {
    await driver.close();
  }
}

/** A query that has read what is there. */
async function ran(): Promise<Driver & { readonly rows: readonly Record<string, unknown>[] }> {
  const driver = await Driver.open(text());
  const all = await driver.all();
  await driver.close();
  return Object.assign(driver, { rows: all });
}

describe('the type of a value', () => {
  // What Spark's partition discovery gives: numbers as Java reads them, times by its two patterns.
  it.each([
    ['1', 'INT'],
    ['01', 'INT'],
    ['+2147483647', 'INT'],
    ['2147483648', 'BIGINT'],
    ['9223372036854775808', 'DECIMAL(19,0)'],
    ['1e3', 'DECIMAL(4,0)'],
    ['1e38', 'DOUBLE'],
    ['1.5', 'DOUBLE'],
    [' 1', 'DOUBLE'],
    ['1d', 'DOUBLE'],
    ['NaN', 'DOUBLE'],
    ['-Infinity', 'DOUBLE'],
    ['inf', 'STRING'],
    ['nan', 'STRING'],
    ['true', 'STRING'],
    ['2020-02-29', 'DATE'],
    ['2021-02-29', 'STRING'],
    ['2020-2-9', 'STRING'],
    ['2020-01-01 10%3A11%3A12', 'TIMESTAMP'],
    ['2020-01-01 10%3A11%3A12.1', 'TIMESTAMP'],
    ['2020-01-01 10%3A11%3A12.12', 'STRING'],
    ['2020-01-01T10%3A11%3A12', 'STRING'],
    ['__HIVE_DEFAULT_PARTITION__', 'VOID'],
  ])('%s: %s', (value, type) => expect(formatType(typeOfValue(value, 'UTC'))).toBe(type));

  it.each([
    ['INT', 'BIGINT', 'BIGINT'],
    ['INT', 'DOUBLE', 'DOUBLE'],
    ['BIGINT', 'DOUBLE', 'STRING'],
    ['DECIMAL(4,0)', 'DOUBLE', 'STRING'],
    ['INT', 'DECIMAL(4,0)', 'DECIMAL(10,0)'],
    ['BIGINT', 'DECIMAL(30,0)', 'DECIMAL(30,0)'],
    ['DECIMAL(4,0)', 'DECIMAL(6,0)', 'DECIMAL(6,0)'],
    ['DATE', 'TIMESTAMP', 'TIMESTAMP'],
    ['DATE', 'INT', 'STRING'],
    ['DATE', 'VOID', 'DATE'],
    ['VOID', 'VOID', 'VOID'],
    ['INT', 'STRING', 'STRING'],
  ])('%s and %s: %s', (a, b, wider) => {
    expect(formatType(widerType(parseType(a), parseType(b)))).toBe(wider);
    expect(formatType(widerType(parseType(b), parseType(a)))).toBe(wider);
  });

  it('is read by it', () => {
    expect(valueReader(int(), 'UTC')('+02')).toBe(2);
    expect(() => valueReader(int(), 'UTC')(' 2')).toThrow();
    expect(valueReader(string(), 'UTC')('a%2Fb')).toBe('a/b');
    expect(valueReader(parseType('TIMESTAMP'), 'Europe/Zurich')('2020-01-01 01%3A00%3A00')).toBe(1577836800000000n);
    expect(valueReader(parseType('BOOLEAN'), 'UTC')('TRUE')).toBe(true);
    expect(() => valueReader(parseType('BOOLEAN'), 'UTC')('1')).toThrow();
  });

  it('is what the sink wrote', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', minLength: 1 }),
        fc.string({ unit: 'grapheme', minLength: 1 }),
        (key, value) => {
          const folder = folderName(key, value);
          const at = folder.indexOf('=');
          expect([unescapeName(folder.slice(0, at)), unescapeName(folder.slice(at + 1))]).toEqual([key, value]);
        },
      ),
    );
  });
});

describe('partitions', () => {
  it('are columns at the end, of types that hold all values', async () => {
    files('p=1/q=a%3Ab/f', 'p=2/q=__HIVE_DEFAULT_PARTITION__/f');
    expect(columns()).toBe('value STRING, p INT, q STRING');
    expect(await rows()).toEqual([
      { value: 'x', p: 1, q: 'a:b' },
      { value: 'x', p: 2, q: null },
    ]);
  });

  it('have the types of the schema, are not where it has them, and go by names in any case', async () => {
    write(dir.file('P=01/f'), '1,2\n');
    const options = text({ format: 'csv', schema: 'a INT, p STRING, b INT' });
    expect(columns(options)).toBe('a INT, b INT, p STRING');
    expect(await rows(options)).toEqual([{ a: 1, b: 2, p: '01' }]);
  });

  it('take the place of a column that the files have, too', async () => {
    write(dir.file('p=7/f'), '{"a":1,"p":9,"z":2}\n');
    expect(await rows(text({ format: 'json' }))).toEqual([{ a: 1, p: 7, z: 2 }]);
    const schema = toSchema('p STRING, v INT');
    const parquet = temporaryParquet(schema, [{ p: 'no', v: 3 }]);
    write(dir.file('more/p=1/f.parquet'), await parquet);
    expect(await rows(text({ format: 'parquet', path: dir.file('more') }))).toEqual([{ p: 1, v: 3 }]);
  });

  it('can be all that is asked for', async () => {
    write(dir.file('p=7/f'), '{"a":1}\n{"a":2}\n');
    const options = text({ format: 'json', schema: 'a INT' });
    expect(await rows(options, { columns: ['p'] })).toEqual([{ p: 7 }, { p: 7 }]);
    expect(await rows(options, { columns: ['a'] })).toEqual([{ a: 1 }, { a: 2 }]);
  });

  it('are text where types are not to be found out, and nothing with recursiveFileLookup', async () => {
    files('p=1/f');
    expect(columns(text({ partitionColumnTypeInference: false }))).toBe('value STRING, p STRING');
    expect(columns(text({ recursiveFileLookup: true }))).toBe('value STRING');
    expect(await rows(text({ recursiveFileLookup: true }))).toEqual([{ value: 'x' }]);
  });

  it('begin at basePath', async () => {
    files('p=1/f', 'p=2/f');
    const path = dir.file('p=1');
    expect(columns(text({ path }))).toBe('value STRING');
    expect(await rows(text({ path, basePath: dir.path }))).toEqual([{ value: 'x', p: 1 }]);
    expect(await rows(text({ path: dir.file('p=*'), basePath: dir.path }))).toHaveLength(2);
    expect(columns(text({ path: dir.file('p=*') }))).toBe('value STRING');
    expect(await codeOf(() => fileSource(text({ basePath: path })))).toBe('INVALID_OPTION');
    expect(await codeOf(() => fileSource(text({ basePath: dir.file('no') })))).toBe('INVALID_OPTION');
  });

  it('are those of the start: files in folders that come later end the query, as in Spark', async () => {
    mkdirSync(dir.file('empty'));
    files('g');
    const driver = await Driver.open(text());
    expect(await driver.all()).toEqual([{ value: 'x' }]);
    mkdirSync(dir.file('p=1'));
    files('other/f', 'a=b');
    expect(await driver.all()).toEqual([{ value: 'x' }]);
    files('p=1/q/f');
    const error = await errorOf(() => driver.all());
    expect([error.code, error.details]).toEqual(['SCHEMA_MISMATCH', { path: dir.file('p=1') }]);
    await driver.close();
  });

  it('are refused by a query that began without', async () => {
    files('g');
    const { remembered, reader } = await ran();
    files('p=1/f');
    expect(await codeOf(() => Driver.open(text(), { remembered }))).toBe('CHECKPOINT_MISMATCH');
    expect(await codeOf(() => Driver.open(text(), { remembered: [...reader.memory!()] }))).toBe('CHECKPOINT_MISMATCH');
  });

  it('leave out files that lie beside them at the start, as Spark does, and refuse those that come later', async () => {
    files('p=1/f', 'g', '_hidden/q=1/f');
    const first = await ran();
    expect(first.rows).toEqual([{ value: 'x', p: 1 }]);
    files('p=2/f');
    const remembered = [...first.reader.memory!()];
    expect(await rows(text(), { remembered })).toEqual([{ value: 'x', p: 2 }]);
    files('h');
    for (const known of [remembered, first.remembered]) {
      const error = await errorOf(() => rows(text(), { remembered: known }));
      expect([error.code, error.details]).toEqual(['SCHEMA_MISMATCH', { path: dir.file('h') }]);
    }
  });

  it('are known again when their files were gone for a while', async () => {
    files('p=1/f');
    const { reader } = await ran();
    rmSync(dir.file('p=1'), { recursive: true });
    const idle = await Driver.open(text(), { remembered: [...reader.memory!()] });
    expect(await idle.all()).toEqual([]);
    const remembered = [...idle.reader.memory!()];
    await idle.close();
    files('p=2/f');
    expect(await rows(text(), { remembered })).toEqual([{ value: 'x', p: 2 }]);
  });

  it('are found beside links that lead nowhere, to themselves or back', async () => {
    files('p=1/f');
    symlinkSync(dir.file('loop'), dir.file('loop'));
    symlinkSync(dir.file('nothing'), dir.file('gone'));
    symlinkSync(dir.path, dir.file('p=1/back'));
    symlinkSync(dir.file('p=1'), dir.file('p=2'));
    expect(columns()).toBe('value STRING, p INT');
    expect(await rows()).toEqual([
      { value: 'x', p: 1 },
      { value: 'x', p: 2 },
    ]);
    expect(columns(text({ path: dir.file('*') }))).toBe('value STRING');
  });

  it.each([
    ['begin in different folders', ['p=1/f', 'other/f'], 'CONFLICTING_DIRECTORY_STRUCTURES'],
    ['have other names', ['p=1/f', 'q=1/f'], 'CONFLICTING_PARTITION_COLUMN_NAMES'],
    ['are more', ['p=1/f', 'p=1/q=1/f'], 'CONFLICTING_PARTITION_COLUMN_NAMES'],
    ['have no name', ['=1/f'], undefined],
    ['have no value', ['p=/f'], undefined],
  ])('are refused if they %s', async (_, names, condition) => {
    files(...names);
    const error = await errorOf(() => fileSource(text()));
    expect([error.code, error.details['condition']]).toEqual(['SCHEMA_MISMATCH', condition]);
  });

  it('are refused if one is there twice', async () => {
    files('p=1/P=2/f');
    expect(await codeOf(() => fileSource(text()))).toBe('INVALID_SCHEMA');
  });

  it('are refused if a value is none of the type, with file and value: now and later', async () => {
    files('p=x/f');
    const schema = 'value STRING, p INT';
    expect((await errorOf(() => fileSource(text({ schema })))).details).toMatchObject({ column: 'p', value: 'x' });
    files('later/p=1/f');
    const options = text({ path: dir.file('later') });
    const driver = await Driver.open(options);
    files('later/p=y/g');
    const error = await errorOf(() => driver.all());
    expect(error.code).toBe('SCHEMA_MISMATCH');
    expect(error.details).toMatchObject({ path: dir.file('later/p=y/g'), column: 'p', value: 'y', type: 'INT' });
    await driver.close();
  });

  it.each(['q=1/f', 'p=1/q=1/f', 'x/f'])('are refused if others come later: %s', async (other) => {
    files('p=1/f');
    const driver = await Driver.open(text());
    files(other);
    const error = await errorOf(() => driver.all());
    expect([error.code, error.message]).toEqual(['SCHEMA_MISMATCH', expect.stringContaining(other.split('/')[0]!)]);
    await driver.close();
  });

  it('keep their types over a restart, or say so', async () => {
    files('p=1/f');
    const first = await Driver.open(text());
    expect(await first.all()).toEqual([{ value: 'x', p: 1 }]);
    const remembered = [...first.reader.memory!()];
    await first.close();
    files('p=2/f');
    const again = await Driver.open(text(), { remembered });
    expect(await again.all()).toEqual([{ value: 'x', p: 2 }]);
    await again.close();
    files('p=a/f');
    expect((await errorOf(() => Driver.open(text(), { remembered }))).code).toBe('CHECKPOINT_MISMATCH');
    const declared = text({ schema: 'value STRING, p STRING' });
    expect(await rows(declared, { remembered })).toContainEqual({ value: 'x', p: 'a' });
  });

  it('that no row can be in are passed over unread', async () => {
    files('p=1/f', 'p=2/f', 'p=__HIVE_DEFAULT_PARTITION__/f');
    const condition: Condition = { column: 'p', path: [], op: '>', type: int(), values: [1], text: 'p > 1' };
    const driver = await Driver.open(text(), { conditions: [condition] });
    expect(await driver.all()).toEqual([{ value: 'x', p: 2 }]);
    await driver.close();
    const counted = await Driver.open(text(), { conditions: [condition] });
    await counted.batch();
    expect(counted.reader.status!().metrics).toMatchObject({ numFilesSkipped: 2 });
    await counted.close();
  });

  it('are all that text formats are told of what is asked', async () => {
    files('p=1/f', 'p=2/f');
    const flow = fileSource(text()).pipe(where("value = 'x' AND P > 1 AND input_file_name() <> ''"));
    expect(flow.explain()).toMatch(/pushed: p > 1$/);
    expect(fileSource(text()).pipe(where("value = 'x'")).explain()).not.toContain('pushed');
  });
});

const temporaryParquet = (schema: ReturnType<typeof toSchema>, all: object[]): Promise<Uint8Array> =>
  Promise.resolve(encodeParquet([Table.fromRows(all, schema)]));

import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { type FileSinkOptions, fileSink } from '../../../connectors/file/index.js';
import type { SinkWriter } from '../../../lib/connect/index.js';
import { hookDurableSteps } from '../../../lib/durable.js';
import { crashing } from './crashing.js';
import { batch } from '../../../lib/testing/batch.js';
import { codeOf, duckdb, errorOf, openSink, temporaryDirectory, tree, visible, writeBatch } from './support.js';

const dir = temporaryDirectory();
const ddl = 'k STRING, v INT';

type Row = Record<string, unknown>;

const rows = (...pairs: [string | null, number][]): Row[] => pairs.map(([k, v]) => ({ k, v }));

const open = (more: object = {}, queryId?: string) => openSink({ format: 'csv', path: dir.path, ...more }, queryId);

const put = (sink: SinkWriter<unknown>, id: number, data: readonly Row[], schema: string = ddl): Promise<void> =>
  writeBatch(sink, id, data, schema);

const content = (name: string): string => readFileSync(dir.file(name), 'utf8');

describe('options', () => {
  it.each([
    ['an option of reading', { format: 'csv', path: 'out', mode: 'FAILFAST' }, 'UNKNOWN_OPTION'],
    ['an option of another format', { format: 'csv', path: 'out', maxRowGroupRows: 1 }, 'UNKNOWN_OPTION'],
    ['a typing error', { format: 'csv', path: 'out', partitonBy: 'k' }, 'UNKNOWN_OPTION'],
    ['no path', { format: 'csv' }, 'MISSING_OPTION'],
    ['a codec that text does not have', { format: 'json', path: 'out', compression: 'lzo' }, 'INVALID_OPTION'],
    ['a level without a codec', { format: 'csv', path: 'out', compressionLevel: 1 }, 'INVALID_OPTION'],
    ['a codec that is none', { format: 'parquet', path: 'out', compression: 'zip' }, 'INVALID_OPTION'],
    ['a column twice', { format: 'csv', path: 'out', partitionBy: ['k', 'k'] }, 'INVALID_OPTION'],
    ['no bytes per file', { format: 'csv', path: 'out', maxBytesPerFile: 'x' }, 'INVALID_OPTION'],
    ['no rows per file', { format: 'csv', path: 'out', maxRecordsPerFile: 0 }, 'INVALID_OPTION'],
  ])('refuses %s', async (_, options, code) => {
    expect(await codeOf(() => fileSink(options as FileSinkOptions))).toBe(code);
  });

  it('says what it can be', () => {
    const sink = fileSink({ format: 'parquet', path: 'out/' });
    expect([sink.op, sink.detail, sink.outputModes]).toEqual(['fileSink', 'parquet out/', ['append']]);
  });
});

describe('files', () => {
  it('one a batch, named by batch and query; none for a batch without rows', async () => {
    const sink = await open();
    await put(sink, 0, rows(['a', 1], ['b', 2]));
    await put(sink, 1, []);
    await put(sink, 123456, rows(['c', 3]));
    await sink.close!();
    expect(tree(dir.path)).toEqual(['part-00000-q-00000.csv', 'part-123456-q-00000.csv']);
    expect(content('part-00000-q-00000.csv')).toBe('a,1\nb,2\n');
  });

  it('of every format, with a header in each and a codec in the name', async () => {
    for (const [more, name] of [
      [{ format: 'csv', header: true }, 'part-00000-q-00000.csv'],
      [{ format: 'json' }, 'part-00000-q-00000.json'],
      [{ format: 'parquet' }, 'part-00000-q-00000.snappy.parquet'],
      [{ format: 'parquet', compression: 'zstd' }, 'part-00000-q-00000.zstd.parquet'],
      [{ format: 'parquet', compression: 'none' }, 'part-00000-q-00000.parquet'],
    ] as const) {
      const path = dir.file(`to ${name}`);
      const sink = await open({ ...more, path });
      await put(sink, 0, rows(['a', 1], ['b', 2]));
      await sink.close!();
      expect(tree(path)).toEqual([name]);
      const read = { csv: 'read_csv', json: 'read_json', parquet: 'read_parquet' }[more.format];
      expect(await duckdb(`SELECT * FROM ${read}('${path}/**/*.${more.format}') ORDER BY v`)).toEqual(
        rows(['a', 1], ['b', 2]).map(({ k, v }) => ({ k, v: more.format === 'parquet' ? v : String(v as number) })),
      );
    }
    const text = await open({ format: 'text' });
    await put(text, 0, [{ value: 'x' }], 'value STRING');
    expect(content('part-00000-q-00000.txt')).toBe('x\n');
    expect(await codeOf(() => put(text, 1, rows(['a', 1])))).toBe('SCHEMA_MISMATCH');
  });

  it('of rows whose types nobody declared', async () => {
    for (const format of ['csv', 'json', 'parquet', 'text']) {
      const sink = await open({
        format,
        path: dir.file(format),
        ...(format === 'text' ? {} : { partitionBy: 'p' }),
      });
      await sink.write(
        batch<Row>(
          format === 'text'
            ? [{ value: 'x' }]
            : [
                { p: 1, v: 'x' },
                { p: null, v: 'y' },
              ],
        ),
      );
      await sink.close!();
    }
    expect(visible(dir.file('json'))).toEqual([
      'p=1/part-00000-q-00000.json',
      'p=__HIVE_DEFAULT_PARTITION__/part-00000-q-00001.json',
    ]);
    expect(await duckdb(`SELECT v FROM read_parquet('${dir.file('parquet')}/**/*.parquet') ORDER BY v`)).toEqual([
      { v: 'x' },
      { v: 'y' },
    ]);
  });

  it('of at most so many rows', async () => {
    const sink = await open({ maxRecordsPerFile: 2 });
    await put(sink, 0, rows(['a', 1], ['b', 2], ['c', 3], ['d', 4], ['e', 5]));
    expect(visible(dir.path).map(content)).toEqual(['a,1\nb,2\n', 'c,3\nd,4\n', 'e,5\n']);
  });

  it('of at most so many bytes, each with its header', async () => {
    const sink = await open({ header: true, maxBytesPerFile: 12 });
    await put(sink, 0, rows(['a', 1], ['b', 2], ['c', 3], ['much too long', 4], ['d', 5]));
    expect(visible(dir.path).map(content)).toEqual([
      'k,v\na,1\nb,2\n',
      'k,v\nc,3\n',
      'k,v\nmuch too long,4\n',
      'k,v\nd,5\n',
    ]);
  });

  it('of at most so many bytes, whatever is encoded at a time', async () => {
    const data = rows(...Array.from({ length: 40_000 }, (_, v): [string, number] => ['k', 10_000 + v]));
    for (const [format, limit] of [
      ['csv', 100_000],
      ['csv', 1000],
      ['parquet', 50_000],
    ] as const) {
      const path = dir.file(`${format} ${limit}`);
      const sink = await open({ format, path, maxBytesPerFile: limit, ...(format === 'csv' && { header: true }) });
      await put(sink, 0, data);
      const sizes = visible(path).map((name) => statSync(`${path}/${name}`).size);
      expect(Math.max(...sizes)).toBeLessThanOrEqual(limit);
      // Full, but for the last: a line of csv has 8 bytes.
      if (format === 'csv') expect(Math.min(...sizes.slice(0, -1))).toBeGreaterThan(limit - 8);
      const read = await duckdb(
        `SELECT count(*)::INT AS n, count(DISTINCT v)::INT AS distinct_v FROM read_${format}('${path}/*.${format}')`,
      );
      expect(read).toEqual([{ n: 40_000, distinct_v: 40_000 }]);
    }
  });

  it('of at most so many bytes, in folders', async () => {
    const sink = await open({ partitionBy: 'k', maxBytesPerFile: 4 });
    await put(sink, 0, rows(['a', 1], ['b', 2], ['a', 3], ['a', 4]));
    expect(visible(dir.path).map((name) => [name, content(name)])).toEqual([
      ['k=a/part-00000-q-00000.csv', '1\n3\n'],
      ['k=a/part-00000-q-00001.csv', '4\n'],
      ['k=b/part-00000-q-00002.csv', '2\n'],
    ]);
  });

  it('of two sinks of one query in one directory need names', async () => {
    const first = await open();
    expect(await codeOf(() => open())).toBe('DUPLICATE_NAME');
    const second = await open({ name: 'more/../x' });
    await put(first, 0, rows(['a', 1]));
    await put(second, 0, rows(['b', 2]));
    expect(tree(dir.path)).toEqual(['part-00000-q-00000.csv', 'part-00000-q-more%2F..%2Fx-00000.csv']);
    await first.close!();
    await open();
  });

  it('FILE_UNWRITABLE where they cannot be written, and nothing is left', async () => {
    mkdirSync(dir.file('x'));
    const sink = await open({ path: dir.file('x') });
    const undo = hookDurableSteps((step, when) => {
      if (step === 'sync' && when === 'before') throw Object.assign(new Error('full'), { code: 'ENOSPC' });
    });
    try {
      const error = await errorOf(() => put(sink, 0, rows(['a', 1])));
      expect([error.code, error.message]).toEqual(['FILE_UNWRITABLE', expect.stringContaining('no space is left')]);
    } finally {
      undo();
    }
    expect(tree(dir.file('x'))).toEqual([]);
    await put(sink, 0, rows(['a', 1]));
    expect(visible(dir.file('x'))).toEqual(['part-00000-q-00000.csv']);
    if (process.getuid?.() !== 0) {
      chmodSync(dir.file('x'), 0o500);
      expect(await codeOf(() => open({ path: dir.file('x/y') }))).toBe('FILE_UNWRITABLE');
    }
    expect(await codeOf(() => open({ path: dir.file('x/part-00000-q-00000.csv') }))).toBe('FILE_UNWRITABLE');
  });
});

describe('exactly once', () => {
  /** Rows as anyone finds them who lists the directory. */
  const found = (): string[] =>
    visible(dir.path)
      .flatMap((name) => content(name).trim().split('\n'))
      .filter((line) => line !== '')
      .sort();

  const one = rows(['a', 1]);
  const many = rows(['a', 1], ['b', 2], ['c', 3], ['a', 4]);
  const fewer = rows(['a', 10], ['d', 20]);
  /** The first try, the second, and what the first batch and the third hold. */
  const cases: [string, object, readonly Row[], readonly Row[]][] = [
    ['one file, then another content', {}, one, fewer],
    ['one file, then none', {}, one, []],
    ['none, then one', {}, [], one],
    ['partitions, then other ones', { partitionBy: 'k', format: 'json' }, many, fewer],
    ['partitions, then none', { partitionBy: 'k', format: 'json' }, many, []],
    ['partitions, then one', { partitionBy: 'k', format: 'json' }, many, rows(['c', 9])],
    ['one partition, then another', { partitionBy: 'k', format: 'json' }, one, rows(['d', 9])],
    ['one partition, then others', { partitionBy: 'k', format: 'json' }, one, many],
    ['several files, then fewer', { maxRecordsPerFile: 1 }, many, fewer],
    ['several files, then one', { maxRecordsPerFile: 1 }, many, one],
    ['files that were rolled, then fewer', { maxBytesPerFile: 8 }, many, fewer],
    ['one file, then several', { maxRecordsPerFile: 1 }, one, many],
  ];

  it.each(cases)(
    'after a crash at any step: %s',
    async (_, options, first, second) => {
      const untroubled = await open(options, 'untroubled');
      await put(untroubled, 1, rows(['before', 0]));
      await put(untroubled, 2, second);
      await put(untroubled, 3, rows(['after', 99]));
      await untroubled.close!();
      const expected = found();
      for (const name of visible(dir.path)) remove(name);

      for (let at = 1; ; at++) {
        const query = `q${at}`;
        const sink = await open(options, query);
        await put(sink, 1, rows(['before', 0]));
        // The first try dies at one step, the second at another, the third gets through.
        const crashed = await crashing(at, () => put(sink, 2, first));
        await sink.close!();
        const again = await open(options, query);
        await crashing(1 + ((at * 13) % 41), () => put(again, 2, second));
        await again.close!();
        const last = await open(options, query);
        await put(last, 2, second);
        const soFar = found();
        await put(last, 3, rows(['after', 99]));
        await last.close!();
        expect(found()).toEqual(expected);
        expect(soFar).toHaveLength(expected.length - 1);
        for (const name of visible(dir.path)) remove(name);
        if (!crashed) break;
      }

      function remove(name: string): void {
        rmSync(dir.file(name));
      }
    },
    60_000,
  );

  it('the writer that failed goes on', async () => {
    const sink = await open({ partitionBy: 'k', format: 'json' });
    for (let at = 1; await crashing(at, () => put(sink, 0, at % 2 === 0 ? many : fewer)); at++);
    await put(sink, 0, one);
    expect(found()).toEqual(['{"v":1}']);
  });

  it('a replay under other options leaves nothing of the first try', async () => {
    const first = await open();
    await put(first, 0, one);
    await first.close!();
    const second = await open({ format: 'parquet', partitionBy: 'k' });
    await put(second, 0, many);
    await second.close!();
    expect(visible(dir.path)).toHaveLength(3);
    expect(visible(dir.path).every((name) => name.endsWith('.parquet'))).toBe(true);
  });

  it('what a crash left aside is removed at the start; at the end an intent is all that may stay', async () => {
    const sink = await open({ partitionBy: 'k' });
    await crashing(3, () => put(sink, 0, many));
    await put(sink, 0, many);
    await put(sink, 1, many);
    await sink.close!();
    expect(tree(dir.path).filter((name) => name.startsWith('_'))).toEqual(['_temporary/q/1.files']);
    expect(JSON.parse(content('_temporary/q/1.files'))).toEqual(
      visible(dir.path).filter((name) => name.includes('part-00001')),
    );
    const plain = await open({}, 'other');
    await put(plain, 0, one);
    await plain.close!();
    expect(existsSync(dir.file('_temporary/other'))).toBe(false);
  });

  it('nobody sees a part of a file, or a name that ends like a format', async () => {
    const seen = new Set<string>();
    const undo = hookDurableSteps(() => {
      for (const name of tree(dir.path)) {
        if (name.startsWith('_')) expect(name).not.toMatch(/\.(csv|json|parquet|txt)$/);
        else seen.add(content(name));
      }
    });
    const sink = await open({ partitionBy: 'k' });
    await put(sink, 0, many);
    undo();
    expect([...seen].sort()).toEqual(['1\n4\n', '2\n', '3\n']);
  });
});

const suffixOf = (name: string): string => name.replace(/^[^.]*/, '');

test('the names of csv files end with `extension`, also where a batch comes again without it', async () => {
  const sink = await open({ extension: 'tsv', compression: 'gzip' }, 'q');
  await put(sink, 0, rows(['a', 1]));
  await sink.close?.();
  expect(visible(dir.path).map(suffixOf)).toEqual(['.tsv.gz']);
  const again = await open({}, 'q');
  await put(again, 0, rows(['a', 1]));
  await again.close?.();
  expect(visible(dir.path).map(suffixOf)).toEqual(['.csv']);
  expect(() => fileSink({ format: 'csv', path: dir.path, extension: 'a/b' })).toThrow(
    "'extension' must be letters alone",
  );
});

test('options may be spelled in any case', () => {
  const make = (more: object): unknown => fileSink({ path: dir.path, ...more } as unknown as FileSinkOptions);
  expect(() => make({ FORMAT: 'csv', HEADER: true })).not.toThrow();
  expect(() => make({ format: 'text', HEADER: true })).toThrow("'HEADER' is an option of the format csv");
  expect(() => make({ format: 'csv', HEADER: true, header: true })).toThrow("'header' is given twice");
});

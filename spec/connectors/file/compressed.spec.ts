import { appendFileSync, readFileSync, renameSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { FileSinkOptions } from '../../../connectors/file/index.js';
import { fileSink } from '../../../connectors/file/index.js';
import { canEncodeZstd } from '../../../connectors/file/compression/zstd.js';
import { files, text } from './compression/support.js';
import {
  Driver,
  codeOf,
  duckdb,
  errorOf,
  openSink,
  rowsOf,
  temporaryDirectory,
  tree,
  visible,
  write,
  writeBatch,
} from './support.js';

const dir = temporaryDirectory();

type More = Record<string, unknown>;

const open = (more: More = {}, around?: Parameters<typeof Driver.open>[1]): Promise<Driver> =>
  Driver.open({ format: 'csv', path: dir.path, schema: 'id INT', ...more }, around);

const numbers = (count: number): string => Array.from({ length: count }, (_, i) => `${i}\n`).join('');
const ids = (count: number): { id: number }[] => Array.from({ length: count }, (_, id) => ({ id }));

describe('reading', () => {
  it.each(files)('%s', async (_, extension, base64) => {
    write(dir.file(`in.csv${extension}`), Buffer.from(base64, 'base64'));
    const driver = await open({ schema: 'id INT, name STRING', header: true });
    const rows = await driver.all();
    expect(rows.map(({ id }) => id)).toEqual([1, 2, 3]);
    await driver.close();
  });

  it('by what files begin with where the name says nothing, beside files that are not compressed', async () => {
    write(dir.file('a.csv'), gzipSync('0\n1\n'), 1);
    write(dir.file('b.csv'), '2\n', 2);
    write(dir.file('c.csv.gz'), '', 3);
    write(dir.file('d.txt.gz'), gzipSync('3\n'), 4);
    const driver = await open();
    expect(await driver.all()).toEqual(ids(4));
    await driver.close();
  });

  it.each([
    ['json', '{"id":1}\n{"id":2}'],
    ['csv', '1\n2'],
  ])('%s, in chunks of any size', async (format, content) => {
    write(dir.file('in.gz'), gzipSync(content));
    for (let chunkBytes = 1; chunkBytes < 12; chunkBytes++) {
      const driver = await open({ format }, { tuning: { chunkBytes } });
      expect(await driver.all()).toEqual([{ id: 1 }, { id: 2 }]);
      await driver.close();
    }
  });

  it('in batches, each of which can be read again by another run, and goes on from there', async () => {
    write(dir.file('in.gz'), gzipSync(numbers(3000)), 1);
    write(dir.file('more.gz'), gzipSync('3000\n'), 2);
    const limit = { all: false, rows: 400, bytes: 1 << 20 };
    const around = { tuning: { chunkBytes: 512 } };
    const first = await open({}, around);
    const all = await first.all(limit);
    expect(all).toEqual(ids(3001));
    expect(first.batches.length).toBeGreaterThan(5);
    for (const { start, end, rows } of first.batches) {
      const again = await open({}, { ...around, remembered: first.remembered });
      expect(rowsOf(await again.reader.read(start, end))).toEqual(rows);
      again.offset = end;
      expect(await again.all(limit)).toEqual(ids(3001).slice((rows.at(-1)!['id'] as number) + 1));
      await again.close();
    }
    await first.close();
  });

  it('positions count the bytes that the file holds', async () => {
    write(dir.file('in.gz'), gzipSync(numbers(1000)));
    const driver = await open({}, { tuning: { chunkBytes: 100 } });
    await driver.batch({ all: false, rows: 10, bytes: 1 << 20 });
    const { position } = driver.offset;
    expect(numbers(1000).slice(0, position).split('\n').length - 1).toBe(driver.batches[0]!.rows.length);
    await driver.close();
  });

  it('with a limit of bytes a trigger, which counts the file as it is', async () => {
    for (const name of ['a.gz', 'b.gz', 'c.gz']) write(dir.file(name), gzipSync(numbers(500)));
    const driver = await open({ maxBytesPerTrigger: gzipSync(numbers(500)).length * 2 });
    expect((await driver.batch())!.rows).toHaveLength(1000);
    expect((await driver.batch())!.rows).toHaveLength(500);
    await driver.close();
  });

  it('a bomb is an error', async () => {
    write(dir.file('in.gz'), gzipSync('1\n'.repeat(1 << 20)));
    const driver = await open({ maxDecompressedBytes: '1m' });
    const { code, message, details } = await errorOf(() => driver.all());
    expect(code).toBe('DECOMPRESSED_TOO_LARGE');
    expect(message).toContain(dir.file('in.gz'));
    expect(details).toMatchObject({ codec: 'gzip', maxDecompressedBytes: 1 << 20 });
    await driver.close();
    const line = await open({ format: 'text', schema: undefined, maxRecordBytes: '1k' });
    write(dir.file('in.gz'), gzipSync(Buffer.alloc(1 << 24)));
    expect(await codeOf(() => line.all())).toBe('RECORD_TOO_LARGE');
    await line.close();
  });

  it.each([
    ['cut off', gzipSync(numbers(50_000)).subarray(0, -10)],
    ['something else', Buffer.from('1\n2\n')],
  ])('%s: an error that names file and place', async (_, bytes) => {
    write(dir.file('in.csv.gz'), bytes);
    const driver = await open();
    const { code, details } = await errorOf(() => driver.all());
    expect([code, details['path'], details['codec']]).toEqual(['FILE_UNREADABLE', dir.file('in.csv.gz'), 'gzip']);
    expect(typeof details['position']).toBe('number');
    await driver.close();
  });

  it('a file that changed is not read on', async () => {
    write(dir.file('in.gz'), gzipSync(numbers(1000)));
    const driver = await open({}, { tuning: { chunkBytes: 100 } });
    const limit = { all: false, rows: 10, bytes: 1 << 20 };
    await driver.batch(limit);
    appendFileSync(dir.file('in.gz'), gzipSync('x'));
    expect(await codeOf(() => driver.batch(limit))).toBe('FILE_CHANGED');
    renameSync(dir.file('in.gz'), dir.file('_in.gz'));
    await driver.close();
  });
});

describe('writing', () => {
  const data = [
    { k: 'a', v: 1 },
    { k: 'b', v: 2 },
  ];
  const suffixes = { gzip: '.gz', deflate: '.deflate', bzip2: '.bz2', snappy: '.snappy', lz4: '.lz4', zstd: '.zst' };
  const codecs = Object.entries(suffixes).filter(([codec]) => codec !== 'zstd' || canEncodeZstd);

  it.each(codecs)('%s: named as Spark does, and read back', async (compression, suffix) => {
    for (const [format, extension] of [
      ['csv', '.csv'],
      ['json', '.json'],
    ] as const) {
      const path = dir.file(format);
      const sink = await openSink({ format, path, compression } as FileSinkOptions);
      await writeBatch(sink, 0, data, 'k STRING, v INT');
      await sink.close!();
      expect(tree(path)).toEqual([`part-00000-q-00000${extension}${suffix}`]);
      const driver = await open({ format, path, schema: 'k STRING, v INT' });
      expect(await driver.all()).toEqual(data);
      await driver.close();
    }
  });

  it('files that others read, of text and by level', async () => {
    const sink = await openSink({ format: 'text', path: dir.path, compression: 'GZIP' as 'gzip', compressionLevel: 1 });
    await writeBatch(sink, 0, [{ value: text }], 'value STRING');
    await sink.close!();
    const [name] = tree(dir.path);
    expect(name).toBe('part-00000-q-00000.txt.gz');
    expect(gunzipSync(readFileSync(dir.file(name!))).toString()).toBe(`${text}\n`);
    const csv = await openSink({ format: 'csv', path: dir.file('csv'), compression: 'gzip', header: true });
    await writeBatch(csv, 0, data, 'k STRING, v INT');
    await csv.close!();
    expect(await duckdb(`SELECT * FROM read_csv('${dir.file('csv')}/*.gz')`)).toEqual(
      data.map(({ k, v }) => ({ k, v: String(v) })),
    );
  });

  it('several files of a batch, each whole', async () => {
    const options = {
      format: 'csv',
      path: dir.path,
      compression: 'gzip',
      maxBytesPerFile: 4,
      partitionBy: 'k',
    } as const;
    const sink = await openSink(options);
    await writeBatch(sink, 0, [...data, { k: 'a', v: 33 }], 'k STRING, v INT');
    await sink.close!();
    const contents = visible(dir.path).map((name) => gunzipSync(readFileSync(dir.file(name))).toString());
    expect(contents).toEqual(['1\n', '33\n', '2\n']);
  });

  const refused: (readonly [more: More, message: RegExp])[] = [
    [{ compression: 'brotli' }, /'gzip'/],
    [{ compression: 'gzip', compressionLevel: 10 }, /from 0 to 9/],
    [{ compression: 'bzip2', compressionLevel: 0 }, /from 1 to 9/],
    [{ compression: 'snappy', compressionLevel: 1 }, /no levels/],
  ];
  if (!canEncodeZstd) refused.push([{ compression: 'zstd' }, /needs Node 22\.15/]);

  it.each(refused)('refuses %j', async (more, message) => {
    const error = await errorOf(() => fileSink({ format: 'csv', path: 'out', ...more }));
    expect(error.code).toBe('INVALID_OPTION');
    expect(error.message).toMatch(message);
  });
});

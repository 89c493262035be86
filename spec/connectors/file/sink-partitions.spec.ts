import { readFileSync } from 'node:fs';
import type { SinkWriter } from '../../../lib/connect/index.js';
import { hookDurableSteps } from '../../../lib/durable.js';
import { Decimal } from '../../../lib/schema/values.js';
import { codeOf, duckdb, errorOf, openSink, temporaryDirectory, visible, writeBatch } from './support.js';

const dir = temporaryDirectory();
const ddl = 'k STRING, v INT';

type Row = Record<string, unknown>;

const rows = (...pairs: [string | null, number][]): Row[] => pairs.map(([k, v]) => ({ k, v }));

const open = (more: object = {}, queryId?: string) => openSink({ format: 'csv', path: dir.path, ...more }, queryId);

const put = (sink: SinkWriter<unknown>, id: number, data: readonly Row[], schema: string = ddl): Promise<void> =>
  writeBatch(sink, id, data, schema);

const content = (name: string): string => readFileSync(dir.file(name), 'utf8');

describe('partitions', () => {
  const folders = async (type: string, values: readonly unknown[]): Promise<string[]> => {
    const sink = await open({ format: 'json', partitionBy: ['p'], path: dir.file('out') });
    await put(
      sink,
      0,
      values.map((p, n) => ({ p, n })),
      `p ${type}, n INT`,
    );
    await sink.close!();
    const byRow: string[] = [];
    for (const name of visible(dir.file('out'))) {
      for (const line of content(`out/${name}`).trim().split('\n'))
        byRow[(JSON.parse(line) as { n: number }).n] = name.split('/')[0]!;
      expect(name.split('/')).toHaveLength(2);
    }
    return byRow.map((folder) => folder.replace(/^p=/, ''));
  };

  const missing = '__HIVE_DEFAULT_PARTITION__';

  // What Spark 4 writes.
  it.each<[string, string, unknown[], string[]]>([
    ['nothing', 'STRING', [null, '', ' ', missing], [missing, missing, ' ', missing]],
    [
      'characters with a meaning in paths',
      'STRING',
      ['a/b', 'a=b', 'a:b', 'a%b', 'a#b', 'a?b', 'a*b', 'a\\b', 'a[b]', 'a{b}', 'a^b', 'a|b', 'a<b>'],
      [
        'a%2Fb',
        'a%3Db',
        'a%3Ab',
        'a%25b',
        'a%23b',
        'a%3Fb',
        'a%2Ab',
        'a%5Cb',
        'a%5Bb%5D',
        'a%7Bb}',
        'a%5Eb',
        'a|b',
        'a<b>',
      ],
    ],
    [
      'quotes and others',
      'STRING',
      ["it's", 'a"b', 'a,b', 'a&b', 'a;b', 'a+b', 'a~b', 'a@b', 'a$b', 'a!b', '(a)', '`a`'],
      ['it%27s', 'a%22b', 'a,b', 'a&b', 'a;b', 'a+b', 'a~b', 'a@b', 'a$b', 'a!b', '(a)', '`a`'],
    ],
    ['what looks escaped', 'STRING', ['a%2Fb', '%', '%zz', 'a%20b'], ['a%252Fb', '%25', '%25zz', 'a%2520b']],
    [
      'dots',
      'STRING',
      ['.', '..', '.hidden', '_under', 'a..b', '../../x'],
      ['.', '..', '.hidden', '_under', 'a..b', '..%2F..%2Fx'],
    ],
    ['control characters', 'STRING', ['a\0b', 'a\nb', 'a\x7fb'], ['a%00b', 'a%0Ab', 'a%7Fb']],
    ['blanks', 'STRING', [' a', 'a ', 'é漢😀'], [' a', 'a ', 'é漢😀']],
    [
      'longs',
      'BIGINT',
      [9223372036854775807n, -9223372036854775808n, 0, 7, -1, 4294967296],
      ['9223372036854775807', '-9223372036854775808', '0', '7', '-1', '4294967296'],
    ],
    ['ints', 'INT', [1, -1, null, 1, 0], ['1', '-1', missing, '1', '0']],
    [
      'doubles',
      'DOUBLE',
      [1.5, 1e10, NaN, -Infinity, -0, 0, 1.5],
      ['1.5', '1.0E10', 'NaN', '-Infinity', '-0.0', '0.0', '1.5'],
    ],
    ['booleans', 'BOOLEAN', [true, false, null], ['true', 'false', missing]],
    ['dates', 'DATE', [new Date('2020-02-29'), new Date('1969-12-31')], ['2020-02-29', '1969-12-31']],
    [
      'timestamps',
      'TIMESTAMP',
      [
        new Date('2020-02-29T10:11:12Z'),
        new Date('2020-02-29T00:00:00Z'),
        new Date('2020-02-29T10:11:12.5Z'),
        new Date('1969-12-31T23:59:59.999Z'),
        null,
      ],
      [
        '2020-02-29 10%3A11%3A12',
        '2020-02-29 00%3A00%3A00',
        '2020-02-29 10%3A11%3A12.5',
        '1969-12-31 23%3A59%3A59.999',
        missing,
      ],
    ],
    ['timestamps without a zone', 'TIMESTAMP_NTZ', [new Date('2020-02-29T10:11:12.5Z')], ['2020-02-29 10%3A11%3A12.5']],
    ['binaries', 'BINARY', [Buffer.from('ab'), Buffer.from([255])], ['ab', '\ufffd']],
    // As CAST(p AS STRING), escaped.
    [
      'intervals of months',
      'INTERVAL YEAR TO MONTH',
      [14, -1],
      ['INTERVAL %271-2%27 YEAR TO MONTH', 'INTERVAL %27-0-1%27 YEAR TO MONTH'],
    ],
    [
      'intervals of time',
      'INTERVAL DAY TO SECOND',
      [86_400_000_000n + 1_500_000n],
      ['INTERVAL %271 00%3A00%3A01.5%27 DAY TO SECOND'],
    ],
    ['dates far away', 'DATE', [new Date(Date.UTC(12024, 0, 2))], ['+12024-01-02']],
    ['decimals', 'DECIMAL(5,2)', [new Decimal(150n, 2), new Decimal(-1n, 2)], ['1.50', '-0.01']],
  ])('of %s are named as in Spark', async (_, type, given, expected) => {
    expect(await folders(type, given)).toEqual(expected);
  });

  it('of timestamps are those of a zone; two instants may have one', async () => {
    for (const format of ['json', 'parquet']) {
      const sink = await open({ format, partitionBy: 'p', timeZone: 'Europe/Zurich', path: dir.file(format) });
      // The hour that comes twice when summer ends.
      const values = ['2020-02-29T10:11:12Z', '2020-10-25T00:30:00Z', '2020-10-25T01:30:00Z'];
      await put(
        sink,
        0,
        values.map((p, v) => ({ p: new Date(p), v })),
        'p TIMESTAMP, v INT',
      );
      expect(visible(dir.file(format)).map((name) => name.split('/')[0])).toEqual([
        'p=2020-02-29 11%3A11%3A12',
        'p=2020-10-25 02%3A30%3A00',
      ]);
      await sink.close!();
    }
    expect(await codeOf(() => open({ timeZone: 'Mars' }))).toBe('INVALID_OPTION');
  });

  it('of several columns, which are left out of the files; rows keep their order', async () => {
    const sink = await open({ format: 'parquet', partitionBy: ['a', 'b'] });
    const data = Array.from({ length: 1000 }, (_, i) => ({ v: i, a: `x${i % 3}`, b: i % 2 }));
    await put(sink, 0, data, 'v INT, a STRING, b INT');
    await sink.close!();
    expect(visible(dir.path).map((name) => name.replace(/\/part.*/, ''))).toEqual([
      'a=x0/b=0',
      'a=x0/b=1',
      'a=x1/b=0',
      'a=x1/b=1',
      'a=x2/b=0',
      'a=x2/b=1',
    ]);
    const read = `read_parquet('${dir.path}/**/*.parquet', hive_partitioning = true, file_row_number = true)`;
    expect(await duckdb(`SELECT v, a, b::INT AS b FROM ${read} ORDER BY v`)).toEqual(data);
    expect(await duckdb(`SELECT count(*)::INT AS n FROM ${read} WHERE v // 6 <> file_row_number`)).toEqual([{ n: 0 }]);
  });

  it('thousands of them, of which few are written at a time', async () => {
    const sink = await open({ partitionBy: 'k' });
    const writing = new Set<string>();
    let most = 0;
    const undo = hookDurableSteps((step, when, path) => {
      if (step === 'write' && when === 'before') most = Math.max(most, writing.add(path).size);
      else if (step === 'sync' && when === 'after') writing.delete(path);
    });
    await put(
      sink,
      0,
      Array.from({ length: 20_000 }, (_, i) => ({ k: `key ${i % 2000}`, v: i })),
    );
    undo();
    expect(most).toBeLessThanOrEqual(8);
    expect(visible(dir.path)).toHaveLength(2000);
    expect(visible(dir.path).reduce((sum, name) => sum + content(name).trim().split('\n').length, 0)).toBe(20_000);
  }, 60_000);

  it('of columns that cannot be', async () => {
    const nested = 'a ARRAY<INT>, v INT';
    expect(await codeOf(async () => put(await open({ partitionBy: 'a' }, '1'), 0, [{ a: [1], v: 1 }], nested))).toBe(
      'INVALID_OPTION',
    );
    expect(await codeOf(async () => put(await open({ partitionBy: ['k', 'v'] }, '2'), 0, rows(['a', 1])))).toBe(
      'INVALID_OPTION',
    );
    const interval = 'a INTERVAL, v INT';
    expect(await codeOf(async () => put(await open({ partitionBy: 'a' }, '4'), 0, [{ a: null, v: 1 }], interval))).toBe(
      'INVALID_OPTION',
    );
    const error = await errorOf(async () => put(await open({ partitionBy: 'kk' }, '3'), 0, rows(['a', 1])));
    expect([error.code, error.message]).toEqual(['UNKNOWN_COLUMN', expect.stringContaining("'k'")]);
    expect(visible(dir.path)).toEqual([]);
  });
});

import { mkdirSync, statSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { type FileSourceOptions, fileSource, foreachBatchSink } from '../../../../connectors/index.js';
import type { Flow } from '../../../../lib/flow.js';
import { startQuery } from '../../../../lib/index.js';
import {
  coalesce,
  filterRows,
  limit,
  mapRows,
  observe,
  repartition,
  select,
  selectExpr,
  trigger,
  union,
  validate,
  where,
  withColumn,
} from '../../../../operators/index.js';
import { temporaryDirectory, write } from '../support.js';

const dir = temporaryDirectory();

beforeEach(() => {
  mkdirSync(dir.file('a b'));
  write(dir.file('a b/é.csv'), '1\n2\n', 1000.5);
  write(dir.file('a b/y.csv'), '3\n', 2000);
});

const source = (more: Partial<FileSourceOptions> = {}): Flow =>
  fileSource({ format: 'csv', path: dir.file('a b'), schema: 'v INT', ...more } as FileSourceOptions);

async function rows(flow: object): Promise<Record<string, unknown>[]> {
  const all: Record<string, unknown>[] = [];
  const sink = foreachBatchSink((batch) => void all.push(...(batch.rows as Record<string, unknown>[])));
  await startQuery({ from: (flow as Flow).pipe(trigger({ availableNow: true })), to: sink }).awaitTermination();
  return all;
}

describe('_metadata', () => {
  it('tells of the file of each row, as Spark does', async () => {
    const all = await rows(source().pipe(select('v', '_metadata')));
    const file_path = pathToFileURL(dir.file('a b/é.csv')).href;
    expect(file_path).toContain('/a%20b/%C3%A9.csv');
    expect(all.map(({ v }) => v)).toEqual([1, 2, 3]);
    expect(all[1]!['_metadata']).toEqual({
      file_path,
      file_name: '%C3%A9.csv',
      file_size: statSync(dir.file('a b/é.csv')).size,
      file_block_start: 0,
      file_block_length: 4,
      file_modification_time: new Date(1000500),
    });
  });

  it('is no part of *', async () => {
    expect(await rows(source())).toEqual([{ v: 1 }, { v: 2 }, { v: 3 }]);
    expect(
      source()
        .pipe(selectExpr('*'))
        .schema?.fields.map((f) => f.name),
    ).toEqual(['v']);
  });

  it.each<[string, (flow: Flow) => object]>([
    ['where', (flow) => flow.pipe(where("_metadata.file_name = 'y.csv'"))],
    ['below other operators of columns', (flow) => flow.pipe(where('v > 2'), where('_metadata.file_size = 2'))],
    ['below a select', (flow) => flow.pipe(select('v'), where('_metadata.file_size = 2'))],
    [
      'below what passes batches on',
      (flow) => flow.pipe(where('v > 2'), observe('o', { n: 'count(*)' }), where('_metadata.file_size = 2')),
    ],
  ])('can be named: %s', async (_, pipe) => expect(await rows(pipe(source()))).toEqual([{ v: 3 }]));

  it('can be named where columns are inferred', async () => {
    const flow = source({ schema: undefined, inferSchema: true }).pipe(
      selectExpr('_c0', '_metadata.file_size AS size'),
      where('size = 2'),
    );
    expect(await rows(flow)).toEqual([{ _c0: 3, size: 2 }]);
  });

  it('gives way to a column of that name', async () => {
    const flow = source().pipe(withColumn('_metadata', 'v + 1'), select('_metadata'));
    expect(await rows(flow)).toEqual([{ _metadata: 2 }, { _metadata: 3 }, { _metadata: 4 }]);
  });

  it('comes with each of the rows that one row becomes', async () => {
    const flow = source().pipe(
      where('v > 1'),
      selectExpr('explode(sequence(1, v)) AS e'),
      selectExpr('e', '_metadata.file_size AS s'),
    );
    expect(await rows(flow)).toEqual([
      { e: 1, s: 4 },
      { e: 2, s: 4 },
      { e: 1, s: 2 },
      { e: 2, s: 2 },
      { e: 3, s: 2 },
    ]);
  });

  it.each<[string, (flow: Flow) => object]>([
    ['limit', (flow) => flow.pipe(limit(2))],
    ['limit', (flow) => flow.pipe(where('v > 1'), limit(2))],
    ['filterRows', (flow) => flow.pipe(filterRows(({ v }) => v !== 2))],
    [
      'filterRows',
      (flow) =>
        flow.pipe(
          filterRows(({ v }) => v !== 1),
          filterRows(({ v }) => v !== 9),
        ),
    ],
    ['validate', (flow) => flow.pipe(validate({ rules: { no2: 'v <> 2' }, otherwise: 'drop' }))],
    ['validate', (flow) => flow.pipe(validate({ rules: { all: 'v < 9' }, otherwise: 'fail' }))],
    ['repartition and coalesce', (flow) => flow.pipe(repartition(4), coalesce(2))],
  ])('goes along with the rows that %s keeps', async (_, pipe) => {
    const all = await rows((pipe(source()) as Flow).pipe(select('v', '_metadata.file_name')));
    const kept = await rows(pipe(source()));
    expect(all).toEqual(kept.map(({ v }) => ({ v, file_name: v === 3 ? 'y.csv' : '%C3%A9.csv' })));
    expect(all.length).toBeGreaterThan(1);
  });

  it('comes through a union of files, and of nothing else', async () => {
    write(dir.file('b/z.csv'), '4\n');
    const other = source({ path: dir.file('b') });
    const two = source().pipe(where('v > 2'), union(other));
    expect(await rows(two.pipe(selectExpr('v', '_metadata.file_name AS n', 'input_file_name() AS i')))).toEqual([
      { v: 3, n: 'y.csv', i: pathToFileURL(dir.file('a b/y.csv')).href },
      { v: 4, n: 'z.csv', i: pathToFileURL(dir.file('b/z.csv')).href },
    ]);
    const mixed = source().pipe(union(other.pipe(mapRows((row) => row, { schema: 'v INT' })) as never));
    expect(() => mixed.pipe(select('_metadata'))).toThrow(/_metadata/);
    expect(await rows(mixed.pipe(where('v > 3'), selectExpr('v', 'input_file_name() AS i')))).toEqual([
      { v: 4, i: '' },
    ]);
  });

  it('is not known below operators that make other rows', () => {
    const mapped = source().pipe(mapRows((row) => row, { schema: 'v INT' }));
    expect(() => mapped.pipe(select('_metadata'))).toThrow(/_metadata/);
  });
});

describe('input_file_name() and its like', () => {
  const three = ['input_file_name() AS n', 'input_file_block_start() AS s', 'input_file_block_length() AS l'];

  it('tell of the file', async () => {
    const all = await rows(source().pipe(where('v = 3'), selectExpr(...three)));
    expect(all).toEqual([{ n: pathToFileURL(dir.file('a b/y.csv')).href, s: 0, l: 2 }]);
  });

  it('tell of none where there is none', async () => {
    const mapped = source().pipe(
      mapRows((row) => row, { schema: 'v INT' }),
      where('v = 3'),
      selectExpr(...three),
    );
    expect(await rows(mapped)).toEqual([{ n: '', s: -1, l: -1 }]);
  });
});

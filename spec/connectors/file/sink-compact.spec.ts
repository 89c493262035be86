import { copyFileSync, cpSync, existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { setImmediate as turn } from 'node:timers/promises';
import { fileSink } from '../../../connectors/file/index.js';
import { fileSinkDefinition } from '../../../connectors/file/sink.js';
import type { SinkWriter } from '../../../lib/connect/index.js';
import { hookDurableSteps } from '../../../lib/durable.js';
import { structOf } from '../../../lib/schema/index.js';
import { Driver, codeOf, temporaryDirectory, tree, visible, writeBatch } from './support.js';

const dir = temporaryDirectory();
const ddl = 'k STRING, v INT';
const compact = { minFiles: 2, every: 1 };

type Row = Record<string, unknown>;

const rows = (...pairs: [string | null, number][]): Row[] => pairs.map(([k, v]) => ({ k, v }));

const open = async (more: object = {}, queryId = 'q', tuning = {}): Promise<SinkWriter<unknown>> =>
  fileSinkDefinition({ format: 'csv', path: dir.path, ...more }, tuning).open({
    queryId,
    runId: 'run',
    queryName: undefined,
    outputMode: 'append',
    schema: structOf([]),
    signal: new AbortController().signal,
  });

const put = (sink: SinkWriter<unknown>, id: number, data: readonly Row[], schema: string = ddl): Promise<void> =>
  writeBatch(sink, id, data, schema);

const content = (name: string): string => readFileSync(dir.file(name), 'utf8');

/** So many batches of two rows, one run for all, without compaction. */
async function fill(batches: number, more: object = {}, tuning = {}): Promise<void> {
  const sink = await open(more, 'q', tuning);
  for (let id = 0; id < batches; id++) await put(sink, id, rows(['a', 2 * id], ['b', 2 * id + 1]));
  await sink.close!();
}

/** One run with one batch. */
async function run(id: number, data: readonly Row[], more: object = {}, tuning = {}): Promise<SinkWriter<unknown>> {
  const sink = await open({ compact, ...more }, 'q', tuning);
  try {
    await put(sink, id, data);
  } finally {
    await sink.close!();
  }
  return sink;
}

/** Lines as anyone finds them who lists the directory. A file that is gone by then was merged. */
const found = (): string[] =>
  readdirSync(dir.path, { recursive: true, encoding: 'utf8' })
    .filter((name) => !name.startsWith('_') && /\.(csv|json)$/.test(name))
    .flatMap((name) => {
      try {
        return content(name).trim().split('\n');
      } catch (error) {
        expect(error).toHaveProperty('code', 'ENOENT');
        return [];
      }
    })
    .sort();

describe('options', () => {
  it.each<[string, unknown, string]>([
    ['a typing error', { minFile: 3 }, 'UNKNOWN_OPTION'],
    ['one file', { minFiles: 1 }, 'INVALID_OPTION'],
    ['large files that are small', { targetBytes: '1m', smallerThan: '2m' }, 'INVALID_OPTION'],
    ['no object', true, 'INVALID_OPTION'],
  ])('refuses %s', async (_, given, code) => {
    expect(await codeOf(() => fileSink({ format: 'csv', path: 'out', compact: given as object }))).toBe(code);
  });

  it('refuses a number of rows that files must not have', async () => {
    const options = { format: 'csv', path: 'out', compact: {}, maxRecordsPerFile: 10 } as const;
    expect(await codeOf(() => fileSink(options))).toBe('INVALID_OPTION');
  });
});

describe('small files', () => {
  const kinds: [string, object][] = [
    ['csv', { format: 'csv', header: true }],
    ['json', { format: 'json' }],
    ['parquet', { format: 'parquet' }],
    ['gzip', { format: 'csv', header: true, compression: 'gzip' }],
    ['deflate', { format: 'json', compression: 'deflate' }],
    ['bzip2', { format: 'csv', header: true, compression: 'bzip2' }],
    ['snappy', { format: 'json', compression: 'snappy' }],
    ['lz4', { format: 'csv', compression: 'lz4' }],
    ['UTF-16', { format: 'csv', header: true, encoding: 'UTF-16' }],
  ];

  it.each(kinds)('become one, rows by batch: %s', async (_, more) => {
    await fill(11, more);
    const [some] = visible(dir.path);
    const ending = some!.slice(some!.indexOf('.'));
    const sink = await run(11, rows(['c', 100]), more);
    const names = visible(dir.path);
    expect(names).toEqual([`merged-00000-00010-q-00000${ending}`, `part-00011-q-00000${ending}`]);
    expect(tree(dir.path).filter((name) => name.startsWith('_'))).toEqual([]);
    expect(sink.metrics!()).toMatchObject({ numFilesCompacted: 11, numFilesMerged: 1, numCompactionFailures: 0 });
    copyFileSync(dir.file(names[0]!), dir.file(`x${ending}`));
    const { compression, ...reading } = more as { compression?: string; format: 'csv' };
    const driver = await Driver.open({ ...reading, schema: ddl, path: dir.file(`x${ending}`) });
    const wanted = Array.from({ length: 22 }, (__, v) => ({ k: v % 2 === 0 ? 'a' : 'b', v }));
    expect(await driver.all()).toEqual(wanted);
    await driver.close();
  });

  it('of partitions, and of what was merged before', async () => {
    const more = { format: 'json', partitionBy: 'k' };
    await fill(3, more);
    await run(3, rows(['a', 6]), more);
    await run(4, rows(['a', 7], ['b', 8]), more);
    await run(5, [], more);
    expect(visible(dir.path).map((name) => [name, content(name)])).toEqual([
      ['k=a/merged-00000-00002-q-00000.json', '{"v":0}\n{"v":2}\n{"v":4}\n'],
      ['k=a/part-00003-q-00000.json', '{"v":6}\n'],
      ['k=a/part-00004-q-00000.json', '{"v":7}\n'],
      ['k=b/merged-00000-00002-q-00000.json', '{"v":1}\n{"v":3}\n{"v":5}\n'],
      ['k=b/part-00004-q-00001.json', '{"v":8}\n'],
    ]);
    // What was merged is larger than the others, and then no more.
    await run(6, rows(['a', 9]), more);
    await run(7, rows(['a', 10]), more);
    expect(visible(dir.path).slice(0, 2)).toEqual([
      'k=a/merged-00000-00006-q-00002.json',
      'k=a/part-00007-q-00000.json',
    ]);
    expect(content('k=a/merged-00000-00006-q-00002.json')).toBe([0, 2, 4, 6, 7, 9].map((v) => `{"v":${v}}\n`).join(''));
  });

  it('of this query, format and columns alone', async () => {
    await fill(2, { header: true });
    const other = await open({ header: true }, 'other');
    for (const id of [0, 1]) await put(other, id, rows(['x', id]));
    await other.close!();
    for (const id of [0, 1]) writeFileSync(dir.file(`part-0000${id}-q-00000.json`), '{}\n');
    writeFileSync(dir.file('part-00000-q-00009.csv'), 'v,k\n9,z\n');
    writeFileSync(dir.file('own.csv'), 'k,v\nz,1\n');
    const before = visible(dir.path);
    await run(2, rows(['c', 4]), { header: true });
    const taken = ['part-00000-q-00000.csv', 'part-00001-q-00000.csv'];
    expect(visible(dir.path)).toEqual(
      [
        ...before.filter((name) => !taken.includes(name)),
        'merged-00000-00001-q-00000.csv',
        'part-00002-q-00000.csv',
      ].sort(),
    );
    expect(content('merged-00000-00001-q-00000.csv')).toBe('k,v\na,0\nb,1\na,2\nb,3\n');
  });

  it('not those that are large enough, and no more than fit', async () => {
    await fill(6);
    writeFileSync(dir.file('part-00006-q-00000.csv'), 'x,1\n'.repeat(10));
    await run(7, rows(['c', 4]), { compact: { minFiles: 2, targetBytes: 26, smallerThan: 24, every: 1 } });
    await run(8, rows(['c', 5]), { compact: { minFiles: 2, targetBytes: 26, smallerThan: 24, every: 1 } });
    expect(visible(dir.path)).toEqual([
      'merged-00000-00002-q-00000.csv',
      'merged-00003-00005-q-00001.csv',
      'part-00006-q-00000.csv',
      'part-00007-q-00000.csv',
      'part-00008-q-00000.csv',
    ]);
  });

  it('not those of a batch that may come again', async () => {
    await fill(1, { maxBytesPerFile: 4 });
    await run(0, rows(['a', 1], ['b', 2]), { maxBytesPerFile: 4 });
    expect(visible(dir.path)).toEqual(['part-00000-q-00000.csv', 'part-00000-q-00001.csv']);
    await run(1, rows(['c', 3]));
    expect(found()).toEqual(['a,1', 'b,2', 'c,3']);
    expect(visible(dir.path)).toHaveLength(2);
    await run(1, rows(['d', 4]));
    expect(found()).toEqual(['a,1', 'b,2', 'd,4']);
  });

  it('beside batches, which go on', async () => {
    const sink = await open({ compact: { minFiles: 3, every: 2 } });
    for (let id = 0; id < 60; id++) {
      await put(sink, id, rows(['a', 1000 + id]));
      for (let i = 0; i < 20; i++) await turn();
    }
    await sink.close!();
    expect(found()).toEqual(Array.from({ length: 60 }, (_, id) => `a,${1000 + id}`));
    expect(visible(dir.path).length).toBeLessThan(40);
    for (const name of visible(dir.path)) {
      const lines = content(name).trim().split('\n');
      expect(lines).toEqual([...lines].sort());
    }
  });
});

describe('our own source', () => {
  it('reads no directory with merged files, since it may have read what they were', async () => {
    await fill(2);
    const follow = { format: 'csv', schema: ddl, path: dir.path } as const;
    const driver = await Driver.open(follow);
    expect(await driver.rows()).toHaveLength(4);
    await run(2, rows(['c', 4]));
    expect(await codeOf(() => driver.rows())).toBe('UNSUPPORTED_PIPELINE');
    await driver.close();
    const matched = await Driver.open({ ...follow, path: dir.file('*.csv') });
    expect(await codeOf(() => matched.rows())).toBe('UNSUPPORTED_PIPELINE');
    await matched.close();
    // One that is named is meant.
    const one = await Driver.open({ ...follow, path: dir.file('merged-00000-00001-q-00000.csv') });
    expect(await one.rows()).toHaveLength(4);
    await one.close();
  });
});

describe('what fails', () => {
  it('is counted and told, and is tried again', async () => {
    await fill(3);
    const warn = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    const undo = hookDurableSteps((step, when, path) => {
      if (step === 'sync' && when === 'before' && path.endsWith('merge.tmp'))
        throw Object.assign(new Error('the disk is full'), { code: 'ENOSPC' });
    });
    const sink = await open({ compact });
    try {
      await put(sink, 3, rows(['c', 1]));
      while (warn.mock.calls.length === 0) await turn();
      expect(found()).toHaveLength(7);
      expect(visible(dir.path)).toHaveLength(4);
      expect(warn.mock.calls.map(([message]) => message)).toEqual(['the disk is full']);
    } finally {
      undo();
      warn.mockRestore();
    }
    await put(sink, 4, rows(['c', 2]));
    await sink.close!();
    expect(sink.metrics!()).toEqual({
      numCompactionFailures: 1,
      numFilesCompacted: 4,
      numFilesMerged: 1,
    });
    expect(visible(dir.path)).toEqual(['merged-00000-00003-q-00000.csv', 'part-00004-q-00000.csv']);
    expect(found()).toHaveLength(8);
  });
});

/** The rows that Spark finds: by the last log that holds all before it, and those after it. */
function listed(interval: number): string[] {
  const folder = dir.file('_spark_metadata');
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => /^\d+(\.compact)?$/.test(name)) : [];
  const latest = Math.max(-1, ...names.map((name) => Number.parseInt(name, 10)));
  const first = Math.max(0, Math.floor((latest + 1) / interval) * interval - 1);
  const lines: string[] = [];
  for (let id = first; id <= latest; id++) {
    const log = content(`_spark_metadata/${(id + 1) % interval === 0 ? `${id}.compact` : id}`);
    for (const line of log.split('\n').slice(1)) {
      const { path, size } = JSON.parse(line) as { path: string; size: number };
      const text = readFileSync(fileURLToPath(path), 'utf8');
      expect(text).toHaveLength(size);
      lines.push(...text.trim().split('\n'));
    }
  }
  return lines.sort();
}

describe('wherever it stops', () => {
  class Crash extends Error {}

  /** Runs until that step, looking at the directory before and after each. */
  async function crashing(at: number, look: () => void, act: () => Promise<unknown>): Promise<boolean> {
    let steps = 0;
    const undo = hookDurableSteps(() => {
      if (steps < at) look();
      if (++steps >= at) throw new Crash();
    });
    try {
      await act();
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
    } finally {
      undo();
    }
    return steps >= at;
  }

  const interval = 3;
  const tuning = { compactInterval: interval };

  it.each<[string, object, object]>([
    ['without a manifest', {}, tuning],
    ['in partitions', { partitionBy: 'k', format: 'json' }, tuning],
    ['with a manifest', { manifest: 'spark' }, tuning],
  ])(
    'no row is missing, and none is twice but while there is an intent: %s',
    async (_, more, tune) => {
      const warnings = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
      await fill(4, more, tune);
      const before = found();
      const last = rows(['c', 100]);
      const kept = `${dir.path}-kept`;
      cpSync(dir.path, kept, { recursive: true });
      const intent = dir.file('_temporary/q/merge.json');
      let twice = 0;
      const look = (): void => {
        const now = found();
        expect([...new Set(now)]).toEqual(expect.arrayContaining(before));
        if (new Set(now).size < now.length) {
          expect(existsSync(intent)).toBe(true);
          twice++;
        }
        if ('manifest' in more) {
          const seen = listed(interval);
          expect(new Set(seen).size).toBe(seen.length);
          expect(seen).toEqual(expect.arrayContaining(before));
        }
      };
      for (let at = 1; ; at++) {
        rmSync(dir.path, { recursive: true });
        cpSync(kept, dir.path, { recursive: true });
        const crashed = await crashing(at, look, () => run(4, last, more, tune));
        look();
        // It stops once more while it recovers, and goes on without the option.
        await crashing(1 + ((at * 7) % 11), look, () => run(4, last, more, tune));
        look();
        await run(4, last, { ...more, compact: undefined }, tune);
        const done = found();
        expect(done).toHaveLength(before.length + 1);
        expect(new Set(done).size).toBe(done.length);
        if ('manifest' in more) expect(listed(interval)).toEqual(done);
        expect(existsSync(intent)).toBe(false);
        if (!crashed) break;
      }
      expect(twice).toBeGreaterThan(3);
      expect(visible(dir.path).some((name) => name.includes('merged-'))).toBe(true);
      rmSync(kept, { recursive: true });
      warnings.mockRestore();
    },
    60_000,
  );
});

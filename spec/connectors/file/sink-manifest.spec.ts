import { cpSync, existsSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { setTimeout as after } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { fileSink } from '../../../connectors/file/index.js';
import { fileSinkDefinition } from '../../../connectors/file/sink.js';
import { uriOf } from '../../../connectors/file/sink/manifest-entry.js';
import type { ManifestTuning } from '../../../connectors/file/sink/manifest.js';
import type { SinkWriter } from '../../../lib/connect/index.js';
import { crashing } from './crashing.js';
import { structOf } from '../../../lib/schema/index.js';
import { codeOf, temporaryDirectory, visible, writeBatch } from './support.js';

const dir = temporaryDirectory();

type Row = Record<string, unknown>;

const rows = (...pairs: [string | null, number][]): Row[] => pairs.map(([k, v]) => ({ k, v }));

const open = async (
  more: object = {},
  { tuning, queryId = 'q' }: { tuning?: Partial<ManifestTuning>; queryId?: string } = {},
): Promise<SinkWriter<unknown>> =>
  fileSinkDefinition({ format: 'csv', path: dir.path, manifest: 'spark', ...more }, tuning).open({
    queryId,
    runId: 'run',
    queryName: undefined,
    outputMode: 'append',
    schema: structOf([]),
    signal: new AbortController().signal,
  });

const put = (sink: SinkWriter<unknown>, id: number, data: readonly Row[]): Promise<void> =>
  writeBatch(sink, id, data, 'k STRING, v INT');

const logs = (): string[] => readdirSync(dir.file('_spark_metadata')).sort();

interface Entry {
  readonly path: string;
  readonly size: number;
  readonly modificationTime: number;
}

function entries(log: string): Entry[] {
  const [version, ...lines] = readFileSync(dir.file(`_spark_metadata/${log}`), 'utf8').split('\n');
  expect(version).toBe('v1');
  return lines.map((line) => JSON.parse(line) as Entry);
}

/** The lines of the files that Spark reads: by the last log that holds all before it, and those after it. */
function seen(interval = 10): string[] {
  const names = existsSync(dir.file('_spark_metadata')) ? logs().filter((name) => /^\d+(\.compact)?$/.test(name)) : [];
  const latest = Math.max(-1, ...names.map((name) => Number.parseInt(name, 10)));
  const first = Math.max(0, Math.floor((latest + 1) / interval) * interval - 1);
  const found: string[] = [];
  for (let id = first; id <= latest; id++) {
    for (const { path, size } of entries((id + 1) % interval === 0 ? `${id}.compact` : String(id))) {
      const text = readFileSync(fileURLToPath(path), 'utf8');
      expect(text).toHaveLength(size);
      found.push(...text.trim().split('\n'));
    }
  }
  return found.sort();
}

describe('the manifest', () => {
  it('has a log for each batch with what Spark says of a file', async () => {
    const sink = await open({ partitionBy: 'k' });
    await put(sink, 0, rows(['a/b', 1], ['é', 2], [' ', 3]));
    await put(sink, 1, rows(['a/b', 4]));
    await sink.close!();
    expect(logs()).toEqual(['.owner', '0', '1']);
    const file = 'k=é/part-00000-q-00001.csv';
    const { size, mtimeMs } = statSync(dir.file(file));
    const [, second] = readFileSync(dir.file('_spark_metadata/0'), 'utf8').split('\n').slice(1);
    expect(second).toBe(
      `{"path":"${uriOf(dir.path)}/${file}","size":${size},"isDir":false,"modificationTime":${Math.floor(mtimeMs)},` +
        '"blockReplication":1,"blockSize":33554432,"action":"add"}',
    );
    // A folder's name is escaped once, and the path with it once more.
    expect(entries('0').map(({ path }) => path.slice(uriOf(dir.path).length))).toEqual([
      '/k=a%252Fb/part-00000-q-00000.csv',
      '/k=é/part-00000-q-00001.csv',
      '/k=%20/part-00000-q-00002.csv',
    ]);
    expect(entries('1')).toHaveLength(1);
  });

  it('has one for a batch without rows', async () => {
    const sink = await open();
    await put(sink, 0, []);
    expect(readFileSync(dir.file('_spark_metadata/0'), 'utf8')).toBe('v1');
  });

  it('lists every tenth time all that there was', async () => {
    const sink = await open();
    for (let id = 0; id < 21; id++) await put(sink, id, rows(['a', id]));
    const names = Array.from({ length: 21 }, (_, id) => ([9, 19].includes(id) ? `${id}.compact` : String(id)));
    expect(logs()).toEqual(['.owner', ...names].sort());
    expect([entries('9.compact').length, entries('19.compact').length, entries('20').length]).toEqual([10, 20, 1]);
    expect(seen()).toHaveLength(21);
  });

  it('loses the logs that nobody needs', async () => {
    const tuning = { compactInterval: 3, minBatchesToRetain: 1, cleanupDelay: 0 };
    const sink = await open({}, { tuning });
    for (let id = 0; id < 7; id++) await put(sink, id, rows(['a', id]));
    expect(logs()).toEqual(['.owner', '5.compact', '6']);
    expect(seen(3)).toHaveLength(7);
    // A few batches more stay, and what is young.
    rmSync(dir.path, { recursive: true });
    await sink.close!();
    const careful = await open({}, { tuning: { ...tuning, minBatchesToRetain: 2 } });
    for (let id = 0; id < 6; id++) await put(careful, id, rows(['a', id]));
    expect(logs()).toEqual(['.owner', '2.compact', '3', '4', '5.compact']);
    rmSync(dir.path, { recursive: true });
    await careful.close!();
    const slow = await open({}, { tuning: { ...tuning, cleanupDelay: 60_000 } });
    for (let id = 0; id < 6; id++) await put(slow, id, rows(['a', id]));
    expect(logs()).toHaveLength(7);
  });

  it('forgets files that are older than the retention when logs are put together', async () => {
    const sink = await open({ retention: '20 ms' }, { tuning: { compactInterval: 3 } });
    await put(sink, 0, rows(['a', 0]));
    await put(sink, 1, rows(['a', 1]));
    expect(seen(3)).toHaveLength(2);
    await after(40);
    await put(sink, 2, rows(['a', 2]));
    expect(seen(3)).toEqual(['a,2']);
    expect(visible(dir.path)).toHaveLength(3);
    rmSync(dir.path, { recursive: true });
    await sink.close!();
    const long = await open({ retention: '1 h' }, { tuning: { compactInterval: 3 } });
    for (let id = 0; id < 3; id++) await put(long, id, rows(['a', id]));
    expect(seen(3)).toHaveLength(3);
  });

  it('has one writer, from the first batch on', async () => {
    const first = await open();
    await put(first, 0, []);
    await first.close!();
    expect(await codeOf(() => open({}, { queryId: 'other' }))).toBe('UNSUPPORTED_PIPELINE');
    expect(await codeOf(() => open({ name: 'other' }))).toBe('UNSUPPORTED_PIPELINE');
    const again = await open();
    expect(await codeOf(() => put(again, 2, rows(['a', 1])))).toBe('UNSUPPORTED_PIPELINE');
    await again.close!();
    // As Spark itself leaves it.
    rmSync(dir.file('_spark_metadata/.owner'));
    expect(await codeOf(() => open())).toBe('UNSUPPORTED_PIPELINE');
    // Nothing was written yet: nobody's batches are taken for done.
    rmSync(dir.file('_spark_metadata/0'));
    writeFileSync(dir.file('_spark_metadata/.owner'), 'other');
    await put(await open(), 0, rows(['a', 1]));
    expect(seen()).toEqual(['a,1']);
  });

  it('is refused in other forms, and retention without it', async () => {
    const refused = (more: object) => codeOf(() => fileSink({ format: 'csv', path: 'out', ...more }));
    expect(await refused({ manifest: 'hive' })).toBe('INVALID_OPTION');
    expect(await refused({ retention: '1 day' })).toBe('INVALID_OPTION');
  });

  it('escapes paths as Java does', () => {
    expect(uriOf("/a b/c%d/é\u00a0/it's+1,2;3/x#y?z|[{^\u0001😀")).toBe(
      "file:///a%20b/c%25d/é%C2%A0/it's+1,2;3/x%23y%3Fz%7C%5B%7B%5E%01😀",
    );
  });
});

describe('exactly once', () => {
  it.each<[string, object]>([
    ['one file a batch', {}],
    ['several', { maxRecordsPerFile: 1 }],
    ['partitions', { partitionBy: 'k' }],
  ])('wherever it stops, Spark sees whole batches of one try: %s', async (_, more) => {
    const tuning = { compactInterval: 3, minBatchesToRetain: 1, cleanupDelay: 0 };
    const lines = (data: Row[]): string[] =>
      data.map(({ k, v }) => ('partitionBy' in more ? String(v) : `${String(k)},${String(v)}`)).sort();
    const before = [0, 1].map((id) => rows(['a', 10 * id], ['b', 10 * id + 1]));
    const firstTry = rows(['a', 20], ['b', 21], ['c', 22]);
    const secondTry = rows(['b', 30], ['d', 31]);
    const earlier = await open(more, { tuning });
    for (const [id, data] of before.entries()) await put(earlier, id, data);
    await earlier.close!();
    const kept = `${dir.path}-kept`;
    cpSync(dir.path, kept, { recursive: true });
    let done = 0;
    for (let at = 1; ; at++) {
      rmSync(dir.path, { recursive: true });
      cpSync(kept, dir.path, { recursive: true });
      const crashed = await crashing(at, async () => {
        const sink = await open(more, { tuning });
        try {
          await put(sink, 2, firstTry);
        } finally {
          await sink.close!();
        }
      });
      const afterCrash = seen(3);
      const held = lines([...before.flat(), ...firstTry]);
      if (afterCrash.length === held.length) done++;
      expect(afterCrash).toEqual(afterCrash.length === held.length ? held : lines(before.flat()));
      const again = await open(more, { tuning });
      await put(again, 2, secondTry);
      await put(again, 3, []);
      await again.close!();
      // A batch that Spark could see stays as it was; else the second try counts. Plain readers see the same.
      expect(seen(3)).toEqual(afterCrash.length === held.length ? held : lines([...before.flat(), ...secondTry]));
      const plain = visible(dir.path).flatMap((name) => readFileSync(dir.file(name), 'utf8').trim().split('\n'));
      expect(plain.sort()).toEqual(seen(3));
      expect(logs()).toEqual(expect.arrayContaining(['.owner', '2.compact', '3']));
      if (!crashed) break;
    }
    rmSync(kept, { recursive: true });
    // Some stops come after the log, and many before.
    expect(done).toBeGreaterThan(2);
  });
});

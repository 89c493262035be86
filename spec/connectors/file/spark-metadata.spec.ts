import { mkdirSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { SparkManifest } from '../../../connectors/file/sink/manifest.js';
import { pathOfUri, uriOf } from '../../../connectors/file/sink/manifest-entry.js';
import { Random } from '../../../lib/testing/random.js';
import { Driver, codeOf, temporaryDirectory, write } from './support.js';

const dir = temporaryDirectory();
const open = (path = dir.path): Promise<Driver> => Driver.open({ format: 'text', path });
const values = (rows: readonly Record<string, unknown>[]): unknown[] => rows.map((row) => row['value']);

const line = (path: string, more: object = {}): string =>
  JSON.stringify({
    path: uriOf(dir.file(path)),
    size: path.length,
    isDir: false,
    modificationTime: 1_600_000_000_000,
    blockReplication: 1,
    blockSize: 33_554_432,
    action: 'add',
    ...more,
  });

const log = (name: string, ...lines: string[]): void =>
  write(dir.file(`_spark_metadata/${name}`), ['v1', ...lines].join('\n'));

it('reads what the logs list, and nothing else', async () => {
  for (const name of ['a', 'b', 'gone', 'garbage', 'p q/ü%']) write(dir.file(name), name);
  log('0', line('a'));
  log('1');
  log('2', line('gone'), line('p q/ü%'));
  log('3', line('gone', { action: 'delete' }));
  const driver = await open();
  expect(values(await driver.all())).toEqual(['a', 'p q/ü%']);
  log('4', line('b'));
  expect(values(await driver.all())).toEqual(['b']);
  await driver.close();
});

it('begins with the latest compact log', async () => {
  for (const name of ['a', 'b', 'c']) write(dir.file(name), name);
  // What is older counts no more: Spark leaves it for a while.
  log('8', line('c'));
  log('9.compact', line('a'));
  log('10', line('b'));
  log('.11.tmp', line('c'));
  const driver = await open();
  expect(values(await driver.all())).toEqual(['a', 'b']);
  await driver.close();
});

it('is undecided while the directory is empty', async () => {
  const driver = await open();
  expect(await driver.batch()).toBeUndefined();
  write(dir.file('a'), 'a');
  mkdirSync(dir.file('_spark_metadata'));
  expect(await driver.batch()).toBeUndefined();
  log('0', line('a'));
  expect(values(await driver.all())).toEqual(['a']);
  await driver.close();
});

it('does not count once other files were read, nor for patterns', async () => {
  write(dir.file('a'), 'a', 100);
  const driver = await open();
  expect(values(await driver.all())).toEqual(['a']);
  log('0');
  write(dir.file('b'), 'b', 200);
  expect(values(await driver.all())).toEqual(['b']);
  await driver.close();
  const pattern = await open(dir.file('*'));
  expect(values(await pattern.all())).toEqual(['a', 'b']);
  await pattern.close();
});

it.each([
  ['another version', 'v2'],
  ['a line that is torn', 'v1\n{"path":"file:///'],
  ['a line without a file', 'v1\n{}'],
  ['a file elsewhere', 'v1\n{"path":"hdfs://host/a","size":1,"isDir":false,"modificationTime":1,"action":"add"}'],
])('FILE_UNREADABLE: %s', async (_, content) => {
  write(dir.file('_spark_metadata/0'), content);
  const driver = await open();
  await expect(driver.batch()).rejects.toMatchObject({ code: 'FILE_UNREADABLE' });
  await driver.close();
});

it('a log or a file that is missing is an error', async () => {
  write(dir.file('a'), 'a');
  log('0', line('a'));
  log('2');
  const gap = await open();
  expect(await codeOf(() => gap.batch())).toBe('FILE_UNREADABLE');
  log('1', line('b'));
  expect(await codeOf(() => gap.batch())).toBe('FILE_CHANGED');
  await gap.close();
});

it('understands the URIs of the sink, and shorter ones', () => {
  for (const name of ['a b', 'ü', '漢', '100%', '%20', 'p=x%2Fy', '#?', '[1]', "'"]) {
    expect(pathOfUri(uriOf(`/r/${name}`))).toBe(resolve(`/r/${name}`));
  }
  expect(['file:/a%20b', '/a%20b', 'file:///%C3%BC'].map(pathOfUri)).toEqual(['/a b', '/a b', '/ü']);
});

const random = Random.fresh();
it(`what a sink with a manifest commits is what is read, SLUICE_SEED=${random.seed}`, async () => {
  for (let round = 0; round < 10; round++) {
    const root = dir.file(`r${round}`);
    mkdirSync(root);
    const manifest = await SparkManifest.open({
      root,
      owner: 'q',
      retention: Infinity,
      tuning: { compactInterval: random.int(2, 5), minBatchesToRetain: 1, cleanupDelay: 0 },
    });
    let driver = await open(root);
    const committed: string[] = [];
    const got: unknown[] = [];
    for (let batch = 0; batch < 15; batch++) {
      const names = Array.from(
        { length: random.int(0, 3) },
        (_, i) => `${random.int(0, 1) ? 'p é/' : ''}${batch}-${i}`,
      );
      names.forEach((name, i) => write(`${root}/${name}`, name, 1000 + 10 * batch + i));
      write(`${root}/garbage-${batch}`, 'garbage', 1000);
      await manifest.add(batch, names);
      committed.push(...names);
      if (random.int(0, 1) === 1) got.push(...values(await driver.all()));
      if (random.int(0, 4) === 0) {
        const { offset, remembered } = driver;
        await driver.close();
        driver = await Driver.open({ format: 'text', path: root }, { remembered });
        driver.offset = offset;
      }
    }
    got.push(...values(await driver.all()));
    expect(got).toEqual(committed);
    await driver.close();
    rmSync(root, { recursive: true });
  }
});

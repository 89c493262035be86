import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type FileSourceOptions, fileSink, fileSource } from '../../../../connectors/file/index.js';
import { hookDurableSteps } from '../../../../lib/durable.js';
import { startQuery } from '../../../../lib/index.js';
import { checkpoint, trigger } from '../../../../operators/index.js';
import { Driver, codeOf, temporaryDirectory, tree, visible, write } from '../support.js';

const dir = temporaryDirectory();
const options = (more: object = {}): FileSourceOptions => ({
  format: 'text',
  path: dir.file('in'),
  cleanSource: 'delete',
  ...more,
});
const archiving = (more: object = {}): FileSourceOptions =>
  options({ cleanSource: 'archive', sourceArchiveDir: dir.file('archive'), ...more });
const archived = (name: string): string => join(dir.file('archive'), dir.file('in'), name);

let seconds = 1_700_000_000;
const put = (name: string, content = `${name}\n`): void => write(dir.file(`in/${name}`), content, seconds++);
const left = (): string[] => tree(dir.file('in'));

beforeEach(() => mkdirSync(dir.file('in')));

const metricsOf = ({ reader }: Driver): unknown => {
  const { numFilesCleaned, numFilesNotCleaned } = reader.status!().metrics!;
  return { numFilesCleaned, numFilesNotCleaned };
};

describe('what is cleaned, and when', () => {
  it('the files of a batch when the next one commits, as in Spark', async () => {
    const driver = await Driver.open(options());
    put('a');
    put('b');
    await driver.batch();
    expect(left()).toEqual(['a', 'b']);
    put('c');
    await driver.batch();
    expect(left()).toEqual(['c']);
    expect(metricsOf(driver)).toEqual({ numFilesCleaned: 2, numFilesNotCleaned: 0 });
    await driver.batch();
    expect(left()).toEqual(['c']);
    await driver.close();
  });

  it('to an archive, with all of its path, whatever the names', async () => {
    for (const name of ['a b', 'sub/%20', 'sub/ü']) put(name);
    const driver = await Driver.open(archiving({ recursiveFileLookup: true, maxFilesPerTrigger: 1 }));
    await driver.all();
    expect(left()).toEqual(['sub/ü']);
    expect([archived('a b'), archived('sub/%20')].map((path) => existsSync(path))).toEqual([true, true]);
    await driver.close();
  });

  it('nothing with `off`, in any case', async () => {
    const driver = await Driver.open(options({ cleanSource: 'OFF', maxFilesPerTrigger: 1 }));
    for (const name of ['a', 'b']) put(name);
    await driver.all();
    expect(left()).toEqual(['a', 'b']);
    expect(metricsOf(driver)).toEqual({});
    await driver.close();
  });

  it('not a file of which a part is still to be read', async () => {
    put('a', 'line\n'.repeat(10));
    put('b');
    const driver = await Driver.open(options(), { tuning: { chunkBytes: 10 } });
    const limit = { all: false, rows: 2, bytes: 1 << 20 };
    for (let batch = 0; batch < 5; batch++) {
      await driver.batch(limit);
      expect(left()).toEqual(['a', 'b']);
    }
    await driver.all(limit);
    put('c');
    await driver.all(limit);
    expect(left()).toEqual(['c']);
    await driver.close();
  });

  it('the link rather than what it leads to', async () => {
    write(dir.file('else/target'), 'x', seconds++);
    symlinkSync(dir.file('else/target'), dir.file('in/link'));
    const driver = await Driver.open(options());
    await driver.all();
    put('later');
    await driver.all();
    expect(left()).toEqual(['later']);
    expect(existsSync(dir.file('else/target'))).toBe(true);
    await driver.close();
  });
});

describe('what cannot be cleaned', () => {
  it('stays, is counted and is tried once', async () => {
    for (const name of ['changed', 'gone', 'taken']) put(name);
    write(archived('taken'), 'another');
    const driver = await Driver.open(archiving());
    await driver.all();
    put('changed', 'newer and longer\n');
    rmSync(dir.file('in/gone'));
    put('next');
    await driver.all();
    expect(left()).toEqual(['changed', 'next', 'taken']);
    expect(metricsOf(driver)).toEqual({ numFilesCleaned: 0, numFilesNotCleaned: 2 });
    rmSync(archived('taken'));
    put('last');
    await driver.all();
    expect(left()).toEqual(['changed', 'last', 'taken']);
    await driver.close();
  });

  it('for want of a folder', async () => {
    put('a');
    const driver = await Driver.open(archiving());
    writeFileSync(dir.file('archive'), 'no folder');
    await driver.all();
    put('b');
    await driver.all();
    expect(left()).toEqual(['a', 'b']);
    expect(metricsOf(driver)).toEqual({ numFilesCleaned: 0, numFilesNotCleaned: 1 });
    await driver.close();
  });
});

describe('options', () => {
  const make = (more: object) => codeOf(() => fileSource(archiving(more)));

  // Of a path and an archive only the part that both have is compared, as Spark does.
  it.each([
    ['', 'in', 'in'],
    ['', 'in', 'in/archive'],
    ['', 'in', ''],
    ['', 'in', '../../..'],
    ['', 'in/*', 'in/archive'],
    ['', 'in/*', 'in'],
    ['', 'i{n,m}', 'im/archive'],
    ['', '*/x', 'archive'],
    ['', '**/x', 'archive/deep'],
    ['x', 'in', 'in'],
  ])('refuses %s%s archived to %s', async (_, path, archive) => {
    expect(await make({ path: dir.file(path), sourceArchiveDir: dir.file(archive) })).toBe('INVALID_OPTION');
  });

  it.each([
    ['in', 'in-archive'],
    ['in', 'archive'],
    ['in/*', 'archive/x'],
    ['i{n,m}', 'io'],
    ['in/**', 'archive'],
  ])('takes %s archived to %s', (path, archive) => {
    expect(() => fileSource(archiving({ path: dir.file(path), sourceArchiveDir: dir.file(archive) }))).not.toThrow();
  });

  it('needs an archive to archive, and knows three words', async () => {
    expect(await make({ sourceArchiveDir: undefined })).toBe('MISSING_OPTION');
    expect(await make({ cleanSource: 'remove' })).toBe('INVALID_OPTION');
  });

  it('does not clean what a manifest lists', async () => {
    put('a');
    write(dir.file('in/_spark_metadata/0'), `v1\n`);
    const driver = await Driver.open(options());
    expect(await codeOf(() => driver.batch())).toBe('UNSUPPORTED_PIPELINE');
    await driver.close();
  });
});

describe('over restarts', () => {
  let fed = 0;
  beforeEach(() => (fed = 0));
  const feed = (): void => put(`${String(fed).padStart(4, '0')}`, `${fed++}\n${fed++}\n`);

  const run = (cleanSource: 'delete' | 'archive'): Promise<unknown> =>
    startQuery({
      from: fileSource(archiving({ format: 'csv', schema: 'id INT', cleanSource, maxFilesPerTrigger: 1 })).pipe(
        trigger({ availableNow: true }),
        checkpoint(dir.file('checkpoint'), { segmentBytes: 1000 }),
      ),
      to: fileSink({ format: 'csv', path: dir.file('out') }),
    }).awaitTermination();

  const rows = (): number[] => {
    const out = dir.file('out');
    return visible(out).flatMap((name) => readFileSync(join(out, name), 'utf8').trimEnd().split('\n').map(Number));
  };
  const expectEachOnce = (): void => {
    expect(rows().sort((a, b) => a - b)).toEqual(Array.from({ length: fed }, (_, id) => id));
  };

  it('cleans what the last run left', async () => {
    feed();
    await run('delete');
    expect(left()).toHaveLength(1);
    await run('delete');
    expect(left()).toHaveLength(1);
    feed();
    await run('delete');
    expect(left()).toEqual(['0002']);
    expectEachOnce();
  });

  it.each(['delete', 'archive'] as const)('each row once, whatever step it dies at: %s', async (how) => {
    let crashes = 0;
    let whileCleaning = 0;
    for (let at = how === 'delete' ? 1 : 2, ended = false; !ended; at += 3) {
      feed();
      feed();
      let steps = 0;
      const undo = hookDurableSteps((_, __, path) => {
        // The lease of a process that is gone is taken over; here the process lives on.
        if (path.includes('lease') || ++steps < at) return;
        if (steps === at && /\/(in|archive)\//.test(path)) whileCleaning++;
        throw new Error('crash');
      });
      ended = await run(how).then(
        () => true,
        () => false,
      );
      undo();
      if (!ended) crashes++;
    }
    expect(crashes).toBeGreaterThan(10);
    expect(whileCleaning).toBeGreaterThan(1);
    expectEachOnce();
    // Only the file of the last batch is left, whatever it was that crashes left.
    expect(left()).toEqual([String(fed - 2).padStart(4, '0')]);
    if (how === 'archive') expect(tree(dir.file('archive'))).toHaveLength(fed / 2 - 1);
  });
});

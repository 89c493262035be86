import { linkSync, mkdirSync, renameSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { type FileSourceOptions, fileSource } from '../../../connectors/file/index.js';
import { FileList, type FileListOptions } from '../../../connectors/file/source/file-list.js';
import { type FileFacts, Listing } from '../../../connectors/file/source/listing.js';
import { Driver, codeOf, errorOf, temporaryDirectory, write } from './support.js';

const dir = temporaryDirectory();

const text = (more: Partial<FileSourceOptions> = {}): FileSourceOptions =>
  ({ format: 'text', path: dir.path, ...more }) as FileSourceOptions;

const values = (rows: readonly Record<string, unknown>[]): unknown[] => rows.map((row) => row['value']);

describe('what is kept of a listing', () => {
  const defaults: FileListOptions = {
    latestFirst: false,
    fileNameOnly: false,
    maxFileAge: Infinity,
    maxFilesPerTrigger: undefined,
    maxBytesPerTrigger: undefined,
    maxCachedFiles: 10_000,
    discardCachedInputRatio: undefined,
  };

  /** Sizes of batches, and how often the directory was listed up to each. */
  async function batchesOf(count: number, given: Partial<FileListOptions>): Promise<(readonly [number, number])[]> {
    const options = { ...defaults, ...given };
    let listed = 0;
    const files = Array.from({ length: count }, (_, i): FileFacts => ({ path: `f${i}`, size: 1, mtime: i }));
    const listing = {
      find(isKnown: (path: string) => boolean, take: (file: FileFacts) => void) {
        listed++;
        for (const file of files) if (!isKnown(file.path)) take(file);
        return Promise.resolve();
      },
    };
    const list = new FileList(listing as unknown as Listing, options, []);
    const { maxFilesPerTrigger, maxBytesPerTrigger } = options;
    const batches: (readonly [number, number])[] = [];
    for (;;) {
      await list.refresh(false);
      const batch: FileFacts[] = [];
      for (let file = list.at(list.next); file !== undefined; file = list.at(list.next + batch.length)) {
        if (batch.length >= (maxFilesPerTrigger ?? maxBytesPerTrigger ?? Infinity)) break;
        batch.push(file);
      }
      list.accept(batch);
      if (batch.length === 0) return batches;
      batches.push([batch.length, listed]);
    }
  }

  // The numbers of Spark's own specs.
  it('44 files, 10 a batch, 12 kept: they serve two batches, the second of 2', async () => {
    const given = { maxFilesPerTrigger: 10, maxCachedFiles: 12, discardCachedInputRatio: '0.1' };
    expect(await batchesOf(44, given)).toEqual([
      [10, 1],
      [10, 1],
      [2, 1],
      [10, 2],
      [10, 2],
      [2, 2],
    ]);
  });

  it('too few are thrown away', async () => {
    // After two batches 1 is left of 21, which is less than 0.2 of 10.
    expect(await batchesOf(21, { maxFilesPerTrigger: 10 })).toEqual([
      [10, 1],
      [10, 1],
      [1, 2],
    ]);
    expect(await batchesOf(22, { maxFilesPerTrigger: 10 })).toEqual([
      [10, 1],
      [10, 1],
      [2, 1],
    ]);
  });

  it('none with 0, nor newest first', async () => {
    const twice = [
      [10, 1],
      [10, 2],
      [10, 3],
    ];
    expect(await batchesOf(30, { maxFilesPerTrigger: 10, maxCachedFiles: 0 })).toEqual(twice);
    expect(await batchesOf(30, { maxFilesPerTrigger: 10, latestFirst: true })).toEqual(twice);
  });

  it('by bytes', async () => {
    const given = { maxBytesPerTrigger: 10, maxCachedFiles: 12, discardCachedInputRatio: 0.3 };
    expect(await batchesOf(44, given)).toEqual([
      [10, 1],
      [10, 1],
      [10, 2],
      [10, 2],
      [4, 3],
    ]);
  });

  it('is bounded, whatever there is, and nothing is lost', async () => {
    const batches = await batchesOf(100_000, {});
    expect(batches.map(([files]) => files)).toEqual([42_768, 42_768, 14_464]);
  });

  it('tells if the next listing will bring more, where the user set no limit', async () => {
    const find = (_: unknown, take: (file: FileFacts) => void): Promise<void> => {
      for (let i = 0; i < 50_000; i++) take({ path: `f${i}`, size: 1, mtime: i });
      return Promise.resolve();
    };
    for (const [given, expected] of [
      [{}, true],
      [{ maxFilesPerTrigger: 1 }, false],
    ] as const) {
      const list = new FileList({ find } as unknown as Listing, { ...defaults, ...given }, []);
      await list.refresh(false);
      expect([list.hasMore, list.outstanding.files]).toEqual([expected, 50_000]);
      await list.refresh(true);
      expect(list.hasMore).toBe(false);
    }
  });

  it.each([
    { maxCachedFiles: -1 },
    { maxCachedFiles: 1.5 },
    { discardCachedInputRatio: 1.1 },
    { discardCachedInputRatio: -0.1 },
    { discardCachedInputRatio: 'x' },
  ])('refuses %j', async (given) => {
    expect(await codeOf(() => fileSource(text(given)))).toBe('INVALID_OPTION');
  });
});

describe('symbolic links', () => {
  it('to a file are that file, by the name of the link; those that lead nowhere are not there', async () => {
    write(dir.file('else/target'), 'x');
    mkdirSync(dir.file('in'));
    symlinkSync(dir.file('else/target'), dir.file('in/link'));
    symlinkSync(dir.file('nothing'), dir.file('in/broken'));
    symlinkSync(dir.file('else'), dir.file('in/folder'));
    const driver = await Driver.open(text({ path: dir.file('in') }));
    expect(values(await driver.all())).toEqual(['x']);
    expect(JSON.stringify(driver.remembered)).toContain(dir.file('in/link'));
    await driver.close();
  });

  it('to folders are followed, and loops end', async () => {
    for (const name of ['in/a/x', 'in/b/y', 'else/z']) write(dir.file(name), name);
    symlinkSync(dir.file('else'), dir.file('in/away'));
    symlinkSync(dir.file('in'), dir.file('in/a/up'));
    symlinkSync(dir.file('in/b'), dir.file('else/b'));
    symlinkSync(dir.file('else'), dir.file('in/b/back'));
    symlinkSync('self', dir.file('in/self'));
    const found: string[] = [];
    const listing = new Listing({
      path: dir.file('in'),
      glob: false,
      recursiveFileLookup: true,
      pathGlobFilter: undefined,
    });
    await listing.find(
      () => false,
      ({ path }) => found.push(path.slice(dir.file('in/').length)),
    );
    // `in/b` is within `else`, by its link, and `else` within it.
    expect(found.sort()).toEqual(['a/x', 'away/b/y', 'away/z', 'b/back/z', 'b/y']);
  });
});

it.each(['a b', 'a%20b', 'line\nend', 'ü', '漢字', '😀', '[1]', '{x}', '*', 'back\\slash', "quo'te", '#?&=', 'p=1'])(
  'reads a file and a folder of the name %j',
  async (name) => {
    write(join(dir.path, name, name), name.replace('\n', ' '));
    const driver = await Driver.open(text({ path: join(dir.path, name) }));
    expect(values(await driver.all())).toEqual([name.replace('\n', ' ')]);
    await driver.close();
    const one = await Driver.open(text({ path: join(dir.path, name, name) }));
    expect(values(await one.all())).toEqual([name.replace('\n', ' ')]);
    await one.close();
  },
);

it.each([
  ['a-b_c.~txt', '*-b?c.~txt'],
  ['a&b', 'a[&~-]b'],
  ['a-b', 'a[^&~]b'],
  ['a!#%=,:;<>@"b', 'a!#%=,:;<>@"?'],
])('finds %j by %j', async (name, pattern) => {
  write(dir.file(name), name);
  const found = await Driver.open(text({ pathGlobFilter: pattern }));
  expect(values(await found.all())).toEqual([name]);
  await found.close();
});

it('says which directory cannot be read', async () => {
  const deep = (root: string, depth: number): string => {
    const path = join(dir.file(root), ...Array.from({ length: depth }, () => 'n'.repeat(200)));
    mkdirSync(path, { recursive: true });
    return path;
  };
  // No path of the system is so long, but a folder may be moved to where it has one.
  const place = join(deep('in', 12), 'moved');
  deep('aside', 12);
  renameSync(dir.file('aside'), place);
  const driver = await Driver.open(text({ path: dir.file('in'), recursiveFileLookup: true }));
  const failure = await errorOf(() => driver.batch());
  renameSync(place, dir.file('aside'));
  expect([failure.code, failure.details['system']]).toEqual(['FILE_UNREADABLE', 'ENAMETOOLONG']);
  expect(failure.message).toContain(place);
  await driver.close();
});

it('lists 20,000 names, each once, and lets others run in between', async () => {
  write(dir.file('f0'), '');
  for (let i = 1; i < 20_000; i++) linkSync(dir.file('f0'), dir.file(`f${i}`));
  const listing = new Listing({
    path: dir.path,
    glob: false,
    recursiveFileLookup: false,
    pathGlobFilter: undefined,
  });
  let turns = 0;
  let turning = setImmediate(function turn() {
    turns++;
    turning = setImmediate(turn);
  });
  const found = new Set<string>();
  await listing.find(
    () => false,
    ({ path }) => found.add(path),
  );
  expect([found.size, turns > 20]).toEqual([20_000, true]);
  // What is known is not asked about.
  const again: string[] = [];
  await listing.find(
    (path) => found.has(path),
    ({ path }) => again.push(path),
  );
  clearImmediate(turning);
  expect(again).toEqual([]);
});

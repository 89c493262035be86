import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { FolderWatch } from '../../../../connectors/file/source/folder-watch.js';
import { fileSourceDefinition } from '../../../../connectors/file/source.js';
import { engineLimit, temporaryDirectory, write } from '../support.js';

const dir = temporaryDirectory();
const longest = 2000;

/** How often something woke, and what it is waited for. */
class Wakes {
  count = 0;
  private next: (() => void) | undefined;

  readonly wake = (): void => {
    this.count++;
    this.next?.();
  };

  /** Whether `act` wakes. */
  async after(act: () => void): Promise<boolean> {
    const { count } = this;
    const woken = new Promise<void>((resolve) => (this.next = resolve));
    act();
    await Promise.race([woken, sleep(longest, undefined, { ref: false })]);
    return this.count > count;
  }

  /** Whether `act` does not, for some time. */
  async notAfter(act: () => void): Promise<boolean> {
    const { count } = this;
    act();
    await sleep(150);
    return this.count === count;
  }
}

describe('a folder that is watched', () => {
  let wakes: Wakes;
  let watch: FolderWatch;
  beforeEach(() => {
    wakes = new Wakes();
    watch = new FolderWatch(wakes.wake);
  });
  afterEach(() => watch.close());

  const rename = (name: string) => (): void => {
    writeFileSync(dir.file('in/_aside'), 'x');
    renameSync(dir.file('in/_aside'), dir.file(`in/${name}`));
  };

  it('wakes when a file is renamed into it, not for hidden ones', async () => {
    mkdirSync(dir.file('in'));
    watch.add(dir.file('in'));
    expect(await wakes.notAfter(rename('_hidden'))).toBe(true);
    expect(await wakes.after(rename('a'))).toBe(true);
  });

  it('wakes once for many changes, when there is quiet', async () => {
    watch.add(dir.path);
    await wakes.after(() => {
      for (let i = 0; i < 100; i++) writeFileSync(dir.file(`f${i}`), '');
    });
    await sleep(100);
    expect(wakes.count).toBe(1);
  });

  it('leaves time to others', async () => {
    watch.add(dir.path);
    watch.rest(300);
    expect(await wakes.notAfter(() => writeFileSync(dir.file('a'), ''))).toBe(true);
    expect(await wakes.after(() => undefined)).toBe(true);
  });

  it('says nothing when it is closed', async () => {
    watch.add(dir.path);
    expect(
      await wakes.notAfter(() => {
        writeFileSync(dir.file('a'), '');
        watch.close();
        watch.add(dir.path);
        writeFileSync(dir.file('b'), '');
      }),
    ).toBe(true);
  });

  it('may be no folder, or go and come back', async () => {
    watch.add(dir.file('nothing'));
    mkdirSync(dir.file('in'));
    watch.add(dir.file('in'));
    expect(await wakes.after(() => rmSync(dir.file('in'), { recursive: true }))).toBe(true);
    mkdirSync(dir.file('in'));
    watch.add(dir.file('in'));
    expect(await wakes.after(rename('a'))).toBe(true);
  });
});

describe('a source', () => {
  /** What a file that comes up below these folders, once they were listed, does to a source. */
  async function wokenBy(
    name: string,
    more: object,
    how: { readonly first?: 'freeze'; readonly all?: boolean } = {},
  ): Promise<boolean> {
    const wakes = new Wakes();
    const reader = await fileSourceDefinition({
      format: 'text',
      path: dir.file('in'),
      ...more,
    }).open({
      name: 'in',
      queryId: 'query',
      runId: 'run',
      columns: undefined,
      conditions: [],
      remembered: [],
      remember: () => undefined,
      wake: wakes.wake,
      signal: new AbortController().signal,
      now: () => 0,
    });
    try {
      if (how.first === 'freeze') await reader.freeze!();
      await reader.latest({ file: 0, position: 0 }, { ...engineLimit, all: how.all === true });
      const act = (): void => write(dir.file(name), 'x');
      return how.first === 'freeze' || how.all === true ? !(await wakes.notAfter(act)) : await wakes.after(act);
    } finally {
      await reader.close!();
    }
  }

  beforeEach(() => write(dir.file('in/sub/old'), 'x'));

  it.each<[string, string, { path?: string; recursiveFileLookup?: boolean }]>([
    ['a directory', 'in/a', {}],
    ['the folders in it', 'in/sub/a', { recursiveFileLookup: true }],
    ['what a pattern matches', 'in/sub/a', { path: 'in/s*/*' }],
    ['what a pattern of folders matches', 'in/new', { path: '**/n*' }],
    ['a manifest', 'in/_spark_metadata/1', {}],
  ])('is woken by a new file in %s', async (what, name, { path, ...more }) => {
    if (what === 'a manifest') write(dir.file('in/_spark_metadata/0'), 'v1\n');
    expect(await wokenBy(name, { ...more, ...(path !== undefined && { path: dir.file(path) }) })).toBe(true);
  });

  it('is not, when it reads only what is there', async () => {
    expect(await wokenBy('in/a', {}, { first: 'freeze' })).toBe(false);
    expect(await wokenBy('in/b', {}, { all: true })).toBe(false);
  });
});

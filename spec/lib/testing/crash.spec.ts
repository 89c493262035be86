import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { remove, writeAtomically } from '../../../lib/durable.js';
import { countSteps, crashAt, crashEnv, failAt } from '../../../lib/testing/index.js';

let dir: string;
beforeEach(() => (dir = mkdtempSync(join(tmpdir(), 'sluice-crash-'))));
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const write = (text = 'x', name = 'a.txt') => writeAtomically(join(dir, name), Buffer.from(text));

describe('countSteps', () => {
  it('lists what can fail, before and after', async () => {
    const steps = countSteps();
    await write();
    steps.stop();
    await write();
    expect(steps.count).toBe(8);
    expect(steps.steps.map(({ number, step, when }) => `${number} ${when} ${step}`)).toEqual([
      '1 before write',
      '2 after write',
      '3 before sync',
      '4 after sync',
      '5 before rename',
      '6 after rename',
      '7 before syncDirectory',
      '8 after syncDirectory',
    ]);
  });
});

describe('failAt', () => {
  it('makes one step fail, as the system does', async () => {
    const undo = failAt({ step: 'sync', path: /a\.txt/ }, 'ENOSPC');
    await expect(write('x', 'b.txt')).resolves.toBeUndefined();
    await expect(write()).rejects.toMatchObject({ code: 'ENOSPC' });
    await expect(write()).resolves.toBeUndefined();
    undo();
  });

  it('counts: by number, by the how many-th, and all after it', async () => {
    const undo = failAt({ step: 'rename', when: 'after', nth: 2 }, new Error('mine'), { lasting: true });
    await write('1');
    await expect(write('2')).rejects.toThrow('mine');
    await expect(write('3')).rejects.toThrow('mine');
    expect(readFileSync(join(dir, 'a.txt'), 'utf8')).toBe('3');
    undo();
    await write('4');

    const steps = countSteps();
    const undoNumber = failAt(5, 'EIO');
    await expect(write('5')).rejects.toThrow(/EIO: planted by a test, before rename .*a\.txt/);
    expect(steps.count).toBe(5);
    undoNumber();
    steps.stop();
    expect(readFileSync(join(dir, 'a.txt'), 'utf8')).toBe('4');
  });

  it('several may watch at once, and each is undone alone', async () => {
    const [a, b] = [failAt({ step: 'remove' }, 'EIO'), failAt({ step: 'write', path: /nowhere/ }, 'EIO')];
    a();
    const steps = countSteps();
    await remove(join(dir, 'none'));
    expect(steps.count).toBe(2);
    b();
    steps.stop();
  });

  it('refuses what is no moment', () => {
    expect(() => failAt(0, 'EIO')).toThrow(/whole number of at least 1, not 0/);
  });
});

describe('crashAt', () => {
  const lib = join(process.cwd(), 'lib');
  const run = (environment: Record<string, string>, code = ''): ReturnType<typeof spawnSync> => {
    const script = `
      import { crashAt } from ${JSON.stringify(join(lib, 'testing/crash.ts'))};
      import { writeAtomically } from ${JSON.stringify(join(lib, 'durable.ts'))};
      crashAt(${code});
      for (const text of ['one', 'two', 'three']) await writeAtomically(${JSON.stringify(join(dir, 'a.txt'))}, Buffer.from(text));
      process.stdout.write('lived');
    `;
    return spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
      cwd: process.cwd(),
      encoding: 'utf8',
      env: { ...process.env, ...environment },
    });
  };
  const text = (): string => readFileSync(join(dir, 'a.txt'), 'utf8');

  it('kills the process at that moment, as the environment says', () => {
    const before = run(crashEnv({ step: 'rename', nth: 2, path: /a\.txt$/ }));
    expect([before.signal, before.stdout, text()]).toEqual(['SIGKILL', '', 'one']);
    const after = run(crashEnv({ step: 'rename', when: 'after', nth: 2 }));
    expect([after.signal, after.stdout, text()]).toEqual(['SIGKILL', '', 'two']);
  });

  it('kills at the n-th moment, or lets live', () => {
    expect([run({}, '14').signal, text()]).toEqual(['SIGKILL', 'two']);
    expect(run({}).stdout).toBe('lived');
    expect([run(crashEnv(13)).signal, text()]).toEqual(['SIGKILL', 'one']);
  });

  it('says what the variable must be', () => {
    process.env['SLUICE_CRASH_AT'] = 'soon';
    try {
      expect(() => crashAt()).toThrow(/SLUICE_CRASH_AT must be a number or a point as JSON.*'soon'/);
    } finally {
      delete process.env['SLUICE_CRASH_AT'];
    }
  });
});

import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive } from '../../../scripts/kafka/processes.js';
import { bundle } from '../../helpers/bundle.js';
import { tempDir } from '../../helpers/temp-dir.js';
import { until } from '../../helpers/until.js';

describe('a process on a leash', () => {
  const dir = tempDir();
  const program = bundle('spec/scripts/kafka/owner.ts', dir);

  const start = (mark: string) => spawn(process.execPath, [program, dir, mark], { detached: true });
  const pidOf = async (owner: ReturnType<typeof start>): Promise<number> => {
    let pid = 0;
    owner.stdout.on('data', (text: Buffer) => (pid = Number(text)));
    await until(() => pid > 0);
    return pid;
  };

  it.each(['SIGKILL', 'SIGTERM', 'SIGINT'] as const)('ends with its owner, whose group gets a %s', async (signal) => {
    const owner = start('sleep');
    const pid = await pidOf(owner);
    expect(isAlive(pid, 'sleep')).toBe(true);
    process.kill(-owner.pid!, signal);
    await until(() => !isAlive(pid, 'sleep'));
    expect(readFileSync(join(dir, 'log.txt'), 'utf8')).toBe('');
  });

  it('leaves alone who has its number by now', async () => {
    const owner = start('somebody else');
    const pid = await pidOf(owner);
    process.kill(owner.pid!, 'SIGKILL');
    await until(() => owner.signalCode !== null);
    await sleep(300);
    expect(isAlive(pid, 'sleep')).toBe(true);
    process.kill(pid, 'SIGKILL');
  });
});

describe('isAlive', () => {
  it('is true of a process from when it is started until it has ended, and of no other', async () => {
    for (let i = 0; i < 50; i++) {
      const child = spawn('sleep', ['60']);
      expect(isAlive(child.pid!, 'sleep')).toBe(true);
      expect(isAlive(child.pid!, 'wake')).toBe(false);
      child.kill('SIGKILL');
      await until(() => child.signalCode !== null);
      expect(isAlive(child.pid!, 'sleep')).toBe(false);
    }
  });

  it('is true of a process that has no command line and runs', () => {
    // A thread of the kernel, which only root sees the state of, and which containers do not show.
    const isSeen =
      process.getuid?.() === 0 && existsSync('/proc/2/cmdline') && readFileSync('/proc/2/cmdline').length === 0;
    expect(isAlive(2, 'any')).toBe(isSeen);
  });
});

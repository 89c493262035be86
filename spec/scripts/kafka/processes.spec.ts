import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive } from '../../../scripts/kafka/processes.js';
import { bundle } from '../../helpers/bundle.js';
import { tempDir } from '../../helpers/temp-dir.js';
import { until } from '../../helpers/until.js';

describe('a process on a leash', () => {
  const dir = tempDir();
  const program = bundle('spec/scripts/kafka/owner.ts', dir);

  it.each(['SIGKILL', 'SIGTERM', 'SIGINT'] as const)('ends with its owner, whose group gets a %s', async (signal) => {
    const owner = spawn(process.execPath, [program, dir], { detached: true });
    let pid = 0;
    owner.stdout.on('data', (text: Buffer) => (pid = Number(text)));
    await until(() => pid > 0);
    expect(isAlive(pid, 'sleep')).toBe(true);
    process.kill(-owner.pid!, signal);
    await until(() => !isAlive(pid, 'sleep'));
    expect(readFileSync(join(dir, 'log.txt'), 'utf8')).toBe('');
  });
});

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Runs a script of `folder` on requests, in an environment of its own that is made once, with what requirements.txt
 * there says. Its last line of output is the answer.
 */
export function runPython(folder: string, script: string, requests: readonly unknown[]): unknown {
  const input = JSON.stringify(requests);
  const output = execFileSync(environment(folder), [join(folder, script)], {
    input,
    maxBuffer: 1 << 28,
    env: { ...process.env, TZ: 'UTC' },
  });
  return JSON.parse(output.toString().trim().split('\n').at(-1)!);
}

/** The interpreter. Without Python or its packages this fails: readers of other people are part of the specs. */
export function environment(folder: string): string {
  const requirements = join(folder, 'requirements.txt');
  const version = createHash('sha256').update(readFileSync(requirements)).digest('hex').slice(0, 12);
  const installed = join(__dirname, '../../node_modules/.cache', `interop-${version}`);
  const python = join(installed, 'bin/python');
  if (!existsSync(installed)) {
    // Several specs may find that it is not there at the same time: it appears whole, and the first one stays.
    const own = `${installed}-${process.pid}`;
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', requirements];
    execFileSync('python3', ['-m', 'venv', own]);
    execFileSync(join(own, 'bin/python'), pip);
    try {
      renameSync(own, installed);
    } catch {
      rmSync(own, { recursive: true, force: true });
    }
  }
  return python;
}

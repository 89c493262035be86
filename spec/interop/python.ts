import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const here = (name: string): string => join(__dirname, name);

/** Runs exchange.py on requests, in an environment of its own that is made once, with what requirements.txt says. */
export function exchange(requests: readonly object[]): unknown[][] {
  const input = JSON.stringify(requests);
  const output = execFileSync(environment(), [here('exchange.py')], { input, maxBuffer: 1 << 28 });
  return JSON.parse(output.toString()) as unknown[][];
}

/** The interpreter. Without Python or its packages this fails: readers of other people are part of the specs. */
export function environment(): string {
  const requirements = here('requirements.txt');
  const version = createHash('sha256').update(readFileSync(requirements)).digest('hex').slice(0, 12);
  const folder = join(__dirname, '../../node_modules/.cache', `interop-${version}`);
  const python = join(folder, 'bin/python');
  const complete = join(folder, 'complete');
  if (!existsSync(complete)) {
    rmSync(folder, { recursive: true, force: true });
    execFileSync('python3', ['-m', 'venv', folder]);
    execFileSync(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', requirements]);
    writeFileSync(complete, '');
  }
  return python;
}

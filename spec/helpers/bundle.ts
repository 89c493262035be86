import { execFileSync } from 'node:child_process';
import { symlinkSync } from 'node:fs';
import { basename, join } from 'node:path';

const root = join(__dirname, '../..');

/** A script of ours as one file in `dir` that Node runs: a process of it starts at once. */
export function bundle(script: string, dir: string): string {
  symlinkSync(join(root, 'node_modules'), join(dir, 'node_modules'));
  const file = join(dir, basename(script).replace(/\.ts$/, '.mjs'));
  const options = ['--bundle', '--platform=node', '--format=esm', '--packages=external', '--log-level=error'];
  execFileSync(join(root, 'node_modules/.bin/esbuild'), [join(root, script), ...options, `--outfile=${file}`]);
  return file;
}

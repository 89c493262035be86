import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type CountedStep, type CrashPoint, crashEnv } from '../../lib/testing/crash.js';
import type { Job } from './jobs.js';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** The child, bundled: it is started hundreds of times, and has to start fast. */
export class ChildProgram {
  private readonly dir = mkdtempSync(join(tmpdir(), 'sluice-child-'));
  private readonly file = join(this.dir, 'child.mjs');

  constructor() {
    symlinkSync(join(root, 'node_modules'), join(this.dir, 'node_modules'));
    const options = ['--bundle', '--platform=node', '--format=esm', '--log-level=error', '--main-fields=module,main'];
    const external = ['parquet-wasm', 'apache-arrow'].map((name) => `--external:${name}`);
    execFileSync(join(root, 'node_modules/.bin/esbuild'), [
      join(root, 'spec/crash/child.ts'),
      ...options,
      ...external,
      `--outfile=${this.file}`,
    ]);
  }

  remove(): void {
    rmSync(this.dir, { recursive: true, force: true });
  }

  start(job: Job, env: Record<string, string> = {}): Child {
    return new Child(this.file, job, env);
  }

  /** Runs a job to its end, or to the point at which it crashes. */
  run(job: Job, crash?: CrashPoint): Promise<Outcome> {
    return this.start(job, crash === undefined ? {} : crashEnv(crash)).ended;
  }

  /** Runs a job and lists the moments at which it could have crashed. */
  async steps(job: Job): Promise<CountedStep[]> {
    const outcome = await this.start(job, { COUNT_STEPS: '1' }).ended;
    const line = outcome.lines.find((each) => each.startsWith('steps '));
    if (line === undefined) throw new Error(`A run to be counted did not end well: ${describe(outcome)}`);
    return JSON.parse(line.slice(6)) as CountedStep[];
  }
}

export interface Outcome {
  readonly how: 'done' | 'stopped' | 'failed' | 'killed';
  readonly lines: readonly string[];
  readonly stderr: string;
}

export const describe = ({ how, lines, stderr }: Outcome): string =>
  [how, ...lines.filter((line) => !line.startsWith('steps ')), stderr].join(' | ');

export class Child {
  /** Resolves when the process has started its query, or has ended. */
  readonly ready: Promise<void>;
  readonly ended: Promise<Outcome>;
  running = true;
  private readonly process;

  constructor(file: string, job: Job, env: Record<string, string>) {
    const child = spawn(process.execPath, [file, JSON.stringify(job)], {
      env: { ...process.env, NODE_OPTIONS: '', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.process = child;
    let stdout = '';
    let stderr = '';
    let isReady!: () => void;
    this.ready = new Promise((resolve) => (isReady = resolve));
    child.stdout.on('data', (data: Buffer) => {
      stdout += data.toString();
      if (stdout.includes('ready')) isReady();
    });
    child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
    this.ended = new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code, signal) => {
        this.running = false;
        isReady();
        const lines = stdout.split('\n').filter((line) => line !== '');
        const last = lines.at(-1)?.split(' ')[0];
        const ended = last === 'done' || last === 'stopped' || last === 'failed' ? last : undefined;
        const how = signal === 'SIGKILL' ? 'killed' : ended;
        if (how === undefined) reject(new Error(`The child ended with ${code ?? signal}: ${stdout} ${stderr}`));
        else resolve({ how, lines, stderr });
      });
    });
  }

  signal(signal: 'SIGKILL' | 'SIGTERM'): void {
    this.process.kill(signal);
  }
}

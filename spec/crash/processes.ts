import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type CountedStep, type CrashPoint, crashEnv } from '../../lib/testing/crash.js';
import type { AnyJob } from './programs.js';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** The child, bundled: it is started hundreds of times, and has to start fast. */
export class ChildProgram {
  private readonly dir = mkdtempSync(join(tmpdir(), 'sluice-child-'));

  constructor() {
    symlinkSync(join(root, 'node_modules'), join(this.dir, 'node_modules'));
    const options = ['--bundle', '--platform=node', '--format=esm', '--log-level=error', '--main-fields=module,main'];
    const external = ['parquet-wasm', 'apache-arrow', '@duckdb/node-api', 'ws', 'lmdb', 'kafkajs'].map(
      (name) => `--external:${name}`,
    );
    execFileSync(join(root, 'node_modules/.bin/esbuild'), [
      ...['child', 'kafka-watcher'].map((name) => join(root, `spec/crash/${name}.ts`)),
      ...options,
      ...external,
      `--outdir=${this.dir}`,
      '--out-extension:.js=.mjs',
    ]);
  }

  /** Where one of the programs is. */
  file(name: 'child' | 'kafka-watcher'): string {
    return join(this.dir, `${name}.mjs`);
  }

  remove(): void {
    rmSync(this.dir, { recursive: true, force: true });
  }

  start(job: AnyJob, env: Record<string, string> = {}): Child {
    return new Child(this.file('child'), job, env);
  }

  /** Runs a job to its end, or to the point at which it crashes. */
  run(job: AnyJob, crash?: CrashPoint): Promise<Outcome> {
    return this.start(job, crash === undefined ? {} : crashEnv(crash)).ended;
  }

  /** Runs a job and lists the moments at which it could have crashed; and how long it took once it had started. */
  async measure(job: AnyJob): Promise<{ steps: CountedStep[]; millis: number }> {
    const child = this.start(job, { COUNT_STEPS: '1' });
    await child.ready;
    const begun = performance.now();
    const outcome = await child.ended;
    const line = outcome.lines.find((each) => each.startsWith('steps '));
    if (line === undefined) throw new Error(`A run to be counted did not end well: ${describe(outcome)}`);
    return { steps: JSON.parse(line.slice(6)) as CountedStep[], millis: performance.now() - begun };
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
  private stdout = '';
  private listeners: (() => void)[] = [];

  constructor(file: string, job: AnyJob, env: Record<string, string>) {
    const child = spawn(process.execPath, [file, JSON.stringify(job)], {
      env: { ...process.env, NODE_OPTIONS: '', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.process = child;
    let stderr = '';
    child.stdout.on('data', (data: Buffer) => {
      this.stdout += data.toString();
      this.tell();
    });
    child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
    this.ended = new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code, signal) => {
        this.running = false;
        this.tell();
        const { stdout, lines } = this;
        const last = lines.at(-1)?.split(' ')[0];
        const ended = last === 'done' || last === 'stopped' || last === 'failed' ? last : undefined;
        const how = signal === 'SIGKILL' ? 'killed' : ended;
        if (how === undefined) reject(new Error(`The child ended with ${code ?? signal}: ${stdout} ${stderr}`));
        else resolve({ how, lines, stderr });
      });
    });
    this.ready = this.says('ready').then(() => undefined);
  }

  /** The first line that begins so, once it is there; undefined if the process ends without it. */
  says(beginning: string): Promise<string | undefined> {
    return new Promise((resolve) => {
      const look = (): void => {
        const line = this.lines.find((each) => each.startsWith(beginning));
        if (line !== undefined || !this.running) resolve(line);
        else this.listeners.push(look);
      };
      look();
    });
  }

  private get lines(): string[] {
    return this.stdout.split('\n').filter((line) => line !== '');
  }

  private tell(): void {
    for (const look of this.listeners.splice(0)) look();
  }

  signal(signal: 'SIGKILL' | 'SIGTERM'): void {
    this.process.kill(signal);
  }
}

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { MemberJob } from './member.js';

/** A process of a group, which may die and come back on its checkpoint. */
export class Member {
  failure = '';
  private child: ChildProcess | undefined;
  private ended: Promise<void> = Promise.resolve();

  constructor(
    private readonly program: string,
    private readonly job: MemberJob,
  ) {
    mkdirSync(job.dir, { recursive: true });
  }

  start(): void {
    const child = spawn(process.execPath, [this.program, JSON.stringify(this.job)], {
      env: { ...process.env, NODE_OPTIONS: '' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child = child;
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (data: Buffer) => (this.failure += data.toString()));
    this.ended = new Promise((resolve) => child.on('close', () => resolve()));
  }

  async kill(): Promise<void> {
    this.child?.kill('SIGKILL');
    await this.ended;
  }

  async stop(): Promise<void> {
    this.child?.kill('SIGTERM');
    await this.ended;
  }

  freeze(): void {
    this.child?.kill('SIGSTOP');
  }

  thaw(): void {
    this.child?.kill('SIGCONT');
  }

  /** What it has read, by batch: `<partition> <offset>`. */
  get batches(): ReadonlyMap<number, readonly string[]> {
    const out = join(this.job.dir, 'out');
    const ids = existsSync(out) ? readdirSync(out).map(Number) : [];
    const rows = (id: number): string[] =>
      readFileSync(join(out, String(id)), 'utf8')
        .split('\n')
        .slice(0, -1);
    return new Map(ids.sort((a, b) => a - b).map((id) => [id, rows(id)]));
  }

  get rows(): readonly string[] {
    return [...this.batches.values()].flat();
  }
}

/** Rows that more than one batch has. */
export function twice(members: readonly Member[]): string[] {
  const seen = new Set<string>();
  return members.flatMap(({ rows }) => rows).filter((row) => seen.size === seen.add(row).size);
}

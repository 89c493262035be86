import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** Starts a process that outlives this one; what it prints is appended to `log`. Its number. */
export function startDetached(command: string, args: readonly string[], cwd: string, log: string): number {
  const out = openSync(log, 'a');
  try {
    const child = spawn(command, args, { cwd, detached: true, stdio: ['ignore', out, out] });
    child.unref();
    if (child.pid === undefined) throw new Error(`${command} cannot be started`);
    return child.pid;
  } finally {
    closeSync(out);
  }
}

/** Sees to it that a process is killed when this one ends, however it ends. The leash is to be killed first. */
export function leash(pid: number): ChildProcess {
  // The pipe closes with this process. A group of its own: what ends the group of this process is not to end it.
  const script = `read -r _; kill -9 ${pid} 2>/dev/null`;
  const child = spawn('sh', ['-c', script], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  child.unref();
  (child.stdin as unknown as { unref(): void }).unref();
  return child;
}

/** Whether the process is there, and is the one whose command line holds `mark`: numbers are used again. */
export function isAlive(pid: number, mark: string): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  if (!existsSync('/proc/self/cmdline')) return true;
  try {
    if (readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(mark)) return true;
    // A process that ends loses its command line before its threads let go of its ports.
    return readdirSync(`/proc/${pid}/task`).length > 1;
  } catch {
    return false;
  }
}

/** Waits until `done`; throws with what `what` says after `millis`. */
export async function until(done: () => boolean | Promise<boolean>, millis: number, what: () => string): Promise<void> {
  for (const end = Date.now() + millis; !(await done()); await sleep(20)) {
    if (Date.now() > end) throw new Error(`${what()} after ${millis / 1000} s`);
  }
}

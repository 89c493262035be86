import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** Starts a process that outlives this one; what it prints is appended to `log`. */
export function startDetached(command: string, args: readonly string[], cwd: string, log: string): ChildProcess {
  const out = openSync(log, 'a');
  try {
    const child = spawn(command, args, { cwd, detached: true, stdio: ['ignore', out, out] });
    child.unref();
    // Told below.
    child.once('error', () => undefined);
    if (child.pid === undefined) throw new Error(`'${command}' cannot be started: is it on this machine?`);
    return child;
  } finally {
    closeSync(out);
  }
}

/**
 * Sees to it that the process whose command line holds `mark` is killed when this one ends, however it ends. The leash
 * is to be killed first.
 */
export function leash(pid: number, mark: string): ChildProcess {
  // The pipe closes with this process. A group of its own: what ends the group of this process is not to end it.
  const script = 'read -r _; if [ ! -d /proc/self ] || grep -qsF -- "$1" "/proc/$0/cmdline"; then kill -9 "$0"; fi';
  const child = spawn('sh', ['-c', script, `${pid}`, mark], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
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
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    if (command !== '') return command.includes(mark);
    // None yet, right after it was started, or none any more, while its threads still hold its ports.
    return !hasEnded(pid) || readdirSync(`/proc/${pid}/task`).length > 1;
  } catch {
    return false;
  }
}

/** Whether nothing but its number is left. The state stands behind the name, which may hold anything. */
function hasEnded(pid: number): boolean {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  return /^[ZX]/.test(stat.slice(stat.lastIndexOf(')') + 2));
}

/** Waits until `done`; throws with what `what` says after `millis`. */
export async function until(done: () => boolean | Promise<boolean>, millis: number, what: () => string): Promise<void> {
  for (const end = Date.now() + millis; !(await done()); await sleep(20)) {
    if (Date.now() > end) throw new Error(`${what()} after ${millis / 1000} s`);
  }
}

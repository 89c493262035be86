import { randomUUID } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { access, readFile, readdir, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { linkNew, remove } from '../durable.js';
import { SluiceError, systemCode } from '../errors/index.js';

/** Who holds a lease, as it stands in the lease file. */
interface Owner {
  readonly pid: number;
  readonly host: string;
  /** Tells two boots, and two containers of one machine, apart; empty where the system does not say. */
  readonly scope: string;
  /** When the process started, in the system's own units: a process id alone may have been given again. */
  readonly started: string;
  readonly since: string;
  /** Tells two takers of one process apart. */
  readonly token: string;
}

/** How often the owner says that it is alive, for those who cannot see its process. */
const heartbeatMillis = 5_000;
/** After how long without a sign an owner on another machine counts as dead. */
const staleMillis = 30_000;

const leaseName = /^lease\.(\d+)$/;
/** A lease that is being written, before it gets its number. */
const asideName = /^lease-.*\.tmp$/;

/**
 * The right to run on a checkpoint, held by one process at a time: the file `lease.<n>` with the highest n. Taking it
 * creates the next number, which only one can; the lease of a dead owner is passed over. An owner that was passed
 * over finds its file gone before it writes again.
 */
export class Lease {
  private readonly heartbeat: NodeJS.Timeout;

  private constructor(
    private readonly dir: string,
    private readonly path: string,
    private readonly what: string,
  ) {
    this.heartbeat = setInterval(() => {
      const now = new Date();
      utimes(path, now, now).catch(() => undefined);
    }, heartbeatMillis);
    this.heartbeat.unref();
  }

  /**
   * Takes the lease of `dir`, a checkpoint or what `what` says. Throws CHECKPOINT_IN_USE, naming the owner, if it is
   * held by one that is alive.
   */
  static async take(dir: string, what = 'checkpoint'): Promise<Lease> {
    const me: Owner = { ...thisProcess(), since: new Date().toISOString(), token: randomUUID() };
    for (;;) {
      const leases = await leasesIn(dir);
      for (const n of leases) await refuseIfAlive(dir, n, what);
      const path = join(dir, `lease.${(leases.at(-1) ?? 0) + 1}`);
      try {
        if (!(await createWhole(dir, path, me))) continue;
        const others = (await leasesIn(dir)).filter((n) => join(dir, `lease.${n}`) !== path);
        // Somebody may have begun to count anew meanwhile.
        for (const n of others) await refuseIfAlive(dir, n, what);
        for (const n of others) await remove(join(dir, `lease.${n}`));
        await removeRemains(dir);
      } catch (error) {
        await giveBack(path, me);
        throw error;
      }
      return new Lease(dir, path, what);
    }
  }

  /** Throws CHECKPOINT_IN_USE if another process has taken over. */
  async check(): Promise<void> {
    try {
      await access(this.path);
    } catch {
      const owner = (await leasesIn(this.dir)).at(-1);
      if (owner !== undefined) await refuseIfAlive(this.dir, owner, this.what);
      throw new SluiceError(
        'CHECKPOINT_IN_USE',
        `The lease of the ${this.what} ${this.dir} was taken away while this query ran on it. The query stops.`,
        { details: { path: this.dir } },
      );
    }
  }

  async release(): Promise<void> {
    clearInterval(this.heartbeat);
    await remove(this.path);
  }
}

async function leasesIn(dir: string): Promise<number[]> {
  const numbers = (await readdir(dir)).flatMap((name) => leaseName.exec(name)?.[1] ?? []);
  return numbers.map(Number).sort((a, b) => a - b);
}

/** Creates the file with its whole content at once; false if the name is taken. */
async function createWhole(dir: string, path: string, owner: Owner): Promise<boolean> {
  const aside = join(dir, `lease-${randomUUID()}.tmp`);
  await writeFile(aside, contentOf(owner));
  try {
    await linkNew(aside, path);
    return true;
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    throw error;
  } finally {
    await remove(aside);
  }
}

/** Removes a lease that was not taken after all, if it is ours. */
async function giveBack(path: string, owner: Owner): Promise<void> {
  const content = await readFile(path, 'utf8').catch(() => '');
  if (content === contentOf(owner)) await remove(path).catch(() => undefined);
}

const contentOf = (owner: Owner): string => `${JSON.stringify(owner)}\n`;

async function refuseIfAlive(dir: string, n: number, what: string): Promise<void> {
  const { owner, age } = await ownerIn(join(dir, `lease.${n}`));
  if (owner === undefined || !isAlive(owner, age)) return;
  const message =
    `The ${what} ${dir} is in use by process ${owner.pid} on ${owner.host} since ${owner.since}` +
    `${owner.pid === process.pid && owner.host === hostname() ? ' (this very process)' : ''}. ` +
    `Stop that query first, or use another directory for the ${what}.`;
  throw new SluiceError('CHECKPOINT_IN_USE', message, { details: { path: dir, owner } });
}

/** Who wrote a lease, undefined if it is gone or not whole; and how long ago there was a sign of them. */
async function ownerIn(path: string): Promise<{ readonly owner: Owner | undefined; readonly age: number }> {
  try {
    const age = Date.now() - (await stat(path)).mtimeMs;
    const content = await readFile(path, 'utf8');
    try {
      return { owner: JSON.parse(content) as Owner, age };
    } catch {
      return { owner: undefined, age };
    }
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return { owner: undefined, age: 0 };
    throw error;
  }
}

/** Removes what contenders left that died while they wrote their lease. */
async function removeRemains(dir: string): Promise<void> {
  for (const name of await readdir(dir)) {
    if (!asideName.test(name)) continue;
    const { owner, age } = await ownerIn(join(dir, name));
    const alive = owner === undefined ? age < staleMillis : isAlive(owner, age);
    if (!alive) await remove(join(dir, name));
  }
}

function isAlive(owner: Owner, age: number): boolean {
  const me = thisProcess();
  if (owner.host !== me.host || owner.scope !== me.scope) return age < staleMillis;
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    if (systemCode(error) === 'ESRCH') return false;
  }
  const started = startOf(owner.pid);
  return started === '' || owner.started === '' ? age < staleMillis : started === owner.started;
}

function thisProcess(): Pick<Owner, 'pid' | 'host' | 'scope' | 'started'> {
  return { pid: process.pid, host: hostname(), scope: scope(), started: startOf(process.pid) };
}

/** The boot and the process namespace; empty where the system does not say. */
function scope(): string {
  try {
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return '';
  }
}

/** When a process started, in clock ticks since the boot; empty where the system does not say. */
function startOf(pid: number): string {
  try {
    const line = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name of the program, in brackets, may hold anything.
    return line.slice(line.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}

import { readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { Lease } from '../../../lib/checkpoint/lease.js';
import { tempDir } from '../../helpers/temp-dir.js';

const leases = (dir: string): string[] => readdirSync(dir).filter((name) => name.startsWith('lease'));

/** Writes a lease as another process would have left it. */
function leave(dir: string, owner: object, ageMillis = 0): void {
  const mine = JSON.parse(readFileSync(join(dir, leases(dir)[0]!), 'utf8')) as object;
  const path = join(dir, leases(dir)[0]!);
  writeFileSync(path, JSON.stringify({ ...mine, ...owner }));
  const then = new Date(Date.now() - ageMillis);
  utimesSync(path, then, then);
}

/** A directory with a lease that nobody released. */
async function abandoned(owner: object, ageMillis = 0): Promise<string> {
  const dir = tempDir();
  const lease = await Lease.take(dir);
  const content = readFileSync(join(dir, 'lease.1'), 'utf8');
  await lease.release();
  writeFileSync(join(dir, 'lease.1'), content);
  leave(dir, owner, ageMillis);
  return dir;
}

describe('Lease', () => {
  it('is held by one, and can be taken again when it is released', async () => {
    const dir = tempDir();
    const first = await Lease.take(dir);
    await expect(Lease.take(dir)).rejects.toMatchObject({
      code: 'CHECKPOINT_IN_USE',
      message: expect.stringContaining(`process ${process.pid}`) as string,
      details: { owner: { pid: process.pid, host: hostname() } },
    });
    await first.release();
    const second = await Lease.take(dir);
    await second.release();
    expect(leases(dir)).toEqual([]);
  });

  it('has one winner among eight who ask at once', async () => {
    for (let round = 0; round < 20; round++) {
      const dir = tempDir();
      const asked = await Promise.allSettled(Array.from({ length: 8 }, () => Lease.take(dir)));
      const won = asked.flatMap((a) => (a.status === 'fulfilled' ? [a.value] : []));
      expect(won.length).toBe(1);
      for (const lost of asked)
        if (lost.status === 'rejected') expect(lost.reason).toMatchObject({ code: 'CHECKPOINT_IN_USE' });
      await won[0]!.release();
    }
  });

  it('of a dead process is taken over', async () => {
    const dead = spawnSync(process.execPath, ['-e', '']).pid;
    const dir = await abandoned({ pid: dead });
    const lease = await Lease.take(dir);
    expect(leases(dir)).toEqual(['lease.2']);
    await lease.release();
  });

  it('of a process whose id was given to another is taken over', async () => {
    const dir = await abandoned({ pid: process.pid, started: '1' });
    const lease = await Lease.take(dir);
    await lease.release();
  });

  it('of another machine counts while its owner gives signs of life', async () => {
    const alive = await abandoned({ host: 'elsewhere', pid: 1 });
    await expect(Lease.take(alive)).rejects.toMatchObject({
      code: 'CHECKPOINT_IN_USE',
      details: { owner: { host: 'elsewhere' } },
    });
    const silent = await abandoned({ host: 'elsewhere', pid: 1 }, 60_000);
    const lease = await Lease.take(silent);
    await lease.release();
  });

  it('tells its owner when it was passed over', async () => {
    const dir = tempDir();
    const slow = await Lease.take(dir);
    await expect(slow.check()).resolves.toBeUndefined();
    leave(dir, { host: 'elsewhere' }, 60_000);
    const other = await Lease.take(dir);
    await expect(slow.check()).rejects.toMatchObject({ code: 'CHECKPOINT_IN_USE' });
    await other.release();
    await slow.release();
  });
});

import { chmodSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CheckpointLog } from '../../../lib/checkpoint/index.js';
import { encodeRecord } from '../../../lib/checkpoint/records.js';
import type { BatchPlan } from '../../../lib/context/index.js';
import { hookDurableSteps } from '../../../lib/durable.js';
import { tempDir } from '../../helpers/temp-dir.js';

const options = { segmentBytes: 1 << 20, minBatchesToRetain: 100 };
const plan = (id: number, memory: string[] = []): BatchPlan => ({
  id,
  timestamp: 1000 + id,
  watermark: null,
  sources: { in: { kind: 'test', start: id * 10, end: id * 10 + 10, memory } },
});
const commit = (id: number, state = {}): Parameters<CheckpointLog['commit']>[0] => ({ id, watermark: null, state });
const logs = (dir: string): string[] => readdirSync(dir).filter((name) => name.endsWith('.log'));

/** Runs `batches` batches on the checkpoint in `dir`. */
async function run(dir: string, from: number, to: number, settings = options): Promise<void> {
  const log = new CheckpointLog(dir, settings);
  await log.open();
  for (let id = from; id < to; id++) {
    await log.plan(plan(id, [`f${id}`]));
    await log.commit(commit(id, { count: id }));
  }
  await log.close();
}

async function recover(dir: string): Promise<Awaited<ReturnType<CheckpointLog['open']>>> {
  const log = new CheckpointLog(dir, options);
  try {
    return await log.open();
  } finally {
    await log.close();
  }
}

describe('CheckpointLog', () => {
  it('begins empty, with an id that stays', async () => {
    const dir = join(tempDir(), 'deep/er');
    const log = new CheckpointLog(dir, options);
    expect(await log.open()).toEqual({
      nextId: 0,
      watermark: null,
      sources: new Map(),
      state: new Map(),
      pending: undefined,
    });
    await log.close();
    expect(log.queryId).toMatch(/^[0-9a-f-]{36}$/);
    expect(new CheckpointLog(dir, options).queryId).toBe(log.queryId);
  });

  it('knows after a restart what was committed', async () => {
    const dir = tempDir();
    await run(dir, 0, 3);
    const { nextId, sources, state, pending } = await recover(dir);
    expect({ nextId, pending }).toEqual({ nextId: 3, pending: undefined });
    expect(sources.get('in')).toEqual({ kind: 'test', offset: 30, memory: ['f0', 'f1', 'f2'] });
    expect(state.get('count')).toBe(2);
  });

  it('gives back the batch that was planned and not committed, as it was', async () => {
    const dir = tempDir();
    await run(dir, 0, 2);
    const log = new CheckpointLog(dir, options);
    await log.open();
    await log.plan(plan(2, ['f2']));
    await log.close();
    const { nextId, sources, pending } = await recover(dir);
    expect(nextId).toBe(2);
    expect(pending).toEqual(plan(2, ['f2']));
    expect(sources.get('in')).toEqual({ kind: 'test', offset: 20, memory: ['f0', 'f1', 'f2'] });
  });

  it('loses nothing that was acknowledged, wherever a crash cuts the last record', async () => {
    const dir = tempDir();
    await run(dir, 0, 2);
    const path = join(dir, logs(dir)[0]!);
    const before = readFileSync(path);
    const last = Buffer.from(encodeRecord({ type: 'commit', ...commit(1, { count: 1 }) })).length;
    for (let cut = before.length - last; cut < before.length; cut += 7) {
      writeFileSync(path, before.subarray(0, cut));
      const { nextId, pending } = await recover(dir);
      expect([nextId, pending?.id]).toEqual([1, 1]);
      expect(statSync(path).size).toBe(before.length - last);
    }
  });

  it('refuses a file that was changed, naming it and the place', async () => {
    const dir = tempDir();
    await run(dir, 0, 3);
    const path = join(dir, logs(dir)[0]!);
    const bytes = readFileSync(path);
    bytes[bytes.length - 40]! ^= 1;
    writeFileSync(path, bytes);
    await expect(recover(dir)).rejects.toMatchObject({ code: 'CHECKPOINT_CORRUPT', details: { path } });
    expect(readFileSync(path)).toEqual(bytes);
  });

  it('refuses a file whose beginning is cut: it was put in place whole', async () => {
    const dir = tempDir();
    await run(dir, 0, 3);
    const path = join(dir, logs(dir)[0]!);
    writeFileSync(path, readFileSync(path).subarray(0, 60));
    await expect(recover(dir)).rejects.toMatchObject({ code: 'CHECKPOINT_CORRUPT' });
    writeFileSync(path, '');
    await expect(recover(dir)).rejects.toMatchObject({ code: 'CHECKPOINT_CORRUPT' });
  });

  it('refuses what a newer version wrote', async () => {
    const dir = tempDir();
    const head = { type: 'segment', format: 99, query: 'q', nextBatch: 0, watermark: null } as const;
    writeFileSync(join(dir, `${'0'.repeat(20)}.log`), encodeRecord(head) + encodeRecord({ type: 'ready' }));
    await expect(recover(dir)).rejects.toMatchObject({ code: 'CHECKPOINT_MISMATCH', details: { checkpoint: 99 } });
  });

  it('stays small over many batches, and starts from the newest file alone', async () => {
    const dir = tempDir();
    const small = { segmentBytes: 2000, minBatchesToRetain: 20 };
    const log = new CheckpointLog(dir, small);
    await log.open();
    // The source forgets all but its newest file.
    let newest = '';
    log.memoryOf = () => [newest];
    for (let id = 0; id < 500; id++) {
      newest = `f${id}`;
      await log.plan(plan(id, [newest]));
      await log.commit(commit(id));
    }
    await log.close();
    const sizes = logs(dir).map((name) => statSync(join(dir, name)).size);
    expect(Math.max(...sizes)).toBeLessThan(4000);
    expect(sizes.length).toBeLessThan(10);
    // What is kept still tells of the last 20 batches.
    const oldest = Number(logs(dir).sort()[0]!.slice(0, 20));
    expect(oldest).toBeLessThanOrEqual(480);
    expect(oldest).toBeGreaterThan(430);
    const newestLog = logs(dir).sort().at(-1)!;
    for (const name of logs(dir)) if (name !== newestLog) writeFileSync(join(dir, name), 'nobody reads this');
    const { nextId, sources } = await recover(dir);
    expect(nextId).toBe(500);
    expect(sources.get('in')!.offset).toBe(5000);
    expect(sources.get('in')!.memory.length).toBeLessThan(20);
  });

  it('sets ids aside that are never used again', async () => {
    const dir = tempDir();
    const log = new CheckpointLog(dir, options);
    await log.open();
    await log.reserve(1000);
    await log.close();
    expect((await recover(dir)).nextId).toBe(1000);
  });

  it.each(['ENOSPC', 'EROFS', 'EACCES', 'EIO'])(
    'says %s clearly, and is good when the trouble is over',
    async (code) => {
      const dir = tempDir();
      await run(dir, 0, 1);
      const log = new CheckpointLog(dir, options);
      await log.open();
      const restore = hookDurableSteps((step, when) => {
        if (step === 'sync' && when === 'before') throw Object.assign(new Error(code), { code });
      });
      try {
        await expect(log.plan(plan(1))).rejects.toMatchObject({
          code: 'CHECKPOINT_UNWRITABLE',
          details: { system: code },
        });
      } finally {
        restore();
      }
      await expect(log.plan(plan(1))).rejects.toMatchObject({ code: 'CHECKPOINT_UNWRITABLE' });
      await log.close();
      await run(dir, 1, 3);
      expect((await recover(dir)).nextId).toBe(3);
    },
  );

  it('needs a directory that can be made', async () => {
    const file = join(tempDir(), 'file');
    writeFileSync(file, '');
    await expect(recover(join(file, 'checkpoint'))).rejects.toMatchObject({ code: 'CHECKPOINT_UNWRITABLE' });
    if (process.getuid?.() !== 0) {
      const sealed = tempDir();
      chmodSync(sealed, 0o500);
      await expect(recover(join(sealed, 'checkpoint'))).rejects.toMatchObject({ code: 'CHECKPOINT_UNWRITABLE' });
    }
  });

  it('survives a crash at every step of a compaction', async () => {
    const small = { segmentBytes: 300, minBatchesToRetain: 1 };
    /** Runs until the step of that number, and tells how many steps and batches there were. */
    const runUntil = async (dir: string, step: number): Promise<{ steps: number; done: number }> => {
      let steps = 0;
      let done = 0;
      const log = new CheckpointLog(dir, small);
      const restore = hookDurableSteps(() => {
        if (steps++ === step) throw new Error('crash');
      });
      try {
        await log.open();
        for (; done < 12; done++) {
          await log.plan(plan(done));
          await log.commit(commit(done));
        }
      } catch {
        // As a killed process would: nothing more is written.
      } finally {
        restore();
        await log.close();
      }
      return { steps, done };
    };
    const { steps } = await runUntil(tempDir(), Infinity);
    expect(steps).toBeGreaterThan(100);
    for (let step = 0; step < steps; step++) {
      const dir = tempDir();
      const { done } = await runUntil(dir, step);
      const { nextId, pending } = await recover(dir);
      // A commit whose compaction failed is durable, though the call failed.
      expect([done, done + 1]).toContain(nextId);
      if (pending !== undefined) expect(pending.id).toBe(nextId);
    }
  });
});

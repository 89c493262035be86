import { closeSync, fdatasyncSync, fsyncSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { fileSink, fileSource } from '../connectors/file/index.js';
import { type DurableStep, hookDurableSteps } from '../lib/durable.js';
import { startQuery } from '../lib/index.js';
import { checkpoint, trigger } from '../operators/index.js';
import { csvHeader, csvLine, csvFormat, orders, ordersDdl, writeTexts } from './data.js';
import { median } from './children.js';

const rounds = 5;
const batchesPerRound = 100;
/** Batches of a round that are not counted, while the code gets warm. */
const warmUp = 20;

export interface SmallBatches {
  /** Milliseconds a batch: all of it, and the waits for the disk alone. */
  readonly batch: number;
  readonly disk: number;
  /** Milliseconds beyond the disk, and how many batches were done a second. */
  readonly overhead: number;
  readonly steps: Readonly<Partial<Record<DurableStep, number>>>;
  readonly phases: Readonly<Record<string, number>>;
}

/**
 * Files of ten rows, a batch each, to files, with a checkpoint. In turns with it, the same number of writes, syncs,
 * renames and syncs of directories for each batch, by themselves and one after the other.
 */
export async function runSmallBatches(dir: string): Promise<SmallBatches> {
  const input = join(dir, 'in');
  mkdirSync(input);
  for (let i = 0; i < batchesPerRound; i++) {
    writeTexts(join(input, `${String(i).padStart(4, '0')}.csv`), [csvHeader, ...[...orders(10)].map(csvLine)]);
  }
  const times: number[] = [];
  const disk: number[] = [];
  const phases: Record<string, number>[] = [];
  const steps: Partial<Record<DurableStep, number>> = {};
  for (let round = 0; round < rounds; round++) {
    const counted: DurableStep[] = [];
    const unhook = hookDurableSteps((step, when) => void (when === 'after' && counted.push(step)));
    let last: number | undefined;
    let done = 0;
    const flow$ = fileSource({ format: 'csv', path: input, schema: ordersDdl, maxFilesPerTrigger: 1, ...csvFormat });
    const query = startQuery({
      from: flow$.pipe(trigger({ availableNow: true }), checkpoint(join(dir, `checkpoint-${round}`))),
      to: fileSink({ format: 'csv', path: join(dir, `out-${round}`) }),
    });
    query.progress$.subscribe({
      next: ({ durationMs }) => {
        const now = performance.now();
        if (++done === warmUp) counted.length = 0;
        if (last !== undefined && done > warmUp) {
          times.push(now - last);
          phases.push(durationMs);
        }
        last = now;
      },
      error: () => undefined,
    });
    await query.awaitTermination();
    unhook();
    for (const step of counted) steps[step] = (steps[step] ?? 0) + 1 / (rounds * (batchesPerRound - warmUp));
    const perBatch = Object.fromEntries(
      [...new Set(counted)].map((step) => [
        step,
        Math.round(counted.filter((s) => s === step).length / (batchesPerRound - warmUp)),
      ]),
    );
    const bare = join(dir, `bare-${round}`);
    mkdirSync(bare);
    for (let i = 0; i < batchesPerRound; i++) disk.push(bareSteps(bare, i, perBatch));
  }
  const [batch, bare] = [median(times), median(disk)];
  const names = [...new Set(phases.flatMap((p) => Object.keys(p)))];
  const medians = Object.fromEntries(names.map((name) => [name, median(phases.map((p) => p[name] ?? 0))]));
  return { batch, disk: bare, overhead: batch - bare, steps, phases: medians };
}

/** Milliseconds that the durable steps of one batch take when nothing else is done. */
function bareSteps(dir: string, batch: number, perBatch: Readonly<Partial<Record<DurableStep, number>>>): number {
  const { write = 0, sync = 0, rename = 0, syncDirectory = 0 } = perBatch;
  const bytes = Buffer.alloc(600, 65);
  const paths = Array.from({ length: Math.max(write, sync, rename) }, (_, i) => join(dir, `${batch}-${i}`));
  const fds = paths.map((path) => openSync(`${path}.tmp`, 'w'));
  const start = performance.now();
  for (let i = 0; i < write; i++) writeSync(fds[i]!, bytes);
  for (let i = 0; i < sync; i++) fdatasyncSync(fds[i]!);
  for (let i = 0; i < rename; i++) renameSync(`${paths[i]!}.tmp`, paths[i]!);
  for (let i = 0; i < syncDirectory; i++) {
    const fd = openSync(dir, 'r');
    fsyncSync(fd);
    closeSync(fd);
  }
  const took = performance.now() - start;
  for (const fd of fds) closeSync(fd);
  return took;
}

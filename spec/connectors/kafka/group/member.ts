/**
 * A process that reads its share of a topic: `node member.mjs <job as JSON>`. Each batch becomes a file of partitions and
 * offsets, which takes the place of one of the same id. Says `failed <code> <message>` if it fails. SIGTERM stops it.
 */
import { mkdirSync, renameSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type KafkaRow, type KafkaSourceOptions, foreachBatchSink, kafkaSource } from '../../../../connectors/index.js';
import { startQuery } from '../../../../lib/index.js';
import { checkpoint } from '../../../../operators/index.js';

export interface MemberJob {
  readonly source: KafkaSourceOptions;
  readonly dir: string;
  /** How long a batch takes before and after its file is there, in milliseconds. */
  readonly busy: number;
}

const { source, dir, busy } = JSON.parse(process.argv[2]!) as MemberJob;
const out = join(dir, 'out');
mkdirSync(out, { recursive: true });

const query = startQuery({
  from: kafkaSource(source).pipe(checkpoint(join(dir, 'checkpoint'))),
  to: foreachBatchSink<KafkaRow>(async ({ rows }, id) => {
    await pause(busy);
    const made = join(dir, `made-${id}`);
    writeFileSync(made, rows.map(({ partition, offset }) => `${partition} ${offset}\n`).join(''));
    renameSync(made, join(out, String(id)));
    await pause(busy);
  }),
});
process.on('SIGTERM', () => void query.stop());
try {
  await query.awaitTermination();
} catch (error) {
  const { code, message } = error as { code?: string; message: string };
  writeSync(1, `failed ${code} ${message}\n`);
}
process.removeAllListeners('SIGTERM');

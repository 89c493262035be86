import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileSourceDefinition } from '../../connectors/file/source.js';
import { type Sink, type SourceDefinition, defineSource, fanOut } from '../../lib/connect/index.js';
import type { Flow } from '../../lib/flow.js';
import type { StartOptions } from '../../lib/query/index.js';
import { Random } from '../../lib/testing/random.js';
import { checkpoint, fallback, mapRows, trigger, union } from '../../operators/index.js';
import { type DatabaseFault, databaseFaults, toDatabase } from './database.js';
import { bounded } from './jobs.js';
import { type MayFail, failingAtRandom } from './flaky.js';
import { type JoinedRow, files } from './joined.js';

/** One query from a primary, with a backup, to a folder of files and a database. JSON, so that a child can be told. */
export interface BackedJob {
  readonly primary: string;
  readonly backup: string;
  readonly input: string;
  readonly out: string;
  readonly database: string;
  readonly checkpoint: string;
  /** A seed: everything fails at random, the primary above all, and the query starts again by itself. */
  readonly flaky?: number;
  /** In milliseconds; 0: never. */
  readonly returnAfter: number;
  /** Reads what is left in both, without a fallback. */
  readonly drain?: boolean;
  readonly fault?: 'writesTwice' | 'losesReplay' | DatabaseFault;
}

export const isBacked = (job: object): job is BackedJob => 'backup' in job;

const rowsPerBatch = 10;

/** What `startQuery` is given for such a job. */
export function backed(job: BackedJob): StartOptions<never> {
  const random = job.flaky === undefined ? undefined : new Random(job.flaky);
  const often = (times: number): MayFail => (random === undefined ? () => undefined : failingAtRandom(random, times));
  const primary = sourceOf(job, job.primary, often(8), random);
  const backup = sourceOf(job, job.backup, often(40), random);
  const { returnAfter } = job;
  const both = job.drain === true ? primary.pipe(union(backup)) : undefined;
  const from = (both ?? fallback(primary, backup, returnAfter === 0 ? {} : { returnAfter })).pipe(
    trigger({ availableNow: true }),
    checkpoint(job.checkpoint, { segmentBytes: 1500 }),
  ) as unknown as Flow<never>;
  const to = fanOut(
    files(job as never, 'a', 'json', often(40)) as Sink,
    toDatabase<JoinedRow>(
      job.database,
      databaseFaults.find((each) => each === job.fault),
      often(40),
    ) as Sink,
  ) as Sink<never>;
  if (random === undefined) return { from, to };
  return { from, to, restart: { initial: 2, max: 5, maxRestarts: 1000 } };
}

/** Fails when it is opened, asked, read, or told what was committed, or when one of its rows is looked at. */
function sourceOf(job: BackedJob, name: string, mayFail: MayFail, random: Random | undefined): Flow<JoinedRow> {
  const definition = fileSourceDefinition(
    { format: 'json', path: join(job.input, name), schema: 'id LONG, note STRING', name },
    { chunkBytes: 256 },
  ) as SourceDefinition<unknown, never> as SourceDefinition<JoinedRow, never>;
  const cut = bounded(definition, rowsPerBatch);
  const source = defineSource<JoinedRow, never>({
    ...cut,
    open: async (context) => {
      writeSync(1, `open ${name}\n`);
      mayFail(`while ${name} is opened`);
      const reader = await cut.open(context);
      const [latest, read] = [reader.latest.bind(reader), reader.read.bind(reader)];
      const commit = reader.commit?.bind(reader);
      reader.commit = (end) => {
        mayFail(`when ${name} is told what was committed`);
        return commit?.(end);
      };
      reader.latest = (start, limit) => {
        mayFail(`while ${name} is asked`);
        return latest(start, limit);
      };
      reader.read = async (start, end) => {
        await pause(random?.int(0, 3) ?? 0);
        mayFail(`while ${name} is read`);
        return read(start, end);
      };
      return reader;
    },
  });
  return source.pipe(
    mapRows(
      ({ id, note }) => {
        if (id % rowsPerBatch === 0) mayFail(`at the row ${id}`);
        return { id, note: `${note}!` };
      },
      { schema: 'id LONG, note STRING' },
    ),
  );
}

import { randomUUID } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { SinkDefinition } from '../../lib/connect/index.js';
import type { Job } from './jobs.js';

/** Where a job writes. */
type Place = Pick<Job, 'out' | 'checkpoint'>;

/** Sinks that break the promise, each in one way: the checks have to see it. */
export const faults = {
  /** Takes a batch that comes again for one that was written. */
  losesReplay: (job, inner) => ({
    ...inner,
    open: async (context) => {
      const writer = await inner.open(context);
      return {
        write: (batch) => {
          const begun = join(job.checkpoint, '..', `begun-${batch.id}`);
          if (existsSync(begun)) return;
          writeFileSync(begun, '');
          return writer.write(batch);
        },
        close: () => writer.close?.(),
      };
    },
  }),

  /** Gives the files of every run other names, so that a replay adds to what is there. */
  writesTwice: (_, inner) => ({ ...inner, open: (context) => inner.open({ ...context, queryId: randomUUID() }) }),

  /** Says that a batch is durable when it has only been asked for. */
  acknowledgesEarly: (_, inner) => ({
    ...inner,
    open: async (context) => {
      const writer = await inner.open(context);
      let tail: Promise<void> = Promise.resolve();
      return {
        write: (batch) => {
          tail = tail.then(() => pause(200)).then(() => writer.write(batch));
          tail.catch(() => undefined);
        },
        close: () => tail.catch(() => undefined).then(() => writer.close?.()),
      };
    },
  }),

  /** Writes files under their names, bit by bit. */
  writesInPlace: (job, inner) => ({
    ...inner,
    open: ({ queryId }) => ({
      write: async (batch) => {
        mkdirSync(job.out, { recursive: true });
        const file = join(job.out, `part-${batch.id}-${queryId}-0.json`);
        const lines = batch.rows.map((row) => `${JSON.stringify(row)}\n`);
        writeFileSync(file, '');
        for (let i = 0; i < lines.length; i += 200) {
          appendFileSync(file, lines.slice(i, i + 200).join(''));
          await pause(10);
        }
      },
    }),
  }),

  /** Does not know any more what the last try of a batch may have left. */
  forgetsNames: (job, inner) => ({
    ...inner,
    open: (context) => {
      const aside = join(job.out, '_temporary', context.queryId);
      const names = existsSync(aside) ? readdirSync(aside) : [];
      for (const name of names) if (name.endsWith('.files')) rmSync(join(aside, name));
      return inner.open(context);
    },
  }),
} satisfies Record<string, (job: Place, inner: SinkDefinition<unknown>) => SinkDefinition<unknown>>;

export type Fault = keyof typeof faults;

export const faulty = (job: Place & Pick<Job, 'fault'>, sink: SinkDefinition<unknown>): SinkDefinition<unknown> =>
  job.fault === undefined ? sink : faults[job.fault](job, sink);

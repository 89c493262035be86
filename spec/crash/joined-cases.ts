import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { CrashPoint } from '../../lib/testing/crash.js';
import type { Random } from '../../lib/testing/random.js';
import { draw, fastDir } from './enumerate.js';
import { joinedData } from './joined-data.js';
import { type JoinedFault, type JoinedJob, sourceNames } from './joined.js';
import { type Killed, killAtRandom } from './killing.js';
import type { Lab } from './lab.js';

interface Case {
  readonly job: Pick<JoinedJob, 'sinks' | 'byName' | 'flaky'>;
  /** What differs from run to run of one query. */
  readonly vary?: (random: Random) => Partial<JoinedJob>;
}

/** What is killed, to be found by its name. */
export const joinedCases = {
  'union to fanOut': { job: { sinks: 'fanOut' } },
  'unionByName to route': { job: { sinks: 'route', byName: true } },
  'a query that starts again by itself': {
    job: { sinks: 'fanOut', flaky: 1 },
    vary: (random) => ({
      flaky: random.int(1, 1e9),
      ...(random.int(0, 2) > 0 && { dieAfter: { failures: random.int(1, 4), millis: random.int(0, 6) } }),
    }),
  },
  'sources that come and go': {
    job: { sinks: 'route' },
    vary: (random) => ({ sources: draw(random, sourceNames, random.int(1, sourceNames.length)) }),
  },
} satisfies Record<string, Case>;

export type JoinedCase = keyof typeof joinedCases;

/** Kills a case so often, or until there is a complaint. */
export async function killJoined(
  { judge, program, random }: Lab,
  name: JoinedCase,
  kills: number,
  planted: { readonly fault?: JoinedFault; readonly at?: CrashPoint } = {},
): Promise<Killed> {
  const dir = fastDir();
  const { job: shape, vary }: Case = joinedCases[name];
  try {
    mkdirSync(join(dir, 'homes'));
    await joinedData.makeInput(judge, join(dir, 'in'));
    return await killAtRandom<JoinedJob>({
      program,
      random,
      kills,
      at: planted.at,
      dir: join(dir, 'homes'),
      job: async (home) => {
        const job: JoinedJob = {
          ...shape,
          sources: sourceNames,
          input: join(dir, 'in'),
          out: join(home, 'out'),
          database: join(home, 'database'),
          checkpoint: join(home, 'checkpoint'),
          ...(planted.fault !== undefined && { fault: planted.fault }),
        };
        await joinedData.makeDatabase(judge, job);
        return job;
      },
      vary: (job) => ({ ...job, ...vary?.(random) }),
      complaint: (job, part) => joinedData.complaint(judge, job, part),
    });
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

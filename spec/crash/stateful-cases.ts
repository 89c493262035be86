import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fastDir } from './enumerate.js';
import { type Killed, killAtRandom } from './killing.js';
import type { Lab } from './lab.js';
import { statefulData } from './stateful-data.js';
import type { StatefulJob } from './stateful.js';

/** Kills a query that keeps state so often, or until there is a complaint. */
export async function killStateful(
  { judge, program, random }: Lab,
  shape: Pick<StatefulJob, 'keeps' | 'state' | 'fault'>,
  kills: number,
): Promise<Killed> {
  const dir = fastDir();
  try {
    await statefulData.makeInput(judge, join(dir, 'in'));
    mkdirSync(join(dir, 'homes'));
    return await killAtRandom<StatefulJob>({
      program,
      random,
      kills,
      dir: join(dir, 'homes'),
      job: (home) => ({
        ...shape,
        input: join(dir, 'in'),
        out: join(home, 'out'),
        checkpoint: join(home, 'checkpoint'),
      }),
      complaint: (job, part) => statefulData.complaint(judge, job, part),
    });
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

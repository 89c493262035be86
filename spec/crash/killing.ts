import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type CrashPoint, crashEnv } from '../../lib/testing/crash.js';
import type { Random } from '../../lib/testing/random.js';
import { type Child, type ChildProgram, type Outcome, describe } from './processes.js';
import { diesByItself } from './joined.js';
import type { AnyJob } from './programs.js';

/** A job that is killed at random again and again. */
export interface Killing<J extends AnyJob> {
  readonly program: ChildProgram;
  readonly random: Random;
  /** Goes on, from an empty directory again and again, until there were so many kills. */
  readonly kills: number;
  /** Not at random but always then. */
  readonly at?: CrashPoint | undefined;
  /** A directory that may be filled. */
  readonly dir: string;
  /** A job whose places are in `home`. */
  job(home: string): J | Promise<J>;
  /** The job as one of the runs that are killed sees it. Default: as it is. */
  vary?(job: J): J;
  /** What is wrong with what is there: after a kill, when no row may be there twice, or in the end. */
  complaint(job: J, part: 'all' | 'some'): Promise<string | undefined>;
}

export interface Killed {
  kills: number;
  rounds: number;
  /** Those kills that came while the query waited to start again by itself. */
  restarting: number;
  /** Runs that were refused, because a batch that has to be done again needs a source that was taken away. */
  refused: number;
  complaint: string | undefined;
}

const aroundLog = { step: 'write', path: /\.log$/ } as const;

/** Kills a process at one of its durable steps, or after some time, all at random. */
export class Killer {
  constructor(
    private readonly random: Random,
    /** How far a process comes, about. */
    private readonly whole: { readonly steps: number; readonly millis: number },
    /** When to kill instead. */
    private readonly at?: CrashPoint,
  ) {}

  start(program: ChildProgram, job: AnyJob): Child {
    const { random, whole, at } = this;
    if (at !== undefined) return program.start(job, crashEnv(at));
    if (diesByItself(job)) return program.start(job);
    const way = random.int(0, 2);
    if (way === 0) return program.start(job, crashEnv(random.int(1, Math.ceil(whole.steps / 2))));
    // Between what is durable in the sinks and its commit, or between the plan and what comes of it.
    if (way === 1) return program.start(job, crashEnv({ ...aroundLog, nth: random.int(2, 12) }));
    const child = program.start(job);
    void child.ready.then(async () => {
      await pause(random.int(0, Math.ceil(whole.millis / 2)));
      if (child.running) child.signal('SIGKILL');
    });
    return child;
  }
}

export async function killAtRandom<J extends AnyJob>(killing: Killing<J>): Promise<Killed> {
  const { program, random, dir } = killing;
  const result: Killed = { kills: 0, rounds: 0, restarting: 0, refused: 0, complaint: undefined };
  const fresh = async (): Promise<{ home: string; job: J }> => {
    mkdirSync(dir, { recursive: true });
    const home = mkdtempSync(join(dir, 'round-'));
    return { home, job: await killing.job(home) };
  };
  const undisturbed = await fresh();
  const { steps, millis } = await program.measure(undisturbed.job);
  const killer = new Killer(random, { steps: steps.length, millis }, killing.at);
  result.complaint = await killing.complaint(undisturbed.job, 'all');
  rmSync(undisturbed.home, { recursive: true });

  while (result.kills < killing.kills && result.complaint === undefined) {
    const { home, job } = await fresh();
    const lives = Math.min(random.int(2, 6), killing.kills - result.kills);
    const told: string[] = [];
    let last: Outcome | undefined;
    for (let life = 0; life < lives && result.complaint === undefined; life++) {
      const refused = last?.how === 'failed';
      // What was refused needs the sources that it had: with all of them it goes on.
      const varied = refused || killing.vary === undefined ? job : killing.vary(job);
      last = await killer.start(program, varied).ended;
      told.push(`${JSON.stringify(varied)} ${describe(last)}`);
      if (last.how === 'killed') result.kills++;
      if (last.how === 'killed' && last.lines.at(-1)?.startsWith('failure') === true) result.restarting++;
      if (last.how === 'failed' && last.lines.at(-1)?.startsWith('failed CHECKPOINT_MISMATCH') === true && !refused) {
        result.refused++;
      } else if (last.how !== 'killed' && last.how !== 'done') result.complaint = describe(last);
      result.complaint ??= await killing.complaint(job, 'some');
    }
    last = result.complaint === undefined ? await program.run(job) : last;
    if (last?.how !== 'done') result.complaint ??= describe(last!);
    result.complaint ??= await killing.complaint(job, 'all');
    if (result.complaint !== undefined) result.complaint += `\nround ${result.rounds}:\n${told.join('\n')}`;
    result.rounds++;
    rmSync(home, { recursive: true, force: true });
  }
  return result;
}

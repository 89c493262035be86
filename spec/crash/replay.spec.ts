import { Random } from '../../lib/testing/random.js';
import { Judge } from './data.js';
import { Small, draw } from './enumerate.js';
import { ChildProgram } from './processes.js';

const random = Random.fresh();
let judge: Judge;
let program: ChildProgram;
let small: Small;

beforeAll(async () => {
  console.log(`seed ${random.seed}: set SLUICE_SEED to it to see the same crashes again`);
  judge = await Judge.create();
  program = new ChildProgram();
  small = await Small.create(judge, program, 'csv');
});
afterAll(() => {
  small.remove();
  judge.close();
  program.remove();
});

describe('functions that give other rows at each attempt', () => {
  /** The first batch has four files: after two renames the first try is half visible. */
  const halfway = { step: 'rename', when: 'after', path: /part-/, nth: 2 } as const;

  it('leaves the rows of the last attempt alone', async () => {
    const moments = (await small.attemptMoments()).map(({ number }) => number);
    const runs = [[halfway], [halfway, halfway], draw(random, moments, 1), draw(random, moments, 3)];
    for (const run of runs) {
      const { complaint, kills } = await small.crashAttempts(run);
      expect(complaint).toBeUndefined();
      expect(kills).toBeGreaterThan(0);
    }
  }, 90_000);

  it('sees a sink that forgets what it may have left', async () => {
    const { complaint } = await small.crashAttempts([halfway], { fault: 'forgetsNames' });
    expect(complaint).toMatch(/rows of other attempts/);
  }, 60_000);
});

import { Small, draw } from './enumerate.js';
import { crashLab } from './lab.js';

const lab = crashLab();
let small: Small;

beforeAll(async () => {
  small = await Small.create(lab.judge, lab.program, 'csv');
});
afterAll(() => small.remove());

describe('functions that give other rows at each attempt', () => {
  /** The first batch has four files: after two renames the first try is half visible. */
  const halfway = { step: 'rename', when: 'after', path: /part-/, nth: 2 } as const;

  it('leaves the rows of the last attempt alone', async () => {
    const moments = (await small.attemptMoments()).map(({ number }) => number);
    const runs = [[halfway], [halfway, halfway], draw(lab.random, moments, 1), draw(lab.random, moments, 3)];
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

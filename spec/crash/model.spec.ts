import { Random } from '../../lib/testing/random.js';
import { Judge } from './data.js';
import { type Fault, faults } from './faults.js';
import { emptyTally, playSequences } from './model.js';

/** `npm run test:crash` plays a thousand. */
const sequences = 300;

const random = Random.fresh();
let judge: Judge;
beforeAll(async () => {
  console.log(`seed ${random.seed}: set SLUICE_SEED to it to see the same sequences again`);
  judge = await Judge.create();
});
afterAll(() => judge.close());

describe('random sequences of what can happen, beside a model', () => {
  it('holds each row once, whatever happened', async () => {
    const tally = emptyTally();
    await playSequences(random, sequences, judge, undefined, tally);
    expect(tally.sequences).toBe(sequences);
    expect(tally.kills).toBeGreaterThan(sequences / 4);
    expect(tally.powerLosses).toBeGreaterThan(sequences / 8);
  }, 180_000);

  const seen: Fault[] = ['losesReplay', 'writesTwice', 'acknowledgesEarly'];
  it.each(seen)(
    'sees a sink that %s',
    async (fault) => {
      expect(faults[fault]).toBeDefined();
      await expect(playSequences(random, 100, judge, fault)).rejects.toThrow(/missing|twice/);
    },
    60_000,
  );
});

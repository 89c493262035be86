import { type Fault, faults } from './faults.js';
import { crashLab } from './lab.js';
import { emptyTally, playSequences } from './model.js';

/** `npm run test:crash` plays a thousand. */
const sequences = 300;

const lab = crashLab();

describe('random sequences of what can happen, beside a model', () => {
  it('holds each row once, whatever happened', async () => {
    const tally = emptyTally();
    await playSequences(lab.random, sequences, lab.judge, undefined, tally);
    expect(tally.sequences).toBe(sequences);
    expect(tally.kills).toBeGreaterThan(sequences / 4);
    expect(tally.powerLosses).toBeGreaterThan(sequences / 8);
  }, 180_000);

  const seen: Fault[] = ['losesReplay', 'writesTwice', 'acknowledgesEarly'];
  it.each(seen)(
    'sees a sink that %s',
    async (fault) => {
      expect(faults[fault]).toBeDefined();
      await expect(playSequences(lab.random, 100, lab.judge, fault)).rejects.toThrow(/missing|twice/);
    },
    60_000,
  );
});

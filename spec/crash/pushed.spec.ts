import { crashLab } from './lab.js';
import { killPushed } from './pushed-cases.js';
import { type PushedJob, type Transport, transports } from './pushed.js';

/** `npm run test:crash` kills each of them more than two hundred times. */
const kills = 6;

const lab = crashLab();

describe('what is pushed, through a log on disk', () => {
  it.each(transports)(
    '%s: what was accepted is there exactly once',
    async (transport) => {
      const result = await killPushed(lab, transport, kills);
      expect(result.complaint).toBeUndefined();
      expect(result.kills).toBe(kills);
      expect(result.rows).toBeGreaterThan(100);
    },
    60_000,
  );

  it.each<[PushedJob['fault'], Transport, RegExp]>([
    ['acknowledgesUnwritten', 'webSocket', /were acknowledged/],
    ['cutsEnd', 'socket', /DATA_LOSS|had been accepted|some are missing/],
    ['trimsUncommitted', 'microBatch', /some are missing/],
    ['writesTwice', 'microBatch', /some are twice/],
  ])(
    'a fault is seen: %s',
    async (fault, transport, symptom) => {
      expect((await killPushed(lab, transport, 100, fault)).complaint).toMatch(symptom);
    },
    60_000,
  );
});

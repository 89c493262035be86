import { crashLab } from './lab.js';
import { type PushedCase, killPushed, pushedCases } from './pushed-cases.js';
import type { PushedJob } from './pushed.js';

/** `npm run test:crash` kills each of them more than two hundred times. */
const kills = 6;

const lab = crashLab();

describe('what is pushed, through a log on disk', () => {
  it.each(Object.keys(pushedCases) as PushedCase[])(
    '%s: what was accepted is there exactly once',
    async (name) => {
      const result = await killPushed(lab, name, kills);
      expect(result.complaint).toBeUndefined();
      expect(result.kills).toBe(kills);
      expect(result.rows).toBeGreaterThan(100);
    },
    60_000,
  );

  it.each<[PushedJob['fault'], PushedCase, RegExp]>([
    ['acknowledgesUnwritten', 'webSocket', /were acknowledged/],
    ['cutsEnd', 'socket', /DATA_LOSS|had been accepted|some are missing/],
    ['trimsUncommitted', 'microBatch', /some are missing|had been accepted|failed/],
    ['writesTwice', 'microBatch', /some are twice/],
  ])(
    'a fault is seen: %s',
    async (fault, name, symptom) => {
      expect((await killPushed(lab, name, 100, fault)).complaint).toMatch(symptom);
    },
    60_000,
  );
});

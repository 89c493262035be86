import { type JoinedCase, joinedCases, killJoined } from './joined-cases.js';
import type { JoinedFault } from './joined.js';
import { crashLab } from './lab.js';

/** `npm run test:crash` kills each case more than two hundred times. */
const kills = 3;

const lab = crashLab();

describe('several sources, two folders of files and a database', () => {
  it.each(Object.keys(joinedCases) as JoinedCase[])(
    '%s: each sink has each of its rows exactly once',
    async (name) => {
      const result = await killJoined(lab, name, kills);
      expect(result.complaint).toBeUndefined();
      expect(result.kills).toBe(kills);
    },
    60_000,
  );

  const commit = { step: 'write', when: 'before', path: /\.log$/, nth: 6 } as const;
  const rename = { step: 'rename', when: 'before', path: /a\/part-/, nth: 2 } as const;
  it.each<[JoinedFault, JoinedCase, object, RegExp]>([
    ['writesTwice', 'union to fanOut', { at: commit }, /files a: [1-9]\d* too many/],
    ['losesReplay', 'unionByName to route', { at: rename }, /files a: .* [1-9]\d* missing/],
    ['forgetsBatch', 'unionByName to route', { at: commit }, /database: [1-9]\d* too many/],
    ['marksFirst', 'a query that starts again by itself', {}, /database: .* [1-9]\d* missing/],
    ['forgetsSource', 'sources that come and go', {}, /too many|CHECKPOINT_MISMATCH/],
  ])(
    'a fault is seen: %s',
    async (fault, name, planted, symptom) => {
      expect((await killJoined(lab, name, 60, { ...planted, fault })).complaint).toMatch(symptom);
    },
    60_000,
  );
});

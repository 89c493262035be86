import { crashLab } from './lab.js';
import { killStateful } from './stateful-cases.js';
import { type StatefulFault, type StatefulKind, statefulKinds } from './stateful.js';

/** `npm run test:crash` kills each of them more than two hundred times. */
const kills = 2;

const lab = crashLab();

describe('what is kept from batch to batch', () => {
  it.each(statefulKinds)(
    '%s: the same as without a crash',
    async (keeps: StatefulKind) => {
      const result = await killStateful(lab, { keeps }, kills);
      expect(result.complaint).toBeUndefined();
      expect(result.kills).toBe(kills);
    },
    60_000,
  );
});

describe('a fault is seen', () => {
  it.each<[StatefulFault, RegExp]>([
    ['keepsInProcess', /[1-9]\d* too many/],
    ['keepsAtOnce', /[1-9]\d* missing/],
  ])(
    '%s',
    async (fault, symptom) => {
      const result = await killStateful(lab, { keeps: 'duplicates', fault }, 60);
      expect(result.complaint).toMatch(symptom);
    },
    60_000,
  );
});

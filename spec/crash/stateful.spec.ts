import { draw } from './enumerate.js';
import { crashLab } from './lab.js';
import { killStateful } from './stateful-cases.js';
import { type StatefulFault, stateOptions, statefulKinds } from './stateful.js';

/** `npm run test:crash` does all of them, each with more than two hundred kills. */
const drawn = 4;
const kills = 2;

const lab = crashLab();
const all = stateOptions.flatMap((state) => statefulKinds.map((keeps) => ({ keeps, state })));

describe('what is kept from batch to batch', () => {
  it.each(draw(lab.random, all, drawn))(
    '$keeps in $state: the same as without a crash',
    async (shape) => {
      const result = await killStateful(lab, shape, kills);
      expect(result.complaint).toBeUndefined();
      expect(result.kills).toBe(kills);
    },
    60_000,
  );

  it.each<[StatefulFault, RegExp]>([
    ['keepsInProcess', /[1-9]\d* too many/],
    ['keepsAtOnce', /[1-9]\d* missing/],
  ])(
    'a fault is seen: %s',
    async (fault, symptom) => {
      const result = await killStateful(lab, { keeps: 'duplicates', state: 'memory', fault }, 60);
      expect(result.complaint).toMatch(symptom);
    },
    60_000,
  );
});

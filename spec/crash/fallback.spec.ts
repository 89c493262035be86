import { killBacked } from './backed-cases.js';
import { crashLab } from './lab.js';

/** `npm run test:crash` kills more than two hundred times. */
const kills = 4;

const lab = crashLab();

describe('a primary that fails at random, and a backup in its place', () => {
  it('files and database have each row exactly once', async () => {
    const result = await killBacked(lab, kills);
    expect(result.complaint).toBeUndefined();
    expect(result.kills).toBe(kills);
  }, 60_000);

  const rename = { step: 'rename', when: 'after', path: /a\/part-/, nth: 2 } as const;
  const commit = { step: 'write', when: 'before', path: /\.log$/, nth: 8 } as const;
  it.each([
    ['writesTwice', rename, /files: [1-9]\d* too many/],
    ['forgetsBatch', commit, /database: [1-9]\d* too many/],
  ] as const)(
    'a fault is seen: %s',
    async (fault, at, symptom) => {
      expect((await killBacked(lab, 60, { fault, at })).complaint).toMatch(symptom);
    },
    60_000,
  );
});

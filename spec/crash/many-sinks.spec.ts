import { Small, draw } from './enumerate.js';
import { formats } from './jobs.js';
import { crashLab } from './lab.js';

/** `npm run test:crash` takes every moment. */
const runs = 2;

const lab = crashLab();

describe.each(['fanOut', 'route'] as const)('%s, killed at durable steps', (sinks) => {
  it.each(formats)(
    'each sink has each of its rows exactly once: %s',
    async (format) => {
      const small = await Small.create(lab.judge, lab.program, format);
      try {
        const job = { sinks, partitionBy: [] };
        const moments = (await small.moments(job)).map(({ number }) => number);
        expect(moments.length).toBeGreaterThan(40);
        let killed = 0;
        for (let i = 0; i < runs; i++) {
          const { kills, complaint } = await small.crashAt(draw(lab.random, moments, 1 + (i % 3)), job);
          expect(complaint).toBeUndefined();
          killed += kills;
        }
        expect(killed).toBeGreaterThan(0);
      } finally {
        small.remove();
      }
    },
    600_000,
  );
});

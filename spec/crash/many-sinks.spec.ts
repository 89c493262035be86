import { Small, draw } from './enumerate.js';
import { formats } from './jobs.js';
import { crashLab } from './lab.js';

/** How many crashes, over the formats; `SLUICE_CRASHES` asks for more. */
const crashes = Number(process.env['SLUICE_CRASHES'] ?? 16);

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
        for (let i = 0; i < crashes / 8; i++) {
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

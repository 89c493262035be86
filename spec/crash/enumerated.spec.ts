import { Small, draw, withCompaction, withManifest } from './enumerate.js';
import { formats } from './jobs.js';
import { crashLab } from './lab.js';

/** `npm run test:crash` takes every moment; here a few are drawn, others each time. */
const drawnMoments = 10;
const drawnChains = 1;
const drawnMerges = 4;

const lab = crashLab();

it('counts each row exactly once for Spark, too, which reads by the manifest', async () => {
  const small = await Small.create(lab.judge, lab.program, 'json');
  try {
    const moments = (await small.moments(withManifest)).map(({ number }) => number);
    expect(moments.length).toBeGreaterThan(400);
    const runs = draw(lab.random, moments, drawnMoments).map((moment) => [moment]);
    runs.push(draw(lab.random, moments, 4));
    for (const run of runs) {
      const { kills, complaint } = await small.crashAt(run, withManifest);
      expect(complaint).toBeUndefined();
      expect(kills).toBeGreaterThan(0);
      const attempts = await small.crashAttempts(run.slice(0, 1), { manifest: 'spark', maxFilesPerTrigger: 1 });
      expect(attempts).not.toHaveProperty('complaint');
    }
  } finally {
    small.remove();
  }
}, 240_000);

it.each<[string, 'csv' | 'json' | 'parquet', object]>([
  ['csv', 'csv', {}],
  ['parquet', 'parquet', {}],
  ['with a manifest', 'csv', { manifest: 'spark' }],
])(
  'counts each row exactly once while files are merged: %s',
  async (_, format, more) => {
    const small = await Small.create(lab.judge, lab.program, format);
    try {
      const job = { ...withCompaction, ...more };
      const moments = await small.moments(job);
      expect(moments.filter(({ path }) => path.endsWith('merge.json')).length).toBeGreaterThan(0);
      let killed = 0;
      for (let i = 0; i < drawnMerges; i++) {
        const { kills, complaint } = await small.crashAt(
          draw(lab.random, moments, 2).map(({ number }) => number),
          job,
        );
        expect(complaint).toBeUndefined();
        killed += kills;
      }
      expect(killed).toBeGreaterThan(0);
    } finally {
      small.remove();
    }
  },
  120_000,
);

it.each(['csv', 'json'] as const)(
  'counts each row and each bad record exactly once while columns come up: %s',
  async (format) => {
    const small = Small.evolving(lab.judge, lab.program, format);
    try {
      const moments = (await small.moments()).map(({ number }) => number);
      expect(moments.length).toBeGreaterThan(100);
      const runs = draw(lab.random, moments, drawnMoments).map((moment) => [moment]);
      runs.push(draw(lab.random, moments, 4));
      for (const run of runs) {
        const { kills, complaint } = await small.crashAt(run);
        expect(complaint).toBeUndefined();
        expect(kills).toBeGreaterThan(0);
      }
    } finally {
      small.remove();
    }
  },
  120_000,
);

describe.each(formats)('%s, killed at durable steps', (format) => {
  let small: Small;
  beforeAll(async () => (small = await Small.create(lab.judge, lab.program, format)));
  afterAll(() => small.remove());

  it('counts each row exactly once', async () => {
    const moments = (await small.moments()).map(({ number }) => number);
    expect(moments.length).toBeGreaterThan(40);
    const runs = draw(lab.random, moments, drawnMoments).map((moment) => [moment]);
    for (let i = 0; i < drawnChains; i++) runs.push(draw(lab.random, moments, 4));
    for (const run of runs) {
      const { kills, complaint } = await small.crashAt(run);
      expect(complaint).toBeUndefined();
      expect(kills).toBeGreaterThan(0);
    }
  }, 120_000);
});

import { rmSync } from 'node:fs';
import type { CrashPoint } from '../../lib/testing/crash.js';
import { Small, fastDir } from './enumerate.js';
import type { Fault } from './faults.js';
import { crashLab } from './lab.js';
import { soak } from './soak.js';

/** A check that cannot fail is worth nothing: sinks with planted faults, killed at the moment that shows it. */
const lab = crashLab();
let small: Small;

beforeAll(async () => {
  small = await Small.create(lab.judge, lab.program, 'json');
});
afterAll(() => small.remove());

const cases: [Fault, CrashPoint, RegExp][] = [
  ['losesReplay', { step: 'rename', when: 'before', path: /part-/ }, /missing/],
  ['writesTwice', { step: 'rename', when: 'after', path: /part-/ }, /too many/],
  ['acknowledgesEarly', { step: 'write', when: 'before', path: /_temporary.*\.tmp$/ }, /missing/],
];

it.each(cases)(
  'sees a sink that %s',
  async (fault, moment, symptom) => {
    expect(await small.crashAt([moment])).toEqual({ kills: 1 });
    expect((await small.crashAt([moment], { fault })).complaint).toMatch(symptom);
  },
  60_000,
);

it.each(cases)(
  'sees a sink of bad records that %s',
  async (fault, moment, symptom) => {
    const evolving = Small.evolving(lab.judge, lab.program, 'json');
    const inBad = { ...(moment as object), path: fault === 'acknowledgesEarly' ? /bad\/.*\.tmp$/ : /bad\/part-/ };
    try {
      expect(await evolving.crashAt([inBad])).toEqual({ kills: 1 });
      expect((await evolving.crashAt([inBad], { fault })).complaint).toMatch(
        new RegExp(`bad records: .*${symptom.source}`),
      );
    } finally {
      evolving.remove();
    }
  },
  60_000,
);

it('sees a file that is not whole', async () => {
  const options = {
    ...lab,
    format: 'json',
    rows: 40_000,
    files: 2,
    how: 'kill',
    interruptions: 3,
  } as const;
  const dir = fastDir();
  const { complaint } = await soak({ ...options, dir, more: { fault: 'writesInPlace' } });
  rmSync(dir, { recursive: true, force: true });
  expect(complaint).toMatch(/a reader (saw|could not read)/);
}, 60_000);

import { rmSync } from 'node:fs';
import { Random } from '../../lib/testing/random.js';
import { Judge } from './data.js';
import { fastDir } from './enumerate.js';
import { formats } from './jobs.js';
import { ChildProgram } from './processes.js';
import { soak } from './soak.js';

/** `npm run test:crash` kills more than two hundred times, over more than a million rows. */
const random = Random.fresh();
let judge: Judge;
let program: ChildProgram;

beforeAll(async () => {
  console.log(`seed ${random.seed}`);
  judge = await Judge.create();
  program = new ChildProgram();
});
afterAll(() => {
  judge.close();
  program.remove();
});

const hows = ['kill', 'stop', 'throw'] as const;

it.each(formats.map((format, i) => [format, hows[(random.seed + i) % 3]!] as const))(
  '%s, interrupted at random moments (%s) while somebody reads',
  async (format, how) => {
    const dir = fastDir();
    const result = await soak({ judge, program, random, format, dir, rows: 30_000, files: 3, how, interruptions: 3 });
    rmSync(dir, { recursive: true });
    expect(result.complaint).toBeUndefined();
    expect(result.interruptions).toBe(3);
  },
  90_000,
);

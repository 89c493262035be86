import { rmSync } from 'node:fs';
import { fastDir } from './enumerate.js';
import { formats } from './jobs.js';
import { crashLab } from './lab.js';
import { soak } from './soak.js';

/** `npm run test:crash` kills more than two hundred times, over more than a million rows. */
const lab = crashLab();

const hows = ['kill', 'stop', 'throw'] as const;

it.each(formats.map((format, i) => [format, hows[(lab.random.seed + i) % 3]!] as const))(
  '%s, interrupted at random moments (%s) while somebody reads',
  async (format, how) => {
    const dir = fastDir();
    const result = await soak({ ...lab, format, dir, rows: 30_000, files: 3, how, interruptions: 3 });
    rmSync(dir, { recursive: true });
    expect(result.complaint).toBeUndefined();
    expect(result.interruptions).toBe(3);
  },
  90_000,
);

import { join } from 'node:path';
import { casesIn, growth, pushKinds } from '../../bench/memory/cases.js';

/** Short forms of bench/memory.ts: each case runs in a process of its own with a heap of 512 MB. */
describe('memory', () => {
  const cases = casesIn(join(__dirname, '../..'));

  it('stays flat with sources a hundred times faster than the sink', async () => {
    const { samples, written, pushed } = await cases.fastSource(10);
    expect(growth(samples)).toBeLessThan(0.1);
    expect(written).toBeGreaterThan(100_000);
    // The one that pushes was paused: what waits is bounded.
    expect(pushed - written / 2).toBeLessThanOrEqual(200_000);
  }, 60_000);

  it('stays flat with each source that is pushed at a hundred times faster than the sink takes', async () => {
    const runs = await Promise.all(pushKinds.map(async (kind) => ({ kind, ...(await cases.push(kind, 10)) })));
    for (const { kind, samples, written } of runs) {
      expect([kind, growth(samples) < 0.1, written > 3000]).toEqual([kind, true, true]);
    }
  }, 60_000);

  it('reads a directory of 20,000 files', async () => {
    const { rows, expected, peak } = await cases.manyFiles(20_000, 'parquet');
    expect(rows).toBe(expected);
    expect(peak).toBeLessThan(450e6);
  }, 300_000);

  it('reads a file much larger than what it may hold', async () => {
    const { rows, expected, peak } = await cases.largeFile(300, 'csv');
    expect(rows).toBe(expected);
    expect(peak).toBeLessThan(450e6);
  }, 300_000);
});

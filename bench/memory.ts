/**
 * npx tsx bench/memory.ts             all of it, about ten minutes; needs 15 GB of disk for a while
 * npx tsx bench/memory.ts large-file  one of: fast-source, push, kafka, many-files, large-file
 */
import { fileURLToPath } from 'node:url';
import { casesIn, growth, pushKinds } from './memory/cases.js';

const cases = casesIn(fileURLToPath(new URL('..', import.meta.url)));
const asked = process.argv.slice(2);
const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`;
let failed = false;

async function measure(name: string, work: () => Promise<{ passed: boolean; text: string }>): Promise<void> {
  if (asked.length > 0 && !asked.includes(name)) return;
  const { passed, text } = await work();
  failed ||= !passed;
  console.log(`${passed ? 'PASS ' : 'below'}  ${name}: ${text}`);
}

await measure('fast-source', async () => {
  const { samples, written, pushed } = await cases.fastSource(75);
  const settled = samples.slice(150);
  const [least, most] = [Math.min(...settled), Math.max(...settled)];
  const text = `a minute after warm-up between ${megabytes(least)} and ${megabytes(most)}, growth ${(growth(settled) * 100).toFixed(1)} %; ${written} rows, ${pushed} of them pushed`;
  return { passed: most <= 1.1 * least, text };
});

for (const kind of pushKinds) {
  await measure('push', async () => {
    const { samples, written } = await cases.push(kind, 45);
    const settled = samples.slice(150);
    const [least, most] = [Math.min(...settled), Math.max(...settled)];
    const text = `${kind}, half a minute after warm-up between ${megabytes(least)} and ${megabytes(most)}, growth ${(growth(settled) * 100).toFixed(1)} %; ${written} rows`;
    return { passed: growth(settled) <= 0.1 && written > 0, text };
  });
}

await measure('kafka', async () => {
  const { samples, written, backlog } = await cases.kafka(1500, 60);
  const settled = samples.slice(150);
  const [least, most] = [Math.min(...settled), Math.max(...settled)];
  const text = `${backlog / 1e6} GB behind a slow sink, three quarters of a minute after warm-up between ${megabytes(least)} and ${megabytes(most)}, growth ${(growth(settled) * 100).toFixed(1)} %, at most ${megabytes(Math.max(...samples))} from the start on; ${written} messages`;
  return { passed: growth(settled) <= 0.1 && Math.max(...samples) < 450e6 && written < backlog, text };
});

for (const to of ['parquet', 'csv'] as const) {
  await measure('many-files', async () => {
    const { rows, expected, seconds, peak } = await cases.manyFiles(100_000, to);
    const text = `100,000 files to ${to} in ${seconds.toFixed(1)} s, peak ${megabytes(peak)}`;
    return { passed: rows === expected && peak < 600e6, text };
  });
}

for (const to of ['parquet', 'csv'] as const) {
  await measure('large-file', async () => {
    const { rows, expected, seconds, peak } = await cases.largeFile(5_000, to);
    const rate = `${(rows / seconds / 1e6).toFixed(2)} M rows/s`;
    const text = `5 GB of CSV to ${to} in ${seconds.toFixed(1)} s (${rate}), peak ${megabytes(peak)}`;
    return { passed: rows === expected && peak < 800e6, text };
  });
}

if (failed) process.exitCode = 1;

/**
 * npx tsx bench/hostile.ts              all of it, about three minutes
 * npx tsx bench/hostile.ts hugeMessage  one or some of the cases
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Fared, casesOf } from './hostile/cases.js';

const cases = casesOf(['--import', 'tsx', fileURLToPath(new URL('hostile/server.ts', import.meta.url))]);
const asked = process.argv.slice(2);
const most = 100e6;
let failed = false;

async function measure(
  name: string,
  what: string,
  work: (dir: string) => Promise<Omit<Fared, 'served'> & { served?: number; answers?: object }>,
  isWell: (fared: Fared['health']) => boolean,
): Promise<void> {
  if (asked.length > 0 && !asked.includes(name)) return;
  const dir = mkdtempSync(join(tmpdir(), 'sluice-hostile-'));
  try {
    const { growth, served, health, answers } = await work(dir);
    const passed = growth < most && !Number.isNaN(served) && isWell(health);
    failed ||= !passed;
    const well = served === undefined ? '' : `, others served within ${served.toFixed(0)} ms`;
    const told = JSON.stringify({ ...health.metrics, error: health.error, answers });
    console.log(`${passed ? 'PASS ' : 'below'}  ${what}: ${(growth / 1e6).toFixed(0)} MB more at most${well}; ${told}`);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

const isUp = ({ error }: Fared['health']): boolean => error === undefined;
const hasLeft = (count: number) => (health: Fared['health']) =>
  isUp(health) && health.metrics.disconnectedClients === count;

await measure(
  'byteAtATime',
  '10 clients, messages of 10 kB a byte at a time',
  (dir) => cases.byteAtATime(dir, 10_000, 10),
  isUp,
);
await measure(
  'byteAtATime',
  '20 clients, messages of 1 MB a byte at a time',
  (dir) => cases.byteAtATime(dir, 1_000_000, 20),
  isUp,
);
await measure(
  'neverReads',
  'a client that never reads, 20 million pings',
  (dir) => cases.neverReads(dir, 20_000_000),
  hasLeft(1),
);
await measure(
  'hugeMessage',
  '4 clients, frames and fragments of 1 GB',
  (dir) => cases.hugeMessage(dir, 1 << 30, 4),
  hasLeft(4),
);
await measure(
  'manyConnections',
  '10,000 connections, 1,000 allowed, 1,200 descriptors',
  (dir) => cases.manyConnections(dir, 10_000, 1000, 1200),
  isUp,
);
await measure(
  'silentConnections',
  '10,000 connections that say nothing, 1,000 allowed, 1,200 descriptors',
  (dir) => cases.silentConnections(dir, 10_000, 1000, 1200),
  isUp,
);
await measure(
  'dropsInTheMiddle',
  '10,000 clients gone in the middle',
  (dir) => cases.dropsInTheMiddle(dir, 10_000),
  isUp,
);
await measure(
  'hugeLine',
  'a line of 1 GB, 100 kB of it a byte at a time',
  (dir) => cases.hugeLine(dir, 1 << 30, 100_000),
  ({ error }) => error === 'RECORD_TOO_LARGE',
);
if (failed) process.exitCode = 1;

import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The data that the samples read. */
export const data = (name: string): string => fileURLToPath(new URL(`data/${name}`, import.meta.url));

/** A directory for what a sample writes, empty at the start. */
export function workspace(sample: string): (name: string) => string {
  const home = join(process.env.SLUICE_SAMPLE_DIR ?? fileURLToPath(new URL('out/', import.meta.url)), sample);
  rmSync(home, { recursive: true, force: true });
  mkdirSync(home, { recursive: true });
  return (name) => join(home, name);
}

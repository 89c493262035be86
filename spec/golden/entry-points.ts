import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The names that each entry point of package.json exports when it runs, sorted. */
export async function exportedNames(): Promise<Record<string, string[]>> {
  const manifest = JSON.parse(readFileSync(join(process.cwd(), 'package.json'), 'utf8')) as {
    name: string;
    exports: Record<string, unknown>;
  };
  const names: Record<string, string[]> = {};
  for (const key of Object.keys(manifest.exports)) {
    if (key === './package.json') continue;
    const entry = manifest.name + key.slice(1);
    names[entry] = Object.keys((await import(entry)) as object).sort();
  }
  return names;
}

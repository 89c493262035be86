import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * The JavaScript of the package: a file for each entry point and command, and a few that they share. Five hundred small modules take
 * Node three times as long to load.
 */
export async function bundle(outdir: string): Promise<void> {
  const { exports, bin } = JSON.parse(readFileSync(`${root}/package.json`, 'utf8')) as {
    exports: Record<string, { default: string } | string>;
    bin: Record<string, string>;
  };
  const entries = Object.values(exports).flatMap((entry) => (typeof entry === 'string' ? [] : entry.default));
  const entryPoints = [...entries, ...Object.values(bin)].map((path) =>
    path.replace('./dist/', '').replace(/\.js$/, '.ts'),
  );
  await build({
    absWorkingDir: root,
    entryPoints,
    outdir,
    outbase: '.',
    bundle: true,
    splitting: true,
    packages: 'external',
    format: 'esm',
    platform: 'node',
    target: 'node20',
    sourcemap: true,
    sourcesContent: false,
    chunkNames: 'chunks/[hash]',
    logLevel: 'warning',
  });
}

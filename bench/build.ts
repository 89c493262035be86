import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';
import { bundle } from '../scripts/bundle.js';
import { cacheDir, root } from './places.js';

const outDir = join(cacheDir, 'dist');
const bundleDir = join(cacheDir, 'published');

/**
 * What measures reaches into the library, so both are built file by file; what starts a process loads the package as it
 * is published.
 */
export async function build(): Promise<void> {
  rmSync(outDir, { recursive: true, force: true });
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), (path) => readFileSync(path, 'utf8')) as {
    config: { compilerOptions: object };
  };
  // File by file the compiler does not look for the package.json that makes them ES modules.
  const given = { ...config.compilerOptions, noEmit: false, paths: {}, module: 'ESNext', moduleResolution: 'Bundler' };
  const { options } = ts.convertCompilerOptionsFromJson(given, root);
  for (const folder of ['lib', 'operators', 'connectors', 'bench']) {
    for (const entry of readdirSync(join(root, folder), { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const path = join(entry.parentPath, entry.name);
      const target = join(outDir, path.slice(root.length));
      mkdirSync(dirname(target), { recursive: true });
      if (!path.endsWith('.ts')) {
        cpSync(path, target);
        continue;
      }
      const { outputText } = ts.transpileModule(readFileSync(path, 'utf8'), {
        compilerOptions: options,
        fileName: path,
      });
      writeFileSync(target.replace(/\.ts$/, '.js'), outputText);
    }
  }
  rmSync(bundleDir, { recursive: true, force: true });
  await bundle(bundleDir);
  mkdirSync(join(bundleDir, 'bench'));
  cpSync(join(outDir, 'bench', 'first-row.js'), join(bundleDir, 'bench', 'first-row.js'));
}

/** A script of this folder, as it was built. */
export const builtScript = (name: string): string => join(outDir, 'bench', `${name}.js`);

/** A script of this folder beside the package as it is published; it may use the entry points only. */
export const publishedScript = (name: string): string => join(bundleDir, 'bench', `${name}.js`);

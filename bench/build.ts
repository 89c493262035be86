import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

/** The checkout, from the sources as from what is built of them. */
const root = fileURLToPath(new URL(import.meta.url.includes('/.cache/') ? '../../../..' : '..', import.meta.url));

/** Below the checkout, where Node finds its packages; no tool looks into it. */
export const cacheDir = join(root, '.cache', 'bench');

const outDir = join(cacheDir, 'dist');

/** What measures is measured as it is published: as JavaScript of the compiler, file by file and without its checks. */
export function build(): void {
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
}

/** A script of this folder, as it was built. */
export const builtScript = (name: string): string => join(outDir, 'bench', `${name}.js`);

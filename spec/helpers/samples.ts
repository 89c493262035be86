import { spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import { bundle } from '../../scripts/bundle.js';
import { tempDir } from './temp-dir.js';

const root = join(__dirname, '../..');

/** What samples need besides the package, their own scripts and those of the broker. */
const besides = ['node_modules', 'samples/data', 'samples/live-page.html', 'scripts/kafka/pom.xml'];

export interface SampleRun {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** What it has to say. */
  readonly texts: readonly string[];
}

/**
 * The samples in a project of their own, made before the first test: the package as it is published, and beside it the
 * samples in JavaScript. tsx would compile all of our sources for each, which takes longer than most of them run.
 */
export function projectOfSamples() {
  let dir: string;
  let out: string;
  beforeAll(async () => {
    [dir, out] = [tempDir(), tempDir()];
    copyFileSync(join(root, 'package.json'), join(dir, 'package.json'));
    await bundle(join(dir, 'dist'));
    const scripts = ['samples', 'scripts/kafka'].flatMap((folder) =>
      readdirSync(join(root, folder)).flatMap((name) => (name.endsWith('.ts') ? join(folder, name) : [])),
    );
    await build({ absWorkingDir: root, entryPoints: scripts, outdir: dir, outbase: '.', sourcemap: true });
    for (const path of besides) {
      mkdirSync(dirname(join(dir, path)), { recursive: true });
      symlinkSync(join(root, path), join(dir, path));
    }
  }, 60_000);

  return {
    /** Runs a sample as a reader would; what is wrong with how it went, '' if nothing is. */
    async run(sample: string, { args = [], env = {}, texts }: SampleRun): Promise<string> {
      const script = join(dir, 'samples', sample.replace(/\.ts$/, '.js'));
      const child = spawn(process.execPath, ['--enable-source-maps', script, ...args], {
        cwd: root,
        env: { ...process.env, SLUICE_SAMPLE_DIR: out, ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
        timeout: 110_000,
      });
      let output = '';
      for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding('utf8').on('data', (text: string) => (output += text));
      }
      const how = await new Promise<unknown>((resolve, reject) => {
        child.on('error', reject).on('close', (code, signal) => resolve(code ?? signal));
      });
      const missing = texts.filter((text) => !output.includes(text));
      if (how === 0 && missing.length === 0) return '';
      return `ended with ${String(how)}, did not say ${JSON.stringify(missing)}, said:\n${output}`;
    },
  };
}

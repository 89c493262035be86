// Packs the package, installs the tarball into an empty folder, and uses it there as a stranger would.
// Run by `npm run check:package`. Each check is reported; any failure makes the exit status 1.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const { name } = manifest;
const entries = Object.keys(manifest.exports)
  .filter((key) => key !== './package.json')
  .map((key) => name + key.slice(1));

const work = mkdtempSync(join(tmpdir(), `${name}-package-`));
const consumer = join(work, 'consumer');
let failed = 0;

/** Runs a program and gives its standard output; what it printed is shown only when it fails. */
function run(command, args, cwd) {
  const shell = process.platform === 'win32';
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd,
    shell,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (error || status !== 0)
    throw new Error([error?.message ?? `exit status ${status}`, stdout, stderr].filter(Boolean).join('\n'));
  return stdout;
}

/** A program that one of our own development dependencies brings. */
function bin(program, args, cwd = root) {
  return run(join(root, 'node_modules', '.bin', program), args, cwd);
}

function check(what, body) {
  try {
    const note = body();
    console.log(`ok      ${what}${note ? ` (${note})` : ''}`);
    return true;
  } catch (error) {
    failed++;
    console.log(`FAILED  ${what}\n${String(error.message).trimEnd().replace(/^/gm, '        ')}`);
    return false;
  }
}

function assert(truth, message) {
  if (!truth) throw new Error(message);
}

function write(file, text) {
  writeFileSync(join(consumer, file), text);
  return file;
}

const versionOf = (dependency) =>
  JSON.parse(readFileSync(join(root, 'node_modules', dependency, 'package.json'), 'utf8')).version;

let tarball;
const packed = check('npm pack, which builds first', () => {
  rmSync(join(root, 'dist'), { recursive: true, force: true });
  run('npm', ['pack', '--pack-destination', work], root);
  tarball = join(
    work,
    readdirSync(work).find((file) => file.endsWith('.tgz')),
  );
});

const installed =
  packed &&
  check('the tarball installs beside rxjs', () => {
    mkdirSync(consumer);
    write('package.json', JSON.stringify({ name: 'consumer', version: '0.0.0', private: true }));
    // Type packages of Node are the reader's own to install: our declarations speak of Buffer and streams.
    const wanted = [tarball, ...['rxjs', '@types/node'].map((dependency) => `${dependency}@${versionOf(dependency)}`)];
    run('npm', ['install', '--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund', ...wanted], consumer);
  });

if (installed) {
  const home = join(consumer, 'node_modules', name);

  check('import of every entry point', () => {
    const lines = entries.map(
      (entry) => `if (Object.keys(await import('${entry}')).length === 0) throw new Error('${entry} exports nothing');`,
    );
    run('node', [write('import.mjs', lines.join('\n'))], consumer);
    return entries.join(', ');
  });

  check('require() of every entry point, and it is the module that import gives', () => {
    const lines = entries.map(
      (entry) => `if (require('${entry}') !== (await import('${entry}'))) throw new Error('two copies of ${entry}');`,
    );
    run('node', [write('require.cjs', `(async () => {\n${lines.join('\n')}\n})();`)], consumer);
  });

  check('types for .mts and .cts consumers, skipLibCheck off', () => {
    const imports = entries.map((entry, at) => `import * as entry${at} from '${entry}';`);
    const uses = entries.map((_, at) => `export type Entry${at} = keyof typeof entry${at};`);
    const text = [...imports, ...uses].join('\n');
    // An entry point without types would be `any`, and `keyof any` takes a number.
    const typed = entries.map(
      (_, at) => `// @ts-expect-error: names of exports are strings\nexport const typed${at}: Entry${at} = 0;`,
    );
    const options = {
      module: 'nodenext',
      target: 'es2022',
      strict: true,
      noEmit: true,
      skipLibCheck: false,
      types: ['node'],
    };
    for (const file of ['consumer.mts', 'consumer.cts']) write(file, [text, ...typed].join('\n'));
    write('tsconfig.json', JSON.stringify({ compilerOptions: options, files: ['consumer.mts', 'consumer.cts'] }));
    bin('tsc', ['-p', consumer]);
  });

  check('the tarball holds what is published and nothing else', () => {
    const files = readdirSync(home, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) =>
        join(entry.parentPath, entry.name)
          .slice(home.length + 1)
          .replaceAll('\\', '/'),
      );
    const allowed =
      /^(dist\/(lib|operators|connectors|chunks)\/|lib\/|operators\/|connectors\/|(package\.json|README\.md|LICENSE|CHANGELOG\.md)$)/;
    const alien = files.filter(
      (file) => !allowed.test(file) || /\.(spec|tst)\.|(^|\/)(spec|samples|bench)\//.test(file),
    );
    assert(alien.length === 0, `not for publishing:\n${alien.join('\n')}`);
    for (const file of ['README.md', 'LICENSE', 'CHANGELOG.md']) assert(files.includes(file), `${file} is missing`);
    return `${files.length} files`;
  });

  check('every map leads to a source in the package', () => {
    const maps = readdirSync(join(home, 'dist'), { recursive: true }).filter((file) => file.endsWith('.map'));
    assert(maps.length > 0, 'no maps');
    for (const map of maps) {
      const file = join(home, 'dist', map);
      const { sources, sourceRoot = '' } = JSON.parse(readFileSync(file, 'utf8'));
      for (const source of sources)
        assert(existsSync(resolve(dirname(file), sourceRoot, source)), `${map}: no ${source}`);
    }
    return `${maps.length} maps`;
  });
}

if (packed) {
  check('publint', () => void bin('publint', ['run', tarball, '--strict']));

  // cjs-resolves-to-esm is what we are: the package is ES modules only, so that a process has one copy of the engine,
  // and every Node that we support (20.19+, 22.12+, 24) can require() an ES module: checked above.
  // The profile leaves out node10, a way to resolve that knows no `exports` and that no supported Node uses.
  check(
    'are the types wrong',
    () => void bin('attw', [tarball, '--profile', 'node16', '--ignore-rules', 'cjs-resolves-to-esm']),
  );
}

rmSync(work, { recursive: true, force: true });
if (failed > 0) {
  console.log(`${failed} failed`);
  process.exitCode = 1;
}

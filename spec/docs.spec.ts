import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expressionsPage } from '../scripts/expressions-page.js';
import { errorsPage } from '../scripts/errors-page.js';
import { optionsPage } from '../scripts/options-page.js';
import { tempDir } from './helpers/temp-dir.js';

const root = join(__dirname, '..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const pages = ['README.md', ...readdirSync(join(root, 'docs')).map((name) => `docs/${name}`)];

describe('the docs', () => {
  it('list every error code', () => expect(read('docs/errors.md')).toBe(errorsPage()));

  it('list every function', () => {
    const page = read('docs/expressions.md');
    expect(page).toBe(expressionsPage(page.split('\n## Operators\n')[0]!));
  });

  it('list every option', () => expect(read('docs/options.md')).toBe(optionsPage(root)), 60_000);

  it.each(pages)('%s links to what is there', (page) => {
    const links = [...read(page).matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, target]) => target!);
    for (const link of links) expect([link, existsSync(join(root, page, '..', link))]).toEqual([link, true]);
  });

  it.each(pages)('%s links to headings that are there', (page) => {
    const links = [...read(page).matchAll(/\]\((?!https?:)([^)#]*)#([^)]+)\)/g)];
    for (const [link, target, anchor] of links) {
      const path = target === '' ? page : join(page, '..', target!);
      expect([link, anchorsOf(read(path)).includes(anchor!)]).toEqual([link, true]);
    }
  });

  it('begin with a pipeline that runs', async () => {
    const dir = tempDir();
    const code = /```ts\n([\s\S]*?)```/.exec(read('README.md'))![1]!;
    writeFileSync(join(dir, 'first.mts'), code);
    mkdirSync(join(dir, 'orders'));
    cpSync(join(root, 'samples/data/orders'), join(dir, 'orders'), { recursive: true });
    const args = ['--import', pathToFileURL(require.resolve('tsx')).href, join(dir, 'first.mts')];
    const child = spawn(process.execPath, args, {
      cwd: dir,
      env: { ...process.env, TSX_TSCONFIG_PATH: join(root, 'tsconfig.json') },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const output = collect(child);
    const written = (): string[] =>
      existsSync(join(dir, 'large')) ? readdirSync(join(dir, 'large')).filter((name) => name.startsWith('shop=')) : [];
    while (written().length < 3 && child.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 50));
    child.kill('SIGKILL');
    expect([written().sort(), output()]).toEqual([['shop=Bergen', 'shop=Oslo', 'shop=Tromsø'], '']);
  });
});

/** The anchors that GitHub gives a page's headings. */
function anchorsOf(page: string): string[] {
  const headings = page.replaceAll(/```[\s\S]*?```/g, '').matchAll(/^#+ (.*)$/gm);
  return [...headings].map(([, text]) =>
    text!
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}_ -]/gu, '')
      .replaceAll(' ', '-'),
  );
}

function collect(child: ChildProcess): () => string {
  let text = '';
  child.stdout!.on('data', (chunk: Buffer) => (text += chunk.toString()));
  child.stderr!.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return () => text;
}

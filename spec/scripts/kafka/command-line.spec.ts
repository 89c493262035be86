import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tempDir } from '../../helpers/temp-dir.js';

const root = join(__dirname, '../../..');

/** What `npm run kafka -- …` prints where there are no programs but node, and how it ends. */
function kafka(cache: string, ...args: string[]): Promise<{ code: number; text: string }> {
  const env = { PATH: join(cache, 'no-programs'), SLUICE_KAFKA_CACHE: cache };
  const program = ['--import', require.resolve('tsx'), join(root, 'scripts/kafka/index.ts'), ...args];
  return new Promise((resolve) => {
    execFile(process.execPath, program, { cwd: root, env }, (error, stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), text: stdout + stderr }),
    );
  });
}

describe('npm run kafka says in a line or two', () => {
  it.each([[[]], [['begin']], [['start', '--nods', '3']]])('how it is called: %j', async (args) => {
    const { code, text } = await kafka(tempDir(), ...args);
    expect(code).toBe(2);
    expect(text.trim().split('\n').at(-1)).toMatch(/^npm run kafka -- start\|status\|.*docs\/kafka\.md$/);
    expect(text).not.toContain('    at ');
  });

  it('what this machine lacks', async () => {
    const { code, text } = await kafka(tempDir(), 'start');
    expect([code, text]).toEqual([1, "There is no 'mvn' on this machine. A broker takes Java 17 and Maven.\n"]);
  });

  it('that a cluster does not run, before a tool waits for it', async () => {
    const cache = tempDir();
    expect(await kafka(cache, 'tool', 'topics', '--list')).toMatchObject({
      code: 1,
      text: expect.stringMatching(/^There is no/),
    });
    const dir = join(cache, 'clusters', 'default');
    mkdirSync(dir, { recursive: true });
    const layout = { dir, ports: [{ plain: 1, controller: 2 }], properties: {}, heap: '64m', jvm: [] };
    writeFileSync(join(dir, 'layout.json'), JSON.stringify(layout));
    const { code, text } = await kafka(cache, 'tool', 'topics', '--list');
    expect([code, text]).toEqual([1, "The cluster 'default' does not run: npm run kafka -- start\n"]);
  });
});

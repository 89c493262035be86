import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { adapters } from '../../../scripts/golden/adapters/index.js';
import { readCases } from '../../../scripts/golden/case.js';
import { differencesPage } from '../../../scripts/golden/differences-page.js';
import { Differences } from '../../../scripts/golden/differences.js';
import { type AreaResult, runArea, summary } from '../../../scripts/golden/run.js';

const root = join(__dirname, '../../..');
const cases = readCases(join(root, 'spec/golden'));
const differences = Differences.read(join(root, 'spec/golden/differences.json'));
const areas = ['expr', 'csv', 'json', 'files'];
const results = new Map<string, AreaResult>();

describe.each(areas)("Spark's results: %s", (area) => {
  beforeAll(async () => void results.set(area, await runArea(area, cases, adapters, differences)), 60_000);

  it('are ours, but for what is agreed on', () => {
    const { failures, notRun } = results.get(area)!;
    const failed = failures.filter((f) => f.agreed === undefined).map((f) => `${f.id} ${f.title}: ${f.difference}`);
    const left = [...notRun].filter(([id]) => differences.reasonOf(id) === undefined).map(String);
    expect([...failed, ...left]).toEqual([]);
  });

  it('are in the list of differences only where they differ', () => {
    const { failures, notRun } = results.get(area)!;
    const differ = new Set([...failures.map(({ id }) => id), ...notRun.keys()]);
    const ofArea = new Set(cases.filter((given) => given.area === area).map(({ id }) => id));
    expect(differences.ids.filter((id) => ofArea.has(id) && !differ.has(id))).toEqual([]);
  });
});

describe('the list of agreed differences', () => {
  it('names cases that there are, each once', () => {
    const known = new Set(cases.map(({ id }) => id));
    const listed = differences.list.flatMap(({ ids }) => ids);
    expect(listed.filter((id) => !known.has(id))).toEqual([]);
    expect(new Set(listed).size).toBe(listed.length);
  });

  it('is the page in the docs (npm run docs:differences)', () => {
    expect(readFileSync(join(root, 'docs/differences.md'), 'utf8')).toBe(differencesPage(differences));
  });

  it('holds fewer than one in a hundred on purpose', () => {
    const purposes = differences.list.filter(({ yet }) => yet !== true).flatMap(({ ids }) => ids);
    expect(purposes.length).toBeLessThan(cases.length / 100);
  });
});

describe('a changed expectation', () => {
  const plant = async (id: string, change: (expected: never) => void): Promise<string> => {
    const given = structuredClone(cases.find((c) => c.id === id)!);
    change(given.expected as never);
    const result = await runArea(given.area, [given], adapters, new Differences([]));
    return summary(result);
  };
  type Rows = { schema: [string, string][]; rows: unknown[][] };

  it.each<[string, string, (expected: Rows) => void]>([
    ['nothing', 'passed', () => undefined],
    ['a value', 'failed', (e) => (e.rows[0]![0] = 4711)],
    ['a null', 'failed', (e) => (e.rows[0]![0] = null)],
    ['a type', 'failed', (e) => (e.schema[0]![1] = 'bigint')],
    ['a name', 'failed', (e) => (e.schema[0]![0] = 'A')],
    ['a row less', 'failed', (e) => e.rows.pop()],
    ['an error', 'failed', (e) => Object.assign(e, { error: { phase: 'run' } })],
  ])('is seen: %s', async (_what, outcome, change) => {
    const first = cases.find((c) => {
      const { schema, rows } = c.expected as Partial<Rows>;
      return c.area === 'csv' && schema?.[0]?.join() === 'a,int' && typeof rows?.[0]?.[0] === 'number';
    })!;
    const [passed, failed] = outcome === 'passed' ? [1, 0] : [0, 1];
    expect(await plant(first.id, change)).toBe(`golden csv: ${passed} passed, ${failed} failed`);
  });
});

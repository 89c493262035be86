import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { adapters } from '../../../scripts/golden/adapters/index.js';
import { type GoldenCase, readCases } from '../../../scripts/golden/case.js';
import { differencesPage } from '../../../scripts/golden/differences-page.js';
import { Differences } from '../../../scripts/golden/differences.js';
import { type AreaResult, runArea, summary } from '../../../scripts/golden/run.js';

const root = join(__dirname, '../../..');
const cases = readCases(join(root, 'spec/golden'));
const differences = Differences.read(join(root, 'spec/golden/differences.json'));
const areas = ['expr', 'csv', 'json', 'files', 'stream', 'window'];
const results = new Map<string, AreaResult>();

describe.each(areas)("Spark's results: %s", (area) => {
  beforeAll(async () => void results.set(area, await runArea(area, cases, adapters, differences)), 60_000);

  it('are ours, but for what is agreed on', () => {
    const { failures, notRun } = results.get(area)!;
    const failed = failures.filter((f) => f.agreed === undefined).map((f) => `${f.id} ${f.title}: ${f.difference}`);
    const left = [...notRun].filter(([id]) => !differences.ids.includes(id)).map(String);
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

  it('names what cases mention, too', () => {
    const some = new Differences([{ reason: 'why', ids: ['a'], mentions: ['TIME('] }]);
    const given = { id: 'b', area: 'expr', topic: 't', title: 'CAST(x AS TIME(6))', expected: null };
    expect(some.reasonOf(given)).toBe('why');
    expect(some.reasonOf({ ...given, title: 'x' })).toBeUndefined();
    expect(some.reasonOf({ ...given, id: 'a', title: 'x' })).toBe('why');
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
  const run = async (given: GoldenCase): Promise<string> =>
    summary(await runArea(given.area, [given], adapters, new Differences([])));

  /** Runs a case as it is, then with `change` made to a copy of what is expected. */
  async function isSeen<Expected>(given: GoldenCase, change: (expected: Expected) => void): Promise<void> {
    const changed = structuredClone(given);
    change(changed.expected as Expected);
    expect(changed).not.toEqual(given);
    expect(await run(given)).toBe(`golden ${given.area}: 1 passed, 0 failed`);
    expect(await run(changed)).toBe(`golden ${given.area}: 0 passed, 1 failed`);
  }

  interface Scalar {
    type: string;
    value: never;
    error?: { conditions?: string[] };
  }
  const scalar = (type: RegExp, isWanted: (value: unknown) => boolean = () => true): GoldenCase =>
    cases.find(({ area, topic, expected }) => {
      const { type: found = '', value } = expected as Partial<Scalar>;
      const plain = area === 'expr' && topic !== 'datetime.legacy' && value !== undefined && value !== null;
      return plain && type.test(found) && isWanted(value);
    })!;
  const refused = cases.find(({ area, expected }) => {
    return area === 'expr' && (expected as Scalar).error?.conditions?.at(-1) === 'DIVIDE_BY_ZERO';
  })!;
  const set = (value: unknown) => (expected: Scalar) => void (expected.value = value as never);
  const isNumber = (value: unknown): boolean => typeof value === 'number' && value !== 0;
  const nextDouble = (value: number): number => {
    const bits = new BigInt64Array(Float64Array.of(value).buffer);
    bits[0]!++;
    return new Float64Array(bits.buffer)[0]!;
  };
  const otherDigit = (text: string): string => text.replace(/\d(?=Z?$)/, (d) => (d === '7' ? '8' : '7'));

  it.each<[string, GoldenCase, (expected: Scalar) => void]>([
    ['a type', scalar(/^int$/), (e) => (e.type = 'bigint')],
    ['a value', scalar(/^string$/), (e) => set(`${e.value as string} `)(e)],
    ['a boolean', scalar(/^boolean$/), (e) => set(!(e.value as boolean))(e)],
    ['null', scalar(/^int$/), set(null)],
    ['the scale of a decimal', scalar(/^decimal\(.*,2\)$/), (e) => (e.type = e.type.replace('2)', '3)'))],
    [
      'a digit of a decimal',
      scalar(/^decimal/),
      (e) => set({ $decimal: otherDigit((e.value as { $decimal: string }).$decimal) })(e),
    ],
    ['a bit of a double', scalar(/^double$/, isNumber), (e) => set(nextDouble(e.value))(e)],
    ['the sign of zero', scalar(/^double$/, (v) => v === 0), set({ $double: '-0.0' })],
    [
      'a microsecond',
      scalar(/^timestamp$/),
      (e) => set({ $timestamp: otherDigit((e.value as { $timestamp: string }).$timestamp) })(e),
    ],
    ['an element', scalar(/^array<int>$/), (e) => (e.value as number[]).push(1)],
    ['the condition of an error', refused, (e) => e.error!.conditions!.push('CAST_OVERFLOW')],
    ['an error instead of a value', scalar(/^int$/), (e) => (e.error = { conditions: ['DIVIDE_BY_ZERO'] })],
    ['a value instead of an error', refused, (e) => Object.assign(e, { error: undefined, type: 'int', value: 1 })],
  ])('of an expression is seen: %s', (_what, given, change) => isSeen(given, change));

  type Rows = { schema: [string, string][]; rows: unknown[][] };
  const file = cases.find(({ area, expected }) => {
    const { schema, rows } = expected as Partial<Rows>;
    return area === 'csv' && schema?.[0]?.join() === 'a,int' && typeof rows?.[0]?.[0] === 'number';
  })!;

  it.each<[string, (expected: Rows) => void]>([
    ['a value', (e) => (e.rows[0]![0] = 4711)],
    ['a type', (e) => (e.schema[0]![1] = 'bigint')],
    ['a name', (e) => (e.schema[0]![0] = 'A')],
    ['a row less', (e) => e.rows.pop()],
    ['an error', (e) => Object.assign(e, { error: { phase: 'run' } })],
  ])('of a file that is read is seen: %s', (_what, change) => isSeen(file, change));

  interface Streamed {
    steps: { batches: { rows: unknown[][]; stateOperators: Record<string, number>[] }[]; failed?: boolean }[];
    error?: object;
  }
  type Streaming = { batches: Record<string, number>[] };
  const streamed = cases.find(({ id }) => id === 'stream.tumbling.50f96c74')!;
  const batch =
    (step: number, change: (batch: Streamed['steps'][number]['batches'][number]) => void) => (e: Streamed) =>
      change(e.steps[step]!.batches[0]!);
  const figure = (name: string) => (e: Streamed) => void (e.steps[2] as unknown as Streaming).batches[0]![name]!++;

  it.each<[string, (expected: Streamed) => void]>([
    ['an id', figure('batchId')],
    ['a time', figure('batchTimestampMs')],
    ['a watermark', figure('watermarkMs')],
    ['the next watermark', figure('nextWatermarkMs')],
    ['how many rows came', figure('numInputRows')],
    ['a batch less', (e) => e.steps[1]!.batches.pop()],
    ['a step more', (e) => e.steps.push({ batches: [e.steps[0]!.batches[0]!] })],
    ['a counter', batch(0, ({ stateOperators }) => stateOperators[0]!['numRowsTotal']!++)],
    ['late rows', batch(4, ({ stateOperators }) => (stateOperators[0]!['numRowsDroppedByWatermark'] = 0))],
    ['a row', batch(3, ({ rows }) => (rows[0]![1] = 6))],
    ['a row less', batch(3, ({ rows }) => rows.pop())],
    ['a failure', (e) => (e.steps[5]!.failed = true)],
    ['an error', (e) => (e.error = { phase: 'run' })],
  ])('of a stream is seen: %s', (_what, change) => isSeen(streamed, change));

  it('of a file that is written is seen', async () => {
    const written = cases.find(({ area, topic }) => area === 'json' && topic === 'write')!;
    await isSeen<{ files: { base64: string }[] }>(written, (e) => (e.files[0]!.base64 = 'e30K'));
  });
});

import fc from 'fast-check';
import { type SmallFile, planMerges } from '../../../../connectors/file/sink/merge-plan.js';
import { FileNames, isMergedName } from '../../../../connectors/file/sink/names.js';

const options = { minFiles: 3, targetBytes: 100, smallerThan: 50, every: 1 };

const file = (from: number, size: number, isMerged = false): SmallFile => ({
  name: `f${from}`,
  from,
  to: from,
  index: 0,
  isMerged,
  size,
});

const batches = (groups: readonly (readonly SmallFile[])[]): number[][] =>
  groups.map((group) => group.map(({ from }) => from));

describe('which files are merged', () => {
  it.each<[string, SmallFile[], number[][]]>([
    ['none', [], []],
    ['too few', [file(0, 1), file(1, 1)], []],
    ['enough, by batch', [file(2, 1), file(10, 1), file(0, 1)], [[0, 2, 10]]],
    [
      'as many as make a large one',
      [0, 1, 2, 3, 4, 5].map((n) => file(n, 33)),
      [
        [0, 1, 2],
        [3, 4, 5],
      ],
    ],
    ['what is left of them is too few', [0, 1, 2, 3, 4].map((n) => file(n, 33)), [[0, 1, 2]]],
    [
      'not one that was merged and is larger than the others',
      [file(0, 40, true), ...[1, 2, 3].map((n) => file(n, 13))],
      [[1, 2, 3]],
    ],
    ['one that was merged and is not', [file(0, 39, true), ...[1, 2, 3].map((n) => file(n, 13))], [[0, 1, 2, 3]]],
    ['large ones that were never merged', [file(0, 49), file(1, 1), file(2, 1)], [[0, 1, 2]]],
    ['too few, but for one that is left out', [file(0, 40, true), file(1, 13), file(2, 13)], []],
  ])('%s', (_, files, expected) => {
    expect(batches(planMerges(files, options))).toEqual(expected);
  });

  it('so that rows are written few times', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 400 }), (sizes) => {
        const config = { minFiles: 4, targetBytes: 5000, smallerThan: 2500, every: 1 };
        let files: SmallFile[] = [];
        let written = 0;
        for (const [n, size] of sizes.entries()) {
          files.push(file(n, size));
          for (const group of planMerges(
            files.filter((one) => one.size < config.smallerThan),
            config,
          )) {
            const bytes = group.reduce((sum, one) => sum + one.size, 0);
            expect(bytes).toBeLessThanOrEqual(config.targetBytes);
            written += bytes;
            files = [...files.filter((one) => !group.includes(one)), file(group[0]!.from, bytes, true)];
          }
        }
        const all = sizes.reduce((sum, size) => sum + size, 0);
        expect(files.reduce((sum, one) => sum + one.size, 0)).toBe(all);
        expect(written).toBeLessThanOrEqual(all * (1 + Math.log2(config.targetBytes)));
        expect(files.filter((one) => !one.isMerged).length).toBeLessThan(2 * config.minFiles);
      }),
      { numRuns: 50 },
    );
  });
});

describe('names', () => {
  const names = new FileNames('q.1', '.csv.gz');

  it('are read as they are made', () => {
    const [part, merged] = [names.part(123456, 7), names.merged(3, 123456, 2)];
    expect([part, merged]).toEqual(['part-123456-q.1-00007.csv.gz', 'merged-00003-123456-q.1-00002.csv.gz']);
    expect(names.parse(part)).toEqual({ name: part, from: 123456, to: 123456, index: 7, isMerged: false });
    expect(names.parse(merged)).toEqual({ name: merged, from: 3, to: 123456, index: 2, isMerged: true });
    expect([part, merged].map(isMergedName)).toEqual([false, true]);
  });

  it.each([
    ['of another query', 'part-00000-q-00000.csv.gz'],
    ['of one whose name is like it', 'part-00000-qx1-00000.csv.gz'],
    ['of another sink of the query', 'part-00000-q.1-more-00000.csv.gz'],
    ['of another codec', 'part-00000-q.1-00000.csv'],
    ['of nobody', 'x.csv.gz'],
  ])('%s are not', (_, name) => {
    expect(names.parse(name)).toBeUndefined();
  });
});

import { appendFile, writeFile } from 'node:fs/promises';
import { referenceSource } from '../../../connectors/reference/index.js';
import { memorySource } from '../../../connectors/memory/index.js';
import type { MemorySource } from '../../../connectors/memory/index.js';
import { type SourceReader, defineSource } from '../../../lib/connect/index.js';
import { filterRows } from '../../../operators/index.js';
import { type SourceSupports, sourceSuite } from '../../../lib/testing/index.js';
import { failuresOf } from './failures.js';

interface Row {
  n: number;
}
const numbered = (count: number, from: number): Row[] => Array.from({ length: count }, (_, i) => ({ n: from + i }));

sourceSuite<Row, MemorySource<Row>>({
  name: 'memorySource',
  prepare: () => memorySource<Row>({ schema: 'n INT' as never }),
  create: (source) => source,
  feed: (source, count, from) => {
    source.addData(numbered(count, from));
    return numbered(count, from);
  },
  supports: { replay: true, limits: 'exact' },
});

/** A source of a growing array, whose reader a test can spoil. */
class Growing {
  readonly rows: Row[] = [];
  readonly wakes = new Set<() => void>();

  constructor(
    private readonly spoil: (
      reader: Required<Pick<SourceReader<Row, never>, 'latest' | 'read' | 'close'>>,
      rows: Row[],
    ) => object = () => ({}),
  ) {}

  flow() {
    return defineSource<Row, never>({
      op: 'growing',
      name: 'growing',
      supports: { replay: true },
      open: (context) => {
        const wake = () => context.wake();
        this.wakes.add(wake);
        let frozen = Infinity;
        const reader = {
          initial: () => 0 as never,
          latest: (start: number, limit: { rows: number }) =>
            Math.max(start, Math.min(this.rows.length, frozen, start + limit.rows)) as never,
          read: (start: number, end: number) => this.rows.slice(start, end),
          freeze: () => void (frozen = this.rows.length),
          close: () => void this.wakes.delete(wake),
        };
        return { ...reader, ...this.spoil(reader, this.rows) };
      },
    });
  }

  feed(count: number, from: number): Row[] {
    const rows = numbered(count, from);
    this.rows.push(...rows);
    for (const wake of [...this.wakes]) wake();
    return rows;
  }
}

const suiteOf = (spoil?: ConstructorParameters<typeof Growing>[0], supports: Partial<SourceSupports> = {}) => ({
  name: 'a source',
  prepare: () => new Growing(spoil),
  create: (place: Growing) => place.flow(),
  feed: (place: Growing, count: number, from: number) => place.feed(count, from),
  supports: { replay: true, limits: 'exact' as const, ...supports },
});

sourceSuite<Row, Growing>({ ...suiteOf(), name: 'a good source' });

describe('sourceSuite catches', () => {
  type Spoil = NonNullable<ConstructorParameters<typeof Growing>[0]>;
  const timers: NodeJS.Timeout[] = [];
  afterAll(() => timers.forEach(clearInterval));

  it.each<[string, Spoil, string, RegExp]>([
    [
      'a start that is not the beginning',
      () => ({ initial: () => 1 }),
      'starts at the beginning, and gives what is there',
      /did not go past/,
    ],
    [
      'rows that are lost',
      ({ read }) => ({ read: (s: never, e: never) => (read(s, e) as Row[]).filter((row) => row.n !== 2) }),
      'starts at the beginning, and gives what is there',
      /did not go past/,
    ],
    [
      'rows given twice',
      ({ read }) => ({
        read: (s: never, e: never) => (read(s, e) as Row[]).flatMap((row) => (row.n === 2 ? [row, row] : [row])),
      }),
      'starts at the beginning, and gives what is there',
      /once too often:\s+{ n: 2 }/,
    ],
    [
      'a range that is not the same again',
      (_reader, rows) => ({ read: (start: number) => rows.slice(start) }),
      'reads a range again, the same, also when more has come',
      /After more has come: 7 rows, expected 4/,
    ],
    [
      'a range that only its first reader knows',
      ({ read }) => {
        const known = new Set<number>();
        return {
          latest: (start: number) => (known.add(start), (start < 4 ? 4 : start) as never),
          read: (s: number, e: number) => (known.has(s) ? read(s as never, e as never) : []),
        };
      },
      'another reader reads the same range, the same',
      /After a restart: 0 rows, expected 4/,
    ],
    [
      'offsets that are not JSON',
      () => ({ initial: () => new Date(0) }),
      'starts at the beginning, and gives what is there',
      /The initial offset must be JSON, but 1970/,
    ],
    [
      'an offset that changes',
      (_reader, rows) => {
        const end = { at: 0 };
        return {
          initial: () => ({ at: 0 }),
          latest: () => ((end.at = rows.length), end),
          read: (s: { at: number }, e: { at: number }) => rows.slice(s.at, e.at),
        };
      },
      'offsets do not change under the caller',
      /An offset that was given out was changed later/,
    ],
    [
      'an end past the start with nothing new',
      ({ latest }) => ({
        latest: (s: never, l: never) => (latest(s, l) === s ? (s as number) + 1 : latest(s, l)),
      }),
      'with nothing new, latest() is the start itself',
      /Nothing is new after 3, but latest\(\) gave 4/,
    ],
    [
      'limits that are not heeded',
      (_reader, rows) => ({ latest: () => rows.length }),
      'heeds limits (exact) and gives every row once, in order',
      /Batch 0 has 20 rows; the limits were \d/,
    ],
    [
      'a freeze that does nothing',
      () => ({ freeze: () => undefined }),
      'frozen, it gives what was there and nothing that comes later',
      /once too often:\s+{ n: 4 }/,
    ],
    [
      'a freeze that is not there',
      () => ({ freeze: undefined }),
      'frozen, it gives what was there and nothing that comes later',
      /has no freeze\(\)/,
    ],
    [
      'a read that never ends',
      () => ({ read: () => new Promise(() => undefined) }),
      'reads a range again, the same, also when more has come',
      /The end of read\(\) did not happen within 300 ms/,
    ],
    [
      'data that does not arrive',
      () => ({ latest: (s: never) => s }),
      'goes on with what comes later',
      /latest\(\) did not go past 0 within 300 ms/,
    ],
    [
      'a timer that is left running',
      () => {
        timers.push(setInterval(() => undefined, 1000));
        return {};
      },
      'closes without having been read',
      /left running after everything was closed: Timeout/,
    ],
    [
      'rows out of order',
      ({ read }) => ({ read: (s: never, e: never) => [...(read(s, e) as Row[])].reverse() }),
      'starts at the beginning, and gives what is there',
      /the same rows in another order/,
    ],
  ])('%s', async (_name, spoil, name, message) => {
    const failures = await failuresOf((runner) =>
      sourceSuite<Row, Growing>(
        // Short where it has to pass.
        { ...suiteOf(spoil), timeout: message.source.includes('300 ms') ? 300 : 1_000 },
        {
          ...runner,
          it: (title, run) => (title === name ? runner.it(title, run) : undefined),
        },
      ),
    );
    expect(failures.get(name)).toMatch(message);
  });

  it('a pipeline in place of a source', async () => {
    const failures = await failuresOf((runner) =>
      sourceSuite<Row, Growing>(
        { ...suiteOf(), timeout: 1_000, create: (place) => place.flow().pipe(filterRows(() => false)) },
        runner,
      ),
    );
    expect(failures.get('starts at the beginning, and gives what is there')).toMatch(/without operators/);
  });
});

sourceSuite<{ value: string | null }>({
  name: 'referenceSource',
  create: (path) => referenceSource({ path }),
  feed: async (path, count, from) => {
    const rows = numbered(count, from).map(({ n }) => ({ value: `row ${n}` }));
    if (from === 0) await writeFile(path, '{}\n');
    await appendFile(path, rows.map((row) => `${JSON.stringify(row.value)}\n`).join(''));
    return rows;
  },
  supports: { replay: true, limits: 'exact', freeze: false },
});

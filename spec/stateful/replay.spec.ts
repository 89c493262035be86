import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileSource, foreachBatchSink } from '../../connectors/index.js';
import { count, window } from '../../lib/index.js';
import { startQuery } from '../../lib/query/index.js';
import { Random } from '../../lib/testing/random.js';
import { aggregate, checkpoint, selectExpr, trigger, withWatermark } from '../../operators/index.js';
import { tempDir } from '../helpers/temp-dir.js';

/** `SLUICE_EVENTS=1000000 npx jest spec/stateful/replay` takes a million. */
const numEvents = Number(process.env['SLUICE_EVENTS'] ?? 60_000);
const numFiles = 10;
const lag = 4000;
const delay = lag + 1000;

const random = Random.fresh();
const root = tempDir();
let made = 0;

interface Event {
  readonly k: string;
  /** Milliseconds. */
  readonly at: number;
}

/** In the order in which they came: each ten milliseconds one, some of them late. */
const events = Array.from({ length: numEvents }, (_, i): Event => {
  return { k: `k${(i * 7) % 5}`, at: 1_000_000 + i * 10 + ((i * 7919) % lag) };
});

const perFile = Math.ceil(numEvents / numFiles);
const pieces = Array.from({ length: numFiles }, (_, i) => events.slice(i * perFile, (i + 1) * perFile));

type Counts = ReadonlyMap<string, number>;

const width = 10_000;
const wanted = new Map<string, number>();
for (const { k, at } of events) {
  const group = `${k} ${Math.floor(at / width) * width}`;
  wanted.set(group, (wanted.get(group) ?? 0) + 1);
}

/** A directory of these files, in this order: they are written in another one. */
function directory(files: readonly (readonly Event[])[], times = files.map((_, i) => i)): string {
  const path = join(root, `in-${made++}`);
  mkdirSync(path);
  for (const i of shuffled(files.map((_, n) => n))) {
    const file = join(path, `events-${String(i).padStart(2, '0')}.csv`);
    writeFileSync(file, files[i]!.map(({ k, at }) => `${k},${new Date(at).toISOString()}\n`).join(''));
    utimesSync(file, 1e9 + times[i]!, 1e9 + times[i]!);
  }
  return path;
}

function shuffled<T>(list: readonly T[]): T[] {
  const rest = [...list];
  return list.map(() => rest.splice(random.int(0, rest.length - 1), 1)[0]!);
}

interface Replayed {
  readonly counts: Counts;
  /** As the progress says. */
  readonly late: number;
  /** Rows that reached the sink for them. */
  readonly letters: number;
}

async function replay(path: string, options: { readonly maxFilesPerTrigger?: number } = {}): Promise<Replayed> {
  const counts = new Map<string, number>();
  let late = 0;
  let letters = 0;
  const lateRows = foreachBatchSink<object>((batch) => void (letters += batch.numRows));
  const from = fileSource({ format: 'csv', path, schema: 'k STRING, at TIMESTAMP', ...options }).pipe(
    withWatermark('at', delay),
    aggregate({ by: { k: 'k', w: window('at', '10 seconds') }, values: { n: count() }, lateRows: lateRows }),
    selectExpr("concat(k, ' ', unix_millis(w.start)) AS g", 'n'),
    trigger({ availableNow: true }),
    checkpoint(join(root, `checkpoint-${made++}`)),
  );
  const to = foreachBatchSink<Record<string, unknown>>(({ rows }) => {
    for (const { g, n } of rows) counts.set(g as string, n as number);
  });
  const query = startQuery({ from, to, outputMode: 'update' });
  query.progress$.subscribe(({ stateOperators }) => {
    for (const { customMetrics } of stateOperators) late += customMetrics['numLateRows'] ?? 0;
  });
  await query.awaitTermination();
  return { counts, late, letters };
}

const total = (counts: Counts): number => [...counts.values()].reduce((sum, n) => sum + n, 0);

describe(`${numEvents} events in ten files, read back with a watermark (seed ${random.seed})`, () => {
  it.each<[string, () => Promise<Replayed>]>([
    ['one file in one pass', () => replay(directory([events]))],
    ['a file a batch', () => replay(directory(pieces), { maxFilesPerTrigger: 1 })],
    [
      'a file a batch, all of one age',
      () =>
        replay(
          directory(
            pieces,
            pieces.map(() => 0),
          ),
          { maxFilesPerTrigger: 1 },
        ),
    ],
    ['three files a batch', () => replay(directory(pieces), { maxFilesPerTrigger: 3 })],
    ['all files in a batch', () => replay(directory(pieces))],
    ['all files in a batch, in any order', () => replay(directory(pieces, shuffled(pieces.map((_, i) => i))))],
  ])(
    'nothing is dropped: %s',
    async (_how, read) => {
      const { counts, late, letters } = await read();
      expect([late, letters]).toEqual([0, 0]);
      expect(counts).toEqual(wanted);
    },
    120_000,
  );

  it('what files in a wrong order make late is counted, and goes where late rows go', async () => {
    const turned = pieces.map((_, i) => numFiles - i);
    const { counts, late, letters } = await replay(directory(pieces, turned), { maxFilesPerTrigger: 1 });
    expect(late).toBeGreaterThan(numEvents / 2);
    expect(total(counts)).toBe(numEvents - late);
    expect(letters).toBe(late);
    for (const [group, n] of counts) expect(n).toBeLessThanOrEqual(wanted.get(group)!);
  }, 120_000);
});

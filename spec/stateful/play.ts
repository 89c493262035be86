import fc from 'fast-check';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineSink, defineSource } from '../../lib/connect/index.js';
import type { Flow } from '../../lib/flow.js';
import { startQuery } from '../../lib/query/index.js';
import { failAt } from '../../lib/testing/index.js';
import { type CheckpointOptions, checkpoint, trigger } from '../../operators/index.js';

/** What happens, at a time in milliseconds, under a key. */
export interface Event {
  readonly id: number;
  readonly k: string | null;
  readonly at: Date;
  readonly v: number;
}

export const eventSchema = 'id INT, k STRING, at TIMESTAMP, v INT';

/** How late events may come, in milliseconds. */
export const delay = 5000;

/** Long after all events: it closes whatever waits for time to pass. */
export const closing = (id: number): Event => ({ id, k: 'the end', at: new Date(10_000_000 + id * 1_000_000), v: 0 });

/** Events, and the order and the batches in which they come; none of them so late that it may be dropped. */
export const arrivals = (maxEvents = 40): fc.Arbitrary<readonly (readonly Event[])[]> =>
  fc
    .tuple(
      fc.array(
        fc.record({
          k: fc.constantFrom('a', 'b', null),
          // Often at the ends of windows, and as late as may be.
          time: fc.integer({ min: 1, max: 50 }).map((n) => n * 500),
          lag: fc.oneof(fc.nat(delay - 1), fc.constant(delay - 1)),
          v: fc.integer({ min: -9, max: 9 }),
        }),
        { maxLength: maxEvents, size: 'max' },
      ),
      fc.array(fc.nat(5), { minLength: 1, maxLength: 10 }),
    )
    .map(([drawn, sizes]) => {
      const inOrder = drawn.sort((a, b) => a.time + a.lag - (b.time + b.lag));
      return cut(
        inOrder.map(({ k, time, v }, id) => ({ id, k, at: new Date(time), v })),
        sizes,
      );
    });

/** A list in pieces of these sizes, over and over; some may be empty. */
export function cut<T>(list: readonly T[], sizes: readonly number[]): T[][] {
  const pieces: T[][] = [];
  for (let from = 0, i = 0; from < list.length; i++) {
    const size = i >= 3 * list.length ? list.length : sizes[i % sizes.length]!;
    pieces.push(list.slice(from, from + size));
    from += size;
  }
  return pieces;
}

/** One life of a query. */
export interface Life {
  /** How many batches of each source are there for it to take. */
  readonly batches: number;
  /** It fails when it hands the how many-th batch to the sink, or at the how many-th durable step. */
  readonly fails?: { readonly at: 'before the sink' | 'after the sink' | 'a durable step'; readonly nth: number };
}

/** The lives of a query, up to the last one, which takes all that is left. */
export const lives = (): fc.Arbitrary<readonly Life[]> =>
  fc.array(
    fc.record(
      {
        batches: fc.nat(4),
        fails: fc.oneof(
          fc.record({
            at: fc.constantFrom('before the sink' as const, 'after the sink' as const),
            nth: fc.integer({ min: 1, max: 4 }),
          }),
          fc.record({ at: fc.constant('a durable step' as const), nth: fc.integer({ min: 1, max: 60 }) }),
        ),
      },
      { requiredKeys: ['batches'] },
    ),
    { maxLength: 5 },
  );

export interface Played<Row> {
  readonly outputMode?: 'append' | 'update' | 'complete';
  readonly options?: CheckpointOptions;
  /** The batches of each source; the last one comes in the last life. */
  readonly inputs: readonly (readonly (readonly Event[])[])[];
  readonly lives: readonly Life[];
  readonly pipeline: (...sources: Flow<Event>[]) => Flow<Row>;
}

/** A process that lives and cannot give up its lease is its owner still. */
const notLease = /^(?!.*\/lease\.)/;

/** How often each property is tried. `SLUICE_RUNS=60 npx jest spec/stateful` tries them sixty times as often. */
export const numRuns = 8;
/** How long that may take, in milliseconds. */
export const timeout = 30_000 + numRuns * 1000;

/** Where state may be kept. */
export const keptIn: readonly (readonly [name: string, options: CheckpointOptions])[] = [
  ['memory', {}],
  ['lmdb', { state: 'lmdb' }],
];

const outputModes = ['append', 'update', 'complete'] as const;

/** Runs a pipeline through these lives, from one checkpoint: what an idempotent sink holds in the end, by batch. */
export async function play<Row>({ inputs, pipeline, outputMode = 'append', ...given }: Played<Row>): Promise<Row[][]> {
  const dir = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'sluice-stateful-'));
  const written = new Map<number, Row[]>();
  const longest = Math.max(...inputs.map((batches) => batches.length));
  let there = 0;
  try {
    for (const life of given.lives) {
      there = Math.min(there + life.batches, longest - 1);
      await live(life);
    }
    there = longest;
    await live({ batches: longest });
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
  return [...written].sort(([a], [b]) => a - b).map(([, rows]) => rows);

  async function live({ fails }: Life): Promise<void> {
    const sources = inputs.map((batches, i) => sourceOf(`source ${i}`, batches.slice(0, there)));
    let nth = 0;
    const planted = new Error('planted');
    const sink = defineSink<Row>({
      op: 'kept',
      supports: { exactlyOnce: true, outputModes },
      open: () => ({
        write: ({ id, rows }) => {
          nth++;
          if (fails?.at === 'before the sink' && nth === fails.nth) throw planted;
          written.set(id, [...rows]);
          if (fails?.at === 'after the sink' && nth === fails.nth) throw planted;
        },
      }),
    });
    const undo = fails?.at === 'a durable step' ? failAt({ path: notLease, nth: fails.nth }, planted) : () => undefined;
    try {
      const from = pipeline(...sources).pipe(trigger({ availableNow: true }), checkpoint(dir, given.options));
      await startQuery({ from, to: sink, outputMode }).awaitTermination();
    } catch (error) {
      if (!isPlanted(error, planted)) throw error;
    } finally {
      undo();
    }
  }
}

function isPlanted(error: unknown, planted: Error): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) if (cause === planted) return true;
  return false;
}

/** Gives each of these batches in one trigger. */
function sourceOf(name: string, batches: readonly (readonly Event[])[]): Flow<Event> {
  return defineSource<Event, number>({
    op: 'batches',
    name,
    schema: eventSchema,
    supports: { replay: true },
    open: () => ({
      initial: () => 0,
      latest: (start) => Math.min(start + 1, batches.length),
      read: (start, end) => batches.slice(start, end).flat(),
      freeze: () => undefined,
    }),
  });
}

/** Rows as texts in order, so that two multisets can be compared. */
export const asSet = (rows: readonly unknown[]): string[] => rows.map((row) => JSON.stringify(row)).sort();

import { readFile } from 'node:fs/promises';
import type { Observer } from 'rxjs';
import { referenceSink } from '../../../connectors/reference/index.js';
import { memorySink } from '../../../connectors/memory/index.js';
import type { MicroBatch } from '../../../lib/index.js';
import { type SinkSupports, sinkSuite } from '../../../lib/testing/index.js';
import { failuresOf } from './failures.js';
import * as faults from './faults.js';
import { type Row, Store } from './faults.js';

const suiteOf = (
  create: (store: Store) => Observer<MicroBatch<Row>>,
  supports: Partial<SinkSupports> = {},
  more: { breakPlace?: () => void; timeout?: number } = {},
) => ({
  name: 'a sink',
  prepare: () => new Store(),
  create,
  readBack: (store: Store) => store.rows,
  supports: { exactlyOnce: true, ...supports },
  ...more,
});

sinkSuite<Row, Store>({ ...suiteOf(faults.good), name: 'a good sink' });
sinkSuite<Row, Store>({ ...suiteOf(faults.goodAtOnce), name: 'a good synchronous sink' });
sinkSuite<Row, Store>({
  ...suiteOf(faults.writesTwice, { exactlyOnce: false }),
  name: 'an at-least-once sink that says so',
});

sinkSuite<{ value: string | null }>({
  name: 'referenceSink',
  create: (path) => referenceSink({ path }),
  readBack: async (path) => {
    const text = await readFile(path, 'utf8').catch(() => '{}\n');
    return text
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((line) => ({ value: JSON.parse(line) as string }));
  },
  row: (n) => ({ value: `row ${n}` }),
  schema: 'value STRING',
  supports: { exactlyOnce: true, replay: 'skips' },
});

sinkSuite<Row, ReturnType<typeof memorySink<Row>>>({
  name: 'memorySink',
  prepare: () => memorySink<Row>(),
  create: (sink) => sink,
  readBack: (sink) => sink.rows,
  supports: { exactlyOnce: true, replay: 'skips', outputModes: ['append', 'update', 'complete'] },
});

describe('sinkSuite catches', () => {
  const durable = 'holds each batch until a reader finds its rows';
  const replay = 'replayed after a crash, a new sink of the same query leaves each row once';

  it.each<[string, (store: Store) => Observer<MicroBatch<Row>>, string, RegExp]>([
    ['a batch lost on replay', faults.losesReplays, replay, /missing:\s+{ id: 3/],
    [
      'an acknowledgement before the data is durable',
      faults.acksEarly,
      durable,
      /When the sink had released batch 0, a reader found: 0 rows, expected 2/,
    ],
    ['a batch written twice', faults.writesTwice, replay, /once too often:\s+{ id: 3/],
    ['a batch kept without being held', faults.keepsWithoutHolding, durable, /it was not held/],
    ['rows taken in time and written late, without holding', faults.buffersWithoutHolding, durable, /it was not held/],
    [
      'rows of a first try left behind',
      faults.keepsFirstTry,
      'a replay with other rows leaves those of one try',
      /not expected.*\s+{ id: 5/,
    ],
    ['queries that overwrite each other', faults.mixesQueries, 'two queries write to one place', /missing:\s+{ id: 0/],
    [
      'next that throws',
      faults.throwsInNext,
      'writes batches in order',
      /`next` of the sink threw on batch 0: Error: cannot/,
    ],
    [
      'batches out of order',
      faults.reorders,
      'takes the next batch while the one before is being written, and keeps their order',
      /another order/,
    ],
  ])('%s', async (_name, create, name, message) => {
    const failures = await failuresOf((runner) => sinkSuite<Row, Store>(suiteOf(create), runner));
    expect([...failures.keys()]).toContain(name);
    expect(failures.get(name)).toMatch(message);
  });

  it('late use of a batch that nobody held, also where no reader can tell', async () => {
    const failures = await failuresOf((runner) =>
      sinkSuite<Row, Store>(suiteOf(faults.keepsWithoutHolding, { exactlyOnce: false }), runner),
    );
    expect([...failures.values()].join('\n')).toMatch(
      /was used after the batch was settled: it was kept past `next` without being held/,
    );
  });

  it('a hold that is never released', async () => {
    const failures = await failuresOf((runner) =>
      sinkSuite<Row, Store>(suiteOf(faults.neverReleases, {}, { timeout: 20 }), runner),
    );
    expect(failures.get('writes batches in order')).toMatch(/settling of batch 0 .* did not happen within 20 ms/);
  });

  it('an error that is swallowed', async () => {
    const broken = { yes: false };
    const failures = await failuresOf((runner) =>
      sinkSuite<Row, Store>(
        suiteOf(faults.swallowsErrors(broken), {}, { breakPlace: () => void (broken.yes = true) }),
        runner,
      ),
    );
    expect([...failures.keys()]).toContain('an error in writing fails the batch, and `next` does not throw');
  });

  it('a timer that is left running', async () => {
    const failures = await failuresOf((runner) =>
      sinkSuite<Row, Store>(suiteOf(faults.leavesTimer, { sharedDestination: false }), {
        ...runner,
        it: (name, run) => (name === 'takes an empty batch' ? runner.it(name, run) : undefined),
      }),
    );
    for (const timer of faults.timers) clearInterval(timer);
    expect(failures.get('takes an empty batch')).toMatch(/left running after everything was closed: Timeout/);
  });
});

it('sinkSuite without a runner says what to give it', () => {
  const { describe: saved } = globalThis;
  try {
    (globalThis as { describe?: unknown }).describe = undefined;
    expect(() => sinkSuite<Row, Store>(suiteOf(faults.good))).toThrow(/sinkSuite\({ \.\.\. }, { describe, it }\)/);
  } finally {
    globalThis.describe = saved;
  }
});

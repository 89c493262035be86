import { appendFileSync, rmSync } from 'node:fs';
import { startQuery } from 'sluice';
import { fileSink, fileSource } from 'sluice/connectors';
import { checkpoint, trigger } from 'sluice/operators';
import { hookDurableSteps } from '../../../lib/durable.js';
import { codeOf, duckdb, temporaryDirectory, visible, write } from './support.js';

const dir = temporaryDirectory();
const schema = 'id INT, k STRING, x DOUBLE';

const flow = (more: object = {}) =>
  fileSource({ format: 'csv', path: dir.file('in'), schema, ...more }).pipe(
    trigger({ availableNow: true }),
    checkpoint(dir.file('checkpoint')),
  );

/** Runs until everything that is there is written. */
const run = (sink: object = {}, source: object = {}): Promise<unknown> =>
  startQuery({
    from: flow(source),
    to: fileSink({ format: 'parquet', path: dir.file('out'), ...sink }),
  }).awaitTermination();

let fed = 0;
beforeEach(() => (fed = 0));

function feed(count: number): void {
  const lines = Array.from({ length: count }, () => `${fed},k${fed % 3},${fed++ / 2}\n`);
  write(dir.file(`in/from-${fed - count}`), lines.join(''), 1000 + fed);
}

async function expectEachOnce(format: 'parquet' | 'csv' | 'json' = 'parquet'): Promise<void> {
  const from = {
    parquet: `read_parquet('${dir.file('out')}/**/*.parquet', hive_partitioning = true)`,
    csv: `read_csv('${dir.file('out')}/**/*.csv', header = false, names = ['id', 'k', 'x'])`,
    json: `read_json('${dir.file('out')}/**/*.json', hive_partitioning = true)`,
  }[format];
  const sql = `SELECT count(*)::INT AS n, count(DISTINCT id)::INT AS ids, min(id)::INT AS least, max(id)::INT AS most FROM ${from} WHERE k = 'k' || (id % 3) AND x = id / 2`;
  expect(await duckdb(sql)).toEqual([{ n: fed, ids: fed, least: 0, most: fed - 1 }]);
}

it('goes on where it stopped', async () => {
  feed(10);
  await run({ partitionBy: 'k' });
  await run({ partitionBy: 'k' });
  expect(visible(dir.file('out'))).toHaveLength(3);
  feed(5);
  feed(5);
  await run({ partitionBy: 'k' }, { maxFilesPerTrigger: 1 });
  expect(visible(dir.file('out'))).toHaveLength(9);
  await expectEachOnce();
});

it.each(['parquet', 'csv', 'json'] as const)(
  'each row once, whatever step it dies at: %s',
  async (format) => {
    const partitions = format === 'csv' ? {} : { partitionBy: 'k' };
    for (let at = 1, crashes = 0; crashes < 40; at += 3) {
      feed(5);
      let steps = 0;
      const undo = hookDurableSteps((_, __, path) => {
        // The lease of a process that is gone is taken over; here the process lives on.
        if (!path.includes('lease') && ++steps >= at) throw new Error('crash');
      });
      const failed = await run({ format, ...partitions }, { maxFilesPerTrigger: 1 }).then(
        () => false,
        () => true,
      );
      undo();
      if (failed) crashes++;
      else at = -2;
    }
    await run({ format, ...partitions });
    await expectEachOnce(format);
  },
  60_000,
);

it('a source that fails is told of, once, and the checkpoint is good', async () => {
  feed(10);
  write(dir.file('in/bad'), 'x,y,z\n', 5000);
  expect(await codeOf(() => run({}, { mode: 'FAILFAST', maxFilesPerTrigger: 1 }))).toBe('MALFORMED_RECORD');
  rmSync(dir.file('in/bad'));
  feed(3);
  await run();
  await expectEachOnce();
});

it('FILE_CHANGED when a planned file has changed before its batch was done', async () => {
  feed(10);
  const undo = hookDurableSteps((step, when, path) => {
    if (step === 'rename' && when === 'before' && path.includes('out')) throw new Error('crash');
  });
  await expect(run()).rejects.toThrow('crash');
  undo();
  appendFileSync(dir.file('in/from-0'), '10,k1,5\n');
  expect(await codeOf(() => run())).toBe('FILE_CHANGED');
});

it('reads only the columns that the plan needs', async () => {
  feed(3);
  const { select } = await import('sluice/operators');
  const picked = fileSource({ format: 'csv', path: dir.file('in'), schema }).pipe(select('x', 'id'));
  expect(picked.explain()).toContain('columns: id, x');
  await startQuery({
    from: picked.pipe(trigger({ once: true }), checkpoint(dir.file('checkpoint'))),
    to: fileSink({ format: 'json', path: dir.file('out') }),
  }).awaitTermination();
  expect(await duckdb(`SELECT id::INT AS id, x FROM read_json('${dir.file('out')}/*.json') ORDER BY id`)).toEqual([
    { id: 0, x: 0 },
    { id: 1, x: 0.5 },
    { id: 2, x: 1 },
  ]);
});

it('tells of its progress', async () => {
  feed(4);
  feed(4);
  const query = startQuery({
    from: flow({ maxFilesPerTrigger: 1 }),
    to: fileSink({ format: 'csv', path: dir.file('out') }),
  });
  await query.awaitTermination();
  expect(
    query.recentProgress.map((p) => [p.sources[0]!.description, p.sources[0]!.endOffset, p.sources[0]!.latestOffset]),
  ).toEqual([
    [`fileSource[file(${dir.file('in')})]`, { file: 1, position: 0 }, { file: 2, position: 0 }],
    [`fileSource[file(${dir.file('in')})]`, { file: 2, position: 0 }, { file: 2, position: 0 }],
  ]);
  expect(query.recentProgress[0]!.sources[0]!.metrics).toMatchObject({ numFilesOutstanding: 1 });
  expect(query.recentProgress.map((p) => p.sink.numOutputRows)).toEqual([4, 4]);
});

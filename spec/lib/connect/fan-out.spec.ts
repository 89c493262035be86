import { mergeWith, throwError } from 'rxjs';
import { type Sink, type SinkWriter, defineSink, fanOut, memorySink } from '../../../connectors/index.js';
import type { DeadLetterRow } from '../../../lib/index.js';
import { startQuery } from '../../../lib/index.js';
import { trigger, union } from '../../../operators/index.js';
import { collector, counter } from '../../helpers/pipelines.js';

type Row = { n: number };
const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
const run = (from: ReturnType<typeof counter>, to: Sink<Row>) => startQuery({ from, to });

/** Fails on these batches, after it has counted them. */
function failing(bad: readonly number[], more: Partial<SinkWriter<Row>> = {}): { sink: Sink<Row>; tried: number[] } {
  const tried: number[] = [];
  const sink = defineSink<Row>({
    op: 'failing',
    supports: { exactlyOnce: false },
    open: () => ({
      write: async (batch) => {
        await Promise.resolve();
        tried.push(batch.id);
        if (bad.includes(batch.id)) throw new Error(`no to ${batch.id}`);
      },
      ...more,
    }),
  });
  return { sink, tried };
}

describe('fanOut', () => {
  it('hands every batch to every sink, and closes all', async () => {
    const [a, b] = [collector(), collector(() => new Promise((resolve) => setTimeout(resolve, 2)))];
    const seen: number[] = [];
    let completed = 0;
    const to = fanOut<Row>(a.sink, b.sink, {
      next: (m) => void seen.push(m.id),
      error: () => {},
      complete: () => completed++,
    });
    const query = run(counter({ total: 25 }), to);
    await query.awaitTermination();
    expect([a.ns, b.ns, seen]).toEqual([upTo(25), upTo(25), [0, 1, 2]]);
    expect([a.closed, b.closed, completed]).toEqual([1, 1, 1]);
    await Promise.all([a.sink.closed, b.sink.closed, to.closed]);
  });

  it('commits when all are done, and not before', async () => {
    const order: string[] = [];
    const slow = collector(async (id) => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      order.push(`written ${id}`);
    });
    const source = counter({ total: 20, onCommit: (end) => void order.push(`committed ${end}`) });
    await run(source, fanOut(collector().sink, slow.sink)).awaitTermination();
    expect(order).toEqual(['written 0', 'committed 10', 'written 1', 'committed 20']);
  });

  it('fails the query when one fails, once the others are done', async () => {
    const other = collector(() => new Promise((resolve) => setTimeout(resolve, 5)));
    const commits: number[] = [];
    const query = run(
      counter({ total: 30, onCommit: (end) => void commits.push(end) }),
      fanOut(failing([1]).sink, other.sink),
    );
    await expect(query.awaitTermination()).rejects.toMatchObject({
      code: 'SINK_FAILED',
      message: /batch 1 to failing: no to 1/,
    });
    expect(commits).toEqual([10]);
    expect(other.ns).toEqual(upTo(20));
    expect(other.closed).toBe(1);
  });

  it('a next that throws fails its batch', async () => {
    const to = fanOut<Row>(collector().sink, {
      next: () => {
        throw new Error('thrown');
      },
      error: () => {},
      complete: () => {},
    });
    await expect(run(counter({ total: 5 }), to).awaitTermination()).rejects.toThrow('thrown');
  });

  it('goes on without one that may fail, and counts what it lost', async () => {
    const bad = failing([1], { metrics: () => ({ files: 3 }) });
    const good = collector();
    const query = run(
      counter({ total: 25 }),
      fanOut<Row>(good.sink, { to: bad.sink, name: 'live', onError: 'continue' }),
    );
    await query.awaitTermination();
    expect(good.ns).toEqual(upTo(25));
    expect(bad.tried).toEqual([0, 1, 2]);
    expect(query.recentProgress.map(({ sink }) => sink)).toEqual([
      expect.objectContaining({ description: 'fanOut collector, live', numOutputRows: 20 }),
      expect.objectContaining({
        numOutputRows: 10,
        metrics: {
          'collector.rows': 10,
          'live.rows': 0,
          'live.failedRows': 10,
          'live.error': expect.stringMatching(/no to 1/) as unknown,
        },
      }),
      expect.objectContaining({
        numOutputRows: 10,
        metrics: expect.objectContaining({ 'live.rows': 5, 'live.files': 3 }) as unknown,
      }),
    ]);
    expect(query.recentProgress[0]!.sink.metrics).toEqual({ 'collector.rows': 10, 'live.rows': 10, 'live.files': 3 });
  });

  it('hands what one could not take to another, as dead letters, in a batch for every batch', async () => {
    const letters = memorySink<DeadLetterRow>();
    const to = fanOut<Row>(collector().sink, { to: failing([0]).sink, onError: letters });
    await run(counter({ total: 14, perBatch: 12 }), to).awaitTermination();
    expect(letters.batches.map(({ rows }) => rows.length)).toEqual([12, 0]);
    expect(letters.rows[3]).toEqual({
      record: '{"n":3}',
      source: 'failing',
      position: 'batch 0, row 3',
      error: expect.stringMatching(/no to 0/) as unknown,
      rules: '',
      batch_id: 0,
    });
  });

  it('fails when dead letters cannot be written', async () => {
    const to = fanOut<Row>({ to: failing([0]).sink, onError: failing([0]).sink as never });
    await expect(run(counter({ total: 5 }), to).awaitTermination()).rejects.toMatchObject({ code: 'SINK_FAILED' });
  });

  it('tells every sink of an error of the stream', async () => {
    const a = collector();
    const closed = a.sink.closed.catch((error: Error) => error.message);
    const to = fanOut<Row>(a.sink, collector().sink);
    const query = startQuery({ from: throwError(() => new Error('gone')), to });
    await expect(query.awaitTermination()).rejects.toThrow('gone');
    expect(await closed).toMatch(/gone/);
  });

  it('stands in a fanOut', async () => {
    const all = [collector(), collector(), collector()] as const;
    const to = fanOut<Row>(all[0].sink, fanOut(all[1].sink, all[2].sink));
    await run(counter({ total: 15 }), to).awaitTermination();
    expect(all.map(({ ns: numbers }) => numbers.length)).toEqual([15, 15, 15]);
  });

  it('takes what union makes, and refuses two batches of one firing', async () => {
    const one = collector();
    const two = counter({ total: 5 }).pipe(union(counter({ total: 5 })));
    await run(two, fanOut(one.sink)).awaitTermination();
    expect(one.ns).toHaveLength(10);
    const twice = counter({ total: 5 }).pipe((flow) => flow.pipe(mergeWith(flow))) as ReturnType<typeof counter>;
    const query = run(twice.pipe(trigger({ availableNow: true })), fanOut(collector().sink));
    await expect(query.awaitTermination()).rejects.toMatchObject({ code: 'UNSUPPORTED_PIPELINE' });
  });

  it('draws its branches', () => {
    const query = run(
      counter({ total: 0 }),
      fanOut<Row>({ to: collector().sink, name: 'a' }, fanOut(memorySink<Row>({ queryName: 'b' }))),
    );
    expect(query.explain()).toBe(
      [
        '== Pipeline as run ==',
        'fanOut',
        ':- a: collector',
        ':- fanOut: fanOut',
        ':  :- memorySink: memorySink b',
        '+- counter',
      ].join('\n'),
    );
  });

  it('has the output modes that all have', () => {
    const only = (mode: 'append' | 'complete') =>
      defineSink<Row>({
        op: mode,
        supports: { exactlyOnce: false, outputModes: [mode] },
        open: () => ({ write: () => {} }),
      });
    expect(fanOut(only('append'), memorySink<Row>()).outputModes).toEqual(['append']);
    expect(() => fanOut(only('append'), only('complete'))).toThrow(
      expect.objectContaining({ code: 'UNSUPPORTED_OUTPUT_MODE' }),
    );
  });

  it('refuses what makes no sense', () => {
    const sink = memorySink<Row>();
    const code = (name: string) => expect.objectContaining({ code: name }) as Error;
    expect(() => fanOut()).toThrow(code('MISSING_OPTION'));
    expect(() => fanOut(sink, sink)).toThrow(code('INVALID_OPTION'));
    expect(() => fanOut<Row>({ to: sink, onError: sink as never })).toThrow(code('INVALID_OPTION'));
    expect(() => fanOut(memorySink({ queryName: 'x' }), memorySink({ queryName: 'x' }))).toThrow(
      /two branches write to memorySink x/,
    );
    expect(() => fanOut({ to: sink, onErorr: 'fail' } as never)).toThrow(/onError/);
    expect(() => fanOut({ to: sink, onError: 'ignore' } as never)).toThrow(code('INVALID_OPTION'));
    expect(() => fanOut<Row>({ to: sink, name: 'a' }, { to: memorySink<Row>(), name: 'a' })).toThrow(
      code('DUPLICATE_NAME'),
    );
    expect(() => fanOut(undefined as never)).toThrow(code('MISSING_OPTION'));
  });
});

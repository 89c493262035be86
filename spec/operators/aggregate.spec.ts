import type { Observable } from 'rxjs';
import { memorySink, memorySource } from '../../connectors/index.js';
import type { MicroBatch } from '../../lib/batch/index.js';
import { Timestamp, aggregator, startQuery } from '../../lib/index.js';
import { col, lit, when } from '../../lib/expressions/index.js';
import { addData, expectError, expectNewRows, expectRows, start, stop, testStream } from '../../lib/testing/index.js';
import {
  aggregate,
  count,
  countDistinct,
  filterRows,
  groupBy,
  limit,
  mapRows,
  max,
  orderBy,
  outputMode,
  select,
  sessionWindow,
  sum,
  where,
  window,
  withColumn,
  withWatermark,
} from '../../operators/index.js';
import { caughtFrom } from '../helpers/caught-from.js';
import { runSteps } from '../helpers/stateful-run.js';

interface Row {
  k: string | null;
  v: number | null;
  at: Date | null;
}
const schema = 'k STRING, v INT, at TIMESTAMP';
const at = (seconds: number): Date => new Date(seconds * 1000);
const row = (k: string | null, v: number | null, seconds: number | null): Row => ({
  k,
  v,
  at: seconds === null ? null : at(seconds),
});
const times = (...seconds: number[]): Row[] => seconds.map((s) => row('x', 1, s));
const span = (from: number, to: number): { start: Date; end: Date } => ({ start: at(from), end: at(to) });

type Input = ReturnType<typeof memorySource<Row>>;
const perWindow = (input: Input): Observable<MicroBatch<never>> =>
  input.pipe(
    withWatermark('at', '10 seconds'),
    aggregate({ by: { w: window('at', '5 seconds') }, values: { n: count() } }),
  ) as never;

/** The rows and counts of each batch of each step. */
async function ran(
  pipeline: (input: Input) => Observable<MicroBatch<never>>,
  ...steps: readonly (readonly Row[])[]
): Promise<[rows: unknown[], counts: readonly number[]][][]> {
  const input = memorySource<Row>({ schema });
  const out = await runSteps(
    pipeline(input),
    steps.map((rows) => () => input.addData(rows)),
  );
  return out.map((batches) => batches.map(({ rows, counts }) => [[...rows], counts]));
}

// The numbers of these cases are those that Spark's own suites and a running Spark give.
describe('aggregate', () => {
  it('gives a window when the watermark has passed it, and drops what comes after that', async () => {
    expect(await ran(perWindow, times(10, 11, 12, 13, 14, 15), times(25), times(10))).toEqual([
      [
        [[], [2, 2, 0, 0]],
        [[], [2, 0, 0, 0]],
      ],
      [
        [[], [3, 1, 0, 0]],
        [[{ w: span(10, 15), n: 5 }], [2, 0, 1, 0]],
      ],
      [[[], [2, 0, 0, 1]]],
    ]);
  });

  it("gives what changed in the mode 'update', and everything in 'complete', where nothing is late", async () => {
    const updates = await ran(
      (input) => perWindow(input).pipe(outputMode('update') as never),
      times(10, 15),
      times(25),
      times(10),
    );
    expect(updates.map((batches) => batches[0])).toEqual([
      [
        [
          { w: span(10, 15), n: 1 },
          { w: span(15, 20), n: 1 },
        ],
        [2, 2, 0, 0],
      ],
      [[{ w: span(25, 30), n: 1 }], [3, 1, 0, 0]],
      [[], [2, 0, 0, 1]],
    ]);
    const all = await ran(
      (input) => perWindow(input).pipe(outputMode('complete') as never),
      times(10),
      times(25),
      times(10),
    );
    expect(all.map((batches) => batches.map(([, counts]) => counts))).toEqual([
      [[1, 1, 0, 0]],
      [[2, 1, 0, 0]],
      [[2, 1, 0, 0]],
    ]);
    await testStream(
      ({ input }) => (perWindow(input as never) as never as Observable<MicroBatch<Row>>).pipe(outputMode('complete')),
      [
        addData(times(10)),
        addData(times(25)),
        addData(times(10)),
        expectRows([
          { w: span(10, 15), n: 2 },
          { w: span(25, 30), n: 1 },
        ]),
      ],
      { schema },
    );
  });

  it('keeps its groups over restarts', () =>
    testStream(
      ({ input }) =>
        input.pipe(
          groupBy('k').agg({ n: count(), total: 'sum(v)', best: max('v'), kinds: countDistinct('v') }),
          outputMode('update'),
        ),
      [
        addData([row('a', 1, 0), row('b', 5, 0), row('a', 1, 0)]),
        expectNewRows([
          { k: 'a', n: 2, total: 2, best: 1, kinds: 1 },
          { k: 'b', n: 1, total: 5, best: 5, kinds: 1 },
        ]),
        stop(),
        start(),
        addData([row('a', 7, 0), row(null, null, 0)]),
        expectNewRows([
          { k: 'a', n: 3, total: 9, best: 7, kinds: 2 },
          { k: null, n: 1, total: null, best: null, kinds: 0 },
        ]),
      ],
      { schema },
    ));

  it('gives one row without keys, whatever comes', () =>
    testStream(
      ({ input }) =>
        input.pipe(where('v > 100'), aggregate({ values: { n: count(), total: sum('v') } }), outputMode('update')),
      [
        addData([row('a', 1, 0)]),
        expectNewRows([{ n: 0, total: null }]),
        addData([row('a', 101, 0)]),
        expectNewRows([{ n: 1, total: 101 }]),
      ],
      { schema },
    ));

  it('takes only rows of its condition, and computes over keys and aggregates', () =>
    testStream(
      ({ input }) =>
        input.pipe(
          aggregate({ by: { big: col('v').gt(10) }, values: { share: 'sum(v) / count(*)' }, where: 'k IS NOT NULL' }),
          outputMode('update'),
        ),
      [
        addData([row('a', 20, 0), row(null, 1000, 0), row('a', 22, 0), row('a', 5, 0)]),
        expectNewRows([
          { big: true, share: 21 },
          { big: false, share: 5 },
        ]),
      ],
      { schema },
    ));

  it('knows the types of plain values from the first rows, and refuses others later', () =>
    testStream(
      ({ input }) =>
        input.pipe(
          mapRows(({ v, k }) => ({ shop: k, amount: v === 99 ? 'many' : v })),
          aggregate({ by: { shop: 'shop' }, values: { total: sum('amount') } }),
          outputMode('update'),
        ),
      [
        addData([]),
        addData([row('a', 1, 0), row('a', 2, 0)]),
        expectNewRows([{ shop: 'a', total: 3 }]),
        addData([row('a', null, 0)]),
        expectNewRows([{ shop: 'a', total: 3 }]),
        addData([row('a', 99, 0)]),
        expectError('SCHEMA_MISMATCH'),
      ],
      { schema },
    ));

  it('takes what rows of plain values lack for missing, once it is known', () =>
    testStream(
      ({ input }) =>
        input.pipe(
          mapRows(({ k, v }) => ({ ...(k === null ? {} : { k }), ...(v === null ? {} : { v }) })),
          aggregate({ by: { k: 'k' }, values: { n: count(), total: sum('v') } }),
          outputMode('update'),
        ),
      [
        addData([row('a', 1, 1)]),
        expectNewRows([{ k: 'a', n: 1, total: 1 }]),
        addData([row('a', null, 1)]),
        expectNewRows([{ k: 'a', n: 2, total: 1 }]),
        addData([row(null, null, 1)]),
        expectNewRows([{ k: null, n: 1, total: null }]),
      ],
      { schema },
    ));

  it('knows the types of plain values after a restart before there are any', () =>
    testStream(
      ({ input }) =>
        input.pipe(
          mapRows(({ k, v, at: time }) => ({ shop: k, amount: v, at: time })),
          where('shop IS NOT NULL'),
          withWatermark('at', '10 seconds'),
          filterRows(({ amount }) => Number(amount) > 0),
          aggregate({ by: { shop: 'shop', w: window('at', '5 seconds') }, values: { total: sum('amount') } }),
        ),
      [
        addData([row('a', 1, 1), row('a', 0, 1), row('b', 2, 2)]),
        addData([row('c', 5, 100)]),
        expectNewRows([
          { shop: 'a', w: span(0, 5), total: 1 },
          { shop: 'b', w: span(0, 5), total: 2 },
        ]),
        stop(),
        start(),
        addData([row('c', 0, 200)]),
        expectNewRows([{ shop: 'c', w: span(100, 105), total: 5 }]),
      ],
      { schema },
    ));

  it('refuses a checkpoint whose groups are others, telling both', () => {
    let starts = 0;
    return testStream(
      ({ input }) =>
        input.pipe(
          aggregate({ by: { k: 'k' }, values: { n: starts++ === 0 ? sum('v') : max('v') } }),
          outputMode('update'),
        ),
      [addData([row('a', 1, 0)]), stop(), start(), addData([row('a', 1, 0)]), expectError('CHECKPOINT_MISMATCH')],
      { schema },
    );
  });

  it('hands rows that are late for all of their windows to a sink, and counts them', async () => {
    const input = memorySource<Row>({ schema });
    const late = memorySink();
    const flow = input.pipe(
      withWatermark('at', '0 seconds'),
      aggregate({
        by: { w: window('at', '10 seconds', '5 seconds') },
        values: { n: count() },
        lateRows: late,
      }),
    );
    const steps = [times(12), [row('y', 7, 7)], [row('z', 4, 4), row('z', 20, 20)]];
    const batches = await runSteps(
      flow as never,
      steps.map((rows) => () => input.addData(rows)),
      { outputMode: 'update' },
    );
    // 7 is late for 0-10 only; 4 for both of its windows.
    expect(late.rows).toEqual([row('z', 4, 4)]);
    expect(batches.map(([batch]) => [batch!.counts[3], batch!.custom])).toEqual([
      [0, { numLateRows: 0 }],
      [1, { numLateRows: 0 }],
      [2, { numLateRows: 1 }],
    ]);
  });

  it('makes windows of windows', () =>
    testStream(
      ({ input }) =>
        input.pipe(
          withWatermark('at', '10 seconds'),
          groupBy(window('at', '5 seconds')).agg({ n: count() }),
          groupBy(window('window', '10 seconds').as('big')).agg({ windows: count(), n: sum('n') }),
        ),
      [
        addData(times(1, 2, 7, 11)),
        addData(times(30)),
        expectRows([
          { big: span(0, 10), windows: 2, n: 3 },
          { big: span(10, 20), windows: 1, n: 1 },
        ]),
      ],
      { schema },
    ));

  it('groups by the time itself; a row without one is in no window, and never late', () =>
    testStream(
      ({ input }) =>
        input.pipe(withWatermark('at', '10 seconds'), groupBy('at').agg({ n: count() }), select('n', 'at')),
      [
        addData([...times(1, 1, 2), row('x', 1, null)]),
        addData(times(15)),
        expectRows([
          { n: 2, at: at(1) },
          { n: 1, at: at(2) },
        ]),
      ],
      { schema },
    ));

  it('puts a window beside other columns', () =>
    testStream(
      ({ input }) => input.pipe(withColumn('w', window('at', '10 seconds', '5 seconds')), select('v', 'w.start')),
      [
        addData([row('a', 1, 7), row('a', 2, null)]),
        expectRows([
          { v: 1, start: at(5) },
          { v: 1, start: at(0) },
        ]),
      ],
      { schema },
    ));
});

describe('aggregate of sessions', () => {
  const sessions = (input: Input): Observable<MicroBatch<never>> =>
    input.pipe(
      withWatermark('at', '10 seconds'),
      groupBy('k', sessionWindow('at', '5 seconds').as('s')).agg({ n: count(), total: sum('v') }),
    ) as never;

  it('joins sessions that a row connects, and closes them', async () => {
    expect(await ran(sessions, times(1, 10), times(5, 6), times(60))).toEqual([
      [[[], [2, 2, 0, 0]]],
      [[[], [1, 1, 1, 0]]],
      [
        [[], [2, 2, 0, 0]],
        [[{ k: 'x', s: span(1, 15), n: 4, total: 4 }], [1, 0, 1, 0]],
      ],
    ]);
  });

  it('knows null as a key, and drops what is late', async () => {
    const late = await ran(sessions, [row(null, 1, 1), row(null, 1, 3)], times(60), [row(null, 1, 2), row('y', 3, 55)]);
    expect(late.flat().map(([, counts]) => counts)).toEqual([
      [1, 1, 0, 0],
      [2, 1, 0, 0],
      [1, 0, 1, 0],
      [2, 1, 0, 1],
    ]);
    expect(late[1]![1]![0]).toEqual([{ k: null, s: span(1, 8), n: 2, total: 2 }]);
  });

  it('closes no session a part of a millisecond too early', async () => {
    const micros = (value: bigint): Row => ({ k: 'x', v: 1, at: new Timestamp(value) });
    const found = await ran(
      (input) =>
        input.pipe(
          withWatermark('at', 0),
          groupBy('k', sessionWindow('at', '1 second').as('s')).agg({ n: count() }),
          select('n'),
        ) as never,
      [micros(1_000_900n), row('y', 1, 2)],
      [micros(2_000_900n)],
      [row('y', 1, 4)],
    );
    // It ends at 2.000900 s: the watermark of 2.000 s has not passed it, and the second row is part of it still.
    expect(found.flatMap((batches) => batches.flatMap(([rows]) => rows))).toEqual([{ n: 1 }, { n: 2 }]);
  });

  it("keeps them over restarts, and gives all of them in the mode 'complete'", () =>
    testStream(
      ({ input }) => (sessions(input as never) as never as Observable<MicroBatch<Row>>).pipe(outputMode('complete')),
      [
        addData([...times(1, 10), row('y', 5, 1)]),
        stop(),
        start(),
        addData(times(5, 6)),
        expectNewRows([
          { k: 'x', s: span(1, 15), n: 4, total: 4 },
          { k: 'y', s: span(1, 6), n: 1, total: 5 },
        ]),
      ],
      { schema },
    ));

  it('takes a gap for each row', () =>
    testStream(
      ({ input }) =>
        input.pipe(
          withWatermark('at', '0 seconds'),
          groupBy('k', sessionWindow('at', when(col('v').eq(1), '1 minute').otherwise('1 second')).as('s')).agg({
            n: count(),
          }),
        ),
      [
        addData([row('a', 1, 0), row('a', 2, 59), row('a', 2, 61), row('b', 2, 0)]),
        addData([row('c', 2, 100)]),
        expectRows([
          { k: 'a', s: span(0, 60), n: 2 },
          { k: 'a', s: span(61, 62), n: 1 },
          { k: 'b', s: span(0, 1), n: 1 },
        ]),
      ],
      { schema },
    ));
});

describe('what aggregate refuses', () => {
  const input = memorySource<Row>({ schema });
  it.each<[string, string, () => unknown]>([
    ['an option that there is not', 'UNKNOWN_OPTION', () => aggregate({ value: {} } as never)],
    ['no values', 'INVALID_OPTION', () => aggregate({ by: { k: 'k' }, values: {} })],
    ['a name for two', 'INVALID_OPTION', () => aggregate({ by: { k: 'k' }, values: { K: count() } })],
    ['a key twice', 'INVALID_OPTION', () => groupBy('k', col('k'))],
    ['an unknown column', 'UNKNOWN_COLUMN', () => input.pipe(groupBy('q').agg({ n: count() }))],
    ['what is not grouped by', 'INVALID_EXPRESSION', () => input.pipe(groupBy('k').agg({ n: 'v' }))],
    ['an aggregate as key', 'INVALID_EXPRESSION', () => input.pipe(groupBy(sum('v')).agg({ n: count() }))],
    [
      'two windows',
      'INVALID_EXPRESSION',
      () => input.pipe(groupBy(window('at', '1 hour').as('a'), window('at', '2 hours').as('b')).agg({ n: count() })),
    ],
    [
      'sessions without another key',
      'UNSUPPORTED_PIPELINE',
      () => input.pipe(groupBy(sessionWindow('at', '1 hour')).agg({ n: count() })),
    ],
    [
      'two keys with event time',
      'UNSUPPORTED_PIPELINE',
      () => input.pipe(withWatermark('at', 0), groupBy('at', window('at', '1 hour')).agg({ n: count() })),
    ],
  ])('%s', (_what, code, make) => expect(caughtFrom(make).code).toBe(code));
});

describe('orderBy', () => {
  it('sorts the whole result, of which limit then gives the first rows', () =>
    testStream(
      ({ input }) =>
        input.pipe(groupBy('k').agg({ n: count() }), orderBy('n DESC', col('k')), limit(2), outputMode('complete')),
      [
        addData([row('b', 1, 0), row('a', 1, 0), row('c', 1, 0), row('c', 1, 0)]),
        expectRows([
          { k: 'c', n: 2 },
          { k: 'a', n: 1 },
        ]),
        addData([row(null, 1, 0), row(null, 1, 0), row(null, 1, 0)]),
        expectRows([
          { k: null, n: 3 },
          { k: 'c', n: 2 },
        ]),
      ],
      { schema },
    ));

  it('needs something to sort by that has an order', () => {
    expect(caughtFrom(() => orderBy()).code).toBe('INVALID_OPTION');
    expect(caughtFrom(() => memorySource({ schema: 'm MAP<INT, INT>' }).pipe(orderBy('m'))).code).toBe(
      'INVALID_EXPRESSION',
    );
  });
});

describe('an aggregator of the user', () => {
  const longest = aggregator({
    zero: '',
    reduce: (best: string, text: string | null) => (text !== null && text.length > best.length ? text : best),
    merge: (a, b) => (b.length > a.length ? b : a),
    finish: (best) => best,
    type: 'STRING',
    name: 'longest',
  });
  const spread = aggregator({
    zero: () => new Map<string, number>(),
    reduce: (seen, k: string | null, v: number | null) => seen.set(k ?? '', (seen.get(k ?? '') ?? 0) + (v ?? 0)),
    merge: (a, b) => new Map([...a, ...[...b].map(([k, v]) => [k, v + (a.get(k) ?? 0)] as const)]),
    finish: (seen) => [...seen].map(([k, v]) => `${k}${v}`).join(),
  });
  const mean = aggregator({
    zero: { sum: 0, n: 0 },
    reduce: (state, v: number | null) => ({ sum: state.sum + (v ?? 0), n: state.n + 1 }),
    merge: (a, b) => ({ sum: a.sum + b.sum, n: a.n + b.n }),
    finish: ({ sum: total, n }) => total / n,
    type: 'DOUBLE',
    state: 'STRUCT<sum: DOUBLE, n: INT>',
  });

  it('is computed over batches and restarts', () =>
    testStream(
      ({ input }) =>
        input.pipe(
          aggregate({
            values: { word: longest('k'), all: spread('k', 'v'), twice: 'count(*)', mean: mean('v').mul(2) },
          }),
          outputMode('update'),
        ),
      [
        addData([row('ab', 1, 0), row(null, 2, 0), row('ab', 3, 0)]),
        expectNewRows([{ word: 'ab', all: 'ab4,2', twice: 3, mean: 4 }]),
        stop(),
        start(),
        addData([row('abc', 6, 0), row('ab', 8, 0)]),
        expectNewRows([{ word: 'abc', all: 'ab12,2,abc6', twice: 5, mean: 8 }]),
      ],
      { schema },
    ));

  it('stops the query with what it throws, or with what is not of its type', async () => {
    const code = async (bad: ReturnType<typeof aggregator>): Promise<string | undefined> => {
      const input = memorySource<Row>({ schema });
      const query = startQuery({
        from: input.pipe(aggregate({ values: { x: bad(lit(1)) } }), outputMode('update')),
        to: memorySink(),
      });
      input.addData(times(1));
      await query.awaitTermination().catch(() => undefined);
      return query.exception?.code;
    };
    const good = { zero: 0, reduce: (s: number) => s, merge: (a: number) => a, finish: (s: number): unknown => s };
    const throwing = (): never => {
      throw new Error('no');
    };
    expect(await code(aggregator({ ...good, reduce: throwing }))).toBe('USER_FUNCTION_FAILED');
    expect(await code(aggregator({ ...good, finish: throwing }))).toBe('USER_FUNCTION_FAILED');
    expect(await code(aggregator({ ...good, finish: async () => 1 }))).toBe('USER_FUNCTION_FAILED');
    expect(await code(aggregator({ ...good, finish: () => 'x', type: 'INT' }))).toBe('USER_FUNCTION_FAILED');
    expect(await code(aggregator({ ...good, zero: 0.5, state: 'INT' }))).toBe('USER_FUNCTION_FAILED');
    expect(caughtFrom(() => aggregator({ ...good, merge: undefined } as never)).code).toBe('MISSING_OPTION');
  });
});

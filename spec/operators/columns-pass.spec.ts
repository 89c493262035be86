import fc from 'fast-check';
import { Subject, tap } from 'rxjs';
import { memorySink, memorySource } from '../../connectors/index.js';
import { defineSource } from '../../lib/connect/index.js';
import { Flow } from '../../lib/flow.js';
import { type MicroBatch, type SluiceError, startQuery } from '../../lib/index.js';
import { type PlanNode, optimize } from '../../lib/plan/index.js';
import { parseDdl } from '../../lib/schema/index.js';
import { batch, deliver } from '../../lib/testing/index.js';
import {
  checkpoint,
  drop,
  limit,
  select,
  selectExpr,
  trigger,
  where,
  withColumn,
  withColumnRenamed,
  withColumns,
} from '../../operators/index.js';

const ddl = 'a INT, b DOUBLE, s STRING, t ARRAY<INT>';
type Step = (flow: Flow) => Flow;

/** A source that is fed by hand, and what it was asked for. */
function source(typed: boolean): { flow: Flow; node: PlanNode; subject: Subject<MicroBatch> } {
  const subject = new Subject<MicroBatch>();
  const schema = typed ? parseDdl(ddl) : undefined;
  const node: PlanNode = {
    kind: 'source',
    op: 'source',
    detail: '',
    inputs: [],
    schema,
    traits: {},
    connect: () => subject,
  };
  return { flow: new Flow(node), node, subject };
}

/** What comes of batches of rows, or the code of the error. */
function outcome(steps: readonly Step[], batches: readonly (readonly object[])[], typed: boolean): unknown {
  const { flow, subject } = source(typed);
  const out: unknown[] = [];
  let failure: unknown;
  try {
    steps
      .reduce((before, step) => step(before), flow)
      .subscribe({ next: (one) => out.push(one.rows), error: (error: unknown) => (failure = error) });
  } catch (error) {
    failure = error;
  }
  batches.forEach((rows, id) => {
    const one = batch(rows, undefined, { id, ...(typed && { schema: ddl as never }) });
    deliver(one as MicroBatch, subject);
  });
  return failure === undefined ? out : (failure as SluiceError).code;
}

const apart: Step = (flow) => flow.pipe(tap(() => undefined)) as Flow;

const pools: readonly (readonly [string, Step])[] = [
  ['where a', (flow) => flow.pipe(where('a > 1'))],
  ['where b', (flow) => flow.pipe(where('b < 0 OR s IS NULL'))],
  ['where all', (flow) => flow.pipe(where("coalesce(s, '') >= ''"))],
  ['where fails', (flow) => flow.pipe(where('10 / a > 1'))],
  ['a + 1', (flow) => flow.pipe(withColumn('a', 'a + 1'))],
  ['c', (flow) => flow.pipe(withColumn('c', 'a * b'))],
  ['fails', (flow) => flow.pipe(withColumn('c', '10 % a'))],
  ['fails where used', (flow) => flow.pipe(withColumns({ c: 'CASE WHEN a > 0 THEN 10 % a END', b: 'b + 1' }))],
  ['swap', (flow) => flow.pipe(withColumns({ a: 'size(t)', s: 'upper(s)' }))],
  ['uuid', (flow) => flow.pipe(withColumn('u', 'uuid()'))],
  ['uuid again', (flow) => flow.pipe(withColumn('v', "concat(uuid(), '/', uuid())"))],
  ['explode', (flow) => flow.pipe(selectExpr('*', 'explode(t) AS e'))],
  ['explode outer', (flow) => flow.pipe(selectExpr('posexplode_outer(t) AS (at, a)', 'b', 's', 't', '10 / a AS q'))],
  ['rename', (flow) => flow.pipe(withColumnRenamed('a', 'z'), withColumnRenamed('z', 'a'))],
  ['rename s', (flow) => flow.pipe(withColumnRenamed('S', 'c'))],
  ['drop', (flow) => flow.pipe(drop('s', 'c'))],
  ['select', (flow) => flow.pipe(select('t', 'B', 'a'))],
  ['select some', (flow) => flow.pipe(selectExpr('a', 'b AS s', 'b', 't', 'a + 1 AS a1'))],
  ['constant', (flow) => flow.pipe(withColumn('k', "'k'"))],
];

const steps = fc.array(fc.constantFrom(...pools), { minLength: 2, maxLength: 6 });
const row = fc.record({
  a: fc.option(fc.integer({ min: -1, max: 3 }), { nil: null, freq: 4 }),
  b: fc.option(fc.constantFrom(-1.5, 0, 2.25, NaN), { nil: null, freq: 3 }),
  s: fc.option(fc.constantFrom('', 'x', 'é'), { nil: null, freq: 3 }),
  t: fc.option(fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 3 }), { nil: null, freq: 4 }),
});
const batches = fc.array(fc.array(row, { maxLength: 12 }), { minLength: 1, maxLength: 3 });

/** A column that nothing needs is not computed, so its error may not come; nothing else differs. */
function expectSame(whole: unknown, parts: unknown): void {
  if (typeof parts === 'string' && typeof whole !== 'string') expect(parts).toBe('EXPRESSION_FAILED');
  else expect(whole).toEqual(parts);
}

describe('neighbouring operators of columns', () => {
  it.each([true, false])('give as one pass what they give one by one (types declared: %s)', (typed) => {
    fc.assert(
      fc.property(steps, batches, (chosen, rows) => {
        const whole = outcome(
          chosen.map(([, step]) => step),
          rows,
          typed,
        );
        const parts = outcome(
          chosen.flatMap(([, step]) => [step, apart]),
          rows,
          typed,
        );
        expectSame(whole, parts);
      }),
      { numRuns: 150, seed: 4 },
    );
  });

  it('give the same where only some columns are wanted further down', () => {
    const wanted = fc.constantFrom<string[]>(['a'], ['b', 't'], ['u', 'a'], ['c'], []);
    fc.assert(
      fc.property(steps, batches, wanted, (chosen, rows, names) => {
        // What the checkpoint's node asks of its input is what is selected below it.
        const some: Step = (flow) => {
          const there = flow.schema!.fields.map((f) => f.name).filter((name) => names.includes(name));
          return flow.pipe(there.length === 0 ? selectExpr("'none' AS none") : selectExpr(...there));
        };
        const pass: Step = (flow) =>
          new Flow({ ...checkpoint('nowhere')(flow).plan, traits: {}, connect: ([s]) => s! });
        const all = chosen.map(([, step]) => step);
        expectSame(outcome([...all, pass, some], rows, true), outcome([...all, apart, some], rows, true));
      }),
      { numRuns: 120, seed: 5 },
    );
  });

  it('run over what a source gives of the columns, which may be few', async () => {
    const asked: (readonly string[] | undefined)[] = [];
    const wide = () =>
      defineSource<Record<string, number>, number>({
        op: 'wide',
        name: 'wide',
        schema: 'a INT, b INT, c INT, d INT',
        supports: { replay: true, columns: true },
        open: ({ columns }) => {
          asked.push(columns);
          return {
            initial: () => 0,
            latest: () => 1,
            read: () => [1, 2].map((n) => Object.fromEntries((columns ?? [...'abcd']).map((name) => [name, n]))),
            status: () => ({ ended: true }),
          };
        },
      });
    const run = async (...chosen: readonly Step[]): Promise<unknown> => {
      const sink = memorySink();
      const from = chosen.reduce<Flow>((flow, step) => step(flow), wide());
      await startQuery({ from, to: sink }).awaitTermination();
      return sink.rows;
    };
    const rows = await run(
      (flow) => flow.pipe(withColumn('unused', 'c / 0'), withColumn('sum', 'D + a'), where('d > 1')),
      (flow) => flow.pipe(limit(5)),
      (flow) => flow.pipe(withColumnRenamed('sum', 's'), selectExpr('s', 's * 2 AS t'), drop('t')),
    );
    expect([rows, asked]).toEqual([[{ s: 4 }], [['a', 'd']]]);
    expect(await run((flow) => flow.pipe(selectExpr('1 AS one'), where('one = 1')))).toEqual([{ one: 1 }, { one: 1 }]);
    expect(asked[1]).toEqual([]);
  });

  it('may be many', async () => {
    const source = memorySource({ schema: 'a INT' });
    source.addData([{ a: 1 }] as never);
    let flow = source.pipe(trigger({ availableNow: true }));
    for (let i = 0; i < 300; i++) flow = flow.pipe(withColumn('a', 'a + 1'));
    const sink = memorySink();
    await startQuery({ from: flow, to: sink }).awaitTermination();
    expect(sink.rows).toEqual([{ a: 301 }]);
  });

  it('are one node, that says what it does and reads what it needs', () => {
    const { flow } = source(true);
    const piped = flow.pipe(
      where('a > 1'),
      withColumn('c', 'b * 2'),
      withColumn('unused', '1 / 0'),
      withColumnRenamed('c', 'd'),
      drop('unused', 's'),
      select('d', 'A'),
    );
    const node = optimize(piped.plan);
    expect([node.op, node.inputs[0]!.op]).toEqual([
      'where + withColumn + withColumn + withColumnRenamed + drop + select',
      'source',
    ]);
    expect(node.detail).toBe('(a > 1); c = (b * 2); unused = (1 / 0); c -> d; unused, s; d, A');
    expect(node.needs!('all')).toEqual(new Set(['a', 'b']));
    expect(node.needs!(new Set(['A']))).toEqual(new Set(['a']));
  });

  it('tell sources what is filtered, under the names that the sources know', () => {
    const { flow } = source(true);
    const told = (of: Flow): string[] => optimize(of.plan).passes!([]).map(({ text }) => text);
    expect(told(flow.pipe(withColumnRenamed('a', 'x'), select('x', 's'), where("x > 1 AND s = 'y'")) as Flow)).toEqual([
      'a > 1',
      "s = 'y'",
    ]);
    expect(told(flow.pipe(withColumn('a', 'a + 1'), where('a > 1 AND b IS NOT NULL')))).toEqual(['b IS NOT NULL']);
    expect(told(flow.pipe(where('a > 1'), withColumn('u', 'uuid()'), where('b > 1')))).toEqual(['a > 1']);
    const below = flow.pipe(select('a', 'b')).pipe(where('a > 1')).plan.passes!([]);
    const renamed = optimize(flow.pipe(withColumnRenamed('b', 'a2'), withColumn('a', 'a2')).plan);
    expect(renamed.passes!(below).map(({ text }) => text)).toEqual(['b > 1']);
  });

  it('never compute a random column twice, nor leave one out that others depend on', () => {
    const { flow, subject } = source(true);
    const rows: Record<string, unknown>[] = [];
    const random = flow.pipe(
      withColumn('u', 'uuid()'),
      withColumns({ x: 'u', y: "concat(u, '')" }),
      where('x = y AND u = x'),
      select('x', 'y'),
    );
    (random as Flow).subscribe((one) => rows.push(...one.rows));
    deliver(batch([{ a: 1 }, { a: 2 }], undefined, { schema: ddl as never }) as unknown as MicroBatch, subject);
    expect(rows.length).toBe(2);
    expect(rows[0]).not.toEqual(rows[1]);
  });

  it('share the columns that they do not change', () => {
    const { flow, subject } = source(true);
    let out: MicroBatch | undefined;
    (flow.pipe(withColumnRenamed('a', 'x'), where('true'), select('x', 's'), withColumn('k', '1')) as Flow).subscribe(
      (one) => (out = one),
    );
    const one = batch([{ a: 1, s: 'x' }], undefined, { schema: ddl as never }) as unknown as MicroBatch;
    deliver(one, subject);
    expect(out!.table.columns.slice(0, 2)).toEqual([one.table.columns[0], one.table.columns[2]]);
    expect(out!.table.columns[0]).toBe(one.table.columns[0]);
  });
});

import fc from 'fast-check';
import { type Route, memorySink, route } from '../../../connectors/index.js';
import { col, otherwise, startQuery } from '../../../lib/index.js';
import { batch } from '../../../lib/testing/index.js';
import { RowRouter, toTest } from '../../../lib/connect/row-router.js';
import { mapRows, where } from '../../../operators/index.js';
import { counter } from '../../helpers/pipelines.js';

type Row = { n: number };
const numbers = (sink: { rows: readonly Row[] }): number[] => sink.rows.map(({ n }) => n);

async function routed(routes: readonly Route<Row>[], total = 25) {
  const query = startQuery({ from: counter({ total }), to: route<Row>(routes) });
  await query.awaitTermination();
  return query.recentProgress;
}

describe('route', () => {
  it('hands each row to the first sink whose condition it fulfils, and counts those that fulfil none', async () => {
    const [a, b, c] = [memorySink<Row>(), memorySink<Row>(), memorySink<Row>()];
    const progress = await routed([
      ['n % 5 = 0', a],
      [(row) => row.n % 2 === 0, b],
      [col('n').gt(17), { to: c, name: 'high' }],
    ]);
    expect(numbers(a)).toEqual([0, 5, 10, 15, 20]);
    expect(numbers(b)).toEqual([2, 4, 6, 8, 12, 14, 16, 18, 22, 24]);
    expect(numbers(c)).toEqual([19, 21, 23]);
    expect(progress[0]!.sink).toEqual({
      description: 'route memorySink, memorySink#2, high',
      numOutputRows: 6,
      metrics: { 'memorySink.rows': 2, 'memorySink#2.rows': 4, 'high.rows': 0, unmatched: 4 },
    });
  });

  it('gives the rest to otherwise, and a batch of every batch to each', async () => {
    const [a, b] = [memorySink<Row>(), memorySink<Row>()];
    const progress = await routed([
      ['n >= 20', a],
      [otherwise, b],
    ]);
    expect(a.batches.map(({ rows }) => rows.length)).toEqual([0, 0, 5]);
    expect(b.batches.map(({ rows }) => rows.length)).toEqual([10, 10, 0]);
    expect(progress[0]!.sink.metrics).not.toHaveProperty('unmatched');
  });

  it('tries a condition only on the rows that are left', async () => {
    const [a, b] = [memorySink<Row>(), memorySink<Row>()];
    await routed([
      ['n = 0', a],
      ['100 / n > 10', b],
    ]);
    expect(numbers(b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    const asked: number[] = [];
    await routed([
      ['n < 20', memorySink<Row>()],
      [({ n }) => (asked.push(n), false), memorySink<Row>()],
    ]);
    expect(asked).toEqual([20, 21, 22, 23, 24]);
  });

  it('null is not true', async () => {
    const [a, b] = [memorySink<Row>(), memorySink<Row>()];
    await routed(
      [
        ['CASE WHEN n > 3 THEN NULL ELSE n > 1 END', a],
        [otherwise, b],
      ],
      6,
    );
    expect([numbers(a), numbers(b)]).toEqual([
      [2, 3],
      [0, 1, 4, 5],
    ]);
    const [none, all] = [memorySink<Row>(), memorySink<Row>()];
    await routed(
      [
        ['NULL', none],
        ['true', all],
      ],
      6,
    );
    expect([none.rows.length, all.rows.length]).toEqual([0, 6]);
  });

  it('takes rows of plain values', async () => {
    const [a, b] = [memorySink<Row>(), memorySink<Row>()];
    const from = counter({ total: 12, perBatch: 7 }).pipe(mapRows(({ n }) => ({ n: n * 2 })));
    await startQuery({
      from,
      to: route<Row>([
        ['n > 10', a],
        [otherwise, b],
      ]),
    }).awaitTermination();
    expect([numbers(a), numbers(b)]).toEqual([
      [12, 14, 16, 18, 20, 22],
      [0, 2, 4, 6, 8, 10],
    ]);
  });

  it('refuses conditions that make no sense: before the start where the columns are known', async () => {
    const to = () => route<Row>([['m > 1', memorySink<Row>()]]);
    expect(() => startQuery({ from: counter({ total: 5 }), to: to() })).toThrow(/no column 'm'/);
    const later = counter({ total: 5 }).pipe(mapRows((row) => row));
    await expect(startQuery({ from: later, to: to() }).awaitTermination()).rejects.toMatchObject({
      code: 'UNKNOWN_COLUMN',
    });
    const text = route<Row>([['n + 1', memorySink<Row>()]]);
    expect(() => startQuery({ from: counter({ total: 5 }), to: text })).toThrow(
      expect.objectContaining({ code: 'INVALID_EXPRESSION' }),
    );
    const code = expect.objectContaining({ code: 'INVALID_OPTION' }) as Error;
    expect(() => route([])).toThrow(code);
    expect(() =>
      route([
        [otherwise, memorySink()],
        ['true', memorySink()],
      ]),
    ).toThrow(/stands last/);
    expect(() => route([[1 as never, memorySink()]])).toThrow(code);
  });

  it('an error of a function names the row, and nothing is written', async () => {
    const a = memorySink<Row>();
    const bad: Route<Row> = [
      ({ n }) => {
        if (n === 3) throw new Error('no');
        return true;
      },
      a,
    ];
    await expect(routed([bad])).rejects.toMatchObject({ code: 'USER_FUNCTION_FAILED', message: /row 3 of batch 0/ });
    expect(a.batches).toEqual([]);
    await expect(routed([[(() => Promise.resolve(true)) as never, memorySink<Row>()]])).rejects.toThrow(/promise/);
  });

  it('shows its conditions', () => {
    const big = ({ n }: Row): boolean => n > 1;
    const sinks = ['a', 'b', 'c'].map((queryName) => memorySink<Row>({ queryName }));
    const to = route<Row>([
      ['n > 10', sinks[0]!],
      [big, sinks[1]!],
      [otherwise, sinks[2]!],
    ]);
    const query = startQuery({ from: counter({ total: 0 }).pipe(where('n < 5')), to });
    expect(query.explain().split('\n').slice(1, 5)).toEqual([
      'route',
      ':- (n > 10): memorySink a',
      ':- big: memorySink b',
      ':- otherwise: memorySink c',
    ]);
  });

  it('deals as a loop over the rows does, whatever the conditions, in columns and in rows', () => {
    const limits = fc.array(fc.record({ below: fc.integer({ min: -5, max: 25 }), sql: fc.boolean() }), {
      minLength: 1,
      maxLength: 5,
    });
    fc.assert(
      fc.property(
        limits,
        fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 30 }),
        fc.boolean(),
        (given, values, columns) => {
          const tests = given.map(({ below, sql }) => toTest(sql ? `n < ${below}` : (row: Row) => row.n < below));
          const rows = values.map((n) => ({ n }));
          const whole = batch(rows, 'n INT' as never);
          if (columns) expect(whole.table.numRows).toBe(rows.length);
          const parts = new RowRouter(tests)
            .deal(whole as never)
            .map((part) => (part.rows as unknown as Row[]).map(({ n }) => n));
          const wanted = [...given, { below: Infinity }].map((_, i) =>
            values.filter((n) => [...given, { below: Infinity }].findIndex(({ below }) => n < below) === i),
          );
          expect(parts).toEqual(wanted);
        },
      ),
    );
  });
});

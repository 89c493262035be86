import { memorySink, memorySource } from '../../connectors/index.js';
import { callFunction, col, expr, when } from '../../lib/expressions/index.js';
import { type Flow, startQuery } from '../../lib/index.js';
import { type TestQuery, batch, deliver, operatorSuite } from '../../lib/testing/index.js';
import { filterRows, observe, select, trigger } from '../../operators/index.js';
import { Subject } from 'rxjs';
import type { MicroBatch } from '../../lib/index.js';
import { requiredCases } from './required-cases.js';

interface Row {
  a: number | null;
  b: string;
}
const schema = 'a INT, b STRING';
const rows: Row[] = [
  { a: 1, b: 'x' },
  { a: null, b: 'y' },
];
const metrics = {
  rows: expr('count(*)'),
  nulls: callFunction('count', when(col('a').isNull(), 1)),
  mean: 'sum(a) / count(a)',
};

/** What was observed of these batches. */
function observed(batches: readonly MicroBatch<Row>[], ...values: Parameters<typeof observe>): unknown[] {
  const source = new Subject<MicroBatch<Row>>();
  const out: unknown[] = [];
  observe<Row>(...values)(source).subscribe((one) => out.push((one.query as TestQuery).observed[values[0]]));
  for (const one of batches) deliver(one, source);
  return out;
}

describe('observe', () => {
  requiredCases<Row, Row>({
    operator: () => observe('q', metrics),
    rows: [rows, rows.slice(1)],
    out: [rows, rows.slice(1)],
    schema,
    throwing: { operator: () => observe('q', { bad: 'sum(10 / (a - 1))' }), code: 'EXPRESSION_FAILED' },
  });
  operatorSuite<Row>({ name: 'observe', operator: () => observe('q', metrics), input: rows, schema: schema });

  it('gives figures of every batch, of one without rows, too', () => {
    const typed = [rows, []].map((of, id) => batch<Row>(of, undefined, { id, schema: schema as never }));
    const expected = [
      { rows: 2, nulls: 1, mean: 1 },
      { rows: 0, nulls: 0, mean: null },
    ];
    // A division of nothing by nothing: sum is null, so the quotient is before zero is looked at.
    expect(observed(typed, 'q', { ...metrics, mean: 'avg(a)' })).toEqual(expected);
  });

  it('takes the types of values that nobody declared, and a batch without rows first', () => {
    const plain = [[], rows, []].map((of, id) => batch<Row>(of, undefined, { id }));
    expect(observed(plain, 'q', { n: 'count(a)', top: 'max(b)', deep: "count(CASE WHEN a = 1 THEN 'x' END)" })).toEqual(
      [
        { n: 0, top: null, deep: 0 },
        { n: 1, top: 'y', deep: 1 },
        { n: 0, top: null, deep: 0 },
      ],
    );
  });

  it('is in the progress of the query', async () => {
    const source = memorySource<Row>({ schema });
    source.addData(rows);
    const flow = source.pipe(observe<Row>('before', { n: 'count(*)' })).pipe(filterRows((row) => row.a !== null));
    const query = startQuery({
      from: flow.pipe(observe('after', { n: 'count(*)', sum: 'sum(a)' }), select('b'), trigger({ availableNow: true })),
      to: memorySink(),
    });
    await query.awaitTermination();
    expect(query.lastProgress!.observedMetrics).toEqual({ before: { n: 2 }, after: { n: 1, sum: 1 } });
  });

  it('refuses two of one name, what is no aggregate, and nothing at all', () => {
    const source = memorySource<Row>({ schema }) as unknown as Flow<Row>;
    const twice = source.pipe(observe('q', { n: 'count(*)' }), observe('q', { n: 'count(*)' }));
    expect(() => startQuery({ from: twice, to: memorySink() })).toThrow(
      expect.objectContaining({ code: 'DUPLICATE_NAME' }),
    );
    expect(() => source.pipe(observe('q', { a: 'a' }))).toThrow(
      expect.objectContaining({ code: 'INVALID_EXPRESSION' }),
    );
    expect(() => source.pipe(observe('q', { a: 'count(c)' }))).toThrow(
      expect.objectContaining({ code: 'UNKNOWN_COLUMN' }),
    );
    expect(() => observe('q', {})).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
    expect(() => observe('', { n: 'count(*)' })).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
  });

  it('needs the columns that it looks at, beside those that are wanted', () => {
    const source = memorySource<Row>({ schema }) as unknown as Flow<Row>;
    const needs = source.pipe(observe('q', { n: 'count(A)', all: 'count(*)' })).plan.needs!;
    expect(needs(new Set(['b']))).toEqual(new Set(['b', 'a']));
    expect(needs(new Set())).toEqual(new Set(['a']));
  });
});

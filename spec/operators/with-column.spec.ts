import { Subject, tap } from 'rxjs';
import { memorySource } from '../../connectors/index.js';
import { col, lit, when } from '../../lib/expressions/index.js';
import { type Flow, type MicroBatch, formatDdl } from '../../lib/index.js';
import { batch, deliver, marbles, operatorSuite } from '../../lib/testing/index.js';
import { withColumn, withColumns } from '../../operators/index.js';
import { requiredCases } from './required-cases.js';

interface Row {
  a: number;
  b: string;
}
const schema = 'a INT, b STRING';
const rows: Row[] = [
  { a: 1, b: 'x' },
  { a: 2, b: 'y' },
];
const flow = memorySource<Row>({ schema }) as Flow<Row>;
const types = (of: Flow<never> | Flow): string => formatDdl((of as Flow).schema!);

describe('withColumn', () => {
  const operator = () => withColumn<Row, 'kind'>('kind', when(col('a').gt(1), 'large').otherwise('small'));
  const out = [
    { a: 1, b: 'x', kind: 'small' },
    { a: 2, b: 'y', kind: 'large' },
  ];
  requiredCases<Row, Row & { kind: unknown }>({
    operator,
    rows: [rows, rows.slice(1)],
    out: [out, out.slice(1)],
    schema,
    throwing: { operator: () => withColumn('q', '1 / (a - 1)'), code: 'EXPRESSION_FAILED' },
  });
  operatorSuite<Row, Row & { kind: unknown }>({
    name: 'withColumn',
    operator,
    input: rows,
    schema: schema,
    output: out,
    failing: { operator: () => withColumn('q', '1 / (a - 1)'), error: 'EXPRESSION_FAILED' },
  });

  it('replaces a column where it stands, in any case, under the new name', () => {
    expect(types(flow.pipe(withColumn('A', 'a + 0.5D')))).toBe('A DOUBLE, b STRING');
    expect(types(flow.pipe(withColumn('c', 'a'), withColumn('b', 'c')))).toBe('a INT, b INT, c INT');
  });

  it('draws the same random numbers for a batch that comes again, others for another batch and another operator', () => {
    const source = new Subject<MicroBatch<Row>>();
    const drawn: unknown[][] = [];
    const random = withColumn<Row, 'u'>(
      'u',
      'uuid()',
    )(source).pipe(
      tap(() => undefined),
      withColumn('v', 'uuid()'),
    );
    random.subscribe((one) => drawn.push(one.rows.flatMap(({ u, v }) => [u, v])));
    for (const id of [3, 3, 4]) deliver(batch<Row>(rows, undefined, { id, schema: schema as never }), source);
    expect(drawn[1]).toEqual(drawn[0]);
    expect(new Set(drawn.flat()).size).toBe(8);
  });

  it('prefers the column that has exactly the name, among names that no schema would have side by side', () => {
    marbles(({ cold, expectBatches }) => {
      const a = batch([{ ab: 1, aB: 2 }]);
      expectBatches(cold('a|', { a }).pipe(withColumn('aB', lit('x'))) as never).toBe('a|', {
        a: batch([{ ab: 1, aB: 'x' }]),
      });
      expectBatches(cold('a|', { a }).pipe(withColumn('AB', lit('x'))) as never).toBe('#', {}, 'UNKNOWN_COLUMN');
    });
  });

  it('takes a function that gives several rows of one column', () => {
    expect(types(flow.pipe(withColumn('n', 'explode(sequence(1, a))')))).toBe('a INT, b STRING, n INT NOT NULL');
    expect(() => flow.pipe(withColumn('n', 'posexplode(array(a))'))).toThrow(
      expect.objectContaining({ code: 'INVALID_EXPRESSION' }),
    );
  });
});

describe('withColumns', () => {
  const operator = () => withColumns<Row, 'a' | 'b'>({ a: col('b'), b: col('a') });
  const out = [
    { a: 'x', b: 1 },
    { a: 'y', b: 2 },
  ];
  requiredCases({ operator, rows: [rows, rows.slice(1)], out: [out, out.slice(1)], schema });
  operatorSuite<Row, { a: unknown; b: unknown }>({
    name: 'withColumns',
    operator,
    input: rows,
    schema: schema,
    output: out,
  });

  it('shows every expression the columns that come in, and none of the new ones', () => {
    expect(() => flow.pipe(withColumns({ c: lit(1), d: col('c') }))).toThrow(
      expect.objectContaining({ code: 'UNKNOWN_COLUMN' }),
    );
  });

  it('refuses a name that is given twice', () => {
    expect(() => withColumns({ c: lit(1), C: lit(2) })).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
  });
});

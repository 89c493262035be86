import { memorySource } from '../../connectors/index.js';
import { col, expr, lit } from '../../lib/expressions/index.js';
import { type Flow, formatDdl } from '../../lib/index.js';
import { batch, marbles, operatorSuite } from '../../lib/testing/index.js';
import { select } from '../../operators/index.js';
import { requiredCases } from './required-cases.js';

interface Row {
  a: number;
  b: string;
  c: boolean;
}
const schema = 'a INT, b STRING, c BOOLEAN';
const rows: Row[] = [
  { a: 1, b: 'x', c: true },
  { a: 2, b: 'y', c: false },
];
const out = rows.map(({ a, c }) => ({ c, a }));

describe('select', () => {
  requiredCases({
    operator: () => select<Row, 'c' | 'a'>('c', 'a'),
    rows: [rows, rows.slice(0, 1)],
    out: [out, out.slice(0, 1)],
    schema,
  });
  operatorSuite<Row, unknown>({
    name: 'select',
    input: rows,
    schema: schema,
    operator: () => select<Row, 'c' | 'a'>('c', 'a'),
    output: out,
  });

  it('gives the columns in the order that was asked for', () => {
    marbles(({ cold, expectBatches }) => {
      const source = cold('a|', { a: batch(rows, undefined, { schema: schema as never }) });
      const result = source.pipe(select('c', 'a'));
      expect(
        JSON.stringify(
          (result as unknown as { schema: { fields: { name: string }[] } }).schema.fields.map((f) => f.name),
        ),
      ).toBe('["c","a"]');
      expectBatches(result).toBe('a|', { a: batch(out) });
    });
  });

  it('refuses a column that is not there: at once where the schema is known, else with the first batch', () => {
    marbles(({ cold, expectBatches, expectSettled }) => {
      const known = cold('a|', { a: batch(rows, undefined, { schema: schema as never }) });
      expect(() => known.pipe(select('bb' as never))).toThrow(expect.objectContaining({ code: 'UNKNOWN_COLUMN' }));
      const unknown = cold('-a|', { a: batch(rows) });
      expectBatches(unknown.pipe(select('bb' as never)) as never).toBe('-#', {}, 'UNKNOWN_COLUMN');
      expectSettled(unknown).toBe('-#', 'UNKNOWN_COLUMN');
    });
  });

  it('refuses no column, and one twice', () => {
    expect(() => select()).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
    expect(() => select<Row, 'a'>('a', 'a')).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
  });

  const typesOf = (result: unknown): string => formatDdl((result as Flow).schema!);
  const nested = 'id INT, p STRUCT<x: INT, Y: INT>, `a.b` INT, tags ARRAY<STRING>';
  const points = [
    { id: 1, p: { x: 1, Y: 2 }, 'a.b': 3, tags: ['u', 'v'] },
    { id: 2, p: null, 'a.b': null, tags: [] },
  ];
  const source = (): Flow => memorySource({ schema: nested });

  it('takes stars, paths, names with dots, and expressions', () => {
    expect(typesOf(source().pipe(select('*')))).toBe(nested);
    expect(typesOf(source().pipe(select('p.*')))).toBe('x INT, Y INT');
    expect(typesOf(source().pipe(select('P.y', 'ID')))).toBe('y INT, ID INT');
    expect(typesOf(source().pipe(select('a.b', lit(1).as('one'))))).toBe('`a.b` INT, one INT NOT NULL');
    expect(typesOf(source().pipe(select(col('id').cast('STRING'), col('id').add(1))))).toBe(
      'id STRING, `(id + 1)` INT',
    );
    expect(typesOf(source().pipe(select(expr('* EXCEPT (tags, p.x)'))))).toBe('id INT, p STRUCT<Y: INT>, `a.b` INT');
  });

  it('gives a row for each that a function makes of one, the others repeated', () => {
    marbles(({ cold, expectBatches }) => {
      const a = batch(points, undefined, { schema: nested as never });
      const result = cold('a|', { a }).pipe(select('id', expr('posexplode(tags) AS (at, tag)')));
      expectBatches(result as never).toBe('a|', {
        a: batch([
          { id: 1, at: 0, tag: 'u' },
          { id: 1, at: 1, tag: 'v' },
        ]),
      });
      const outer = cold('a|', { a }).pipe(select(expr('explode_outer(tags)'), 'id'));
      expectBatches(outer as never).toBe('a|', {
        a: batch([
          { col: 'u', id: 1 },
          { col: 'v', id: 1 },
          { col: null, id: 2 },
        ]),
      });
    });
  });

  it('computes what stands beside such a function for the rows that it gives, and not for a row of which it makes none', () => {
    marbles(({ cold, expectBatches }) => {
      const a = batch(points, undefined, { schema: nested as never });
      const result = cold('a|', { a }).pipe(select(expr('10 / (2 - id) AS q'), expr('explode(tags) AS tag')));
      expectBatches(result as never).toBe('a|', {
        a: batch([
          { q: 10, tag: 'u' },
          { q: 10, tag: 'v' },
        ]),
      });
    });
  });

  it.each([
    ['two columns of one name', () => select('*', 'id'), 'INVALID_OPTION'],
    ['two functions of several rows', () => select(expr('explode(tags)'), expr('explode(tags)')), 'INVALID_EXPRESSION'],
    ['one inside an expression', () => select(expr('upper(explode(tags))')), 'INVALID_EXPRESSION'],
    ['too few names', () => select(expr('posexplode(tags) AS at')), 'INVALID_EXPRESSION'],
    ['too many names', () => select(expr('id AS (a, b)')), 'INVALID_EXPRESSION'],
    ['a star of what is no struct', () => select('id.*'), 'INVALID_EXPRESSION'],
    ['an aggregate', () => select(expr('sum(id)')), 'INVALID_EXPRESSION'],
  ])('refuses %s', (_what, operator, code) => {
    expect(() => source().pipe(operator() as never)).toThrow(expect.objectContaining({ code }));
  });

  it('passes values of no declared type on as they are, and computes with what they are', () => {
    marbles(({ cold, expectBatches }) => {
      const odd = new Set([1]);
      const a = batch([
        { a: 1, p: { x: 'u' }, odd },
        { a: 2, p: { x: null }, odd: 3 },
      ]);
      const result = cold('a|', { a }).pipe(select('odd', 'p.*', col('a').mul(2).as('twice'), col('a').as('A')));
      expectBatches(result as never).toBe('a|', {
        a: batch([
          { odd, x: 'u', twice: 2, A: 1 },
          { odd: 3, x: null, twice: 4, A: 2 },
        ]),
      });
    });
  });
});

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
});

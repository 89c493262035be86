import { type Flow, formatDdl } from '../../lib/index.js';
import { memorySource } from '../../connectors/index.js';
import { operatorSuite } from '../../lib/testing/index.js';
import { selectExpr } from '../../operators/index.js';
import { requiredCases } from './required-cases.js';

interface Row {
  key: number;
  value: string;
}
const schema = 'key INT, value STRING';
const rows: Row[] = [
  { key: 1, value: 'x' },
  { key: 2, value: 'y' },
];
const out = [
  { key: '1', v: 'X' },
  { key: '2', v: 'Y' },
];
const operator = () => selectExpr<Row>('CAST(key AS STRING)', 'upper(value) AS v');

describe('selectExpr', () => {
  requiredCases<Row, Record<string, unknown>>({
    operator,
    rows: [rows, rows.slice(1)],
    out: [out, out.slice(1)],
    schema,
    throwing: { operator: () => selectExpr('1 / (key - 1)'), code: 'EXPRESSION_FAILED' },
  });
  operatorSuite<Row, Record<string, unknown>>({
    name: 'selectExpr',
    operator,
    input: rows,
    schema: schema,
    output: out,
  });

  it('names columns as Spark does', () => {
    const flow = memorySource<Row>({ schema }) as Flow<Row>;
    const types = (...columns: string[]): string => formatDdl(flow.pipe(selectExpr(...columns)).schema!);
    expect(types('KEY', 'key + 1', "concat(value, 'a')")).toBe('KEY INT, `(key + 1)` INT, `concat(value, a)` STRING');
    expect(types('*', 'key AS k')).toBe('key INT, value STRING, k INT');
    expect(types('struct(*)')).toBe('`struct(key, value)` STRUCT<key: INT, value: STRING> NOT NULL');
    expect(types('to_json(struct(*)) AS value')).toBe('value STRING NOT NULL');
    expect(types('stack(2, 1, key, 3, 4)')).toBe('col0 INT, col1 INT');
  });

  it('refuses no column, and text that cannot be read, pointing at it', () => {
    expect(() => selectExpr()).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
    expect(() => selectExpr('a', 'upper(')).toThrow(expect.objectContaining({ code: 'INVALID_EXPRESSION' }));
  });
});

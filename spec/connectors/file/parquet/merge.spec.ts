import { mergeSchemas } from '../../../../connectors/file/parquet/index.js';
import { formatDdl, parseDdl } from '../../../../lib/schema/index.js';

const merged = (a: string, b: string): string => formatDdl(mergeSchemas(parseDdl(a), parseDdl(b), 'b.parquet'));

describe('schemas of files', () => {
  // As StructType.merge of Spark, by which its Parquet reader goes.
  it.each([
    ['a INT, b STRING', 'c DATE, b STRING', 'a INT, b STRING, c DATE'],
    ['A INT', 'a INT, B INT', 'A INT, B INT'],
    ['s STRUCT<x: INT, y: INT>', 's STRUCT<z: INT, X: INT>', 's STRUCT<x: INT, y: INT, z: INT>'],
    ['l ARRAY<STRUCT<x: INT>>', 'l ARRAY<STRUCT<y: INT>>', 'l ARRAY<STRUCT<x: INT, y: INT>>'],
    ['m MAP<STRING, STRUCT<x: INT>>', 'm MAP<STRING, STRUCT<y: INT>>', 'm MAP<STRING, STRUCT<x: INT, y: INT>>'],
    ['d DECIMAL(5,2)', 'd DECIMAL(12,2)', 'd DECIMAL(12,2)'],
    ['d DECIMAL(12,2)', 'd DECIMAL(5,2)', 'd DECIMAL(12,2)'],
  ])('%s and %s are %s', (a, b, both) => {
    expect(merged(a, b)).toBe(both);
  });

  it('take in what may be missing', () => {
    expect(merged('a INT NOT NULL', 'a INT')).toBe('a INT');
    expect(merged('a INT', 'a INT NOT NULL')).toBe('a INT');
  });

  it.each([
    ['a INT', 'a BIGINT', 'a', 'BIGINT', 'INT'],
    ['a DECIMAL(5,2)', 'a DECIMAL(6,3)', 'a', 'DECIMAL(6,3)', 'DECIMAL(5,2)'],
    ['a TIMESTAMP', 'a TIMESTAMP_NTZ', 'a', 'TIMESTAMP_NTZ', 'TIMESTAMP'],
    ['s STRUCT<l: ARRAY<INT>>', 's STRUCT<l: ARRAY<STRING>>', 's.l.element', 'STRING', 'INT'],
    ['m MAP<STRING, INT>', 'm MAP<STRING, DATE>', 'm.value', 'DATE', 'INT'],
    ['m MAP<STRING, INT>', 'm MAP<INT, INT>', 'm.key', 'INT', 'STRING'],
  ])('%s and %s do not merge', (a, b, column, found, wanted) => {
    const details = { path: 'b.parquet', column, found, wanted };
    expect(() => merged(a, b)).toThrow(expect.objectContaining({ code: 'SCHEMA_MISMATCH', details }));
  });
});

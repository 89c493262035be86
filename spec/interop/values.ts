import { Table } from '../../lib/columns/index.js';
import { parseDdl } from '../../lib/schema/index.js';

/** Each type that all of them have. */
export const schema = parseDdl(
  `b BOOLEAN, i8 TINYINT, i16 SMALLINT, i32 INT, i64 BIGINT, f FLOAT, d DOUBLE, s STRING, bin BINARY,
   d9 DECIMAL(9,2), d18 DECIMAL(18,4), d38 DECIMAL(38,10), day DATE, at TIMESTAMP, wall TIMESTAMP_NTZ,
   l ARRAY<INT>, st STRUCT<x: INT, y: STRING>, ll ARRAY<ARRAY<STRING>>, ls ARRAY<STRUCT<x: INT>>,
   m MAP<STRING, BIGINT>`,
);

// Each type at its ends.
const filled: readonly Record<string, unknown>[] = [
  {
    ...{
      b: true,
      i8: -128,
      i16: -32768,
      i32: -(2 ** 31),
      i64: -(2n ** 63n),
      f: -0,
      d: -0,
      s: '',
      bin: new Uint8Array(),
    },
    ...{ d9: '-9999999.99', d18: '-99999999999999.9999', d38: '-9999999999999999999999999999.9999999999' },
    ...{ day: '0001-01-01', at: '0001-01-01T00:00:00.000001Z', wall: '0001-01-01T00:00:00.000001' },
    ...{ l: [], st: { x: null, y: null }, ll: [[], null, ['a', null, '']], ls: [], m: new Map() },
  },
  {
    ...{
      b: false,
      i8: 127,
      i16: 32767,
      i32: 2 ** 31 - 1,
      i64: 2n ** 63n - 1n,
      f: NaN,
      d: NaN,
      s: '\0é€😀',
      bin: [0, 255],
    },
    ...{ d9: '9999999.99', d18: '99999999999999.9999', d38: '9999999999999999999999999999.9999999999' },
    ...{ day: '9999-12-31', at: '9999-12-31T23:59:59.999999Z', wall: '9999-12-31T23:59:59.999999' },
    ...{ l: [1, null, -1], st: { x: 1, y: 'y' }, ll: [], ls: [null, { x: null }, { x: 1 }], m: new Map([['k', null]]) },
  },
  {
    ...{ b: false, i8: 0, i16: 0, i32: 0, i64: 0, f: 2 ** -149, d: 5e-324, s: 'a'.repeat(5000), bin: [128] },
    ...{ d9: '0.00', d18: '-0.0001', d38: '0.0000000001', day: '1969-12-31', at: '1969-12-31T23:59:59.999999Z' },
    ...{
      wall: '1582-10-10T00:00:00',
      l: [0],
      st: { x: 0, y: '' },
      ll: [[]],
      ls: [{ x: 0 }],
      m: new Map([['', 2n ** 62n]]),
    },
  },
  { f: Infinity, d: -Infinity },
  { f: 3.4028234663852886e38, d: 0.1 },
].map((row) => ({ ...row, ...('bin' in row && Array.isArray(row.bin) && { bin: Uint8Array.from(row.bin) }) }));

export const tables = {
  values: Table.fromRows([...filled, {}, ...filled], schema),
  'nothing but missing values': Table.fromRows([{}, {}, {}], schema),
  'no rows': Table.empty(schema),
};

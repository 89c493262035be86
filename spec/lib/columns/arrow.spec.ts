import * as arrow from 'apache-arrow';
import fc from 'fast-check';
import { arrowToTable, schemaFromArrow, schemaToArrow, tableToArrow } from '../../../lib/columns/arrow.js';
import { BytesColumn, DecimalColumn, FixedColumn, ListColumn, Table } from '../../../lib/columns/index.js';
import { formatDdl, parseDdl } from '../../../lib/schema/index.js';
import { rowsOf, schemaOf, types } from './values.js';

const schema = schemaOf(types);
const tables = rowsOf(schema, { maxLength: 12 }).map((rows) => Table.fromRows(rows, schema));

describe('to Arrow', () => {
  it('is a record batch of apache-arrow with the same schema', () => {
    const table = Table.fromRows(
      [{ id: 1, tags: ['a'] }],
      parseDdl("id LONG NOT NULL COMMENT 'key', tags ARRAY<STRING>"),
    );
    const batch = tableToArrow(table);
    expect(batch).toBeInstanceOf(arrow.RecordBatch);
    expect(batch.constructor).toBe(arrow.RecordBatch);
    expect(batch.schema.fields.map((f) => [f.name, String(f.type), f.nullable])).toEqual([
      ['id', 'Int64', false],
      ['tags', 'List<Utf8>', true],
    ]);
    expect(formatDdl(schemaFromArrow(batch.schema))).toBe("id BIGINT NOT NULL COMMENT 'key', tags ARRAY<STRING>");
  });

  it('and back is the same table, over the same memory', () => {
    fc.assert(
      fc.property(tables, (table) => {
        const back = arrowToTable(tableToArrow(table));
        expect(back.schema).toEqual(table.schema);
        expect(back.toRows()).toEqual(table.toRows());
        back.columns.forEach((column, i) => {
          const given = table.columns[i]!;
          if (given.validity !== null) expect(column.validity!.buffer).toBe(given.validity.buffer);
          if (given instanceof FixedColumn) expect((column as FixedColumn).values.buffer).toBe(given.values.buffer);
          if (given instanceof DecimalColumn) expect((column as DecimalColumn).words.buffer).toBe(given.words.buffer);
          if (given instanceof BytesColumn) expect((column as BytesColumn).bytes.buffer).toBe(given.bytes.buffer);
          if (given instanceof ListColumn) expect((column as ListColumn).offsets.buffer).toBe(given.offsets.buffer);
        });
      }),
    );
  });

  it('survives IPC, also of a slice', () => {
    fc.assert(
      fc.property(tables, fc.nat(12), fc.nat(12), (table, a, b) => {
        const [from, to] = [Math.min(a, b, table.numRows), Math.min(Math.max(a, b), table.numRows)];
        const slice = table.slice(from, to);
        const ipc = arrow.tableToIPC(new arrow.Table([tableToArrow(slice)]), 'stream');
        expect(arrowToTable(arrow.tableFromIPC(ipc)).toRows()).toEqual(table.toRows().slice(from, to));
      }),
    );
  });

  it('shows the values that apache-arrow reads', () => {
    const rows = [
      { i: 7, l: 2n ** 62n, d: 0.5, s: 'héllo', b: true, t: new Date(1234), a: ['x', null] },
      { i: null, l: null, d: null, s: null, b: null, t: null, a: null },
    ];
    const batch = tableToArrow(
      Table.fromRows(rows, parseDdl('i INT, l LONG, d DOUBLE, s STRING, b BOOLEAN, t TIMESTAMP, a ARRAY<STRING>')),
    );
    const [first, second] = new arrow.Table([batch]).toArray().map((row) => row.toJSON());
    expect({ ...first, a: [...first.a] }).toEqual({
      i: 7,
      l: 2n ** 62n,
      d: 0.5,
      s: 'héllo',
      b: true,
      t: 1234,
      a: ['x', null],
    });
    expect(Object.values(second)).toEqual([null, null, null, null, null, null, null]);
  });

  it('gives plain columns a type, and makes a column nullable that is', () => {
    const batch = tableToArrow(Table.fromRows([{ n: 1, s: 'x', v: null }]));
    expect(batch.schema.fields.map((f) => String(f.type))).toEqual(['Float64', 'Utf8', 'Null']);
    expect(arrowToTable(batch).toRows()).toEqual([{ n: 1, s: 'x', v: null }]);
    expect(() => tableToArrow(Table.fromRows([{ n: 1 }, { n: 'x' }]))).toThrow(/Column 'n' holds/);
    const missing = tableToArrow(Table.fromRows([{ id: null }], parseDdl('id INT NOT NULL')));
    expect(missing.schema.fields[0]!.nullable).toBe(true);
  });

  it('needs a type for every column of a schema', () => {
    expect(() => schemaToArrow(Table.fromRows([{ n: 1 }]).schema)).toThrow(
      expect.objectContaining({ code: 'SCHEMA_REQUIRED' }),
    );
  });
});

describe('from Arrow', () => {
  const read = (vector: arrow.Vector, from = 0, to = vector.length) => {
    const table = arrowToTable(new arrow.Table({ c: vector }).slice(from, to));
    return { type: formatDdl(table.schema).slice(2), values: table.toRows().map((row) => row.c) };
  };
  const data = (type: arrow.DataType, values: unknown, more: object = {}) =>
    new arrow.Vector([arrow.makeData({ type, data: values, ...more } as never)]);
  const date = (text: string) => new Date(text);

  it.each<[string, arrow.Vector, string, unknown[]]>([
    ['unsigned 8', data(new arrow.Uint8(), Uint8Array.of(0, 255)), 'SMALLINT', [0, 255]],
    ['unsigned 16', data(new arrow.Uint16(), Uint16Array.of(0, 65535)), 'INT', [0, 65535]],
    ['unsigned 32', data(new arrow.Uint32(), Uint32Array.of(0, 2 ** 32 - 1)), 'BIGINT', [0, 2 ** 32 - 1]],
    ['half floats', data(new arrow.Float16(), Uint16Array.of(0x3c00, 0xc000, 0x7c00, 0x0001)), 'FLOAT', [1, -2, Infinity, 2 ** -24]], // prettier-ignore
    ['seconds', data(new arrow.TimestampSecond('UTC'), BigInt64Array.of(1n, -1n)), 'TIMESTAMP', [new Date(1000), new Date(-1000)]], // prettier-ignore
    ['milliseconds', data(new arrow.TimestampMillisecond(), BigInt64Array.of(1n, -86_400_000_001n)), 'TIMESTAMP_NTZ', [new Date(1), new Date(-86_400_000_001)]], // prettier-ignore
    ['Date64', data(new arrow.DateMillisecond(), BigInt64Array.of(86_400_000n, -86_400_000n)), 'DATE', [date('1970-01-02'), date('1969-12-31')]], // prettier-ignore
    ['fixed binaries', data(new arrow.FixedSizeBinary(2), Uint8Array.of(1, 2, 3, 4)), 'BINARY', [Uint8Array.of(1, 2), Uint8Array.of(3, 4)]], // prettier-ignore
    ['large texts', data(new arrow.LargeUtf8(), Buffer.from('abc'), { valueOffsets: BigInt64Array.of(0n, 1n, 3n) }), 'STRING', ['a', 'bc']], // prettier-ignore
    ['dictionaries', arrow.vectorFromArray(['x', null, 'y', 'x']), 'STRING', ['x', null, 'y', 'x']],
    ['a fixed list', arrow.vectorFromArray([[1, 2], [3, 4]], new arrow.FixedSizeList(2, new arrow.Field('e', new arrow.Int32(), true))), 'ARRAY<INT>', [[1, 2], [3, 4]]], // prettier-ignore
  ])('%s', (_name, vector, type, values) => {
    expect(read(vector)).toEqual({ type, values });
    expect(read(vector, 1).values).toEqual(values.slice(1));
  });

  it('unsigned 64 is a decimal of 20 digits', () => {
    const { type, values } = read(data(new arrow.Uint64(), BigUint64Array.of(5n, 2n ** 64n - 1n)));
    expect(type).toBe('DECIMAL(20,0)');
    expect(values.map(String)).toEqual(['5', '18446744073709551615']);
  });

  it.each([32, 64, 128, 256])('decimals of %i bits', (bits) => {
    const words = new Int32Array((bits / 32) * 2).fill(-1);
    words.fill(0, 0, bits / 32);
    words[0] = 12345;
    const { type, values } = read(data(new arrow.Decimal(2, 9, bits), new Uint32Array(words.buffer)));
    expect(type).toBe('DECIMAL(9,2)');
    expect(values.map(String)).toEqual(['123.45', '-0.01']);
  });

  it('nanoseconds are cut towards the past, at every magnitude', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (nanos) => {
        const table = arrowToTable(
          new arrow.Table({ c: data(new arrow.TimestampNanosecond('UTC'), BigInt64Array.of(nanos)) }),
        );
        const floor = (nanos - (((nanos % 1000n) + 1000n) % 1000n)) / 1000n;
        expect((table.columns[0] as FixedColumn).values[0]).toBe(floor);
      }),
    );
  });

  it('seconds that are no microseconds any more are an error, unless they are missing', () => {
    const seconds = BigInt64Array.of(2n ** 60n);
    const given = data(new arrow.TimestampSecond(), seconds);
    expect(() => read(given)).toThrow(expect.objectContaining({ code: 'TYPE_MISMATCH' }));
    expect(
      read(data(new arrow.TimestampSecond(), seconds, { nullBitmap: Uint8Array.of(0), nullCount: 1 })).values,
    ).toEqual([null]);
  });

  it('texts behind views, in place and elsewhere', () => {
    const views = new Uint8Array(48);
    const at = new DataView(views.buffer);
    at.setInt32(0, 2, true);
    views.set(Buffer.from('hi'), 4);
    at.setInt32(16, 13, true);
    views.set(Buffer.from('0123'), 20);
    at.setInt32(28, 3, true);
    const buffers = [Buffer.from('xyz0123456789abc')];
    const vector = new arrow.Vector([
      arrow.makeData({ type: new arrow.Utf8View(), views, variadicBuffers: buffers, length: 3 } as never),
    ]);
    expect(read(vector)).toEqual({ type: 'STRING', values: ['hi', '0123456789abc', ''] });
    expect(read(vector, 1, 2).values).toEqual(['0123456789abc']);
  });

  it('reads durations of every unit, and intervals of months, days and nanoseconds', () => {
    const durations = (type: arrow.Duration) =>
      read(new arrow.Vector([arrow.makeData({ type, data: BigInt64Array.of(-1500n, 2n), length: 2 } as never)]));
    const type = 'INTERVAL DAY TO SECOND';
    expect(durations(new arrow.DurationSecond())).toEqual({ type, values: [-1_500_000_000, 2_000_000] });
    expect(durations(new arrow.DurationNanosecond())).toEqual({ type, values: [-2, 0] });
    // One month, minus two days, minus a nanosecond, which is a microsecond when it is cut towards the past.
    const data = Int32Array.of(1, -2, -1, -1);
    const calendar = arrow.makeData({ type: new arrow.IntervalMonthDayNano(), data, length: 1 } as never);
    expect(read(new arrow.Vector([calendar]))).toEqual({
      type: 'INTERVAL',
      values: [{ months: 1, days: -2, micros: -1n }],
    });
  });

  it('says that an interval has more nanoseconds than 64 bits hold', () => {
    const schema = parseDdl('i INTERVAL');
    const table = Table.fromRows([{ i: { months: 0, days: 0, micros: 2n ** 62n } }], schema);
    expect(() => tableToArrow(table)).toThrow(expect.objectContaining({ code: 'TYPE_MISMATCH' }));
  });

  it.each<[string, arrow.DataType]>([
    ['times', new arrow.TimeMicrosecond()],
    ['intervals of days and milliseconds', new arrow.IntervalDayTime()],
    ['decimals of more than 38 digits', new arrow.Decimal(0, 40, 256)],
  ])('%s have no counterpart, and the column is named', (_name, type) => {
    const given = new arrow.Schema([
      new arrow.Field('outer', new arrow.Struct([new arrow.Field('at', type, true)]), true),
    ]);
    expect(() => schemaFromArrow(given)).toThrow(expect.objectContaining({ code: 'INVALID_SCHEMA' }));
    expect(() => schemaFromArrow(given)).toThrow("'outer.at'");
  });

  it('vectors that apache-arrow builds, sliced anywhere', () => {
    const rows = fc.array(
      fc.record({
        b: fc.option(fc.boolean()),
        i: fc.option(fc.integer()),
        s: fc.option(fc.string()),
        l: fc.option(fc.array(fc.option(fc.integer()), { maxLength: 4 })),
      }),
      { minLength: 1, maxLength: 40 },
    );
    const type = {
      b: new arrow.Bool(),
      i: new arrow.Int32(),
      s: new arrow.LargeUtf8(),
      l: new arrow.List(new arrow.Field('item', new arrow.Int32(), true)),
    };
    fc.assert(
      fc.property(rows, fc.nat(40), fc.nat(40), (given, a, b) => {
        const columns = Object.entries(type).map(([name, t]) => {
          return [
            name,
            arrow.vectorFromArray(given.map((row) => row[name as keyof typeof row]) as never[], t as never),
          ];
        });
        const table = new arrow.Table(Object.fromEntries(columns));
        const [from, to] = [Math.min(a, b, given.length), Math.min(Math.max(a, b), given.length)];
        expect(arrowToTable(table.slice(from, to)).toRows()).toEqual(given.slice(from, to));
        expect(arrowToTable(table.concat(table.slice(from, to))).toRows()).toEqual([
          ...given,
          ...given.slice(from, to),
        ]);
      }),
    );
  });
});

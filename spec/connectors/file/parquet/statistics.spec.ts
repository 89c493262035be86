import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { encodeParquet, openParquet } from '../../../../connectors/file/parquet/index.js';
import { Footer, physical, undamaged } from '../../../../connectors/file/parquet/footer.js';
import { rowGroupsThatMayHold } from '../../../../connectors/file/parquet/statistics.js';
import { ThriftError, ThriftReader } from '../../../../connectors/file/parquet/thrift.js';
import { type Column, StructColumn, Table } from '../../../../lib/columns/index.js';
import { type Condition, conditionsOf } from '../../../../lib/expressions/conditions.js';
import { type Value, Scope, parseExpression, resolve } from '../../../../lib/expressions/index.js';
import { comparator } from '../../../../lib/expressions/order.js';
import { evaluateRow } from '../../../../lib/expressions/row.js';
import { columnOf, readerOf } from '../../../../lib/expressions/vector.js';
import { type DataType, type Schema, parseDdl, parseType } from '../../../../lib/schema/index.js';
import { valueOf } from '../../../lib/expressions/random-values.js';
import { duckdb, fileName, fileOf } from './files.js';

// What is no UTF-8 is not written to Parquet.
const wellFormed = (value: Value): Value =>
  typeof value === 'string'
    ? value.replace(/\p{Surrogate}/gu, '?')
    : Array.isArray(value)
      ? value.map(wellFormed)
      : value;

const batch = { id: 0, timestamp: 0n, queryId: '', draw: () => 0 };
const bind = (sql: string, schema: Schema) => resolve(parseExpression(sql), Scope.of(schema));
const conditionsIn = (sql: string, schema: Schema): readonly Condition[] => conditionsOf(bind(sql, schema), schema);

async function chosen(path: string, conditions: readonly Condition[]): Promise<readonly boolean[]> {
  const file = await openParquet(path);
  try {
    return await file.mayHold(conditions);
  } finally {
    await file.close();
  }
}

/** What statistics told of each column: `nulls` that there are none, `min` and `max`. Fails if they told a lie. */
async function told(path: string): Promise<Record<string, string>> {
  const file = await openParquet(path);
  const found: Record<string, Set<string>> = {};
  const look = async (rowGroup: number, column: Column, names: readonly string[]): Promise<void> => {
    const { type } = column;
    if (column instanceof StructColumn && type.kind === 'struct') {
      for (const [i, child] of column.children.entries()) await look(rowGroup, child, [...names, type.fields[i]!.name]);
      return;
    }
    const [name, ...rest] = names;
    const may = async (op: Condition['op'], ...values: Value[]): Promise<boolean> =>
      (await file.mayHold([{ column: name!, path: rest, op, type, values, text: '' }]))[rowGroup]!;
    const read = readerOf(column);
    const compare = comparator(type);
    const values = Array.from({ length: column.length }, (_, i) => read(i));
    const present = values.filter((v) => v !== null).sort(compare);
    const [low, high] = [present[0]!, present.at(-1)!];
    for (const value of [low, high, present[present.length >> 1]!]) {
      expect([await may('=', value), await may('<=', value), await may('>=', value), await may('in', value)]).toEqual([
        true,
        true,
        true,
        true,
      ]);
    }
    if (compare(low, high) < 0) expect([await may('>', low), await may('<', high)]).toEqual([true, true]);
    if (present.length < values.length) expect(await may('isNull')).toBe(true);
    const facts = (found[names.join('.')] ??= new Set());
    if (!(await may('isNull'))) facts.add('nulls');
    if (!(await may('<', low))) facts.add('min');
    if (!(await may('>', high))) facts.add('max');
  };
  try {
    for (let rowGroup = 0; rowGroup < file.rowGroups.length; rowGroup++) {
      const table = await file.read({ rowGroup, columns: file.schema.fields });
      for (const [i, field] of table.schema.fields.entries()) await look(rowGroup, table.columns[i]!, [field.name]);
    }
  } finally {
    await file.close();
  }
  return Object.fromEntries(Object.entries(found).map(([name, facts]) => [name, [...facts].join(' ')]));
}

describe('statistics of row groups', () => {
  const schema = parseDdl(
    'flag BOOLEAN, tiny BYTE, small SMALLINT, n INT, big BIGINT, f FLOAT, x DOUBLE, p9 DECIMAL(9,2), p18 DECIMAL(18,4), ' +
      'p38 DECIMAL(38,10), name STRING, bytes BINARY, day DATE, at TIMESTAMP, wall TIMESTAMP_NTZ, s STRUCT<a: INT, b: STRING>',
  );
  const literals: Record<string, (value: string) => string> = {
    boolean: (v) => v,
    binary: (v) => `CAST('${v}' AS BINARY)`,
    string: (v) => `'${v}'`,
    date: () => "DATE '2000-01-01'",
    timestamp: () => "TIMESTAMP '2000-01-01 00:00:00'",
    timestamp_ntz: () => "TIMESTAMP_NTZ '2000-01-01 00:00:00'",
  };

  it('never rule out a row group with a row for which a predicate holds', async () => {
    const leaf = fc.constantFrom<readonly [string, DataType]>(
      ...schema.fields.slice(0, -1).map((f) => [f.name, f.type] as const),
      ['s.a', { kind: 'int' }],
      ['s.b', { kind: 'string' }],
    );
    const test = leaf.chain(([name, type]) =>
      fc
        .tuple(
          fc.constantFrom('=', '<', '<=', '>', '>=', '<=>', 'IN', 'IS'),
          fc.constantFrom('0', '1', '-2', '2.5', "double('NaN')", '-0.0D', '300'),
          fc.boolean(),
        )
        .map(([op, number, negated]) => {
          const value = type.kind === 'boolean' ? 'true' : (literals[type.kind]?.(number.slice(0, 2)) ?? number);
          const condition = op === 'IS' ? 'IS NULL' : op === 'IN' ? `IN (${value}, NULL)` : `${op} ${value}`;
          return negated ? `NOT ${name} ${condition}` : `${name} ${condition}`;
        }),
    );
    const groups = fc.array(
      fc.array(fc.tuple(...schema.fields.map((f) => fc.option(valueOf(f.type).map(wellFormed), { freq: 4 }))), {
        minLength: 2,
        maxLength: 2,
      }),
      { minLength: 1, maxLength: 3 },
    );
    let skipped = 0;
    await fc.assert(
      fc.asyncProperty(groups, fc.array(fc.tuple(test, test), { minLength: 8, maxLength: 8 }), async (parts, tests) => {
        const rows = parts.flat();
        const columns = schema.fields.map((f, c) =>
          columnOf(
            f.type,
            rows.map((row) => row[c] ?? null),
          ),
        );
        const path = fileOf(encodeParquet([new Table(schema, columns, rows.length)], { maxRowGroupRows: 2 }));
        const file = await openParquet(path);
        try {
          for (const [a, b] of tests) {
            const bound = bind(`(${a}) AND (${b})`, schema);
            const may = await file.mayHold(conditionsOf(bound, schema));
            skipped += may.filter((one) => !one).length;
            const holds = parts.map((part) =>
              part.some(
                (row) => evaluateRow(bound, { batch, input: (i) => row[i] ?? null, variable: () => null }) === true,
              ),
            );
            holds.forEach((one, g) => one && expect([a, b, may[g]]).toEqual([a, b, true]));
          }
        } finally {
          await file.close();
        }
      }),
      { numRuns: 12 },
    );
    expect(skipped).toBeGreaterThan(40);
  });

  it('are there for all types that we write', async () => {
    const values: Record<string, readonly Value[]> = {
      flag: [false],
      tiny: [-5, 3],
      small: [-300, 3],
      n: [-70000, 3],
      big: [-(2n ** 40n), 2n],
      f: [-1.5, 2],
      x: [-1.5, 2],
      p9: [-150n, 7n],
      p18: [-(10n ** 12n), 7n],
      p38: [-(10n ** 30n), 7n],
      name: ['a', 'é'],
      bytes: [Uint8Array.of(1), Uint8Array.of(255)],
      day: [-3, 20000],
      at: [-1n, 10n ** 15n],
      wall: [-1n, 10n ** 15n],
      s: [
        [1, 'x'],
        [2, 'y'],
      ],
    };
    const columns = schema.fields.map((f) => columnOf(f.type, [values[f.name]![0]!, values[f.name]!.at(-1)!]));
    const all = await told(fileOf(encodeParquet([new Table(schema, columns, 2)])));
    const names = [...Object.keys(values).slice(0, -1), 's.a', 's.b'];
    expect(all).toEqual(Object.fromEntries(names.map((name) => [name, 'nulls min max'])));
  });

  it('of DuckDB are understood', async () => {
    const path = fileName();
    const columns: Record<string, string> = {
      u8: '(i % 200)::UTINYINT',
      u16: '(i * 20)::USMALLINT',
      u32: '(i + 4000000000)::UINTEGER',
      i8: '(i % 200 - 100)::TINYINT',
      i64: 'i::BIGINT - 1500',
      f32: '(i / 7)::FLOAT',
      f64: "if(i = 100, 'nan'::DOUBLE, -i / 7)",
      d4: '(i / 100)::DECIMAL(4,2)',
      d9: '(i / 7)::DECIMAL(9,4)',
      d18: '(i / 7 - 30)::DECIMAL(18,4)',
      d38: '(i / 7 - 30)::DECIMAL(38,6)',
      text: "'käse ' || i",
      blob: 'encode(i::VARCHAR)',
      day: "DATE '1969-12-01' + i::INTEGER",
      us: "TIMESTAMP '1969-12-31 00:00:00' + INTERVAL (i) MINUTE",
      ms: "(TIMESTAMP '1969-12-31 00:00:00' + INTERVAL (i) MINUTE)::TIMESTAMP_MS",
      ns: "(TIMESTAMP '1969-12-31 00:00:00' + INTERVAL (i) SECOND)::TIMESTAMP_NS",
      tz: "(TIMESTAMP '1969-12-31 00:00:00' + INTERVAL (i) MINUTE)::TIMESTAMPTZ",
      maybe: 'if(i % 3 = 0, NULL, i::INTEGER)',
      s: 'struct_pack(a := i::INTEGER, b := if(i % 2 = 0, NULL, i::VARCHAR))',
    };
    const list = Object.entries(columns).map(([name, sql]) => `${sql} AS ${name}`);
    await duckdb(
      `COPY (SELECT ${list.join(', ')} FROM range(3000) t(i)) TO $file (FORMAT parquet, ROW_GROUP_SIZE 2048)`,
      path,
    );
    const all = await told(path);
    for (const name of ['u8', 'u16', 'i8', 'i64', 'd4', 'd9', 'd18', 'text', 'day', 'us', 'ms', 'tz', 'maybe', 's.a']) {
      expect([name, all[name]]).toEqual([name, expect.stringContaining('min max')]);
    }
    const on = parseDdl('i64 LONG, us TIMESTAMP_NTZ');
    expect(await chosen(path, conditionsIn('i64 > 1000', on))).toEqual([false, true]);
    expect(await chosen(path, conditionsIn("us < '1970-01-01'", on))).toEqual([true, false]);
  });

  it('speak of the types asked for, where they are cast', async () => {
    const given = parseDdl('n INT, day DATE, name STRING, p DECIMAL(9,2)');
    const rows = [1, 2, 3, 4].map((i) => [i, i, `${i}`, BigInt(i * 100)] as const);
    const columns = given.fields.map((f, c) =>
      columnOf(
        f.type,
        rows.map((row) => row[c]!),
      ),
    );
    const path = fileOf(encodeParquet([new Table(given, columns, 4)], { maxRowGroupRows: 2 }));
    const wide = parseDdl('N LONG, day TIMESTAMP_NTZ, name BINARY, p DECIMAL(20,5), gone STRING');
    for (const sql of ['N > 2', "day > '1970-01-03'", "name > X'32'", 'p > 2', 'N >= 3 AND p >= 2.5']) {
      expect([sql, await chosen(path, conditionsIn(sql, wide))]).toEqual([sql, [false, true]]);
    }
    // A column that is not there is null in every row.
    expect(await chosen(path, conditionsIn("gone = 'x'", wide))).toEqual([false, false]);
    expect(await chosen(path, conditionsIn('gone IS NULL', wide))).toEqual([true, true]);
    // What cannot be read as asked for says nothing: reading it tells.
    expect(await chosen(path, conditionsIn('p > 100', parseDdl('p INT')))).toEqual([true, true]);
  });
});

describe('a footer', () => {
  const int32 = (value: number): Uint8Array => new Uint8Array(Int32Array.of(value).buffer);
  const float64 = (value: number): Uint8Array => new Uint8Array(Float64Array.of(value).buffer);
  const text = (value: string): Uint8Array => Buffer.from(value);

  interface Given {
    readonly physical: number;
    readonly converted?: number;
    readonly logical?: Thrift;
    readonly repetition?: number;
    readonly order?: number | undefined;
    readonly statistics: Thrift;
    readonly numRows?: number;
  }

  /** Whether a column with such a footer may be said to be greater than the value. */
  const mayExceed = (type: string, value: Value, given: Given): boolean => {
    const { numRows = 10, order = 1 } = given;
    const column: Thrift = {
      1: given.physical,
      3: given.repetition ?? 1,
      4: text('c'),
      ...(given.converted === undefined ? {} : { 6: given.converted }),
      ...(given.logical === undefined ? {} : { 10: given.logical }),
    };
    const bytes = encode({
      1: 1,
      2: [{ 4: text('root'), 5: 1 }, column],
      3: BigInt(numRows),
      4: [{ 1: [{ 3: { 12: given.statistics } }], 3: BigInt(numRows) }],
      ...(order === 0 ? {} : { 7: [{ [order]: {} }] }),
    });
    const of = parseType(type);
    const condition: Condition = { column: 'c', path: [], op: '>', type: of, values: [value], text: '' };
    return (
      rowGroupsThatMayHold(new Footer(bytes), [condition], {
        numRows: [10],
        typeOf: () => of,
        withoutNaN: false,
      })?.[0] ?? true
    );
  };

  const { int32: i32, double, bytes, int96, fixedBytes } = physical;
  const max = (value: Uint8Array): Thrift => ({ 5: value, 6: value });
  const oldMax = (value: Uint8Array): Thrift => ({ 1: value, 2: value });
  const unsigned = { 10: { 1: 32, 2: false } };
  it.each<[string, boolean, string, Value, Given]>([
    ['numbers', true, 'INT', 7, { physical: i32, statistics: max(int32(7)) }],
    ['numbers of old writers', true, 'INT', 7, { physical: i32, statistics: oldMax(int32(7)), order: 0 }],
    ['numbers in an order that is not given', false, 'INT', 7, { physical: i32, statistics: max(int32(7)), order: 0 }],
    ['numbers in an unknown order', false, 'INT', 7, { physical: i32, statistics: max(int32(7)), order: 9 }],
    ['texts', true, 'STRING', 'b', { physical: bytes, converted: 0, statistics: max(text('b')) }],
    ['texts of old writers', false, 'STRING', 'b', { physical: bytes, converted: 0, statistics: oldMax(text('b')) }],
    ['unsigned numbers', true, 'LONG', 2n ** 32n - 1n, { physical: i32, converted: 13, statistics: max(int32(-1)) }],
    ['unsigned numbers', false, 'LONG', 7n, { physical: i32, logical: unsigned, statistics: max(int32(-1)) }],
    [
      'unsigned ones of old writers',
      false,
      'LONG',
      7n,
      { physical: i32, logical: unsigned, statistics: oldMax(int32(-1)) },
    ],
    ['numbers of another length', false, 'INT', 7, { physical: i32, statistics: max(text('abc')) }],
    ['what is beyond the type', false, 'BYTE', 7, { physical: i32, statistics: max(int32(300)) }],
    [
      'the greatest of floats, since there may be a NaN',
      false,
      'DOUBLE',
      7,
      { physical: double, statistics: max(float64(7)) },
    ],
    ['a bound that is NaN', false, 'DOUBLE', 7, { physical: double, statistics: max(float64(NaN)) }],
    ['INT96', false, 'TIMESTAMP', 7n, { physical: int96, statistics: max(new Uint8Array(12)) }],
    ['dates', true, 'DATE', 7, { physical: i32, converted: 6, statistics: max(int32(7)) }],
    ['numbers that are no dates', false, 'DATE', 7, { physical: i32, statistics: max(int32(7)) }],
    [
      'decimals in bytes',
      true,
      'DECIMAL(9,2)',
      -1n,
      { physical: bytes, converted: 5, statistics: max(Uint8Array.of(255)) },
    ],
    [
      'intervals',
      false,
      'BINARY',
      new Uint8Array(12),
      { physical: fixedBytes, converted: 21, statistics: max(new Uint8Array(12)) },
    ],
    ['geometries', false, 'BINARY', text('b'), { physical: bytes, logical: { 17: {} }, statistics: max(text('a')) }],
    ['lists', false, 'INT', 7, { physical: i32, repetition: 2, statistics: max(int32(7)) }],
    ['a row group of another length', false, 'INT', 7, { physical: i32, statistics: max(int32(7)), numRows: 11 }],
    ['nothing but nulls', true, 'INT', 7, { physical: i32, statistics: { 3: 10n } }],
    ['more nulls than rows', false, 'INT', 7, { physical: i32, statistics: { 3: 99n } }],
  ])('is believed, or not: %s, %s', (_, believed, type, value, given) => {
    expect(mayExceed(type, value, given)).toBe(!believed);
  });

  it('that is damaged is found damaged, or read, and soon', () => {
    const schema = parseDdl('a INT, b STRING, c STRUCT<d: DOUBLE>, e ARRAY<DECIMAL(20,2)>');
    const rows = Array.from({ length: 20 }, (_, i) => ({ a: i, b: `${i}`, c: { d: i }, e: [] }));
    const path = fileOf(encodeParquet([Table.fromRows(rows, schema)], { maxRowGroupRows: 4 }));
    const file = readFileSync(path);
    const footer = file.subarray(file.length - 8 - file.readUInt32LE(file.length - 8), file.length - 8);
    const conditions = conditionsIn("a > 3 AND b < '5' AND c.d = 4 AND e IS NULL", schema);
    const types = new Map(schema.fields.map((f) => [f.name, f.type]));
    const flips = fc.array(fc.tuple(fc.nat(footer.length - 1), fc.integer({ min: 1, max: 255 })), {
      minLength: 1,
      maxLength: 4,
    });
    fc.assert(
      fc.property(flips, fc.nat(footer.length), fc.boolean(), (changes, length, cut) => {
        const damaged = Uint8Array.from(cut ? footer.subarray(0, length) : footer);
        for (const [at, by] of changes) damaged[at % damaged.length]! ^= by;
        const read = undamaged(() => new Footer(damaged));
        if (read !== undefined)
          rowGroupsThatMayHold(read, conditions, {
            numRows: [4, 4, 4, 4, 4],
            typeOf: (name) => types.get(name),
            withoutNaN: true,
          });
      }),
      { numRuns: 2000 },
    );
  });

  it('that says to be larger than it is takes no memory, and no stack', () => {
    const lists = Buffer.from('19'.repeat(100_000), 'hex');
    expect(() => new ThriftReader(lists).skip(9)).toThrow(ThriftError);
    const huge = Buffer.from('29fcffffffff0f', 'hex');
    expect(() => new Footer(huge)).toThrow(ThriftError);
    const deep: Thrift = { 2: Array.from({ length: 300 }, () => ({ 4: text('x'), 5: 1 })), 4: [] };
    expect(() => new Footer(encode(deep))).toThrow(ThriftError);
  });
});

/** A structure by its field ids; numbers are i32, bigints i64. */
type Thrift = { readonly [id: number]: number | bigint | boolean | Uint8Array | Thrift | readonly Thrift[] };

const isList = (value: Thrift | readonly Thrift[]): value is readonly Thrift[] => Array.isArray(value);

function encode(struct: Thrift): Uint8Array {
  const out: number[] = [];
  const varint = (value: bigint): void => {
    for (; value > 127n; value >>= 7n) out.push(Number(value & 127n) | 128);
    out.push(Number(value));
  };
  const zigzag = (value: bigint): void => varint(value < 0n ? -value * 2n - 1n : value * 2n);
  const write = (fields: Thrift): void => {
    for (const [id, value] of Object.entries(fields)) {
      const head = (type: number): void => {
        out.push(type);
        zigzag(BigInt(id));
      };
      if (typeof value === 'boolean') {
        head(value ? 1 : 2);
      } else if (typeof value === 'number') {
        head(5);
        zigzag(BigInt(value));
      } else if (typeof value === 'bigint') {
        head(6);
        zigzag(value);
      } else if (value instanceof Uint8Array) {
        head(8);
        varint(BigInt(value.length));
        out.push(...value);
      } else if (isList(value)) {
        head(9);
        out.push(0xfc);
        varint(BigInt(value.length));
        value.forEach(write);
      } else {
        head(12);
        write(value);
      }
    }
    out.push(0);
  };
  write(struct);
  return Uint8Array.from(out);
}

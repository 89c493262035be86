import fc from 'fast-check';
import { exact } from '../../../lib/columns/index.js';
import {
  type DataType,
  Decimal,
  Timestamp,
  type StructType,
  field,
  structOf,
  parseType,
} from '../../../lib/schema/index.js';

/** One type of each kind, and some nested ones. */
export const types = [
  'BOOLEAN',
  'TINYINT',
  'SMALLINT',
  'INT',
  'BIGINT',
  'FLOAT',
  'DOUBLE',
  'DECIMAL(9,2)',
  'DECIMAL(38,10)',
  'DATE',
  'TIMESTAMP',
  'TIMESTAMP_NTZ',
  'INTERVAL DAY TO SECOND',
  'INTERVAL YEAR TO MONTH',
  'INTERVAL',
  'STRING',
  'BINARY',
  'ARRAY<INT>',
  'ARRAY<ARRAY<STRING>>',
  'MAP<STRING, BIGINT>',
  'MAP<INT, ARRAY<DOUBLE>>',
  'STRUCT<a: INT, b: STRING>',
  'STRUCT<a: STRUCT<c: TIMESTAMP>, b: ARRAY<STRUCT<d: DECIMAL(20,3)>>>',
].map(parseType);

/** Values of a type as rows hold them, one in five missing. */
export function arbitrary(type: DataType): fc.Arbitrary<unknown> {
  return fc.option(present(type), { nil: null, freq: 5 });
}

function present(type: DataType): fc.Arbitrary<unknown> {
  switch (type.kind) {
    case 'boolean':
      return fc.boolean();
    case 'byte':
      return fc.integer({ min: -128, max: 127 });
    case 'short':
      return fc.integer({ min: -32768, max: 32767 });
    case 'int':
      return fc.integer();
    case 'long':
      return fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(exact);
    case 'float':
      return fc.float();
    case 'double':
      return fc.double();
    case 'decimal': {
      const limit = 10n ** BigInt(type.precision) - 1n;
      return fc.bigInt({ min: -limit, max: limit }).map((v) => new Decimal(v, type.scale));
    }
    case 'date':
      return fc.integer({ min: -100_000, max: 1_000_000 }).map((day) => new Date(day * 86_400_000));
    case 'timestamp':
    case 'timestamp_ntz':
      return fc.bigInt({ min: -(10n ** 16n), max: 10n ** 16n }).map((micros) => {
        return micros % 1000n === 0n ? new Date(Number(micros / 1000n)) : new Timestamp(micros);
      });
    case 'day_time_interval':
      return fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(exact);
    case 'year_month_interval':
      return fc.integer();
    case 'calendar_interval': {
      // Within what Arrow's 64 bits of nanoseconds hold.
      const micros = fc.bigInt({ min: -(2n ** 53n), max: 2n ** 53n });
      return fc.record({ months: fc.integer(), days: fc.integer(), micros });
    }
    case 'string':
      return fc.string({ unit: 'binary', maxLength: 20 });
    case 'binary':
      return fc.uint8Array({ maxLength: 20 });
    case 'array':
      return fc.array(arbitrary(type.element), { maxLength: 5 });
    case 'map': {
      const entries = fc.array(fc.tuple(present(type.key), arbitrary(type.value)), { maxLength: 5 });
      return entries.map((pairs) => new Map(pairs));
    }
    case 'struct':
      return fc.tuple(...type.fields.map((f) => arbitrary(f.type))).map((values) => {
        return Object.fromEntries(type.fields.map((f, i) => [f.name, values[i]]));
      });
    case 'void':
      return fc.constant(null);
    case 'any':
      return fc.jsonValue();
  }
}

/** A schema of one column of each of `types`, called `c0`, `c1`… */
export const schemaOf = (of: readonly DataType[]): StructType => structOf(of.map((type, i) => field(`c${i}`, type)));

export const rowsOf = (schema: StructType, size: { minLength?: number; maxLength?: number } = {}) =>
  fc.array(fc.record(Object.fromEntries(schema.fields.map((f) => [f.name, arbitrary(f.type)]))), size);

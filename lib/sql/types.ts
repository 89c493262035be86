import type { DuckDBDecimalType, DuckDBListType, DuckDBMapType, DuckDBStructType, DuckDBType } from '@duckdb/node-api';
import { SluiceError } from '../errors/index.js';
import * as t from '../schema/index.js';

/** The ids of DuckDB's types, as its C interface numbers them. */
export const typeIds = {
  boolean: 1,
  tinyint: 2,
  smallint: 3,
  integer: 4,
  bigint: 5,
  utinyint: 6,
  usmallint: 7,
  uinteger: 8,
  ubigint: 9,
  float: 10,
  double: 11,
  timestamp: 12,
  date: 13,
  interval: 15,
  hugeint: 16,
  varchar: 17,
  blob: 18,
  decimal: 19,
  timestampSeconds: 20,
  timestampMillis: 21,
  timestampNanos: 22,
  enum: 23,
  list: 24,
  struct: 25,
  map: 26,
  timestampTz: 31,
  array: 33,
  null: 36,
} as const;

const names: Readonly<Partial<Record<t.DataType['kind'], string>>> = {
  boolean: 'BOOLEAN',
  byte: 'TINYINT',
  short: 'SMALLINT',
  int: 'INTEGER',
  long: 'BIGINT',
  float: 'FLOAT',
  double: 'DOUBLE',
  string: 'VARCHAR',
  binary: 'BLOB',
  date: 'DATE',
  timestamp: 'TIMESTAMPTZ',
  timestamp_ntz: 'TIMESTAMP',
  day_time_interval: 'INTERVAL',
  year_month_interval: 'INTERVAL',
  calendar_interval: 'INTERVAL',
  // A column without a value; DuckDB's tables have no type for it.
  void: 'INTEGER',
};

export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** A type as DuckDB's DDL writes it. `path` names the column in errors. */
export function toDuckDb(type: t.DataType, path: string): string {
  switch (type.kind) {
    case 'decimal':
      return `DECIMAL(${type.precision}, ${type.scale})`;
    case 'array':
      return `${toDuckDb(type.element, `${path}.element`)}[]`;
    case 'map':
      return `MAP(${toDuckDb(type.key, `${path}.key`)}, ${toDuckDb(type.value, `${path}.value`)})`;
    case 'struct':
      if (type.fields.length > 0) {
        const fields = type.fields.map((f) => `${quoted(f.name)} ${toDuckDb(f.type, `${path}.${f.name}`)}`);
        return `STRUCT(${fields.join(', ')})`;
      }
      break;
    default: {
      const name = names[type.kind];
      if (name !== undefined) return name;
    }
  }
  const message = `sql: column '${path}' is of type ${t.formatType(type)}, which DuckDB has not. Leave it out before the memory sink.`;
  throw new SluiceError('INVALID_SCHEMA', message, { details: { column: path, type: t.formatType(type) } });
}

/** DuckDB's type as ours. Throws INVALID_SQL naming the column of a result for whose type there is none. */
export function fromDuckDb(type: DuckDBType, path: string): t.DataType {
  const nested = (of: DuckDBType, name: string): t.DataType => fromDuckDb(of, `${path}.${name}`);
  switch (type.typeId as number) {
    case typeIds.boolean:
      return t.boolean();
    case typeIds.tinyint:
      return t.byte();
    case typeIds.smallint:
    case typeIds.utinyint:
      return t.short();
    case typeIds.integer:
    case typeIds.usmallint:
      return t.int();
    case typeIds.bigint:
    case typeIds.uinteger:
    case typeIds.hugeint: // sums of whole numbers, which are BIGINT in Spark
      return t.long();
    case typeIds.ubigint:
      return t.decimal(20, 0);
    case typeIds.float:
      return t.float();
    case typeIds.double:
      return t.double();
    case typeIds.decimal: {
      const { width, scale } = type as DuckDBDecimalType;
      return t.decimal(width, scale);
    }
    case typeIds.varchar:
    case typeIds.enum:
      return t.string();
    case typeIds.blob:
      return t.binary();
    case typeIds.date:
      return t.date();
    case typeIds.timestamp:
    case typeIds.timestampSeconds:
    case typeIds.timestampMillis:
    case typeIds.timestampNanos:
      return t.timestampNtz();
    case typeIds.timestampTz:
      return t.timestamp();
    case typeIds.interval:
      return t.calendarInterval();
    case typeIds.list:
    case typeIds.array:
      return t.array(nested((type as DuckDBListType).valueType, 'element'));
    case typeIds.map: {
      const { keyType, valueType } = type as DuckDBMapType;
      return t.map(nested(keyType, 'key'), nested(valueType, 'value'));
    }
    case typeIds.struct: {
      const { entryNames, entryTypes } = type as DuckDBStructType;
      return t.structOf(entryNames.map((name, i) => t.field(name, nested(entryTypes[i]!, name))));
    }
    case typeIds.null:
      return t.voidType();
    default: {
      const message = `sql: column '${path}' of the result is of type ${type.toString()}, for which there is no type here. Cast it, to VARCHAR for instance.`;
      throw new SluiceError('INVALID_SQL', message, { details: { column: path, type: type.toString() } });
    }
  }
}

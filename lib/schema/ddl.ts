import type { AtomicKind, DataType, DayTimeIntervalType, Field, StructType, YearMonthIntervalType } from './types.js';

const spelling: Readonly<Record<AtomicKind, string>> = {
  string: 'STRING',
  boolean: 'BOOLEAN',
  byte: 'TINYINT',
  short: 'SMALLINT',
  int: 'INT',
  long: 'BIGINT',
  float: 'FLOAT',
  double: 'DOUBLE',
  date: 'DATE',
  timestamp: 'TIMESTAMP',
  timestamp_ntz: 'TIMESTAMP_NTZ',
  binary: 'BINARY',
  calendar_interval: 'INTERVAL',
  void: 'VOID',
  any: 'ANY',
};

/** Writes a type as DDL, such as `STRUCT<a: INT, b: STRING>`. */
export function formatType(type: DataType): string {
  switch (type.kind) {
    case 'decimal':
      return `DECIMAL(${type.precision},${type.scale})`;
    case 'day_time_interval':
    case 'year_month_interval':
      return `INTERVAL ${intervalUnits(type).toUpperCase()}`;
    case 'array':
      return `ARRAY<${formatType(type.element)}>`;
    case 'map':
      return `MAP<${formatType(type.key)}, ${formatType(type.value)}>`;
    case 'struct':
      return `STRUCT<${type.fields.map((f) => formatField(f, ': ')).join(', ')}>`;
    default:
      return spelling[type.kind];
  }
}

/** Writes a schema as DDL, such as `id BIGINT NOT NULL, shop STRING`. */
export function formatDdl(schema: StructType): string {
  return schema.fields.map((f) => formatField(f, ' ')).join(', ');
}

/**
 * The name of a type as Spark's `typeof` and its errors write it: `bigint`, `decimal(10,2)`, `struct<a:int,b:string>`,
 * `interval day to second`.
 */
export function simpleString(type: DataType): string {
  switch (type.kind) {
    case 'array':
      return `array<${simpleString(type.element)}>`;
    case 'map':
      return `map<${simpleString(type.key)},${simpleString(type.value)}>`;
    case 'struct':
      return `struct<${type.fields.map((f) => `${f.name}:${simpleString(f.type)}`).join(',')}>`;
    default:
      return formatType(type).toLowerCase();
  }
}

/** The units of an interval as they are written: `day`, `day to second`. */
export const intervalUnits = ({ start, end }: DayTimeIntervalType | YearMonthIntervalType): string =>
  start === end ? start : `${start} to ${end}`;

function formatField(f: Field, separator: string): string {
  const name = /^[A-Za-z_]\w*$/.test(f.name) ? f.name : `\`${f.name.replaceAll('`', '``')}\``;
  const comment = f.comment === undefined ? '' : ` COMMENT '${f.comment.replace(/[\\']/g, '\\$&')}'`;
  return `${name}${separator}${formatType(f.type)}${f.nullable ? '' : ' NOT NULL'}${comment}`;
}

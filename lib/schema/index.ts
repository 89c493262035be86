import { SluiceError } from '../errors/index.js';
import { formatType, parseDdl } from './ddl.js';
import type { DataType, Schema, StructType } from './types.js';

export * from './types.js';
export { formatDdl, formatType, parseDdl, parseType } from './ddl.js';
export { type CalendarInterval, Decimal, Timestamp, epochMicros } from './values.js';

/** A schema as users give it: a DDL string such as `'id LONG, at TIMESTAMP'`, or `struct({...})`. */
export type SchemaLike<Row = unknown> = string | StructType<Row>;

/** Reads a schema that a user gave. Throws INVALID_SCHEMA. */
export function toSchema<Row>(schema: SchemaLike<Row>): Schema<Row> {
  if (typeof schema === 'string') return parseDdl(schema) as Schema<Row>;
  if (typeof schema === 'object' && schema !== null && schema.kind === 'struct') {
    const seen = new Set<string>();
    for (const { name } of schema.fields) {
      if (seen.has(name)) throw new SluiceError('INVALID_SCHEMA', `The schema has the column '${name}' twice.`);
      seen.add(name);
    }
    return schema;
  }
  throw new SluiceError(
    'INVALID_SCHEMA',
    "A schema is a DDL string such as 'id LONG, at TIMESTAMP', or struct({...}).",
  );
}

/** Draws a schema as Spark does. */
export function treeString(schema: StructType): string {
  const lines = ['root'];
  const walk = (type: DataType, indent: string): void => {
    if (type.kind === 'struct') {
      for (const f of type.fields) line(f.name, f.type, ` (nullable = ${f.nullable})`, indent);
    } else if (type.kind === 'array') {
      line('element', type.element, ` (containsNull = ${type.containsNull})`, indent);
    } else if (type.kind === 'map') {
      line('key', type.key, '', indent);
      line('value', type.value, ` (valueContainsNull = ${type.valueContainsNull})`, indent);
    }
  };
  const line = (name: string, type: DataType, suffix: string, indent: string): void => {
    lines.push(`${indent}|-- ${name}: ${labelOf(type)}${suffix}`);
    walk(type, `${indent}|    `);
  };
  walk(schema, ' ');
  return lines.join('\n');
}

function labelOf(type: DataType): string {
  if (type.kind === 'decimal') return formatType(type).toLowerCase();
  return type.kind === 'int' ? 'integer' : type.kind;
}

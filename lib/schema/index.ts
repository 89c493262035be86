import { SluiceError } from '../errors/index.js';
import { parseDdl, twice } from './ddl-parser.js';
import type { DataType, Schema, StructType } from './types.js';

export * from './types.js';
export { formatDdl, formatType, intervalUnits, simpleString } from './ddl.js';
export { parseDdl, parseType, parseTypeOrSchema, parseTypePrefix } from './ddl-parser.js';
export { schemaFromJson, schemaToJson, typeFromJson, typeName } from './json.js';
export { fieldNamed } from './field-named.js';
export { treeString } from './tree-string.js';
export { type CalendarInterval, Decimal, Timestamp, epochMicros } from './values.js';

/** A schema as users give it: a DDL string such as `'id LONG, at TIMESTAMP'`, or `struct({...})`. */
export type SchemaLike<Row = unknown> = string | StructType<Row>;

/**
 * Reads a schema that a user gave. Throws INVALID_SCHEMA, also for two names that differ by case only: expressions do
 * not tell them apart.
 */
export function toSchema<Row>(schema: SchemaLike<Row>): Schema<Row> {
  if (typeof schema === 'string') return parseDdl(schema) as Schema<Row>;
  if (typeof schema === 'object' && schema !== null && schema.kind === 'struct') {
    checkNames(schema);
    return schema;
  }
  throw new SluiceError(
    'INVALID_SCHEMA',
    "A schema is a DDL string such as 'id LONG, at TIMESTAMP', or struct({...}).",
  );
}

function checkNames(type: DataType): void {
  if (type.kind === 'array') checkNames(type.element);
  if (type.kind === 'map') checkNames(type.value);
  if (type.kind !== 'struct') return;
  const seen = new Map<string, string>();
  for (const f of type.fields) {
    const lower = f.name.toLowerCase();
    const other = seen.get(lower);
    if (other !== undefined) throw new SluiceError('INVALID_SCHEMA', `Reading the schema: ${twice(f.name, other)}.`);
    seen.set(lower, f.name);
    checkNames(f.type);
  }
}

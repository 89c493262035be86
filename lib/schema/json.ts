import { SluiceError } from '../errors/index.js';
import { parseType } from './ddl-parser.js';
import { simpleString } from './ddl.js';
import {
  type DataType,
  type Field,
  type StructType,
  anyType,
  array,
  field,
  map,
  structOf,
  string,
  voidType,
} from './types.js';

/** Writes a schema as JSON, letter for letter as Spark's `StructType.json` does. */
export function schemaToJson(schema: StructType): string {
  return JSON.stringify(jsonOf(schema));
}

/**
 * Reads a schema as Spark's `StructType.json` writes it. Of the metadata of a column only the comment is kept; char and
 * varchar are strings, and a user-defined type is the type that it is stored as. Throws INVALID_SCHEMA.
 */
export function schemaFromJson(text: string): StructType {
  const type = typeFromJson(text);
  if (type.kind === 'struct') return type;
  throw unreadable('the schema', 'a struct was expected', text);
}

/** Reads any type as Spark's `DataType.json` writes it. Throws INVALID_SCHEMA. */
export function typeFromJson(text: string): DataType {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw SluiceError.from(error, 'INVALID_SCHEMA', 'Reading a schema in JSON', { schema: text });
  }
  return typeOf(parsed, 'the schema');
}

/** The name of a type that holds no others, as Spark's JSON and `printSchema` write it. */
export function typeName(type: DataType): string {
  switch (type.kind) {
    case 'byte':
    case 'short':
    case 'long':
      return type.kind;
    case 'int':
      return 'integer';
    default:
      return simpleString(type);
  }
}

function jsonOf(type: DataType): unknown {
  switch (type.kind) {
    case 'array':
      return { type: 'array', elementType: jsonOf(type.element), containsNull: type.containsNull };
    case 'map': {
      const { key, value, valueContainsNull } = type;
      return { type: 'map', keyType: jsonOf(key), valueType: jsonOf(value), valueContainsNull };
    }
    case 'struct':
      return { type: 'struct', fields: type.fields.map(fieldJson) };
    default:
      return typeName(type);
  }
}

const fieldJson = ({ name, type, nullable, comment }: Field): unknown => ({
  name,
  type: jsonOf(type),
  nullable,
  metadata: comment === undefined ? {} : { comment },
});

function typeOf(json: unknown, path: string): DataType {
  // Spark 2 called it null.
  if (json === 'null') return voidType();
  // What `schemaToJson` writes for values whose type nobody declared.
  if (json === 'any') return anyType();
  if (typeof json === 'string') return named(json, path);
  const given = (typeof json === 'object' && json !== null ? json : {}) as Readonly<Record<string, unknown>>;
  switch (given['type']) {
    case 'array':
      return array(typeOf(given['elementType'], `${path}.element`), given['containsNull'] !== false);
    case 'map': {
      const key = typeOf(given['keyType'], `${path}.key`);
      return map(key, typeOf(given['valueType'], `${path}.value`), given['valueContainsNull'] !== false);
    }
    case 'struct': {
      const { fields } = given;
      if (Array.isArray(fields)) return structOf(fields.map((f: unknown) => fieldOf(f, path)));
      throw unreadable(path, 'a struct has a list of `fields`', json);
    }
    case 'udt':
      return given['sqlType'] === undefined ? string() : typeOf(given['sqlType'], path);
    default:
      throw unreadable(path, 'a type is a name, or an object whose `type` is array, map or struct', json);
  }
}

function named(name: string, path: string): DataType {
  try {
    return parseType(name);
  } catch {
    throw unreadable(path, 'the name of a type was expected', name);
  }
}

function fieldOf(json: unknown, path: string): Field {
  const given = (typeof json === 'object' && json !== null ? json : {}) as Readonly<Record<string, unknown>>;
  const { name, type, nullable, metadata } = given;
  if (typeof name !== 'string') throw unreadable(path, 'a field has a `name`', json);
  const comment = (metadata as { comment?: unknown } | null | undefined)?.comment;
  const text = typeof comment === 'string' ? comment : undefined;
  return field(name, typeOf(type, `${path}.${name}`), nullable !== false, text);
}

function unreadable(path: string, expected: string, found: unknown): SluiceError {
  const text = typeof found === 'string' ? found : (JSON.stringify(found) ?? 'nothing');
  const shown = text.length > 80 ? `${text.slice(0, 77)}...` : text;
  const message = `Reading ${path} in JSON: ${expected}, but there is ${shown}.`;
  return new SluiceError('INVALID_SCHEMA', message, { details: { path } });
}

import { SluiceError } from '../../../lib/errors/index.js';
import {
  type DataType,
  type Schema,
  array,
  decimal,
  field,
  formatType,
  map,
  sameType,
  structOf,
} from '../../../lib/schema/index.js';

/**
 * The columns of both schemas, as Spark merges those of Parquet files: those of `a` in their order, behind them those
 * that only `b` has; the same in structs, at any depth. Names that differ in case only are the same, as `a` has them.
 * Types have to be the same, but for the precision of decimals, of which the greater one is taken: SCHEMA_MISMATCH.
 *
 * @param path the file that `b` is of, for messages
 */
export function mergeSchemas(a: Schema, b: Schema, path: string): Schema {
  return mergeFields(a, b, '', path);
}

function mergeFields(a: Schema, b: Schema, parent: string, path: string): Schema {
  const rest = new Map(b.fields.map((f) => [f.name.toLowerCase(), f]));
  const merged = a.fields.map((f) => {
    const key = f.name.toLowerCase();
    const other = rest.get(key);
    if (other === undefined) return f;
    rest.delete(key);
    const type = mergeTypes(f.type, other.type, parent + f.name, path);
    return field(f.name, type, f.nullable || other.nullable, f.comment ?? other.comment);
  });
  return structOf([...merged, ...rest.values()]);
}

function mergeTypes(a: DataType, b: DataType, column: string, path: string): DataType {
  if (sameType(a, b)) return a;
  if (a.kind === 'struct' && b.kind === 'struct') return mergeFields(a, b, `${column}.`, path);
  if (a.kind === 'array' && b.kind === 'array') {
    const element = mergeTypes(a.element, b.element, `${column}.element`, path);
    return array(element, a.containsNull || b.containsNull);
  }
  if (a.kind === 'map' && b.kind === 'map') {
    const key = mergeTypes(a.key, b.key, `${column}.key`, path);
    const value = mergeTypes(a.value, b.value, `${column}.value`, path);
    return map(key, value, a.valueContainsNull || b.valueContainsNull);
  }
  if (a.kind === 'decimal' && b.kind === 'decimal' && a.scale === b.scale) {
    return decimal(Math.max(a.precision, b.precision), a.scale);
  }
  const [wanted, found] = [formatType(a), formatType(b)];
  const message = `Reading '${path}': column '${column}' is ${found} in the file, and ${wanted} in those before it, so mergeSchema cannot merge them. Declare a schema.`;
  throw new SluiceError('SCHEMA_MISMATCH', message, { details: { path, column, found, wanted } });
}

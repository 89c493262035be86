import { SluiceError } from '../errors/index.js';
import * as t from '../schema/types.js';
import { Decimal } from '../schema/values.js';
import { columnFrom } from './builder.js';
import { type Column, ListColumn, MapColumn, PlainColumn, StructColumn, type Validity } from './column.js';
import { Table } from './table.js';

/** What a JavaScript value is, for choosing a type. */
type Shape =
  'boolean' | 'number' | 'bigint' | 'string' | 'date' | 'decimal' | 'binary' | 'array' | 'map' | 'object' | 'other';

/**
 * The type that holds every one of `values`: booleans as BOOLEAN, numbers as DOUBLE, bigints (also among whole
 * numbers) as BIGINT, strings as STRING, dates as TIMESTAMP, decimals as the DECIMAL that holds the longest,
 * `Uint8Array` as BINARY, arrays, maps and other objects as ARRAY, MAP and STRUCT of what they hold. VOID where
 * every value is missing. Values that no one type holds throw SCHEMA_MISMATCH naming `name`.
 */
export function inferType(values: readonly unknown[], name = 'value'): t.DataType {
  const shapes = new Map<Shape, unknown>();
  for (const value of values) {
    if (value === null || value === undefined) continue;
    const shape = shapeOf(value);
    if (!shapes.has(shape)) shapes.set(shape, value);
  }
  const [shape, ...others] = shapes.keys();
  if (shape === undefined) return t.voidType();
  if (others.length > 0) return mixed(shapes, values, name);
  switch (shape) {
    case 'boolean':
      return t.boolean();
    case 'number':
      return t.double();
    case 'bigint':
      return t.long();
    case 'string':
      return t.string();
    case 'date':
      return t.timestamp();
    case 'binary':
      return t.binary();
    case 'decimal':
      return decimalType(values, name);
    case 'array':
      return t.array(inferType((present(values) as unknown[][]).flat(), `${name}.element`));
    case 'map': {
      const entries = (present(values) as Map<unknown, unknown>[]).flatMap((map) => [...map]);
      const keys = entries.map(([key]) => key);
      const items = entries.map(([, item]) => item);
      return t.map(inferType(keys, `${name}.key`), inferType(items, `${name}.value`));
    }
    case 'object':
      return structType(present(values) as Record<string, unknown>[], name);
    case 'other':
      throw new SluiceError(
        'SCHEMA_MISMATCH',
        `Column '${name}' holds a ${typeof shapes.get(shape)}, which is no data.`,
        {
          details: { column: name },
        },
      );
  }
}

/**
 * The table with a type for every column: columns of plain values (`any`), also inside arrays, maps and structs,
 * get the type that `inferType` finds and its layout; one whose values are all missing becomes VOID. Other columns
 * are shared. Throws SCHEMA_MISMATCH for a column of mixed values, TYPE_MISMATCH for a value that does not fit.
 */
export function withTypes(table: Table): Table {
  const columns = table.columns.map((column, i) => typed(column, table.schema.fields[i]!.name));
  if (columns.every((column, i) => column === table.columns[i])) return table;
  const fields = table.schema.fields.map((f, i) => ({ ...f, type: columns[i]!.type }));
  return new Table(t.structOf(fields), columns, table.numRows);
}

function typed(column: Column, name: string): Column {
  const valid: Validity = column;
  if (column instanceof PlainColumn) {
    return column.type.kind === 'any' ? columnFrom(inferType(column.values, name), column.values, name) : column;
  }
  if (column instanceof ListColumn) {
    const child = typed(column.child, `${name}.element`);
    if (child === column.child) return column;
    return new ListColumn({ ...(column.type as t.ArrayType), element: child.type }, column.offsets, child, valid);
  }
  if (column instanceof MapColumn) {
    const keys = typed(column.keys, `${name}.key`);
    const values = typed(column.values, `${name}.value`);
    if (keys === column.keys && values === column.values) return column;
    const type: t.MapType = { ...(column.type as t.MapType), key: keys.type, value: values.type };
    return new MapColumn(type, column.offsets, keys, values, valid);
  }
  if (column instanceof StructColumn) {
    const { fields } = column.type as t.StructType;
    const children = column.children.map((child, i) => typed(child, `${name}.${fields[i]!.name}`));
    if (children.every((child, i) => child === column.children[i])) return column;
    const type = t.structOf(fields.map((f, i) => ({ ...f, type: children[i]!.type })));
    return new StructColumn(type, column.length, children, valid);
  }
  return column;
}

const present = (values: readonly unknown[]): unknown[] => values.filter((v) => v !== null && v !== undefined);

function shapeOf(value: unknown): Shape {
  switch (typeof value) {
    case 'boolean':
    case 'number':
    case 'bigint':
    case 'string':
      return typeof value as Shape;
    case 'object':
      if (Array.isArray(value)) return 'array';
      if (value instanceof Date) return 'date';
      if (value instanceof Uint8Array) return 'binary';
      if (value instanceof Decimal) return 'decimal';
      return value instanceof Map ? 'map' : 'object';
    default:
      return 'other';
  }
}

function mixed(shapes: ReadonlyMap<Shape, unknown>, values: readonly unknown[], name: string): t.DataType {
  // A long in a row is a number while that is exact, and a bigint past it.
  const whole = shapes.size === 2 && shapes.has('bigint') && shapes.has('number');
  if (whole && values.every((v) => typeof v !== 'number' || Number.isSafeInteger(v))) return t.long();
  const found = [...shapes.keys()];
  const message = `Column '${name}' holds values of different types: ${found.join(', ')}. Give a schema, or convert them first.`;
  throw new SluiceError('SCHEMA_MISMATCH', message, { details: { column: name, found } });
}

function decimalType(values: readonly unknown[], name: string): t.DataType {
  let scale = 0;
  let whole = 1;
  for (const value of values) {
    if (!(value instanceof Decimal)) continue;
    scale = Math.max(scale, value.scale);
    whole = Math.max(whole, value.precision - value.scale);
  }
  if (whole + scale <= 38) return t.decimal(whole + scale, scale);
  const message = `Column '${name}' has decimals of ${whole} digits before and ${scale} after the point, together more than 38.`;
  throw new SluiceError('SCHEMA_MISMATCH', message, { details: { column: name } });
}

function structType(values: readonly Record<string, unknown>[], name: string): t.DataType {
  const names = new Set(values.flatMap((value) => Object.keys(value)));
  const valuesOf = (key: string) => values.map((value) => (Object.hasOwn(value, key) ? value[key] : null));
  return t.structOf([...names].map((key) => t.field(key, inferType(valuesOf(key), `${name}.${key}`))));
}

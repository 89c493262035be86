import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type * as Arrow from 'apache-arrow';
import { SluiceError } from '../errors/index.js';
import * as t from '../schema/types.js';

let loaded: typeof Arrow | undefined;

/**
 * The `apache-arrow` package, loaded when it is first needed: it takes as long to load as the rest of the library
 * several times over, and most pipelines never need it.
 */
export function arrow(): typeof Arrow {
  if (loaded === undefined) {
    // The file that `import 'apache-arrow'` means, so that a user's classes and ours are the same ones.
    const resolved = import.meta.resolve('apache-arrow');
    // A path where this module has been compiled to CommonJS.
    const path = resolved.startsWith('file:') ? fileURLToPath(resolved) : resolved;
    loaded = createRequire(import.meta.url)(path) as typeof Arrow;
  }
  return loaded;
}

/** Our schema as an Arrow schema; comments become metadata. Throws SCHEMA_REQUIRED for a column of type `any`. */
export function schemaToArrow(schema: t.Schema): Arrow.Schema {
  const { Schema } = arrow();
  return new Schema(schema.fields.map((f) => fieldToArrow(f, f.name)));
}

function fieldToArrow(f: t.Field, path: string): Arrow.Field {
  const { Field } = arrow();
  const metadata = f.comment === undefined ? undefined : new Map([['comment', f.comment]]);
  return new Field(f.name, typeToArrow(f.type, path), f.nullable, metadata);
}

/** `path` names the column in errors. */
export function typeToArrow(type: t.DataType, path: string): Arrow.DataType {
  const a = arrow();
  switch (type.kind) {
    case 'boolean':
      return new a.Bool();
    case 'byte':
      return new a.Int8();
    case 'short':
      return new a.Int16();
    case 'int':
      return new a.Int32();
    case 'long':
      return new a.Int64();
    case 'float':
      return new a.Float32();
    case 'double':
      return new a.Float64();
    case 'string':
      return new a.Utf8();
    case 'binary':
      return new a.Binary();
    case 'date':
      return new a.DateDay();
    case 'timestamp':
      return new a.TimestampMicrosecond('UTC');
    case 'timestamp_ntz':
      return new a.TimestampMicrosecond();
    case 'day_time_interval':
      return new a.DurationMicrosecond();
    case 'year_month_interval':
      return new a.Interval(a.IntervalUnit.YEAR_MONTH);
    case 'calendar_interval':
      return new a.Interval(a.IntervalUnit.MONTH_DAY_NANO);
    case 'decimal':
      return new a.Decimal(type.scale, type.precision, 128);
    case 'array':
      return new a.List(new a.Field('element', typeToArrow(type.element, `${path}.element`), type.containsNull));
    case 'map': {
      const key = new a.Field('key', typeToArrow(type.key, `${path}.key`), false);
      const value = new a.Field('value', typeToArrow(type.value, `${path}.value`), type.valueContainsNull);
      return new a.Map_(new a.Field('entries', new a.Struct([key, value] as never), false) as never);
    }
    case 'struct':
      return new a.Struct(type.fields.map((f) => fieldToArrow(f, `${path}.${f.name}`)));
    case 'void':
      return new a.Null();
    case 'any': {
      const message = `Column '${path}' has no type of its own (it is ANY), which Arrow needs. Give a schema.`;
      throw new SluiceError('SCHEMA_REQUIRED', message, { details: { column: path } });
    }
  }
}

/** An Arrow schema as ours. Throws INVALID_SCHEMA naming a column whose type has no counterpart. */
export function schemaFromArrow(schema: Arrow.Schema): t.Schema {
  return t.structOf(schema.fields.map((f) => fieldFromArrow(f, f.name)));
}

/** `path` names the column in errors. */
export function fieldFromArrow(f: Arrow.Field, path: string): t.Field {
  return t.field(f.name, typeFromArrow(f.type as Arrow.DataType, path), f.nullable, f.metadata.get('comment'));
}

function typeFromArrow(type: Arrow.DataType, path: string): t.DataType {
  const { DataType, IntervalUnit, Precision, Type } = arrow();
  switch (type.typeId) {
    case Type.Null:
      return t.voidType();
    case Type.Bool:
      return t.boolean();
    case Type.Int:
      return integerType(type as Arrow.Int);
    case Type.Float:
      return (type as Arrow.Float).precision === Precision.DOUBLE ? t.double() : t.float();
    case Type.Utf8:
    case Type.LargeUtf8:
    case Type.Utf8View:
      return t.string();
    case Type.Binary:
    case Type.LargeBinary:
    case Type.BinaryView:
    case Type.FixedSizeBinary:
      return t.binary();
    case Type.Date:
      return t.date();
    case Type.Timestamp:
      return (type as Arrow.Timestamp).timezone ? t.timestamp() : t.timestampNtz();
    case Type.Duration:
      return t.dayTimeInterval();
    case Type.Interval: {
      const { unit } = type as Arrow.Interval;
      if (unit === IntervalUnit.DAY_TIME) throw unsupported(type, path);
      return unit === IntervalUnit.YEAR_MONTH ? t.yearMonthInterval() : t.calendarInterval();
    }
    case Type.Decimal: {
      const { precision, scale } = type as Arrow.Decimal;
      if (precision > 38 || scale < 0 || scale > precision) throw unsupported(type, path);
      return t.decimal(precision, scale);
    }
    case Type.List:
    case Type.LargeList:
    case Type.FixedSizeList: {
      const [element] = type.children;
      return t.array(typeFromArrow(element!.type as Arrow.DataType, `${path}.element`), element!.nullable);
    }
    case Type.Map: {
      const [key, value] = (type as Arrow.Map_).childType.children;
      if (key === undefined || value === undefined) throw unsupported('a map without values', path);
      const keyType = typeFromArrow(key.type as Arrow.DataType, `${path}.key`);
      return t.map(keyType, typeFromArrow(value.type as Arrow.DataType, `${path}.value`), value.nullable);
    }
    case Type.Struct:
      return t.structOf(type.children.map((f) => fieldFromArrow(f, `${path}.${f.name}`)));
    default:
      if (DataType.isDictionary(type)) return typeFromArrow(type.dictionary as Arrow.DataType, path);
      throw unsupported(type, path);
  }
}

/** Unsigned integers go to the next wider type, as Spark reads them. */
function integerType({ bitWidth, isSigned }: Arrow.Int): t.DataType {
  switch (bitWidth) {
    case 8:
      return isSigned ? t.byte() : t.short();
    case 16:
      return isSigned ? t.short() : t.int();
    case 32:
      return isSigned ? t.int() : t.long();
    default:
      return isSigned ? t.long() : t.decimal(20, 0);
  }
}

export function unsupported(type: unknown, path: string): SluiceError {
  const name = String(type);
  const message = `Column '${path}' is of the Arrow type ${name}, for which there is no type here. Leave the column out, or convert it where it is written.`;
  return new SluiceError('INVALID_SCHEMA', message, { details: { column: path, type: name } });
}

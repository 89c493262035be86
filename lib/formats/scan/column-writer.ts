import type { DataType } from '../../schema/index.js';
import { ListWriter, MapWriter, StructWriter } from './nested-writers.js';
import {
  BooleanWriter,
  BytesWriter,
  type ColumnWriter,
  DecimalWriter,
  DoubleWriter,
  IntWriter,
  LongWriter,
  NarrowWriter,
  PlainWriter,
} from './writers.js';

/** The writer for a type; which class it is follows from the `kind`. */
export function columnWriter(type: DataType): ColumnWriter {
  switch (type.kind) {
    case 'int':
    case 'date':
    case 'year_month_interval':
      return new IntWriter(type);
    case 'long':
    case 'timestamp':
    case 'timestamp_ntz':
    case 'day_time_interval':
      return new LongWriter(type);
    case 'double':
      return new DoubleWriter(type);
    case 'byte':
    case 'short':
    case 'float':
      return new NarrowWriter(type, type.kind);
    case 'boolean':
      return new BooleanWriter(type);
    case 'string':
    case 'binary':
      return new BytesWriter(type);
    case 'decimal':
      return new DecimalWriter(type);
    case 'array':
      return new ListWriter(type, columnWriter(type.element));
    case 'map':
      return new MapWriter(type, columnWriter(type.key), columnWriter(type.value));
    case 'struct':
      return new StructWriter(
        type,
        type.fields.map((f) => columnWriter(f.type)),
      );
    case 'any':
    case 'calendar_interval':
    case 'void':
      return new PlainWriter(type);
  }
}

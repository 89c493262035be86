import { type DataType, array, field, map, structOf } from '../schema/index.js';

/** The type with everything in it allowed to be missing: in text anything may lack, whatever a schema says. */
export function nullable(type: DataType): DataType {
  switch (type.kind) {
    case 'struct':
      return structOf(type.fields.map((f) => field(f.name, nullable(f.type), true, f.comment)));
    case 'array':
      return array(nullable(type.element));
    case 'map':
      return map(nullable(type.key), nullable(type.value));
    default:
      return type;
  }
}

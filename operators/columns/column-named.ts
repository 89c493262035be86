import { unknownColumn } from '../../lib/columns/index.js';
import { type Field, type Schema, fieldNamed } from '../../lib/schema/index.js';

/** The column of that name; case does not matter, unless one has exactly the name. Throws UNKNOWN_COLUMN. */
export function columnNamed(name: string, schema: Schema): Field {
  const found = fieldNamed(schema, name);
  if (found === undefined) throw unknownColumn(name, schema);
  return found;
}

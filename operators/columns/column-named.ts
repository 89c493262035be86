import { unknownColumn } from '../../lib/columns/index.js';
import type { Schema } from '../../lib/schema/index.js';

/** The name of the column as the schema has it. */
export function columnNamed(name: string, schema: Schema): string {
  const found =
    schema.fields.find((f) => f.name === name) ??
    schema.fields.find((f) => f.name.toLowerCase() === name.toLowerCase());
  if (found === undefined) throw unknownColumn(name, schema);
  return found.name;
}

import type { Field, StructType } from './types.js';

/** The field of that name; case does not matter, unless one has exactly the name. */
export function fieldNamed({ fields }: StructType, name: string): Field | undefined {
  const exact = fields.find((f) => f.name === name);
  if (exact !== undefined) return exact;
  const lower = name.toLowerCase();
  return fields.find((f) => f.name.toLowerCase() === lower);
}

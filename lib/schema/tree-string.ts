import { typeName } from './json.js';
import type { DataType, StructType } from './types.js';

/** Draws a schema as Spark's `printSchema` does. */
export function treeString(schema: StructType): string {
  const lines = ['root'];
  const walk = (type: DataType, indent: string): void => {
    if (type.kind === 'struct') {
      for (const f of type.fields) line(oneLine(f.name), f.type, ` (nullable = ${f.nullable})`, indent);
    } else if (type.kind === 'array') {
      line('element', type.element, ` (containsNull = ${type.containsNull})`, indent);
    } else if (type.kind === 'map') {
      line('key', type.key, '', indent);
      line('value', type.value, ` (valueContainsNull = ${type.valueContainsNull})`, indent);
    }
  };
  const line = (name: string, type: DataType, suffix: string, indent: string): void => {
    const holds = type.kind === 'struct' || type.kind === 'array' || type.kind === 'map';
    lines.push(`${indent}|-- ${name}: ${holds ? type.kind : typeName(type)}${suffix}`);
    walk(type, `${indent}|    `);
  };
  walk(schema, ' ');
  return lines.join('\n');
}

const letters: Readonly<Record<string, string>> = {
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\f': '\\f',
  '\b': '\\b',
  '\v': '\\v',
  '\u0007': '\\a',
};

/** A name whose line breaks, tabs and the like are written out. */
const oneLine = (name: string): string => name.replace(/\p{Cc}/gu, (c) => letters[c] ?? c);

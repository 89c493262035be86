import { Table } from '../columns/index.js';
import { withTypes } from '../columns/infer.js';
import { type Expression, childrenOf } from '../expressions/tree.js';
import type { Wanted } from './node.js';
import { type DataType, type Schema, sameType, structOf } from '../schema/index.js';

/** Whether the type of every value is known. */
export function isTyped(type: DataType): boolean {
  switch (type.kind) {
    case 'any':
      return false;
    case 'array':
      return isTyped(type.element);
    case 'map':
      return isTyped(type.key) && isTyped(type.value);
    case 'struct':
      return type.fields.every((f) => isTyped(f.type));
    default:
      return true;
  }
}

/** The names, with the fields below them, that expressions may mean columns by; `'all'` where a star stands. */
export function namesIn(trees: readonly Expression[]): readonly (readonly string[])[] | 'all' {
  const names: (readonly string[])[] = [];
  let all = false;
  const visit = (tree: Expression): void => {
    if (tree.kind === 'name') names.push(tree.parts);
    if (tree.kind === 'star') {
      if (tree.of.length === 0) all = true;
      else names.push(tree.of);
    }
    // What `count(*)` counts is rows.
    const rows = tree.kind === 'call' && tree.name === 'count' && tree.args.length === 1;
    for (const child of childrenOf(tree)) if (!(rows && child.kind === 'star' && child.of.length === 0)) visit(child);
  };
  trees.forEach(visit);
  return all ? 'all' : names;
}

/** The columns that expressions may read. */
export function columnsIn(trees: readonly Expression[], { fields }: Schema): ReadonlySet<string> {
  const names = namesIn(trees);
  if (names === 'all') return new Set(fields.map((f) => f.name));
  const used = new Set(names.map(([first]) => first!.toLowerCase()));
  return new Set(fields.flatMap(({ name }) => (used.has(name.toLowerCase()) ? [name] : [])));
}

/** What an operator that passes rows on needs: what is wanted of them, and what its own expressions read. */
export function withColumnsIn(trees: readonly Expression[], wanted: Wanted, schema: Schema | undefined): Wanted {
  return wanted === 'all' || schema === undefined ? 'all' : new Set([...wanted, ...columnsIn(trees, schema)]);
}

/** The table with types for the columns of plain values that expressions may read; the others are shared. */
export function typedFor(trees: readonly Expression[], table: Table): Table {
  if (isTyped(table.schema)) return table;
  const used = columnsIn(trees, table.schema);
  const at = table.schema.fields.flatMap((f, i) => (used.has(f.name) && !isTyped(f.type) ? [i] : []));
  const plain = structOf(at.map((i) => table.schema.fields[i]!));
  const typed = withTypes(
    new Table(
      plain,
      at.map((i) => table.columns[i]!),
      table.numRows,
    ),
  );
  const fields = [...table.schema.fields];
  const columns = [...table.columns];
  at.forEach((i, k) => {
    fields[i] = typed.schema.fields[k]!;
    columns[i] = typed.columns[k]!;
  });
  return new Table(structOf(fields), columns, table.numRows);
}

/** Whether two tables have the same columns: names and types. */
export const sameColumns = (a: Schema, b: Schema): boolean =>
  a === b ||
  (a.fields.length === b.fields.length &&
    a.fields.every((f, i) => f.name === b.fields[i]!.name && sameType(f.type, b.fields[i]!.type)));

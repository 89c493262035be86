import type { DataType, Schema } from '../schema/index.js';
import { didYouMean } from '../errors/index.js';
import type { Bound, BoundVariable } from './bound.js';
import { invalid } from './errors.js';

/** A column that names can mean. */
export interface ScopeColumn {
  readonly name: string;
  /** The name of the side of a join that it comes from. */
  readonly qualifier?: string;
  readonly bound: Bound;
  /** Stars do not stand for it, and another column of its name goes before it. */
  readonly hidden?: boolean;
}

/** The columns and parameters of lambdas that are known where an expression stands. Case does not matter. */
export class Scope {
  constructor(
    readonly columns: readonly ScopeColumn[],
    private readonly variables: ReadonlyMap<string, BoundVariable> = new Map(),
  ) {}

  static of(schema: Schema, qualifier?: string): Scope {
    return new Scope(
      schema.fields.map(({ name, type, nullable }, index) => ({
        name,
        ...(qualifier === undefined ? {} : { qualifier }),
        bound: { kind: 'input', index, type, nullable },
      })),
    );
  }

  with(variables: readonly (readonly [string, BoundVariable])[]): Scope {
    const all = new Map(this.variables);
    for (const [name, variable] of variables) all.set(name.toLowerCase(), variable);
    return new Scope(this.columns, all);
  }

  /** Whether something has this name. */
  knows(name: string): boolean {
    const lower = name.toLowerCase();
    return this.variables.has(lower) || this.columns.some((c) => c.name.toLowerCase() === lower);
  }

  /** What the first parts of a name mean, and how many of them that takes: the rest are fields. */
  find(parts: readonly string[]): { readonly bound: Bound; readonly taken: number } {
    const [first, second] = parts.map((part) => part.toLowerCase());
    const variable = this.variables.get(first!);
    if (variable !== undefined) return { bound: variable, taken: 1 };
    const qualified = this.columns.filter(
      (c) => c.qualifier?.toLowerCase() === first && c.name.toLowerCase() === second,
    );
    if (qualified.length > 0) return { bound: only(qualified, parts), taken: 2 };
    const all = this.columns.filter((c) => c.name.toLowerCase() === first);
    const seen = all.filter((c) => c.hidden !== true);
    const named = seen.length > 0 ? seen : all;
    if (named.length > 0) return { bound: only(named, parts), taken: 1 };
    // A column may have a dot in its name; back quotes say so, and then the whole name is one part.
    const names = this.columns.map((c) => c.name);
    throw invalid(
      'UNRESOLVED_COLUMN.WITH_SUGGESTION',
      `There is no column '${parts.join('.')}'.${didYouMean(parts[0]!, names)}`,
    );
  }

  /** The hidden column of that name. */
  hidden(name: string): Bound | undefined {
    return this.columns.find((c) => c.hidden === true && c.name === name)?.bound;
  }

  /** The columns that `*` or `t.*` stands for. */
  all(qualifier: string | undefined): readonly ScopeColumn[] {
    const seen = this.columns.filter((c) => c.hidden !== true);
    if (qualifier === undefined) return seen;
    return seen.filter((c) => c.qualifier?.toLowerCase() === qualifier.toLowerCase());
  }
}

function only(found: readonly ScopeColumn[], parts: readonly string[]): Bound {
  if (found.length === 1) return found[0]!.bound;
  // Names that differ in case only can be told apart by writing them exactly.
  const exact = found.filter((c) => parts.includes(c.name));
  if (exact.length === 1) return exact[0]!.bound;
  const sides = found.map((c) => (c.qualifier === undefined ? c.name : `${c.qualifier}.${c.name}`)).join(', ');
  throw invalid('AMBIGUOUS_REFERENCE', `The column '${parts.join('.')}' is ambiguous: ${sides}.`);
}

/** The position of a field of a struct, in any case. */
export function fieldIndex(type: Extract<DataType, { kind: 'struct' }>, name: string): number {
  const exact = type.fields.findIndex((f) => f.name === name);
  if (exact >= 0) return exact;
  const lower = name.toLowerCase();
  const found = type.fields.flatMap((f, i) => (f.name.toLowerCase() === lower ? [i] : []));
  if (found.length === 1) return found[0]!;
  const names = type.fields.map((f) => f.name);
  if (found.length > 1)
    throw invalid('AMBIGUOUS_REFERENCE_TO_FIELDS', `The field '${name}' is there ${found.length} times.`);
  throw invalid('FIELD_NOT_FOUND', `There is no field '${name}' in the struct.${didYouMean(name, names)}`);
}

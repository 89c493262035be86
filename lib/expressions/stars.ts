import { didYouMean } from '../errors/index.js';
import { type DataType, type StructType, fieldNamed } from '../schema/index.js';
import { ExpressionError, invalid, located as at } from './errors.js';
import { printExpression } from './print.js';
import type { Scope } from './scope.js';
import { type Expression, type Star, call, childrenOf } from './tree.js';

/** What `*` stands for: a name and an expression a column. */
interface StarColumn {
  readonly name: string;
  readonly type: DataType;
  readonly tree: Expression;
}

/**
 * The columns that a star stands for: all (`*`), those of a side of a join (`t.*`), or the fields of a struct
 * (`point.*`), without what `EXCEPT` names.
 */
export function expandStar(star: Star, scope: Scope): readonly Expression[] {
  const columns = located(star, () => without(columnsOf(star, scope), star.except));
  return columns.map(({ name, tree }) => (tree.kind === 'name' ? tree : { kind: 'alias', child: tree, names: [name] }));
}

/** The expression with the stars among the arguments of its functions expanded, save that of `count(*)`. */
export function expandStarsInside(tree: Expression, scope: Scope): Expression {
  if (!hasStar(tree)) return tree;
  const inside = (child: Expression): Expression => expandStarsInside(child, scope);
  switch (tree.kind) {
    case 'call': {
      const all = tree.name === 'count' && tree.args.length === 1 && tree.args[0]!.kind === 'star';
      if (all && (tree.args[0] as Star).of.length === 0) return tree;
      const args = tree.args.flatMap((arg) => (arg.kind === 'star' ? expandStar(arg, scope) : inside(arg)));
      return { ...tree, args, ...(tree.filter && { filter: inside(tree.filter) }) };
    }
    case 'case':
      return {
        ...tree,
        ...(tree.operand && { operand: inside(tree.operand) }),
        branches: tree.branches.map(({ when, then }) => ({ when: inside(when), then: inside(then) })),
        ...(tree.otherwise && { otherwise: inside(tree.otherwise) }),
      };
    case 'cast':
    case 'field':
    case 'alias':
      return { ...tree, child: inside(tree.child) };
    case 'lambda':
      return { ...tree, body: inside(tree.body) };
    default:
      return tree;
  }
}

const hasStar = (tree: Expression): boolean => tree.kind === 'star' || childrenOf(tree).some(hasStar);

function located<T>(star: Star, find: () => T): T {
  try {
    return find();
  } catch (error) {
    const text = printExpression(star);
    throw error instanceof ExpressionError ? at(error, star.place ?? { text, from: 0, to: text.length }) : error;
  }
}

function columnsOf({ of, place }: Star, scope: Scope): readonly StarColumn[] {
  const named = (columns: Scope['columns']): readonly StarColumn[] =>
    columns.map(({ name, qualifier, bound }) => ({
      name,
      type: bound.type,
      tree: { kind: 'name', parts: qualifier === undefined ? [name] : [qualifier, name], place },
    }));
  if (of.length === 0) return named(scope.all(undefined));
  const ofSide = of.length === 1 ? scope.all(of[0]) : [];
  if (ofSide.length > 0) return named(ofSide);
  const { bound, taken } = scope.find(of);
  const type = of.slice(taken).reduce<DataType>((within, name) => {
    const field = within.kind === 'struct' ? fieldNamed(within, name) : undefined;
    return field?.type ?? { kind: 'void' };
  }, bound.type);
  if (type.kind !== 'struct') {
    throw invalid(
      'CANNOT_RESOLVE_STAR_EXPAND',
      `${of.join('.')}.* stands for the fields of a struct; ${of.join('.')} is none.`,
    );
  }
  return fieldsOf(type, { kind: 'name', parts: of, place });
}

const fieldsOf = (type: StructType, of: Expression): readonly StarColumn[] =>
  type.fields.map((f) => ({
    name: f.name,
    type: f.type,
    tree:
      of.kind === 'name'
        ? { ...of, parts: [...of.parts, f.name] }
        : { kind: 'field', child: of, name: f.name, place: of.place },
  }));

/** A path in `EXCEPT` of more than one name leaves a field out of a struct. */
function without(columns: readonly StarColumn[], except: Star['except']): readonly StarColumn[] {
  const names = columns.map(({ name }) => name);
  const exact = (path: readonly string[], name: string): boolean =>
    path[0] === name || (!names.includes(path[0]!) && path[0]!.toLowerCase() === name.toLowerCase());
  for (const path of except) {
    if (names.some((name) => exact(path, name))) continue;
    throw invalid(
      'UNRESOLVED_COLUMN.WITH_SUGGESTION',
      `EXCEPT: there is no column '${path[0]!}'.${didYouMean(path[0]!, names)}`,
    );
  }
  return columns.flatMap((column) => {
    const paths = except.filter((path) => exact(path, column.name));
    if (paths.length === 0) return [column];
    if (paths.some((path) => path.length === 1)) {
      if (paths.length === 1) return [];
      throw invalid('EXCEPT_OVERLAPPING_COLUMNS', `EXCEPT: '${column.name}' is left out more than once.`);
    }
    return [{ ...column, tree: withoutFields(column, paths) }];
  });
}

function withoutFields({ name, type, tree }: StarColumn, paths: Star['except']): Expression {
  if (type.kind !== 'struct') {
    throw invalid('EXCEPT_NESTED_COLUMN_INVALID_TYPE', `EXCEPT: '${name}' is no struct, so it has no fields.`);
  }
  const kept = without(
    fieldsOf(type, tree),
    paths.map((path) => path.slice(1)),
  );
  const struct = call(
    'named_struct',
    kept.flatMap((field) => [{ kind: 'literal', type: { kind: 'string' }, value: field.name }, field.tree]),
  );
  const missing: Expression = { kind: 'literal', type: { kind: 'void' }, value: null };
  return { kind: 'case', branches: [{ when: call('isnull', [tree]), then: missing }], otherwise: struct };
}

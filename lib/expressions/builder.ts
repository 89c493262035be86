import { Decimal, type DataType, epochMicros, parseType } from '../schema/index.js';
import { SluiceError } from '../errors/index.js';
import { type Case, type Expression, call } from './tree.js';
import { numberLiteral } from './literals.js';
import { parseExpression } from './parser.js';
import { printExpression } from './print.js';

/** What an expression can be compared with or computed from: another expression, or a constant. */
export type Operand = Expr | string | number | bigint | boolean | null | Date | Uint8Array | Decimal;

/**
 * An expression under construction: `col('amount').mul(1.5).as('gross')`. Immutable. It gives the same tree as the
 * text `amount * 1.5 AS gross`; `toString()` shows that text. Constants may stand for expressions; a text is a
 * constant, too (`col('a').eq('x')`), never a column.
 */
export class Expr {
  constructor(
    /** @internal */
    readonly tree: Expression,
  ) {}

  eq(other: Operand): Expr {
    return this.binary('=', other);
  }
  ne(other: Operand): Expr {
    return this.binary('!=', other);
  }
  lt(other: Operand): Expr {
    return this.binary('<', other);
  }
  le(other: Operand): Expr {
    return this.binary('<=', other);
  }
  gt(other: Operand): Expr {
    return this.binary('>', other);
  }
  ge(other: Operand): Expr {
    return this.binary('>=', other);
  }
  /** Equal, or both missing: never null. */
  eqNullSafe(other: Operand): Expr {
    return this.binary('<=>', other);
  }

  and(other: Operand): Expr {
    return this.binary('and', other);
  }
  or(other: Operand): Expr {
    return this.binary('or', other);
  }
  not(): Expr {
    return this.call('not');
  }

  add(other: Operand): Expr {
    return this.binary('+', other);
  }
  sub(other: Operand): Expr {
    return this.binary('-', other);
  }
  mul(other: Operand): Expr {
    return this.binary('*', other);
  }
  /** The quotient, a DOUBLE (or DECIMAL), as SQL's `/`. */
  div(other: Operand): Expr {
    return this.binary('/', other);
  }
  /** The remainder, with the sign of the dividend. */
  mod(other: Operand): Expr {
    return this.binary('%', other);
  }
  neg(): Expr {
    return this.call('negative');
  }

  isNull(): Expr {
    return this.call('isnull');
  }
  isNotNull(): Expr {
    return this.call('isnotnull');
  }
  isNaN(): Expr {
    return this.call('isnan');
  }
  between(low: Operand, high: Operand): Expr {
    return this.call('between', low, high);
  }
  /** Whether it is one of these. */
  isIn(...values: readonly Operand[]): Expr {
    return this.call('in', ...values);
  }

  /** SQL's LIKE: `%` stands for any characters, `_` for one. */
  like(pattern: Operand): Expr {
    return this.call('like', pattern);
  }
  ilike(pattern: Operand): Expr {
    return this.call('ilike', pattern);
  }
  /** Whether a regular expression (Java's syntax) is found in it. */
  rlike(pattern: Operand): Expr {
    return this.call('rlike', pattern);
  }
  startsWith(text: Operand): Expr {
    return this.call('startswith', text);
  }
  endsWith(text: Operand): Expr {
    return this.call('endswith', text);
  }
  contains(text: Operand): Expr {
    return this.call('contains', text);
  }
  /** `length` characters from `position` on, the first being 1. */
  substr(position: Operand, length: Operand): Expr {
    return this.call('substring', position, length);
  }

  /** As another type, such as `'INT'` or `'ARRAY<STRING>'`. What cannot be cast is an error; see `tryCast`. */
  cast(type: string | DataType): Expr {
    return this.castTo(type, 'cast');
  }
  /** As another type, null where it cannot be cast. */
  tryCast(type: string | DataType): Expr {
    return this.castTo(type, 'try');
  }

  /** A field of a struct. */
  getField(name: string): Expr {
    const { tree } = this;
    return new Expr(
      tree.kind === 'name' ? { kind: 'name', parts: [...tree.parts, name] } : { kind: 'field', child: tree, name },
    );
  }
  /** An element of an array (the first is 0), or the value of a key of a map. */
  getItem(key: Operand): Expr {
    return this.call('[]', key);
  }

  /** Names the column that it gives; several names for a function that gives several. */
  as(...names: readonly string[]): Expr {
    return new Expr({ kind: 'alias', child: this.tree, names });
  }

  /** The expression as SQL text. */
  toString(): string {
    return printExpression(this.tree);
  }

  private binary(name: string, other: Operand): Expr {
    return new Expr(call(name, [this.tree, treeOf(other)]));
  }

  private call(name: string, ...args: readonly Operand[]): Expr {
    return new Expr(call(name, [this.tree, ...args.map(treeOf)]));
  }

  private castTo(type: string | DataType, mode: 'cast' | 'try'): Expr {
    return new Expr({ kind: 'cast', child: this.tree, type: typeof type === 'string' ? parseType(type) : type, mode });
  }
}

/**
 * A column by its name; dots lead into structs (`'point.x'`), back quotes keep a name with dots whole. Case does not
 * matter unless two names differ in nothing else.
 *
 * @example
 * ```ts
 * where(col('amount').gt(100));
 * ```
 */
export function col(name: string): Expr {
  const tree = parseExpression(
    name === '*' || /^[\p{L}\p{N}_$.`*]+$/u.test(name) ? name : `\`${name.replaceAll('`', '``')}\``,
  );
  if (tree.kind === 'name' || tree.kind === 'star') return new Expr(tree);
  return new Expr({ kind: 'name', parts: name.split('.') });
}

/** A constant. */
export const lit = (value: Operand): Expr => new Expr(treeOf(value));

/** An expression from SQL text, to be used among built ones. Throws INVALID_EXPRESSION pointing at the character. */
export const expr = (sql: string): Expr => new Expr(parseExpression(sql));

/** A function by its SQL name: `callFunction('date_add', col('day'), 7)`. */
export const callFunction = (name: string, ...args: readonly Operand[]): Expr =>
  new Expr(call(name.toLowerCase(), args.map(treeOf)));

/** The start of a CASE: `when(col('a').gt(0), 'plus').otherwise('none')`. Without `otherwise`, null. */
export const when = (condition: Expr, value: Operand): CaseExpr =>
  new CaseExpr([{ when: condition.tree, then: treeOf(value) }]);

/** A CASE under construction; an expression as it stands. */
export class CaseExpr extends Expr {
  constructor(private readonly branches: Case['branches']) {
    super({ kind: 'case', branches });
  }

  when(condition: Expr, value: Operand): CaseExpr {
    return new CaseExpr([...this.branches, { when: condition.tree, then: treeOf(value) }]);
  }

  otherwise(value: Operand): Expr {
    return new Expr({ kind: 'case', branches: this.branches, otherwise: treeOf(value) });
  }
}

/** The tree of an operand: constants become literals of the type that Spark's `lit` gives them. */
export function treeOf(value: Operand): Expression {
  if (value instanceof Expr) return value.tree;
  switch (typeof value) {
    case 'string':
      return { kind: 'literal', type: { kind: 'string' }, value };
    case 'boolean':
      return { kind: 'literal', type: { kind: 'boolean' }, value };
    case 'bigint':
      if (BigInt.asIntN(64, value) !== value) return { kind: 'literal', ...numberLiteral(String(value)) };
      return { kind: 'literal', type: { kind: 'long' }, value };
    case 'number':
      if ((value | 0) === value && !Object.is(value, -0)) return { kind: 'literal', type: { kind: 'int' }, value };
      if (Number.isSafeInteger(value) && !Object.is(value, -0))
        return { kind: 'literal', type: { kind: 'long' }, value: BigInt(value) };
      return { kind: 'literal', type: { kind: 'double' }, value };
    default:
      return objectLiteral(value);
  }
}

function objectLiteral(value: null | object): Expression {
  if (value === null) return { kind: 'literal', type: { kind: 'void' }, value };
  if (value instanceof Date) return { kind: 'literal', type: { kind: 'timestamp' }, value: epochMicros(value) };
  if (value instanceof Uint8Array) return { kind: 'literal', type: { kind: 'binary' }, value };
  if (value instanceof Decimal) {
    const precision = Math.max(String(value.unscaled).replace('-', '').length, value.scale);
    return { kind: 'literal', type: { kind: 'decimal', precision, scale: value.scale }, value: value.unscaled };
  }
  throw new SluiceError(
    'INVALID_EXPRESSION',
    `A constant is a string, number, bigint, boolean, Date, Uint8Array, Decimal or null, not ${typeof value}.`,
  );
}

/** What an expression may be given as: built, or as SQL text. */
export const toTree = (expression: Expr | string): Expression =>
  typeof expression === 'string' ? parseExpression(expression) : expression.tree;

import { didYouMean } from '../errors/index.js';
import { type DataType, sameType, simpleString } from '../schema/index.js';
import {
  type Bound,
  type BoundCall,
  type BoundLambda,
  type BoundVariable,
  type Kernel,
  boundLiteral,
  traitsOf,
} from './bound.js';
import { castFunction, checkCast, mayGiveNull, neverFails, vectorCast } from './cast/index.js';
import { commonTypeOf } from './coerce.js';
import { ExpressionError, type Place, invalid, located } from './errors.js';
import type {
  AggregateDef,
  AnyFunction,
  BatchFacts,
  Binder,
  Binding,
  FunctionDef,
  FunctionInfo,
  GeneratorDef,
  Param,
  WindowDef,
} from './functions/define.js';
import {
  findFunction,
  functionNames,
  isAggregate,
  isGenerator,
  isMacro,
  isSpecial,
  isWindow,
} from './functions/registry.js';
import { evaluateRow } from './row.js';
import { keywordCalls } from './keywords.js';
import { type ExpressionSettings, defaultSettings } from './settings.js';
import type { Scope } from './scope.js';
import { fieldIndex } from './scope.js';
import { expandStarsInside } from './stars.js';
import { typedLiteral } from './typed-literals.js';
import type { Call, Cast, Expression, Lambda } from './tree.js';
import type { Value } from './values.js';

/** What to do with calls that need more than one row, or give more than one. Without a handler they are refused. */
export interface Handlers {
  readonly aggregate?: (definition: AggregateDef, call: Call, args: readonly Bound[], binding: Binding) => Bound;
  readonly generator?: (
    definition: GeneratorDef,
    call: Call,
    args: readonly Bound[],
    binding: Omit<Binding, 'type'>,
  ) => Bound;
  readonly window?: (
    definition: WindowDef,
    call: Call,
    args: readonly Bound[],
    binding: Omit<Binding, 'type'>,
  ) => Bound;
  /** Asked first, for every expression: what is a key of a grouping is not looked into. */
  readonly replace?: (expression: Expression) => Bound | undefined;
}

/**
 * Finds out what an expression means over these columns: names, functions, implicit casts, types. Constants are
 * computed. Throws INVALID_EXPRESSION or UNKNOWN_COLUMN pointing at the place.
 */
export function resolve(
  expression: Expression,
  scope: Scope,
  settings: ExpressionSettings = defaultSettings,
  handlers: Handlers = {},
): Bound {
  return new Resolver(settings, handlers).resolve(expandStarsInside(expression, scope), scope);
}

class Resolver implements Binder {
  private place: Place | undefined;

  constructor(
    readonly settings: ExpressionSettings,
    private readonly handlers: Handlers,
  ) {}

  get ansi(): boolean {
    return this.settings.ansi;
  }

  get zone(): string {
    return this.settings.timeZone;
  }

  resolve(expression: Expression, scope: Scope): Bound {
    const outer = this.place;
    this.place = expression.place ?? outer;
    try {
      return this.handlers.replace?.(expression) ?? this.resolveKind(expression, scope);
    } catch (error) {
      throw error instanceof ExpressionError ? located(error, this.place ?? nowhere(expression)) : error;
    } finally {
      this.place = outer;
    }
  }

  private resolveKind(expression: Expression, scope: Scope): Bound {
    switch (expression.kind) {
      case 'literal':
        return this.literal(expression.type, expression.value);
      case 'name':
        return this.name(expression.parts, scope);
      case 'alias':
        return this.resolve(expression.child, scope);
      case 'field':
        return this.field(this.resolve(expression.child, scope), expression.name);
      case 'cast':
        return this.explicitCast(expression, scope);
      case 'case': {
        const { operand, branches, otherwise } = expression;
        const args = branches.flatMap(({ when, then }) => [
          operand === undefined
            ? this.resolve(when, scope)
            : this.call('=', [this.resolve(operand, scope), this.resolve(when, scope)]),
          this.resolve(then, scope),
        ]);
        return this.call('case', otherwise === undefined ? args : [...args, this.resolve(otherwise, scope)]);
      }
      case 'call':
        return this.functionCall(expression, scope);
      case 'star':
        throw invalid('INVALID_USAGE_OF_STAR_OR_REGEX', '* stands for all columns, in a select or in count(*) only.');
      case 'lambda':
        throw invalid('UNSUPPORTED_LAMBDA', 'A lambda can only be given to a function that takes one.');
    }
  }

  private name(parts: readonly string[], scope: Scope): Bound {
    const called = parts.length === 1 ? parts[0]!.toLowerCase() : '';
    if (keywordCalls.has(called) && !scope.knows(called)) return this.call(called, []);
    const { bound, taken } = scope.find(parts);
    const placed: Bound = { ...bound, place: this.place };
    // Variables are told apart by identity.
    const start = bound.kind === 'variable' ? bound : placed;
    return parts.slice(taken).reduce<Bound>((of, field) => this.field(of, field), start);
  }

  /** `a.b`: a field of a struct, of every struct of an array, or the value of a key of a map. */
  private field(of: Bound, name: string): Bound {
    const { type } = of;
    if (type.kind === 'struct') fieldIndex(type, name);
    else if (type.kind === 'array' && type.element.kind === 'struct') fieldIndex(type.element, name);
    else if (type.kind !== 'map' && type.kind !== 'any') {
      throw invalid('INVALID_EXTRACT_BASE_FIELD_TYPE', `'${name}' cannot be a field of a ${simpleString(type)}.`);
    }
    return this.call('[]', [of, this.literal({ kind: 'string' }, name)]);
  }

  private explicitCast(expression: Cast, scope: Scope): Bound {
    const child = this.resolve(expression.child, scope);
    if (expression.mode === 'literal') {
      return this.literal(
        expression.type,
        typedLiteral(expression.type, (child as { value: string }).value, this.zone),
      );
    }
    return this.castTo(child, expression.type, expression.mode);
  }

  private castTo(child: Bound, to: DataType, mode: 'cast' | 'try'): Bound {
    const from = child.type;
    if (sameType(from, to)) return child;
    const options = { ansi: this.ansi || mode === 'try', zone: this.zone, try: mode === 'try' };
    checkCast(from, to, options);
    const scalar = castFunction(from, to, options);
    const kernel: Kernel = {
      nulls: 'propagate',
      total: mode === 'try' || neverFails(from, to, this.ansi),
      deterministic: true,
      scalar,
      vector: vectorCast(from, to, options),
    };
    return this.apply(
      mode === 'try' ? 'try_cast' : 'cast',
      [child],
      to,
      mode === 'try' || child.nullable || (!this.ansi && mayGiveNull(from, to)),
      kernel,
    );
  }

  // What special functions build with.

  cast(bound: Bound, type: DataType): Bound {
    return this.castTo(bound, type, 'cast');
  }

  literal(type: DataType, value: Value): Bound {
    return boundLiteral(type, value, this.place);
  }

  call(name: string, args: readonly Bound[]): Bound {
    return this.bind(definitionOf(name), { kind: 'call', name, args: [] }, args);
  }

  apply(name: string, args: readonly Bound[], type: DataType, nullable: boolean, kernel: Kernel): Bound {
    const made: BoundCall = { kind: 'call', name, args, type, nullable, kernel, place: this.place };
    return args.every((arg) => arg.kind === 'literal') ? fold(made) : made;
  }

  private functionCall(call: Call, scope: Scope): Bound {
    const definition = call.definition ?? definitionOf(call.name);
    if (isMacro(definition)) {
      checkCount(definition, call.args.length);
      return this.resolve(definition.rewrite(call.args), scope);
    }
    checkModifiers(definition, call);
    const hidden = this.hiddenField(definition, call, scope);
    if (hidden !== undefined) return hidden;
    const starOnly = call.args.length === 1 && call.args[0]!.kind === 'star' && isAggregate(definition);
    const args: Bound[] = [];
    const given = starOnly ? [] : call.args;
    for (const [i, arg] of given.entries()) {
      args.push(
        arg.kind === 'lambda' ? this.lambda(arg, paramAt(definition, i), args, scope) : this.resolve(arg, scope),
      );
    }
    return this.bind(definition, call, starOnly ? [this.literal({ kind: 'int' }, 1)] : args);
  }

  /** What a function gives of a hidden column, if the rows have that. */
  private hiddenField(definition: AnyFunction, call: Call, scope: Scope): Bound | undefined {
    if (call.args.length > 0 || !('hiddenField' in definition) || definition.hiddenField === undefined)
      return undefined;
    const [column, name] = definition.hiddenField;
    const bound = scope.hidden(column);
    return bound && this.field({ ...bound, place: this.place }, name);
  }

  private lambda(
    { params, body, place }: Lambda,
    param: Param | undefined,
    args: readonly Bound[],
    scope: Scope,
  ): BoundLambda {
    const choices = param?.lambda?.(args.map((arg) => arg.type));
    if (choices === undefined) throw invalid('UNSUPPORTED_LAMBDA', 'No lambda is taken here.');
    const types = choices.find((choice) => choice.length === params.length);
    if (types === undefined) {
      const counts = choices.map((choice) => choice.length).join(' or ');
      throw invalid(
        'INVALID_LAMBDA_FUNCTION_CALL.NUM_ARGS_MISMATCH',
        `A lambda of ${counts} parameters is expected here, not of ${params.length}.`,
      );
    }
    if (new Set(params.map((name) => name.toLowerCase())).size < params.length) {
      throw invalid(
        'INVALID_LAMBDA_FUNCTION_CALL.DUPLICATE_ARG_NAMES',
        'The parameters of a lambda need different names.',
      );
    }
    const variables = types.map((type): BoundVariable => ({ kind: 'variable', type, nullable: true }));
    const inner = scope.with(params.map((name, i) => [name, variables[i]!] as const));
    const bound = this.resolve(body, inner);
    return { kind: 'lambda', params: variables, body: bound, type: bound.type, nullable: bound.nullable, place };
  }

  private bind(definition: AnyFunction, call: Call, given: readonly Bound[]): Bound {
    if (isSpecial(definition)) {
      checkCount(definition, given.length);
      return definition.bind(given, this, call);
    }
    checkCount(definition, given.length);
    const args = this.coerce(definition, given);
    const binding = {
      types: args.map((arg) => arg.type),
      ansi: this.ansi,
      zone: this.zone,
      settings: this.settings,
      constant: (i: number): Value | undefined => {
        const arg = args[i];
        return arg?.kind === 'literal' ? arg.value : undefined;
      },
    };
    if (isGenerator(definition)) {
      if (this.handlers.generator === undefined) {
        throw invalid(
          'UNSUPPORTED_GENERATOR',
          `${definition.name} gives several rows for one: it may only stand on its own in a select.`,
        );
      }
      return this.handlers.generator(definition, call, args, binding);
    }
    if (isWindow(definition)) {
      if (this.handlers.window === undefined) {
        throw invalid(
          'UNSUPPORTED_WINDOW',
          `${definition.name} puts rows into windows: use it in what is grouped by, or in a select or withColumn.`,
        );
      }
      return this.handlers.window(definition, call, args, binding);
    }
    if (isMacro(definition)) throw invalid('UNRESOLVED_ROUTINE', `${definition.name} cannot be used here.`);
    const type =
      typeof definition.returns === 'function' ? definition.returns(binding.types, binding) : definition.returns;
    const full: Binding = { ...binding, type };
    if (isAggregate(definition)) {
      if (this.handlers.aggregate === undefined) {
        throw invalid(
          'UNSUPPORTED_AGGREGATE',
          `${definition.name} computes one value of many rows: use it in aggregate(…) or observe(…).`,
        );
      }
      return this.handlers.aggregate(definition, call, args, full);
    }
    return this.apply(definition.name, args, type, nullability(definition, args), kernelOf(definition, full));
  }

  private coerce(definition: FunctionInfo, given: readonly Bound[]): Bound[] {
    const targets = given.map((arg, i) => {
      const param = paramAt(definition, i)!;
      if (param.constant && arg.kind !== 'literal') {
        throw invalid(
          'DATATYPE_MISMATCH.NON_FOLDABLE_INPUT',
          `${definition.name}: '${param.name}' must be a constant.`,
        );
      }
      const to = param.coerce(arg.type, { ansi: this.ansi, constant: arg.kind === 'literal' });
      if (to === undefined) {
        throw invalid(
          'DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE',
          `${definition.name}(${definition.usage}): '${param.name}' cannot be of the type ${simpleString(arg.type).toUpperCase()}.`,
        );
      }
      return { arg, param, to };
    });
    const shared = new Map<string, DataType>();
    for (const key of new Set(targets.flatMap(({ param }) => param.common ?? []))) {
      const group = targets.filter(({ param }) => param.common === key);
      const types = group.map(({ to }) => to);
      const type = commonTypeOf(types, this.ansi, group[0]!.param.keepTexts !== true);
      if (type === undefined) {
        const shown = types.map((t) => simpleString(t).toUpperCase()).join(', ');
        throw invalid(
          'DATATYPE_MISMATCH.DATA_DIFF_TYPES',
          `${definition.name}: the arguments have no type in common: ${shown}.`,
        );
      }
      shared.set(key, type);
    }
    return targets.map(({ arg, param, to }) => {
      const type = param.common === undefined ? to : shared.get(param.common)!;
      return arg.kind === 'lambda' ? arg : this.cast(arg, type);
    });
  }
}

const nowhere = (expression: Expression): Place => {
  const text =
    expression.kind === 'call'
      ? `${expression.name}(…)`
      : expression.kind === 'name'
        ? expression.parts.join('.')
        : expression.kind;
  return { text, from: 0, to: text.length };
};

function definitionOf(name: string): AnyFunction {
  const found = findFunction(name);
  if (found !== undefined) return found;
  throw invalid(
    'UNRESOLVED_ROUTINE',
    `There is no function '${name}'.${didYouMean(name.toLowerCase(), [...functionNames()])}`,
  );
}

function checkModifiers(definition: AnyFunction, call: Call): void {
  if (isAggregate(definition)) return;
  const asked = call.distinct ? 'DISTINCT' : call.filter ? 'FILTER' : call.order ? 'WITHIN GROUP' : undefined;
  if (asked !== undefined) {
    throw invalid(
      'INVALID_SQL_SYNTAX.FUNCTION_WITH_UNSUPPORTED_SYNTAX',
      `${definition.name} is no aggregate: ${asked} makes no sense of it.`,
    );
  }
}

function paramAt({ params }: FunctionInfo, i: number): Param | undefined {
  return params[i] ?? (params.at(-1)?.rest ? params.at(-1) : undefined);
}

function checkCount(definition: FunctionInfo, count: number): void {
  const { name, usage, params } = definition;
  const least = params.filter((p) => !p.optional).length;
  const most = params.at(-1)?.rest ? Infinity : params.length;
  if (count >= least && count <= most) return;
  const expected = least === most ? `${least}` : most === Infinity ? `${least} or more` : `${least} to ${most}`;
  throw invalid('WRONG_NUM_ARGS.WITHOUT_SUGGESTION', `${name}(${usage}) takes ${expected} arguments, not ${count}.`);
}

function nullability(definition: FunctionDef, args: readonly Bound[]): boolean {
  if (definition.nullable === 'never') return false;
  if (definition.nullable !== false) return true;
  return definition.nulls === 'handle' ? false : args.some((arg) => arg.nullable);
}

function kernelOf(definition: FunctionDef, binding: Binding): Kernel {
  return {
    nulls: definition.nulls ?? 'propagate',
    total: definition.total ?? false,
    deterministic: definition.deterministic ?? true,
    scalar: definition.evaluate(binding),
    vector: definition.vector?.(binding),
  };
}

const noBatch: BatchFacts = { id: 0, timestamp: 0n, queryId: '', draw: () => 0 };

/** A call of constants is computed at once. One that fails is left: it may stand where it is never computed. */
function fold(bound: BoundCall): Bound {
  if (!traitsOf(bound).deterministic) return bound;
  const nothing = (): never => {
    throw new Error('A constant needs no row.');
  };
  try {
    const value = evaluateRow(bound, { batch: noBatch, input: nothing, variable: nothing });
    return boundLiteral(bound.type, value, bound.place);
  } catch {
    return bound;
  }
}

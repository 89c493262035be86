import { unknownColumn } from '../../lib/columns/index.js';
import { SluiceError } from '../../lib/errors/index.js';
import { ExpressionError, type Place, invalid, located } from '../../lib/expressions/errors.js';
import type { Windowing } from '../../lib/expressions/functions/define.js';
import { OnlyWindow } from '../../lib/expressions/only-window.js';
import type { ScopeColumn } from '../../lib/expressions/scope.js';
import { expandStar, expandStarsInside } from '../../lib/expressions/stars.js';
import {
  type Bound,
  type Expression,
  type ExpressionSettings,
  Scope,
  type Value,
  nameOf,
  printExpression,
  resolve,
} from '../../lib/expressions/index.js';
import {
  type DataType,
  type Field,
  type Schema,
  field,
  simpleString,
  structOf,
  voidType,
} from '../../lib/schema/index.js';
import type { ColumnStage, SelectItem } from './stages.js';

/** One step of a pass. Expressions read slots, and what a step computes has a slot of its own. */
export type Step = FilterStep | ComputeStep | GenerateStep | WindowStep;

interface FilterStep {
  readonly kind: 'filter';
  readonly bound: Bound;
}

interface ComputeStep {
  readonly kind: 'compute';
  readonly bound: Bound;
  readonly slot: number;
}

export interface GenerateStep {
  readonly kind: 'generate';
  readonly args: readonly Bound[];
  /** The rows that one row becomes. */
  readonly generate: (...values: Value[]) => readonly (readonly Value[])[];
  readonly columns: readonly { readonly type: DataType; readonly slot: number }[];
  readonly place: Place;
}

export interface WindowStep {
  readonly kind: 'window';
  readonly args: readonly Bound[];
  readonly windowing: Windowing;
  readonly slot: number;
}

/** A column: what it is called, and the slot that holds its values. */
export interface SlotColumn {
  readonly field: Field;
  readonly slot: number;
}

/** What a pass does with a table, in this order. The first slots are the columns that come in. */
export interface Program {
  /** The columns that come in, and those that come hidden. */
  readonly input: Schema;
  /** How many of them are not hidden: those come first. */
  readonly visible: number;
  readonly steps: readonly Step[];
  readonly output: readonly SlotColumn[];
  readonly schema: Schema;
}

/**
 * The slots that expressions read in place of others: columns of plain values are computed with as the types that
 * were found in them, and passed on as they are.
 */
export type Stand = ReadonlyMap<number, SlotColumn>;

/** Finds out what the stages do over columns of these types. Throws INVALID_EXPRESSION, UNKNOWN_COLUMN and so on. */
export function compileStages(
  stages: readonly ColumnStage[],
  input: Schema,
  settings: ExpressionSettings,
  { stand = new Map(), hidden }: { readonly stand?: Stand; readonly hidden?: Schema | undefined } = {},
): Program {
  const compiler = new Compiler(input, hidden?.fields ?? [], settings, stand);
  for (const stage of stages) compiler.add(stage);
  return compiler.program;
}

/** A column that a select gives, before it is known where its values will be. */
interface Selected {
  readonly name: string;
  readonly bound: Bound;
}

interface Generated {
  readonly step: GenerateStep;
  readonly columns: readonly SlotColumn[];
}

/** Stands for what gives several columns, which is no expression. */
const severalRows: Bound = { kind: 'literal', type: voidType(), value: null, nullable: true };

class Compiler {
  private columns: readonly SlotColumn[];
  private readonly steps: Step[] = [];
  private slots: number;
  private readonly originals: ReadonlyMap<number, number>;

  constructor(
    private readonly input: Schema,
    private readonly hidden: readonly Field[],
    private readonly settings: ExpressionSettings,
    private readonly stand: Stand,
  ) {
    this.columns = input.fields.map((f, slot) => ({ field: f, slot }));
    this.slots = input.fields.length + hidden.length + stand.size;
    this.originals = new Map([...stand].map(([original, { slot }]) => [slot, original]));
  }

  get program(): Program {
    const schema = structOf(this.columns.map((column) => column.field));
    const { fields } = this.input;
    const input = structOf([...fields, ...this.hidden]);
    return { input, visible: fields.length, steps: this.steps, output: this.columns, schema };
  }

  add(stage: ColumnStage): void {
    switch (stage.op) {
      case 'where':
        this.where(stage.condition);
        return;
      case 'select':
      case 'selectExpr':
        this.columns = this.project(stage.op, stage.items);
        return;
      case 'withColumn':
      case 'withColumns':
        this.columns = this.extend(stage.op, stage.columns);
        return;
      case 'drop': {
        const dropped = new Set(stage.names.flatMap((name) => this.named(name)));
        this.columns = this.columns.filter((column) => !dropped.has(column));
        return;
      }
      case 'withColumnRenamed':
        this.columns = this.rename(stage.from, stage.to);
    }
  }

  private where(condition: Expression): void {
    const bound = this.resolve(condition);
    const { kind } = bound.type;
    if (kind !== 'boolean' && kind !== 'void') {
      const type = simpleString(bound.type).toUpperCase();
      const message = `A condition is true or false, not a value of the type ${type}: compare it with something.`;
      throw wrong(condition, 'DATATYPE_MISMATCH.FILTER_NOT_BOOLEAN', message);
    }
    this.steps.push({ kind: 'filter', bound });
  }

  private project(op: string, items: readonly SelectItem[]): readonly SlotColumn[] {
    const trees = items.flatMap((item) => this.expand(item));
    const selected = this.generateFirst(op, trees);
    const seen = new Set<string>();
    for (const { name } of selected) {
      if (seen.has(name.toLowerCase())) throw twice(op, name);
      seen.add(name.toLowerCase());
    }
    return selected.map(({ name, bound }) => this.place(name, bound));
  }

  /** All see the input only. A column that is there is replaced where it stands. */
  private extend(op: string, added: readonly (readonly [string, Expression])[]): readonly SlotColumn[] {
    const selected = this.generateFirst(
      op,
      added.map(([name, tree]): Expression => ({ kind: 'alias', child: tree, names: [name] })),
    );
    const columns: SlotColumn[] = [...this.columns];
    for (const { name, bound } of selected) {
      const replaced = this.named(name);
      const made = this.place(name, bound);
      if (replaced.length === 0) columns.push(made);
      for (const column of replaced) columns[columns.indexOf(column)] = made;
    }
    return columns;
  }

  private rename(from: string, to: string): readonly SlotColumn[] {
    const renamed = this.named(from);
    const taken = this.columns.some(
      (column) => column.field.name.toLowerCase() === to.toLowerCase() && !renamed.includes(column),
    );
    if (renamed.length > 0 && taken) {
      throw new SluiceError('INVALID_SCHEMA', `withColumnRenamed: there is a column '${to}' already; drop it first.`);
    }
    return this.columns.map((column) =>
      renamed.includes(column) ? { ...column, field: { ...column.field, name: to } } : column,
    );
  }

  /** The column of that name; without it, the one whose name differs in case only. */
  private named(name: string): readonly SlotColumn[] {
    const exact = this.columns.filter((column) => column.field.name === name);
    if (exact.length > 0) return exact;
    const found = this.columns.filter((column) => column.field.name.toLowerCase() === name.toLowerCase());
    if (found.length < 2) return found;
    const names = found.map((column) => column.field.name).join(', ');
    throw new SluiceError('UNKNOWN_COLUMN', `The column '${name}' is ambiguous: ${names}.`, {
      details: { column: name, columns: found.map((column) => column.field.name) },
    });
  }

  private expand({ name, tree }: SelectItem): readonly Expression[] {
    if (name !== undefined) {
      // A column may have a dot in its name.
      const exact = this.columns.some((column) => column.field.name === name);
      if (exact) return [{ kind: 'name', parts: [name] }];
      const isKnown =
        this.named(name).length > 0 || this.hidden.some((f) => f.name.toLowerCase() === name.toLowerCase());
      if (tree.kind === 'name' && tree.parts.length === 1 && !isKnown) {
        throw unknownColumn(name, structOf(this.columns.map((column) => column.field)));
      }
    }
    const scope = this.scope(true);
    return tree.kind === 'star' ? expandStar(tree, scope) : [expandStarsInside(tree, scope)];
  }

  /**
   * Resolves columns of which one may give several rows for one, or put rows into windows. It comes first, as in Spark:
   * what stands beside it is computed for each row that it gives.
   */
  private generateFirst(op: string, trees: readonly Expression[]): readonly Selected[] {
    let several: Expression | undefined;
    const window = new OnlyWindow((type, { windowing, args }) => {
      const slot = this.slots++;
      this.steps.push({ kind: 'window', args, windowing, slot });
      return { kind: 'input', index: slot, type, nullable: false };
    });
    return trees.flatMap((tree): readonly Selected[] => {
      const { names, child } = tree.kind === 'alias' ? tree : { names: [], child: tree };
      let generated: Generated | undefined;
      const bound = this.passed(child) ?? this.resolve(child, { window, several: (made) => (generated = made) });
      if (generated === undefined) {
        if (names.length < 2) return [{ name: names[0] ?? nameOf(tree), bound }];
        throw wrong(tree, 'MULTI_ALIAS_WITHOUT_GENERATOR', 'It gives one column, so it takes one name.');
      }
      if (bound !== severalRows) throw wrong(tree, 'UNSUPPORTED_GENERATOR.NESTED_IN_EXPRESSIONS', nestedGenerator);
      if (several !== undefined) {
        const message = `One ${op} has one function that gives several rows for one, this one a second. Use two of them.`;
        throw wrong(tree, 'UNSUPPORTED_GENERATOR.MULTI_GENERATOR', message);
      }
      several = tree;
      return this.generate(tree, names, generated);
    });
  }

  private generate(tree: Expression, names: readonly string[], { step, columns }: Generated): readonly Selected[] {
    if (names.length > 0 && names.length !== columns.length) {
      const given = columns.map((column) => column.field.name).join(', ');
      const message = `It gives ${columns.length} columns (${given}), and the number of names is ${names.length}.`;
      throw wrong(tree, 'UDTF_ALIAS_NUMBER_MISMATCH', message);
    }
    this.steps.push(step);
    return columns.map(({ field: { name, type, nullable }, slot }, i) => ({
      name: names[i] ?? name,
      bound: { kind: 'input', index: slot, type, nullable },
    }));
  }

  /** A column that is named and nothing more: it is passed on, whatever its type. */
  private passed(tree: Expression): Bound | undefined {
    if (tree.kind !== 'name') return undefined;
    const { bound, taken } = locate(tree, () => this.scope(false).find(tree.parts));
    return taken === tree.parts.length ? bound : undefined;
  }

  private resolve(
    tree: Expression,
    allowed?: { readonly window: OnlyWindow; readonly several: (generated: Generated) => void },
  ): Bound {
    if (allowed === undefined) return resolve(tree, this.scope(true), this.settings);
    return resolve(tree, this.scope(true), this.settings, {
      window: allowed.window.handler,
      generator: (definition, _call, args, binding) => {
        const columns = definition.columns(binding).map(({ name, type, nullable }) => ({
          field: { ...field(name, type), nullable },
          slot: this.slots++,
        }));
        const step: GenerateStep = {
          kind: 'generate',
          args,
          generate: definition.generate(binding) as GenerateStep['generate'],
          columns: columns.map((column) => ({ type: column.field.type, slot: column.slot })),
          place: placeOf(tree),
        };
        allowed.several({ step, columns });
        return severalRows;
      },
    });
  }

  private scope(computing: boolean): Scope {
    const first = this.input.fields.length;
    const hidden = this.hidden.map(({ name, type, nullable }, i): ScopeColumn => ({
      name,
      bound: { kind: 'input', index: first + i, type, nullable },
      hidden: true,
    }));
    return new Scope([
      ...this.columns.map((column): ScopeColumn => {
        const {
          field: { type, nullable },
          slot,
        } = (computing ? this.stand.get(column.slot) : undefined) ?? column;
        return { name: column.field.name, bound: { kind: 'input', index: slot, type, nullable } };
      }),
      ...hidden,
    ]);
  }

  /** The column that an expression becomes: one that is only passed on keeps its slot. */
  private place(name: string, bound: Bound): SlotColumn {
    const { type, nullable } = bound;
    if (bound.kind === 'input') {
      const slot = this.originals.get(bound.index) ?? bound.index;
      const column = this.columns.find((one) => one.slot === slot);
      return { slot, field: { ...(column?.field ?? { type, nullable }), name } };
    }
    const slot = this.slots++;
    this.steps.push({ kind: 'compute', bound, slot });
    return { slot, field: { name, type, nullable } };
  }
}

const nestedGenerator =
  'A function that gives several rows for one stands on its own. Compute with its columns in a select below this one.';

const twice = (op: string, name: string): SluiceError =>
  new SluiceError(
    'INVALID_OPTION',
    `${op}: two columns are called '${name}' (case does not matter). Give one another name: … AS other.`,
    {
      details: { column: name },
    },
  );

function placeOf(tree: Expression): Place {
  if (tree.place !== undefined) return tree.place;
  const text = printExpression(tree);
  return { text, from: 0, to: text.length };
}

const wrong = (tree: Expression, condition: string, message: string): SluiceError =>
  located(invalid(condition, message), placeOf(tree));

/** `find`, its errors pointing at the expression. */
function locate<T>(tree: Expression, find: () => T): T {
  try {
    return find();
  } catch (error) {
    throw error instanceof ExpressionError ? located(error, placeOf(tree)) : error;
  }
}

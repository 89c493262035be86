import { BooleanColumn, type Column, Table } from '../../lib/columns/index.js';
import { type Bound, Frame, type Value, evaluate, inputsOf, traitsOf } from '../../lib/expressions/index.js';
import { ExpressionError, located } from '../../lib/expressions/errors.js';
import type { BatchFacts } from '../../lib/expressions/functions/define.js';
import { positionsOf } from '../../lib/expressions/kernels/booleans.js';
import { Constant, columnOf, readerOf, repeated } from '../../lib/expressions/vector.js';
import type { Wanted } from '../../lib/plan/index.js';
import { structOf } from '../../lib/schema/index.js';
import type { GenerateStep, Program, Step, WindowStep } from './program.js';

const boundsOf = (step: Step): readonly Bound[] => ('args' in step ? step.args : [step.bound]);

const slotsOf = (bounds: readonly Bound[]): ReadonlySet<number> => {
  const slots = new Set<number>();
  for (const bound of bounds) inputsOf(bound, slots);
  return slots;
};

/** Whether a step gives the same for the same rows, so that others may be left out before it. */
export const isDeterministic = (step: Step): boolean => boundsOf(step).every((bound) => traitsOf(bound).deterministic);

/** A program without what nothing needs, and the columns of the input that it reads. */
export interface Narrowed {
  readonly program: Program;
  readonly slots: ReadonlySet<number>;
}

/**
 * Leaves out what is not needed for the wanted columns of the output. What draws random numbers stays: without it the
 * draws after it would be others.
 */
export function narrow(program: Program, wanted: Wanted): Narrowed {
  const output = wanted === 'all' ? program.output : program.output.filter((one) => wanted.has(one.field.name));
  const live = new Set(output.map(({ slot }) => slot));
  const steps = program.steps.toReversed().filter((step) => {
    if (step.kind === 'compute' && !live.has(step.slot) && isDeterministic(step)) return false;
    for (const slot of slotsOf(boundsOf(step))) live.add(slot);
    return true;
  });
  const schema = output.length === program.output.length ? program.schema : structOf(output.map(({ field }) => field));
  return { program: { ...program, steps: steps.toReversed(), output, schema }, slots: live };
}

/**
 * One run of a program over the rows of a batch. Filters only say which rows are left: a column is gathered when the
 * next expression that reads it comes, or at the end.
 */
export class ColumnPass {
  /** By slot: the values, for the rows of the level that `levels` names. */
  private readonly columns: Column[];
  private readonly levels: number[];
  /** By level: which of its rows are those of the next. */
  private readonly selections: Int32Array[] = [];
  private composed = new Map<number, Int32Array>();
  private frame: Frame;

  constructor(
    columns: readonly Column[],
    private numRows: number,
    private readonly facts: BatchFacts,
  ) {
    this.columns = [...columns];
    this.levels = columns.map(() => 0);
    this.frame = new Frame(this.columns, numRows, facts);
  }

  run({ steps, output, schema }: Program): Table {
    for (const step of steps) {
      switch (step.kind) {
        case 'filter':
          this.filter(step.bound);
          break;
        case 'compute':
          this.set(step.slot, this.compute(step.bound));
          break;
        case 'generate':
          this.generate(step);
          break;
        case 'window':
          this.place(step);
      }
    }
    const columns = output.map(({ slot }) => this.column(slot));
    return new Table(schema, columns, this.numRows);
  }

  /** The rows of the input that are left, undefined for all. */
  get kept(): Int32Array | undefined {
    return this.selections.length === 0 ? undefined : this.selectionFrom(0);
  }

  private evaluate(bound: Bound): Column | Constant {
    for (const slot of slotsOf([bound])) this.column(slot);
    return evaluate(bound, this.frame);
  }

  private compute(bound: Bound): Column {
    const vector = this.evaluate(bound);
    if (!(vector instanceof Constant)) return vector;
    return repeated(vector.type, vector.value, this.numRows);
  }

  private filter(condition: Bound): void {
    const vector = this.evaluate(condition);
    if (vector instanceof Constant && vector.value === true) return;
    const rows = vector instanceof BooleanColumn ? positionsOf(whereTrue(vector), this.numRows) : new Int32Array(0);
    if (rows.length < this.numRows) this.descend(rows);
  }

  private generate({ args, generate, columns, place }: GenerateStep): void {
    const readers = args.map((arg) => readerOf(this.evaluate(arg)));
    const rowsOf = (i: number): ReturnType<typeof generate> => {
      try {
        return generate(...readers.map((read) => read(i)));
      } catch (error) {
        throw error instanceof ExpressionError ? located(error, place) : error;
      }
    };
    const parents: number[] = [];
    const values: Value[][] = columns.map(() => []);
    for (let i = 0; i < this.numRows; i++) {
      for (const row of rowsOf(i)) {
        parents.push(i);
        for (let c = 0; c < values.length; c++) values[c]!.push(row[c]!);
      }
    }
    this.descend(Int32Array.from(parents));
    columns.forEach(({ type, slot }, c) => this.set(slot, columnOf(type, values[c]!)));
  }

  private place({ args, windowing, slot }: WindowStep): void {
    const { rows, windows } = windowing.assign(
      args.map((arg) => this.evaluate(arg)),
      this.numRows,
    );
    if (rows !== null) this.descend(rows);
    this.set(slot, windows);
  }

  /** From now on these rows: some of those before, or some of them several times. */
  private descend(rows: Int32Array): void {
    this.selections.push(rows);
    this.composed = new Map();
    this.numRows = rows.length;
    this.frame = new Frame(this.columns, this.numRows, this.facts);
  }

  private set(slot: number, column: Column): void {
    this.columns[slot] = column;
    this.levels[slot] = this.selections.length;
  }

  private column(slot: number): Column {
    const level = this.levels[slot]!;
    if (level < this.selections.length) this.set(slot, this.columns[slot]!.gather(this.selectionFrom(level)));
    return this.columns[slot]!;
  }

  /** Which rows of a level the current ones are. */
  private selectionFrom(level: number): Int32Array {
    const own = this.selections[level]!;
    if (level === this.selections.length - 1) return own;
    let selection = this.composed.get(level);
    if (selection === undefined) {
      selection = this.selectionFrom(level + 1).map((row) => own[row]!);
      this.composed.set(level, selection);
    }
    return selection;
  }
}

/** What is neither false nor missing. */
function whereTrue({ bits, validity }: BooleanColumn): Uint8Array {
  return validity === null ? bits : bits.map((byte, i) => byte & validity[i]!);
}

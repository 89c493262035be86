import type { Column } from '../columns/index.js';
import type { BoundVariable } from './bound.js';
import type { BatchFacts } from './functions/define.js';

/** The rows over which an expression is evaluated. */
export class Frame {
  private readonly gathered = new Map<Column, Column>();

  constructor(
    private readonly columns: readonly Column[],
    readonly numRows: number,
    readonly batch: BatchFacts,
    private readonly variables: ReadonlyMap<BoundVariable, Column> = new Map(),
    /** The rows of `columns` that these rows are; null for all. */
    private readonly selection: Int32Array | null = null,
  ) {}

  column(index: number): Column {
    return this.pick(this.columns[index]!);
  }

  variable(variable: BoundVariable): Column {
    return this.pick(this.variables.get(variable)!);
  }

  /** Columns are gathered when they are first asked for. */
  private pick(column: Column): Column {
    if (this.selection === null) return column;
    let out = this.gathered.get(column);
    if (out === undefined) this.gathered.set(column, (out = column.gather(this.selection)));
    return out;
  }

  /** Some of these rows, by their positions. */
  select(positions: Int32Array): Frame {
    const { selection } = this;
    const rows = selection === null ? positions : positions.map((p) => selection[p]!);
    return new Frame(this.columns, rows.length, this.batch, this.variables, rows);
  }

  /** A row for each element of arrays: element `e` belongs to row `parents[e]`, and has these variables. */
  expand(parents: Int32Array, variables: ReadonlyMap<BoundVariable, Column>): Frame {
    const rows = this.select(parents);
    // What the elements do not have of their own is repeated for them; their own columns are theirs as they are.
    return new ExpandedFrame(rows, variables);
  }

  /** The same rows, with these variables, too. */
  beside(variables: ReadonlyMap<BoundVariable, Column>): Frame {
    return new ExpandedFrame(this, variables);
  }
}

class ExpandedFrame extends Frame {
  constructor(
    private readonly around: Frame,
    private readonly own: ReadonlyMap<BoundVariable, Column>,
  ) {
    super([], around.numRows, around.batch);
  }

  override column(index: number): Column {
    return this.around.column(index);
  }

  override variable(variable: BoundVariable): Column {
    return this.own.get(variable) ?? this.around.variable(variable);
  }

  override select(positions: Int32Array): Frame {
    const own = new Map([...this.own].map(([variable, column]) => [variable, column.gather(positions)] as const));
    return new ExpandedFrame(this.around.select(positions), own);
  }

  override expand(parents: Int32Array, variables: ReadonlyMap<BoundVariable, Column>): Frame {
    return new ExpandedFrame(this.select(parents), variables);
  }
}

import type { MicroBatch } from '../../lib/batch/index.js';
import { type Column, StructColumn, Table } from '../../lib/columns/index.js';
import { repeated } from '../../lib/expressions/vector.js';
import type { EventTime } from '../../lib/plan/index.js';
import { type Field, type Schema, field, structOf } from '../../lib/schema/index.js';
import type { JoinInputs, Side } from './condition.js';
import { type JoinKind, isLeftOnly, isOuter } from './types.js';

interface OutputColumn {
  readonly field: Field;
  readonly side: Side;
  readonly index: number;
  /** Of a column that both sides share: that of the right side, which counts where the left one has no row. */
  readonly other?: number;
}

/** The columns of a join. */
export interface JoinOutput {
  readonly schema: Schema;
  /** The sides as structs, by which expressions right below can name their columns. */
  readonly hidden: Schema;
  readonly columns: readonly OutputColumn[];
}

/**
 * Which columns come out: those of the left side, then those of the right. Columns that both have come under the names of
 * the sides and a dot, save those that the sides are joined `using`: they come first, and once.
 */
export function joinOutput(inputs: JoinInputs, kind: JoinKind, using: readonly string[]): JoinOutput {
  const { left, right, as } = inputs;
  const sides = { left, right };
  if (isLeftOnly(kind)) {
    const columns = left.fields.map((f, index): OutputColumn => ({ field: f, side: 'left', index }));
    return { schema: left, hidden: structOf([field(as[0], left, false)]), columns };
  }
  const lower = (name: string): string => name.toLowerCase();
  const shared = new Set(using.map(lower));
  const indexIn = ({ fields }: Schema, name: string): number => fields.findIndex((f) => lower(f.name) === lower(name));
  const keys = using.map((name): OutputColumn => {
    const [l, r] = [indexIn(left, name), indexIn(right, name)];
    const [a, b] = [left.fields[l]!, right.fields[r]!];
    if (kind === 'right') return { field: b, side: 'right', index: r };
    const nullable = a.nullable || b.nullable;
    return kind === 'full'
      ? { field: { ...a, nullable }, side: 'left', index: l, other: r }
      : { field: a, side: 'left', index: l };
  });
  const columnsOf = (side: Side): OutputColumn[] => {
    const [own, other] = side === 'left' ? [left, right] : [right, left];
    const missing = isOuter(kind, side === 'left' ? 'right' : 'left');
    return own.fields.flatMap((f, index) => {
      if (shared.has(lower(f.name))) return [];
      const twin = indexIn(other, f.name) >= 0;
      const name = twin ? `${as[side === 'left' ? 0 : 1]}.${f.name}` : f.name;
      return [{ field: { ...f, name, nullable: f.nullable || missing }, side, index }];
    });
  };
  const columns = [...keys, ...columnsOf('left'), ...columnsOf('right')];
  const hidden = structOf(as.map((name, i) => field(name, sides[i === 0 ? 'left' : 'right'], false)));
  return { schema: structOf(columns.map((column) => column.field)), hidden, columns };
}

/** The columns of the output that carry the event time of the sides. */
export function eventColumns(
  { columns }: JoinOutput,
  { left, right }: JoinInputs,
  times: Readonly<Record<Side, EventTime | undefined>>,
): ReadonlyMap<string, number> {
  return new Map(
    columns.flatMap(({ field: { name }, side, index }) => {
      const source = (side === 'left' ? left : right).fields[index]!.name;
      const delay = times[side]?.columns.get(source);
      return delay === undefined ? [] : [[name, delay] as const];
    }),
  );
}

interface Part {
  readonly left: Table | undefined;
  readonly right: Table | undefined;
  readonly numRows: number;
}

/** The rows of a join, put together of pairs and of rows of one side. */
export class JoinedRows {
  private readonly parts: Part[] = [];

  constructor(
    private readonly inputs: JoinInputs,
    private readonly output: JoinOutput,
  ) {}

  /** Rows of both sides, one beside the other; without one side, null stands for it. */
  add(left: Table | undefined, right: Table | undefined): void {
    const { numRows } = (left ?? right)!;
    if (numRows > 0) this.parts.push({ left, right, numRows });
  }

  /** The rows as a batch derived from `batch`; `order` says which of them come, and how. */
  batch(batch: MicroBatch, order?: Int32Array): MicroBatch {
    const { output, inputs } = this;
    const sides = { left: this.side('left', order), right: this.side('right', order) };
    const columns = output.columns.map(({ side, index, other }) => {
      const column = sides[side].columns[index]!;
      return other === undefined ? column : filled(column, this.parts, sides.right.columns[other]!);
    });
    const { numRows } = sides.left;
    const structs = output.hidden.fields.map(({ type }, i): Column => {
      const { columns: children } = i === 0 ? sides.left : sides.right;
      return new StructColumn(type, numRows, children);
    });
    const names = inputs.as;
    return batch.with(new Table(output.schema, columns, numRows)).withHidden({
      schema: output.hidden,
      column: (name) => structs[names.indexOf(name)]!,
    });
  }

  private side(side: Side, order: Int32Array | undefined): Table {
    const schema = this.inputs[side];
    if (this.parts.length === 0) return Table.empty(schema);
    const rows = Table.concat(this.parts.map((part) => part[side] ?? nulls(schema, part.numRows)));
    return order === undefined ? rows : rows.gather(order);
  }
}

/** The left column, with the right one's values where there is no row of the left side. */
function filled(left: Column, parts: readonly Part[], right: Column): Column {
  let at = 0;
  const pieces = parts.map(({ left: table, numRows }) => {
    const from = at;
    at += numRows;
    return (table === undefined ? right : left).slice(from, at);
  });
  if (pieces.length === 0) return left;
  const one = structOf([field('value', left.type)]);
  return Table.concat(pieces.map((piece) => new Table(one, [piece], piece.length))).columns[0]!;
}

function nulls(schema: Schema, numRows: number): Table {
  return new Table(
    schema,
    schema.fields.map(({ type }) => repeated(type, null, numRows)),
    numRows,
  );
}

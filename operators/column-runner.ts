import type { MicroBatch } from '../lib/batch/index.js';
import { type Column, Table } from '../lib/columns/index.js';
import { withTypes } from '../lib/columns/infer.js';
import type { ExpressionSettings } from '../lib/expressions/index.js';
import { type Expression, childrenOf } from '../lib/expressions/tree.js';
import { type DataType, type Schema, sameType, structOf } from '../lib/schema/index.js';
import { ColumnPass } from './column-pass.js';
import { type Program, type SlotColumn, type Stand, compileStages } from './column-program.js';
import { type ColumnStage, expressionsOf } from './column-stages.js';

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

/** A program, ready for tables of one schema. */
interface Ready {
  readonly schema: Schema;
  readonly program: Program;
  /** By slot: which column of the table it is; -1 for what is not there, as nothing needs it. */
  readonly positions: readonly number[];
  readonly stand: Stand;
}

/** Runs stages over batches. Types that were not declared are looked for in each batch. */
export class ColumnRunner {
  private ready: Ready | undefined;
  private readonly single: readonly ColumnRunner[];
  private readonly onlyFilters: boolean;

  constructor(
    private readonly stages: readonly ColumnStage[],
    private readonly declared: Program | undefined,
    private readonly settings: ExpressionSettings,
  ) {
    this.onlyFilters = stages.every((stage) => stage.op === 'where');
    // What a stage finds in plain values depends on what those before it left, so they go one by one.
    this.single = stages.length === 1 ? [this] : stages.map((stage) => new ColumnRunner([stage], undefined, settings));
  }

  run(batch: MicroBatch): MicroBatch {
    // Rows without a schema have no columns where there are none.
    if (batch.untyped && batch.numRows === 0) return batch;
    const { isColumnar } = batch;
    const { table } = batch;
    if (this.single.length > 1 && !this.fits(table.schema) && !isTyped(table.schema)) {
      return this.single.reduce((before, runner) => runner.run(before), batch);
    }
    const { typed, stand } = this.typesFor(table);
    const { program, positions } = this.readyFor(table.schema, stand);
    const columns = [...positions.map((i) => table.columns[i]!), ...typed];
    const pass = new ColumnPass(columns, table.numRows, batch.facts);
    const out = pass.run(program);
    if (!this.onlyFilters || out.columns.length < table.columns.length) return batch.with(out);
    const { kept } = pass;
    if (kept === undefined) return batch;
    if (isColumnar) return batch.with(out);
    // Rows stay the objects that they are.
    const rows = Array.from(kept, (row) => batch.rows[row]!);
    return batch.untyped ? batch.with(rows) : batch.with(rows, batch.schema);
  }

  private fits(schema: Schema): boolean {
    const declared = this.declared?.input.fields;
    if (declared === undefined) return false;
    return schema.fields.every((f) => declared.some((one) => one.name === f.name && sameType(one.type, f.type)));
  }

  /** The columns of plain values that expressions read, with types. */
  private typesFor({ schema, columns, numRows }: Table): { typed: readonly Column[]; stand: Stand } {
    if (isTyped(schema)) return { typed: [], stand: new Map() };
    const used = usedBy(this.stages);
    const slots = schema.fields.flatMap(({ name, type }, slot) =>
      !isTyped(type) && (used === 'all' || used.has(name.toLowerCase())) ? [slot] : [],
    );
    const plain = structOf(slots.map((slot) => schema.fields[slot]!));
    const table = withTypes(
      new Table(
        plain,
        slots.map((slot) => columns[slot]!),
        numRows,
      ),
    );
    const stand = slots.map((slot, i): readonly [number, SlotColumn] => [
      slot,
      { field: table.schema.fields[i]!, slot: columns.length + i },
    ]);
    return { typed: table.columns, stand: new Map(stand) };
  }

  private readyFor(schema: Schema, stand: Stand): Ready {
    const last = this.ready;
    if (last !== undefined && sameColumns(last.schema, schema) && sameStand(last.stand, stand)) return last;
    const program =
      this.declared !== undefined && this.fits(schema)
        ? this.declared
        : compileStages(this.stages, schema, this.settings, stand);
    const positions = program.input.fields.map(({ name }) => schema.fields.findIndex((f) => f.name === name));
    return (this.ready = { schema, program, positions, stand });
  }
}

const sameColumns = (a: Schema, b: Schema): boolean =>
  a === b ||
  (a.fields.length === b.fields.length &&
    a.fields.every((f, i) => f.name === b.fields[i]!.name && sameType(f.type, b.fields[i]!.type)));

const sameStand = (a: Stand, b: Stand): boolean =>
  a.size === b.size &&
  [...a].every(([slot, { field }]) => b.has(slot) && sameType(field.type, b.get(slot)!.field.type));

/** The names, in lower case, that the expressions of stages may mean columns by. */
function usedBy(stages: readonly ColumnStage[]): ReadonlySet<string> | 'all' {
  const names = new Set<string>();
  let all = false;
  const visit = (tree: Expression): void => {
    if (tree.kind === 'name') names.add(tree.parts[0]!.toLowerCase());
    if (tree.kind === 'star') all ||= tree.of.length === 0;
    if (tree.kind === 'star' && tree.of.length > 0) names.add(tree.of[0]!.toLowerCase());
    childrenOf(tree).forEach(visit);
  };
  for (const tree of stages.flatMap(expressionsOf)) {
    const top = tree.kind === 'alias' ? tree.child : tree;
    // What is only passed on stays as it is.
    if ((top.kind === 'name' && top.parts.length === 1) || (top.kind === 'star' && top.of.length === 0)) continue;
    visit(top);
  }
  return all ? 'all' : names;
}

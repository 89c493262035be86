import type { MicroBatch } from '../../lib/batch/index.js';
import type { Column, Table } from '../../lib/columns/index.js';
import type { ExpressionSettings } from '../../lib/expressions/index.js';
import type { Expression } from '../../lib/expressions/tree.js';
import { type Schema, sameType } from '../../lib/schema/index.js';
import { ColumnPass, narrow } from './pass.js';
import { type Program, type SlotColumn, type Stand, compileStages } from './program.js';
import { type ColumnStage, computedBy } from './stages.js';
import { hiddenOf } from './hidden-rows.js';
import { isTyped, sameColumns, typedFor } from '../../lib/plan/used-columns.js';

/** A program, ready for tables of one schema. */
interface Ready {
  readonly schema: Schema;
  readonly program: Program;
  /** Which column of the table each of the first slots is; -1 for what is not there, as nothing needs it. */
  readonly positions: readonly number[];
  /** Of the slots behind them, the names of the hidden columns; undefined for those that nothing needs. */
  readonly hidden: readonly (string | undefined)[];
  readonly stand: Stand;
  readonly beside: Schema | undefined;
}

/** Runs stages over batches. Types that were not declared are looked for in each batch. */
export class ColumnRunner {
  private ready: Ready | undefined;
  private readonly single: readonly ColumnRunner[];
  private readonly onlyFilters: boolean;
  private readonly computed: readonly Expression[];

  constructor(
    private readonly stages: readonly ColumnStage[],
    private readonly declared: Program | undefined,
    private readonly settings: ExpressionSettings,
  ) {
    this.onlyFilters = stages.every((stage) => stage.op === 'where');
    this.computed = stages.flatMap(computedBy);
    // What a stage finds in plain values depends on what those before it left, so they go one by one.
    this.single = stages.length === 1 ? [this] : stages.map((stage) => new ColumnRunner([stage], undefined, settings));
  }

  run(batch: MicroBatch): MicroBatch {
    // Rows without a schema have no columns where there are none.
    if (batch.untyped && batch.numRows === 0) return batch;
    const untyped = batch.untyped || (!this.fits(batch.schema) && !isTyped(batch.schema));
    if (untyped && this.single.length > 1) return this.single.reduce((before, one) => one.run(before), batch);
    const { isColumnar } = batch;
    const { table } = batch;
    const { typed, stand } = this.typesFor(table, batch.hidden?.schema.fields.length ?? 0);
    const { program, positions, hidden } = this.readyFor(table.schema, stand, batch.hidden?.schema);
    const beside = hidden.map((name) => (name === undefined ? undefined : batch.hidden?.column(name))) as Column[];
    const columns = [...positions.map((i) => table.columns[i]!), ...beside, ...typed];
    const pass = new ColumnPass(columns, table.numRows, batch.facts);
    const out = pass.run(program);
    const { kept } = pass;
    const whole = this.onlyFilters && out.columns.length === table.columns.length;
    if (whole && kept === undefined) return batch;
    const made = whole && !isColumnar ? keepRows(batch, kept!) : batch.with(out);
    return made.withHidden(hiddenOf(batch, kept));
  }

  private fits(schema: Schema): boolean {
    const declared = this.declared?.input.fields;
    if (declared === undefined) return false;
    return schema.fields.every((f) => declared.some((one) => one.name === f.name && sameType(one.type, f.type)));
  }

  /** The columns of plain values that expressions read, with types. */
  private typesFor(table: Table, hidden: number): { typed: readonly Column[]; stand: Stand } {
    const { columns } = typedFor(this.computed, table);
    const { fields } = table.schema;
    const found = columns.flatMap((column, slot) => (column === table.columns[slot] ? [] : [{ column, slot }]));
    const stand = found.map(({ column, slot }, i): readonly [number, SlotColumn] => [
      slot,
      { field: { ...fields[slot]!, type: column.type }, slot: fields.length + hidden + i },
    ]);
    return { typed: found.map(({ column }) => column), stand: new Map(stand) };
  }

  private readyFor(schema: Schema, stand: Stand, hidden: Schema | undefined): Ready {
    const last = this.ready;
    const isSame = last?.beside === hidden && last !== undefined && sameColumns(last.schema, schema);
    if (isSame && sameStand(last.stand, stand)) return last;
    const program =
      this.declared !== undefined && this.fits(schema)
        ? this.declared
        : compileStages(this.stages, schema, this.settings, { stand, hidden });
    const { fields } = program.input;
    const { slots } = narrow(program, 'all');
    const positions = fields
      .slice(0, program.visible)
      .map(({ name }) => schema.fields.findIndex((f) => f.name === name));
    const names = fields
      .slice(program.visible)
      .map(({ name }, i) => (slots.has(program.visible + i) ? name : undefined));
    return (this.ready = { schema, program, positions, hidden: names, stand, beside: hidden });
  }
}

const sameStand = (a: Stand, b: Stand): boolean =>
  a.size === b.size &&
  [...a].every(([slot, { field }]) => b.has(slot) && sameType(field.type, b.get(slot)!.field.type));

/** Some rows of a batch of rows: they stay the objects that they are. */
export function keepRows(batch: MicroBatch, kept: Int32Array): MicroBatch {
  const rows = Array.from(kept, (row) => batch.rows[row]!);
  return batch.untyped ? batch.with(rows) : batch.with(rows, batch.schema);
}

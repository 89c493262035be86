import type { MicroBatch } from '../lib/batch/index.js';
import type { Column, Table } from '../lib/columns/index.js';
import type { ExpressionSettings } from '../lib/expressions/index.js';
import type { Expression } from '../lib/expressions/tree.js';
import { type Schema, sameType } from '../lib/schema/index.js';
import { ColumnPass } from './column-pass.js';
import { type Program, type SlotColumn, type Stand, compileStages } from './column-program.js';
import { type ColumnStage, computedBy } from './column-stages.js';
import { isTyped, sameColumns, typedFor } from './used-columns.js';

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
    const { typed, stand } = this.typesFor(table);
    const { program, positions } = this.readyFor(table.schema, stand);
    const columns = [...positions.map((i) => table.columns[i]!), ...typed];
    const pass = new ColumnPass(columns, table.numRows, batch.facts);
    const out = pass.run(program);
    if (!this.onlyFilters || out.columns.length < table.columns.length) return batch.with(out);
    const { kept } = pass;
    if (kept === undefined) return batch;
    return isColumnar ? batch.with(out) : keepRows(batch, kept);
  }

  private fits(schema: Schema): boolean {
    const declared = this.declared?.input.fields;
    if (declared === undefined) return false;
    return schema.fields.every((f) => declared.some((one) => one.name === f.name && sameType(one.type, f.type)));
  }

  /** The columns of plain values that expressions read, with types. */
  private typesFor(table: Table): { typed: readonly Column[]; stand: Stand } {
    const { columns } = typedFor(this.computed, table);
    const { fields } = table.schema;
    const found = columns.flatMap((column, slot) => (column === table.columns[slot] ? [] : [{ column, slot }]));
    const stand = found.map(({ column, slot }, i): readonly [number, SlotColumn] => [
      slot,
      { field: { ...fields[slot]!, type: column.type }, slot: fields.length + i },
    ]);
    return { typed: found.map(({ column }) => column), stand: new Map(stand) };
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

const sameStand = (a: Stand, b: Stand): boolean =>
  a.size === b.size &&
  [...a].every(([slot, { field }]) => b.has(slot) && sameType(field.type, b.get(slot)!.field.type));

/** Some rows of a batch of rows: they stay the objects that they are. */
export function keepRows(batch: MicroBatch, kept: Int32Array): MicroBatch {
  const rows = Array.from(kept, (row) => batch.rows[row]!);
  return batch.untyped ? batch.with(rows) : batch.with(rows, batch.schema);
}

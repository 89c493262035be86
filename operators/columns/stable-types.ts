import { type Column, PlainColumn, Table, columnFrom } from '../../lib/columns/index.js';
import { SluiceError } from '../../lib/errors/index.js';
import type { Expression } from '../../lib/expressions/tree.js';
import { columnsIn, isTyped, typedFor } from '../../lib/plan/used-columns.js';
import { type DataType, type Schema, field, structOf } from '../../lib/schema/index.js';

/**
 * The tables that expressions are computed over, with one type for a column in all batches: columns of plain values
 * have the type that their first values have.
 */
export class StableTypes {
  private readonly found = new Map<string, DataType>();

  constructor(
    private readonly op: string,
    private readonly trees: readonly Expression[],
  ) {}

  /** The types that an earlier run found. */
  learn(schema: Schema): void {
    for (const { name, type } of schema.fields) if (holdsSomething(type)) this.found.set(name, type);
  }

  /** The columns of a table that expressions read. */
  used({ schema }: Table): Schema {
    const names = columnsIn(this.trees, schema);
    return structOf(schema.fields.filter(({ name }) => names.has(name)));
  }

  typed(table: Table): Table {
    if (isDeclared(table.schema)) return table;
    const known = this.withKnown(table);
    const typed = typedFor(this.trees, known);
    this.learn(this.used(typed));
    return typed;
  }

  /** What none of the rows has is missing in all of them. */
  private withKnown({ schema, columns, numRows }: Table): Table {
    const own = columns.map((column, i) => this.known(column, schema.fields[i]!.name));
    const fields = schema.fields.map((f, i) => ({ ...f, type: own[i]!.type }));
    const lacking = [...this.found].filter(([name]) => !fields.some((f) => f.name === name));
    const nothing = lacking.map(([name, type]) => columnFrom(type, new Array<null>(numRows).fill(null), name));
    return new Table(
      structOf([...fields, ...lacking.map(([name, type]) => field(name, type))]),
      [...own, ...nothing],
      numRows,
    );
  }

  private known(column: Column, name: string): Column {
    const type = this.found.get(name);
    if (type === undefined || !(column instanceof PlainColumn)) return column;
    try {
      return columnFrom(type, column.values, name);
    } catch (error) {
      throw drift(this.op, `the values of '${name}' have another type than the first ones`, error);
    }
  }
}

/** Whether the types of columns were declared. Of rows of plain values that are none, or hold nothing, there are none. */
export const isDeclared = (schema: Schema): boolean => schema.fields.length > 0 && isTyped(schema);

/** Whether a type says what its values are: of a column without any that is not known. */
const holdsSomething = (type: DataType): boolean => !JSON.stringify(type).includes('"void"');

/** State was made of values of other types. */
export const drift = (op: string, what: string, cause?: unknown): SluiceError =>
  new SluiceError(
    'SCHEMA_MISMATCH',
    `${op}: ${what}, and the state is kept in those. Declare the types above it, for example with ` +
      "mapRows(fn, { schema: 'shop STRING, amount DOUBLE' }).",
    { cause },
  );

import { SluiceError } from '../lib/errors/index.js';
import { unknownColumn } from '../lib/columns/index.js';
import { type FlowOperator, eachBatch, flowOperator } from '../lib/operator.js';
import { structOf } from '../lib/schema/index.js';

/**
 * Keeps these columns, in this order. Sources decode no others. Throws UNKNOWN_COLUMN, with the nearest name, when it
 * is put on a flow whose schema is known, else when the first batch comes.
 *
 * @example
 * ```ts
 * flights$.pipe(select('date', 'origin', 'delay'));
 * ```
 */
export function select<Row, K extends keyof Row & string>(...columns: K[]): FlowOperator<Row, Pick<Row, K>> {
  if (columns.length === 0) throw new SluiceError('INVALID_OPTION', 'select: name at least one column.');
  if (new Set(columns).size < columns.length) {
    throw new SluiceError('INVALID_OPTION', `select: a column is named twice in ${columns.join(', ')}.`);
  }
  return flowOperator((input) => ({
    op: 'select',
    detail: columns.join(', '),
    schema:
      input.schema &&
      structOf(
        columns.map((name) => {
          const field = input.schema!.fields.find((f) => f.name === name);
          if (field === undefined) throw unknownColumn(name, input.schema!);
          return field;
        }),
      ),
    needs: () => new Set(columns),
    connect: ([source]) => eachBatch(source!, (batch) => batch.with(batch.table.select(columns))),
  }));
}

import { Table } from '../lib/columns/index.js';
import { SluiceError } from '../lib/errors/index.js';
import { type FlowOperator, eachBatch, flowOperator } from '../lib/operator.js';
import { type Schema, structOf } from '../lib/schema/index.js';

type Renamed<Row, From extends string, To extends string> = {
  [K in keyof Row as K extends From ? To : K]: Row[K];
};

/**
 * Gives a column another name. A name that is not there is ignored, as in Spark; a new name that is taken already is
 * refused with INVALID_SCHEMA.
 *
 * @example
 * ```ts
 * flights$.pipe(withColumnRenamed('origin', 'from'));
 * ```
 */
export function withColumnRenamed<Row, From extends string, To extends string>(
  from: From,
  to: To,
): FlowOperator<Row, Renamed<Row, From, To>> {
  const rename = (schema: Schema): Schema => {
    const taken = from !== (to as string) && schema.fields.some((f) => f.name === to);
    if (taken && schema.fields.some((f) => f.name === from)) {
      throw new SluiceError('INVALID_SCHEMA', `withColumnRenamed: there is a column '${to}' already; drop it first.`);
    }
    return structOf(schema.fields.map((f) => (f.name === from ? { ...f, name: to } : f)));
  };
  return flowOperator((input) => ({
    op: 'withColumnRenamed',
    detail: `${from} -> ${to}`,
    schema: input.schema && rename(input.schema),
    needs: (wanted) => (wanted === 'all' ? 'all' : new Set([...wanted].map((name) => (name === to ? from : name)))),
    connect: ([source]) =>
      eachBatch(source!, (batch) => {
        const { schema, columns, numRows } = batch.table;
        return batch.with(new Table(rename(schema), columns, numRows));
      }),
  }));
}

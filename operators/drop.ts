import { type FlowOperator, eachBatch, flowOperator } from '../lib/operator.js';
import { structOf } from '../lib/schema/index.js';

/**
 * Leaves these columns out. Names that are not there are ignored, as in Spark.
 *
 * @example
 * ```ts
 * orders$.pipe(drop('note', 'internal'));
 * ```
 */
export function drop<Row, K extends string>(...columns: K[]): FlowOperator<Row, Omit<Row, K>> {
  const dropped = new Set<string>(columns);
  return flowOperator((input) => {
    const kept = input.schema?.fields.filter((f) => !dropped.has(f.name));
    return {
      op: 'drop',
      detail: columns.join(', '),
      schema: kept && structOf(kept),
      needs: (wanted) => (wanted === 'all' && kept !== undefined ? new Set(kept.map((f) => f.name)) : wanted),
      connect: ([source]) =>
        eachBatch(source!, (batch) => {
          const names = batch.schema.fields.map((f) => f.name).filter((name) => !dropped.has(name));
          return batch.with(batch.table.select(names));
        }),
    };
  });
}

import { unknownColumn } from '../lib/columns/table.js';
import { SluiceError } from '../lib/errors/index.js';
import { type FlowOperator, eachBatch, flowOperator } from '../lib/operator.js';
import type { Wanted } from '../lib/plan/index.js';

/**
 * Says to how many files (of each folder) the rows of a batch go: `n` at most. Without columns rows are dealt out in
 * turn; with columns, those that are alike in them go to one file, by Spark's hash. Columns are those that the sink
 * gets; it fails with UNKNOWN_COLUMN if one is not there.
 *
 * Sinks that write no files take no notice. What comes later in the pipe counts, of a `union` its first flow. Throws
 * INVALID_OPTION, and UNKNOWN_COLUMN where the schema is known.
 *
 * @example
 * ```ts
 * orders$.pipe(repartition(4), checkpoint('checkpoint/')).subscribe(fileSink({ format: 'parquet', path: 'out/' }));
 * orders$.pipe(repartition(4, 'shop'));
 * ```
 */
export function repartition<Row>(n: number, ...columns: (keyof Row & string)[]): FlowOperator<Row, Row> {
  checkPartitions('repartition', n);
  return flowOperator((input) => {
    if (input.schema !== undefined) {
      const names = input.schema.fields.map((f) => f.name);
      for (const column of columns) if (!names.includes(column)) throw unknownColumn(column, input.schema);
    }
    return {
      op: 'repartition',
      detail: [n, ...columns].join(', '),
      schema: input.schema,
      hidden: input.hidden,
      eventTime: input.eventTime,
      needs: (wanted): Wanted => (wanted === 'all' ? 'all' : new Set([...wanted, ...columns])),
      passes: (conditions) => conditions,
      connect: ([source]) => eachBatch(source!, (batch) => batch.dealtOut({ partitions: n, by: columns, groups: n })),
    };
  });
}

/** @internal Throws INVALID_OPTION. */
export function checkPartitions(op: string, n: number): void {
  if (Number.isSafeInteger(n) && n >= 1) return;
  const message = `${op}: the number of partitions must be a whole number of at least 1, not ${String(n)}.`;
  throw new SluiceError('INVALID_OPTION', message);
}

import type { FlowOperator } from '../lib/operator.js';
import { parseOptions } from '../lib/options/index.js';
import {
  type DeduplicationOptions,
  columnsGiven,
  deduplication,
  deduplicationSpec,
} from './deduplication/deduplication.js';

/**
 * Lets the first of all rows through that are the same in `columns` (without them: in all columns), over all batches.
 * Null is the same as null, NaN as NaN, 0.0 as -0.0. What came is kept in the checkpoint, and never forgotten, unless
 * one of the columns carries event time: then it is forgotten when the watermark has passed it. Where a column of the
 * flow carries event time, among `columns` or not, rows are dropped that come too late: not after the watermark of the
 * batch before. They are counted as `numRowsDroppedByWatermark`, duplicates as `numDroppedDuplicateRows`.
 *
 * Throws UNKNOWN_COLUMN when it is put on a flow whose schema is known, else with the first batch; INVALID_OPTION, and
 * UNSUPPORTED_PIPELINE where several columns carry event time.
 *
 * @example
 * ```ts
 * orders$.pipe(withWatermark('at', '1 hour'), dropDuplicates(['id', 'at']));
 * ```
 */
export function dropDuplicates<Row>(
  columns?: readonly (keyof Row & string)[],
  options: DeduplicationOptions = {},
): FlowOperator<Row, Row> {
  const op = 'dropDuplicates';
  const { name = op, lateRows } = parseOptions(op, options, deduplicationSpec);
  return deduplication({ op, name, lateRows, columns: columnsGiven(op, columns), within: false });
}

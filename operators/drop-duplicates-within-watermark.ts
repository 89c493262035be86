import type { FlowOperator } from '../lib/operator.js';
import { parseOptions } from '../lib/options/index.js';
import {
  type DeduplicationOptions,
  columnsGiven,
  deduplication,
  deduplicationSpec,
} from './deduplication/deduplication.js';

/**
 * Lets the first of all rows through that are the same in `columns` (without them: in all columns) and lie no further
 * apart than the delay of the watermark, whatever their event times: for sources that may deliver a row twice, with the
 * time of the delivery. A row is forgotten when the watermark has passed its time plus the delay; duplicates of it do
 * not make that later. State stays small, whatever the columns. Rows that come too late are dropped and counted.
 *
 * Throws UNKNOWN_COLUMN when it is put on a flow whose schema is known, else with the first batch; INVALID_OPTION, and
 * UNSUPPORTED_PIPELINE where no column carries event time, or several do.
 *
 * @example
 * ```ts
 * orders$.pipe(withWatermark('at', '1 hour'), dropDuplicatesWithinWatermark(['id']));
 * ```
 */
export function dropDuplicatesWithinWatermark<Row>(
  columns?: readonly (keyof Row & string)[],
  options: DeduplicationOptions = {},
): FlowOperator<Row, Row> {
  const op = 'dropDuplicatesWithinWatermark';
  const { name = op, lateRows } = parseOptions(op, options, deduplicationSpec);
  return deduplication({ op, name, lateRows, columns: columnsGiven(op, columns), within: true });
}

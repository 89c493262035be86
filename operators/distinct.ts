import type { FlowOperator } from '../lib/operator.js';
import { parseOptions } from '../lib/options/index.js';
import { type DeduplicationOptions, deduplication, deduplicationSpec } from './deduplication/deduplication.js';

/** Lets each row through once: `dropDuplicates` by all columns. */
export function distinct<Row>(options: DeduplicationOptions = {}): FlowOperator<Row, Row> {
  const op = 'distinct';
  const { name = op, lateRows } = parseOptions(op, options, deduplicationSpec);
  return deduplication({ op, name, lateRows, columns: undefined, within: false });
}

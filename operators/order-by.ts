import type { MicroBatch } from '../lib/batch/index.js';
import { SluiceError } from '../lib/errors/index.js';
import { type ExpressionError, located } from '../lib/expressions/errors.js';
import { type Compiled, Expr, type Expression, compile, printExpression } from '../lib/expressions/index.js';
import { comparator, nullsFirst, nullsLast, requireOrder } from '../lib/expressions/order.js';
import { parseSortKeys } from '../lib/expressions/parser.js';
import type { ExpressionSettings } from '../lib/expressions/settings.js';
import type { SortKey } from '../lib/expressions/tree.js';
import { readerOf } from '../lib/expressions/vector.js';
import { type FlowOperator, eachBatch, flowOperator } from '../lib/operator.js';
import { settingsOf } from '../lib/plan/index.js';
import type { Schema } from '../lib/schema/index.js';
import { isTyped, typedFor, withColumnsIn } from '../lib/plan/used-columns.js';
import { rowsAt } from './columns/rows-at.js';

/**
 * Sorts the rows of the result: behind an aggregation in the output mode `'complete'`, where each batch is all of it.
 * Anywhere else there is no order that a later batch could not break, and it is refused with UNSUPPORTED_PIPELINE at
 * the start. Ascending, nulls first; with DESC descending, nulls last, unless NULLS FIRST or NULLS LAST is said.
 *
 * Throws INVALID_EXPRESSION or UNKNOWN_COLUMN when it is put on a flow whose schema is known, else with the first
 * batch.
 *
 * @example
 * ```ts
 * orders$.pipe(
 *   groupBy('shop').agg({ n: count() }),
 *   orderBy('n DESC', 'shop'),
 *   limit(10),
 *   outputMode('complete'),
 * );
 * ```
 */
export function orderBy<Row>(...keys: readonly (Expr | string)[]): FlowOperator<Row, Row> {
  if (keys.length === 0) throw new SluiceError('INVALID_OPTION', 'orderBy: name at least one column.');
  const order = keys.flatMap((key): readonly SortKey[] =>
    key instanceof Expr ? [{ child: key.tree, descending: false, nullsFirst: true }] : parseSortKeys(key),
  );
  const trees = order.map(({ child }) => child);
  return flowOperator((input) => {
    const settings = settingsOf(input);
    const { schema } = input;
    if (schema !== undefined && isTyped(schema)) {
      for (const tree of trees) ordered(tree, schema, settings);
    }
    return {
      op: 'orderBy',
      detail: order.map(({ child, descending }) => printExpression(child) + (descending ? ' DESC' : '')).join(', '),
      schema,
      eventTime: input.eventTime,
      traits: { role: { kind: 'sort' } },
      needs: (wanted) => withColumnsIn(trees, wanted, schema),
      connect: ([source]) =>
        eachBatch(source!, (batch) => (batch.numRows < 2 ? batch : rowsAt(batch, sorted(batch, order, settings)))),
    };
  });
}

/** What rows are ordered by, if its values have an order. */
function ordered(tree: Expression, schema: Schema, settings: ExpressionSettings): Compiled {
  const compiled = compile(tree, schema, settings);
  try {
    requireOrder(compiled.type, 'orderBy');
  } catch (error) {
    const text = printExpression(tree);
    throw located(error as ExpressionError, tree.place ?? { text, from: 0, to: text.length });
  }
  return compiled;
}

/** The positions of the rows in their order; rows that are equal stay in theirs. */
function sorted(batch: MicroBatch, order: readonly SortKey[], settings: ExpressionSettings): Int32Array {
  const table = typedFor(
    order.map(({ child }) => child),
    batch.table,
  );
  const compares = order.map(({ child, descending, nullsFirst: first }) => {
    const compiled = ordered(child, table.schema, settings);
    const read = readerOf(compiled.over(table, batch.facts));
    const values = Array.from({ length: table.numRows }, (_, i) => read(i));
    const plain = comparator(compiled.type);
    const directed: typeof plain = descending ? (a, b) => plain(b, a) : plain;
    const compare = first ? nullsFirst(directed) : nullsLast(directed);
    return (a: number, b: number) => compare(values[a]!, values[b]!);
  });
  return Int32Array.from({ length: table.numRows }, (_, i) => i).sort((a, b) => {
    for (const compare of compares) {
      const found = compare(a, b);
      if (found !== 0) return found;
    }
    return a - b;
  });
}

import { SluiceError } from '../lib/errors/index.js';
import { type Argument, type Expression, nameOf, toTree } from '../lib/expressions/index.js';
import { argument } from '../lib/expressions/arguments.js';
import type { FlowOperator } from '../lib/operator.js';
import { parseOptions } from '../lib/options/index.js';
import { type AggregateOptions, type NamedExpressions, aggregateSpec, aggregation } from './aggregate.js';

/** What is grouped, before it is said what is computed. */
export interface Grouped {
  /**
   * What is computed of each group: aggregates, and expressions over them and over what is grouped by, by the names of
   * the columns that they become.
   */
  agg<Row, const Values extends NamedExpressions>(
    values: Values,
    options?: Omit<AggregateOptions<NamedExpressions, Values>, 'by' | 'values'>,
  ): FlowOperator<Row, Record<string, unknown> & { [Name in keyof Values & string]: unknown }>;
}

/**
 * Groups rows by these columns, `window`s or expressions: `groupBy(…).agg(…)` is `aggregate`, said the other way, and
 * does what that does. The keys are called as the columns are, `window`, `session_window`, or as `.as('…')` says.
 *
 * @example
 * ```ts
 * groupBy('shop', window('at', '5 minutes')).agg({ n: count(), total: sum('amount') });
 * ```
 */
export function groupBy(...keys: readonly Argument[]): Grouped {
  const by: Record<string, Expression> = {};
  for (const key of keys) {
    const tree = argument(key)!;
    const name = nameOf(tree);
    if (Object.hasOwn(by, name)) throw new SluiceError('INVALID_OPTION', `groupBy: two keys are called '${name}'.`);
    by[name] = tree.kind === 'alias' ? tree.child : tree;
  }
  return {
    agg: (values, options = {}) => {
      const { where, name = 'aggregate', lateRows } = parseOptions('agg', { ...options, values }, aggregateSpec);
      return aggregation({
        op: 'groupBy',
        name,
        lateRows,
        by,
        values: Object.fromEntries(Object.entries(values).map(([column, value]) => [column, toTree(value)])),
        ...(where === undefined ? {} : { where: toTree(where) }),
      });
    },
  };
}

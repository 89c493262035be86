import { PlainColumn, Table } from '../lib/columns/index.js';
import { type CompiledAggregation, compileAggregation } from '../lib/expressions/aggregate.js';
import { type Expr, toTree } from '../lib/expressions/index.js';
import type { Expression } from '../lib/expressions/tree.js';
import { SluiceError } from '../lib/errors/index.js';
import type { MicroBatch } from '../lib/batch/index.js';
import { type FlowOperator, eachBatch, flowOperator } from '../lib/operator.js';
import { settingsOf } from '../lib/plan/index.js';
import { type Schema, type StructType, field, structOf, voidType } from '../lib/schema/index.js';
import { isTyped, namesIn, sameColumns, typedFor, withColumnsIn } from '../lib/plan/used-columns.js';

/**
 * Computes aggregates of the rows of each batch and puts them into `observedMetrics[name]` of its progress. The rows
 * pass through as they are. For a batch without rows counts are 0, and what is computed of no value is null.
 *
 * Throws INVALID_OPTION, and INVALID_EXPRESSION or UNKNOWN_COLUMN when it is put on a flow whose schema is known, else
 * with the first batch; DUPLICATE_NAME at the start if another operator counts under the name.
 *
 * @example
 * ```ts
 * orders$.pipe(observe('quality', { rows: count(), nulls: count(when(col('a').isNull(), 1)) }));
 * query.progress$.subscribe((p) => console.log(p.observedMetrics.quality)); // { rows: 100, nulls: 3 }
 * ```
 */
export function observe<Row>(name: string, metrics: Readonly<Record<string, Expr | string>>): FlowOperator<Row, Row> {
  const values = Object.fromEntries(Object.entries(metrics).map(([key, value]) => [key, toTree(value)] as const));
  if (typeof name !== 'string' || name === '' || Object.keys(values).length === 0) {
    throw new SluiceError('INVALID_OPTION', 'observe: give a name that is not empty, and a metric at least.');
  }
  const trees = Object.values(values);
  return flowOperator((input) => {
    const settings = settingsOf(input);
    const compiled = (schema: Schema): CompiledAggregation => compileAggregation({ values }, schema, settings);
    if (input.schema !== undefined && isTyped(input.schema)) compiled(input.schema);
    return {
      op: 'observe',
      detail: `${name}: ${Object.keys(values).join(', ')}`,
      schema: input.schema,
      hidden: input.hidden,
      eventTime: input.eventTime,
      traits: { observes: name },
      needs: (wanted) => withColumnsIn(trees, wanted, input.schema),
      connect: ([source]) => {
        let last: { readonly schema: Schema; readonly aggregation: CompiledAggregation } | undefined;
        return eachBatch(source!, (batch) => {
          const table = tableOf(batch, trees);
          if (last === undefined || !sameColumns(last.schema, table.schema)) {
            last = { schema: table.schema, aggregation: compiled(table.schema) };
          }
          const [row] = last.aggregation.over(table, batch.facts).toRows();
          batch.query.observe(name, row!);
          return batch;
        });
      },
    };
  });
}

function tableOf(batch: MicroBatch, trees: readonly Expression[]): Table {
  // Rows without a schema have no columns where there are none: any that are asked for hold nothing.
  if (batch.untyped && batch.numRows === 0) return nothing(trees);
  return typedFor(trees, batch.table);
}

function nothing(trees: readonly Expression[]): Table {
  const names = namesIn(trees);
  const type = structOfPaths(names === 'all' ? [] : names);
  return new Table(
    type,
    type.fields.map((f) => new PlainColumn(f.type, [])),
    0,
  );
}

function structOfPaths(paths: readonly (readonly string[])[]): StructType {
  const fields = new Map<string, (readonly string[])[]>();
  for (const [first, ...below] of paths) {
    const name = first!.toLowerCase();
    fields.set(name, [...(fields.get(name) ?? []), ...(below.length > 0 ? [below] : [])]);
  }
  return structOf(
    [...fields].map(([name, below]) => field(name, below.length === 0 ? voidType() : structOfPaths(below))),
  );
}

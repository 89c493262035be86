import { Observable } from 'rxjs';
import type { Json, MicroBatch } from '../batch/index.js';
import { joinQuery } from '../context/index.js';
import { SluiceError } from '../errors/index.js';
import { Flow } from '../flow.js';
import type { PlanNode } from '../plan/index.js';
import { type Schema, structOf, toSchema } from '../schema/index.js';
import type { SourceDefinition } from './contract.js';

/**
 * Makes a source of your own. The base does the rest: the plan, demand, batches, names, errors and closing.
 *
 * @example
 * ```ts
 * const counter = (limit: number) =>
 *   defineSource<{ n: number }, number>({
 *     op: 'counter',
 *     name: 'counter',
 *     schema: 'n INT',
 *     supports: { replay: true },
 *     open: () => ({
 *       initial: () => 0,
 *       latest: (start, { rows }) => Math.min(limit, start + Math.min(rows, 100)),
 *       read: (start, end) => Array.from({ length: end - start }, (_, i) => ({ n: start + i })),
 *       status: () => ({ ended: true }),
 *     }),
 *   });
 * ```
 */
export function defineSource<Row, Offset extends Json = Json>(definition: SourceDefinition<Row, Offset>): Flow<Row> {
  const { op, name } = definition;
  if (typeof name !== 'string' || name === '') {
    throw new SluiceError('INVALID_OPTION', `${op}: the name of a source must be a string that is not empty.`);
  }
  const schema = definition.schema === undefined ? undefined : toSchema(definition.schema);
  return new Flow<Row>(sourceNode(definition, schema, undefined));
}

function sourceNode(
  definition: SourceDefinition<unknown, Json>,
  schema: Schema | undefined,
  columns: readonly string[] | undefined,
): PlanNode {
  const { op, detail = '', supports } = definition;
  const node: PlanNode = {
    kind: 'source',
    op,
    detail: columns === undefined ? detail : `${detail} columns: ${columns.join(', ') || 'none'}`.trimStart(),
    inputs: [],
    schema: schema && columns ? structOf(schema.fields.filter((f) => columns.includes(f.name))) : schema,
    traits: { replayable: supports.replay },
    connect: () => new Observable<MicroBatch>((subscriber) => joinQuery(subscriber, { definition, schema, columns })),
  };
  if (supports.columns !== true || schema === undefined || columns !== undefined) return node;
  return {
    ...node,
    prune: (wanted) => {
      const names = schema.fields.map((f) => f.name).filter((n) => wanted.has(n));
      return names.length === schema.fields.length ? node : sourceNode(definition, schema, names);
    },
  };
}

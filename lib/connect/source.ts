import { Observable } from 'rxjs';
import type { Json, MicroBatch } from '../batch/index.js';
import { joinQuery } from '../context/index.js';
import type { SeatedSource } from '../context/seat.js';
import { SluiceError } from '../errors/index.js';
import type { Condition } from '../expressions/conditions.js';
import { Flow } from '../flow.js';
import type { PlanNode } from '../plan/index.js';
import { structOf, toSchema } from '../schema/index.js';
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
  return new Flow<Row>(sourceNode({ definition, schema, columns: undefined }));
}

function sourceNode(source: SeatedSource): PlanNode {
  const { definition, schema, columns, conditions = [] } = source;
  const { op, detail = '', supports } = definition;
  const notes = [
    ...(columns === undefined ? [] : [`columns: ${columns.join(', ') || 'none'}`]),
    ...(conditions.length === 0 ? [] : [`pushed: ${conditions.map(({ text }) => text).join(' AND ')}`]),
  ];
  const { conditions: heeds = false } = supports;
  const prunes = supports.columns === true && schema !== undefined && columns === undefined;
  return {
    kind: 'source',
    op,
    detail: [detail, ...notes].join(' ').trimStart(),
    inputs: [],
    schema: schema && columns ? structOf(schema.fields.filter((f) => columns.includes(f.name))) : schema,
    hidden: definition.hidden,
    traits: { replayable: supports.replay, ...(supports.shared === true && { shared: true }) },
    connect: () => new Observable<MicroBatch>((subscriber) => joinQuery(subscriber, source)),
    ...(prunes && {
      prune: (wanted: ReadonlySet<string>) => {
        const names = schema.fields.map((f) => f.name).filter((n) => wanted.has(n));
        return sourceNode(names.length === schema.fields.length ? source : { ...source, columns: names });
      },
    }),
    ...(heeds !== false && {
      restrict: (more: readonly Condition[]) =>
        sourceNode({ ...source, conditions: heeds === true ? more : more.filter(heeds) }),
    }),
  };
}

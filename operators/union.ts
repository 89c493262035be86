import type { Observable } from 'rxjs';
import type { MicroBatch } from '../lib/batch/index.js';
import { Table } from '../lib/columns/index.js';
import { SluiceError } from '../lib/errors/index.js';
import { Flow, planOf } from '../lib/flow.js';
import type { FlowOperator } from '../lib/operator.js';
import { pairBatches } from '../lib/pairing.js';
import { type EventTime, type PlanNode, mergedEventTime } from '../lib/plan/index.js';
import { type Schema, formatDdl, sameType } from '../lib/schema/index.js';
import { joinedHidden } from './columns/hidden-rows.js';

/**
 * Puts the rows of several flows into one. Columns are matched by position, as in Spark: all flows have the same
 * types, and the first one's names count. Each source keeps its own offsets and limits; one trigger starts a batch of
 * all of them, and one commit ends it. Throws SCHEMA_MISMATCH, at once where the schemas are known.
 *
 * @example
 * ```ts
 * csv$.pipe(union(json$, parquet$), checkpoint('checkpoint/')).subscribe(sink);
 * ```
 */
export function union<Row>(...others: Observable<MicroBatch<Row>>[]): FlowOperator<Row, Row> {
  return (first) => {
    const inputs = [first, ...others].map((flow) => planOf(flow as never));
    const known = inputs.flatMap((input) => input.schema ?? []);
    for (const schema of known.slice(1)) checkTypes(known[0]!, schema);
    return new Flow<Row>({
      kind: 'operator',
      op: 'union',
      detail: '',
      inputs,
      schema: known.length === inputs.length ? known[0] : undefined,
      hidden: inputs.every(({ hidden }) => hidden === inputs[0]!.hidden) ? inputs[0]!.hidden : undefined,
      eventTime: unitedEventTime(inputs),
      traits: {},
      connect: (sources) => pairBatches(sources, (parts) => combine(parts.filter((part) => part !== undefined))),
    });
  };
}

/** Columns carry event time where those of all inputs that have any do; the first input's names count. */
export function unitedEventTime(inputs: readonly PlanNode[]): EventTime | undefined {
  const times = inputs.map(({ eventTime }) => eventTime);
  return mergedEventTime(times.find((time) => time !== undefined)?.columns ?? new Map(), times);
}

function combine(batches: readonly MicroBatch[]): MicroBatch {
  const [first] = batches as [MicroBatch, ...MicroBatch[]];
  if (batches.length === 1) return first;
  if (batches.every((batch) => batch.untyped)) return first.with(batches.flatMap((batch) => batch.rows));
  const { schema } = first;
  for (const batch of batches) checkTypes(schema, batch.schema);
  const some = batches.filter((batch) => batch.numRows > 0);
  const filled = some.length === 0 ? [first] : some;
  const joined = Table.concat(filled.map(({ table }) => new Table(schema, table.columns, table.numRows)));
  return first.with(joined).withHidden(joinedHidden(filled));
}

function checkTypes(a: Schema, b: Schema): void {
  const fits = a.fields.length === b.fields.length && a.fields.every((f, i) => sameType(f.type, b.fields[i]!.type));
  if (fits) return;
  const message = `union: the flows have different columns: (${formatDdl(a)}) and (${formatDdl(b)}). Select and name them alike first.`;
  throw new SluiceError('SCHEMA_MISMATCH', message);
}

import type { Observer } from 'rxjs';
import type { MicroBatch } from '../../lib/batch/index.js';
import { SluiceError } from '../../lib/errors/index.js';
import { planOf } from '../../lib/flow.js';
import type { FlowOperator } from '../../lib/operator.js';
import { nonEmptyText, sink } from '../../lib/options/index.js';
import type { Wanted } from '../../lib/plan/index.js';
import { statefulFlow } from '../../lib/stateful.js';
import { columnNamed } from '../columns/column-named.js';
import { DeduplicatedBatches, type DeduplicationDefinition } from './deduplicated-batches.js';
import { eventColumnOf } from '../columns/event-millis.js';

export interface DeduplicationOptions {
  /** The name under which the state is kept in the checkpoint. Default: that of the operator. */
  name?: string;
  /**
   * A sink for rows that came too late, with every batch: it commits when they are durable. The sink is this operator's
   * alone. Default: they are dropped, and counted.
   */
  lateRows?: Observer<MicroBatch>;
}

/** What the options have to be. */
export const deduplicationSpec = {
  name: nonEmptyText(),
  lateRows: sink<MicroBatch>(),
};

/** Reads the columns that a user gave. */
export function columnsGiven(op: string, columns: unknown): readonly string[] | undefined {
  if (columns === undefined) return undefined;
  const isList = Array.isArray(columns) && columns.every((name) => typeof name === 'string' && name !== '');
  if (isList && columns.length > 0) return columns as string[];
  throw new SluiceError('INVALID_OPTION', `${op}: the columns must be a list of names, with one at least.`);
}

export function deduplication<Row>(definition: DeduplicationDefinition): FlowOperator<Row, Row> {
  const { op, columns, name, within, lateRows } = definition;
  return (source) => {
    const input = planOf(source as never);
    const time = eventColumnOf(op, input.eventTime);
    if (within && time === undefined) {
      const message =
        `${op} forgets rows by the watermark, and the flow has none. Put withWatermark('at', '10 minutes') above it, ` +
        'keep its column, or use dropDuplicates.';
      throw new SluiceError('UNSUPPORTED_PIPELINE', message);
    }
    const keys =
      input.schema === undefined ? columns : columns?.map((column) => columnNamed(column, input.schema!).name);
    const needed = (wanted: Wanted): Wanted => {
      if (wanted === 'all' || keys === undefined || lateRows !== undefined) return 'all';
      return new Set([...wanted, ...keys, ...(time === undefined ? [] : [time.name])]);
    };
    return statefulFlow<Row>(
      {
        op,
        detail: columns?.join(', ') ?? 'all columns',
        inputs: [input],
        schema: input.schema,
        hidden: input.hidden,
        eventTime: input.eventTime,
        traits: { role: { kind: 'deduplication' } },
        needs: needed,
      },
      {
        name,
        operatorName: within ? 'dedupeWithinWatermark' : 'dedupe',
        noDataBatch: () => 'watermark',
        onComplete: () => lateRows?.complete(),
        start: (state) => {
          const batches = new DeduplicatedBatches({ ...definition, columns: keys, time }, state);
          return (batch, marks) => batches.take(batch, marks);
        },
      },
    );
  };
}

import type { FlowOperator } from 'sluice';
import {
  type StatefulProcessor,
  type StatefulProcessorHandle,
  type TimeMode,
  transformWithState,
} from 'sluice/operators';
import { type Event, countedSchema } from './counted.js';

/** How the cases transform the rows of a key. */
export interface Transformed {
  readonly function: 'count' | 'ttl';
  readonly time?: TimeMode;
  readonly mode?: 'append' | 'update';
  readonly ms?: number;
}

type Row = { k: unknown; n: number; event: string };

/** The state is the number of rows; a row says what was done with it. */
export function transform(given: Transformed): FlowOperator<Record<string, unknown>, Row> {
  const timeMode = given.time ?? (given.function === 'ttl' ? 'processingTime' : 'none');
  const { mode: outputMode } = given;
  return transformWithState(
    { by: 'k', timeMode, schema: countedSchema, ...(outputMode === undefined ? {} : { outputMode }) },
    (handle) => counter(handle, given, timeMode),
  );
}

function counter(
  handle: StatefulProcessorHandle,
  { function: kind, ms = 0 }: Transformed,
  timeMode: TimeMode,
): StatefulProcessor<unknown, Record<string, unknown>, Row> {
  const count = handle.getValueState<number>('count', 'LONG', kind === 'ttl' ? { ttlDuration: ms } : undefined);
  return {
    handleInputRows: (k, rows, { currentProcessingTime }) => {
      const before = count.get();
      const n = (before ?? 0) + rows.length;
      count.update(n);
      if (before === undefined && kind === 'count' && timeMode !== 'none') {
        const times = (rows as unknown as readonly Event[]).map(({ ts }) => ts.getTime());
        handle.registerTimer(timeMode === 'eventTime' ? Math.max(...times) : currentProcessingTime, ms);
      }
      return [{ k, n, event: before === undefined ? 'new' : 'update' }];
    },
    handleExpiredTimer: (k, _times, { expiryTime }) => {
      const n = count.get() ?? -1;
      count.clear();
      return [{ k, n, event: `timer@${expiryTime}` }];
    },
  };
}

import type { Observable } from 'rxjs';
import { memorySink } from '../../connectors/index.js';
import type { MicroBatch } from '../../lib/batch/index.js';
import { type StreamingQueryProgress, startQuery } from '../../lib/index.js';

/** What a batch gave, and what the operator next to the sink counted: in all, new, removed, late. */
export interface RanBatch {
  readonly rows: readonly unknown[];
  readonly counts: readonly [total: number, updated: number, removed: number, late: number];
  readonly custom: Readonly<Record<string, number>>;
}

/** Runs a pipeline: each step feeds its sources, and the query does what it can. The batches of each step. */
export async function runSteps(
  from: Observable<MicroBatch<never>>,
  steps: readonly (() => void)[],
  options: { readonly outputMode?: 'append' | 'update' } = {},
): Promise<RanBatch[][]> {
  const sink = memorySink();
  const progress: StreamingQueryProgress[] = [];
  const query = startQuery({ from: from, to: sink, ...options });
  query.progress$.subscribe({ next: (one) => progress.push(one), error: () => undefined });
  const out: RanBatch[][] = [];
  let seen = 0;
  try {
    for (const step of steps) {
      progress.length = 0;
      step();
      await query.processAllAvailable();
      out.push(
        progress.map(({ stateOperators, sink: { numOutputRows } }) => {
          const [operator] = stateOperators;
          const rows = sink.rows.slice(seen, (seen += numOutputRows));
          return {
            rows,
            counts: [
              operator!.numRowsTotal,
              operator!.numRowsUpdated,
              operator!.numRowsRemoved,
              operator!.numRowsDroppedByWatermark,
            ],
            custom: operator!.customMetrics,
          };
        }),
      );
    }
  } finally {
    await query.stop();
  }
  return out;
}

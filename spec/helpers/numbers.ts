import { tap } from 'rxjs';
import type { MicroBatch } from '../../lib/index.js';
import { type MarbleHelpers, batch } from '../../lib/testing/index.js';

type Batch = MicroBatch<{ n: number }>;

/** Batches of the numbers of a counter, cut at `ends`, by the letters of a marble diagram. */
export function numbers(...ends: number[]): Record<string, Batch> {
  let from = 0;
  return Object.fromEntries(
    ends.map((end, id) => {
      const rows = Array.from({ length: end - from }, (_, i) => ({ n: from + i }));
      from = end;
      return [String.fromCharCode(97 + id), batch(rows, undefined, { id })];
    }),
  );
}

/** A sink that takes its time. */
export const taking = (millis: number, scheduler: MarbleHelpers['scheduler']) =>
  tap<Batch>((one) => {
    const done = one.hold();
    scheduler.schedule(() => done(), millis);
  });

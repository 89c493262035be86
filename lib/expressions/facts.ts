import type { BatchFacts } from './functions/define.js';

/** The facts of a batch as functions ask for them. */
export function factsOf(id: number, timestampMillis: number, queryId: string): BatchFacts {
  let draws = 0;
  return { id, timestamp: BigInt(timestampMillis) * 1000n, queryId, draw: () => draws++ };
}

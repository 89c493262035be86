import { type Adapter, checkFeature, gotError } from '../adapter.js';
import { type Difference, compareError, compareRows, compareText } from '../compare.js';
import type { Batch, Got, StreamCase } from './stream/case.js';
import { Run } from './stream/run.js';
import { inFolder } from './tables.js';

/** Queries over files that come trigger by trigger: batches, watermarks, counters of the state, rows. */
export const stream: Adapter<StreamCase, Got> = {
  area: 'stream',
  run: (given) => inFolder((folder) => run(given, folder)),
  compare({ expected }, got) {
    if (expected.error !== undefined || got.error !== undefined) {
      const difference = compareError(expected.error, got.error);
      // What is refused sooner is refused.
      if (difference !== undefined || got.steps.length === 0) return difference;
    }
    for (const [i, { batches, failed }] of expected.steps.entries()) {
      const found = got.steps[i];
      const difference =
        compareText(failed !== undefined, found?.failed === true && expected.error === undefined, 'failed') ??
        compareBatches(expected.schema, batches, found?.batches ?? [], got.schema);
      if (difference !== undefined) return `step ${i}: ${difference}`;
    }
    return undefined;
  },
};

async function run(given: StreamCase, folder: string): Promise<Got> {
  const run = new Run(given, folder);
  try {
    await run.through();
    return { ...(run.schema && { schema: run.schema }), steps: run.steps };
  } catch (error) {
    checkFeature(error);
    return { ...(run.schema && { schema: run.schema }), steps: run.steps, error: gotError(error, conditions) };
  } finally {
    await run.close();
  }
}

/** What errors are called in Spark. */
const conditions = {
  UNSUPPORTED_OUTPUT_MODE: ['STREAMING_OUTPUT_MODE.UNSUPPORTED_OPERATION'],
  UNKNOWN_COLUMN: ['UNRESOLVED_COLUMN_AMONG_FIELD_NAMES', 'UNRESOLVED_COLUMN.WITH_SUGGESTION'],
  SCHEMA_MISMATCH: ['EVENT_TIME_IS_NOT_ON_TIMESTAMP_TYPE'],
  INVALID_EXPRESSION: ['NON_TIME_WINDOW_NOT_SUPPORTED_IN_STREAMING'],
};

function compareBatches(
  schema: StreamCase['expected']['schema'],
  expected: readonly Batch[],
  found: readonly Batch[],
  types: Got['schema'],
): Difference {
  const ids = (batches: readonly Batch[]): readonly number[] => batches.map(({ batchId }) => batchId);
  const count = compareText(ids(expected), ids(found), 'batches');
  if (count !== undefined) return count;
  for (const [i, batch] of expected.entries()) {
    const { rows, ...facts } = batch;
    const { rows: gotRows, ...gotFacts } = found[i]!;
    const names = new Set([...Object.keys(facts), ...Object.keys(gotFacts)]) as Set<keyof typeof facts>;
    // With the real clock nobody knows the time.
    if (facts.batchTimestampMs === undefined) names.delete('batchTimestampMs');
    const differences = [...names].map((name) => compareText(facts[name] ?? null, gotFacts[name] ?? null, name));
    const expectedRows = { ...(schema && { schema }), rows, ordered: false };
    differences.push(compareRows(expectedRows, { ...(types && { schema: types }), rows: gotRows }));
    const wrong = differences.filter((difference) => difference !== undefined);
    if (wrong.length > 0) return `batch ${batch.batchId}: ${wrong.join('; ')}`;
  }
  return undefined;
}

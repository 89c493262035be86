import { VirtualTimeScheduler, take } from 'rxjs';
import { type Flow, type Table, type TriggerOptions, startQuery } from 'sluice';
import { foreachBatchSink, rateMicroBatchSource, rateSource } from 'sluice/connectors';
import { trigger } from 'sluice/operators';
import { RateReader } from '../../../connectors/rate/source.js';
import { parseRateOptions } from '../../../connectors/rate/options.js';
import type { SourceContext } from '../../../lib/connect/index.js';
import { type Adapter, NotRun, encodeTables, gotError } from '../adapter.js';
import type { GoldenCase, GoldenError } from '../case.js';
import { type Difference, type GotError, type GotRows, compareError, compareRows, compareText } from '../compare.js';

interface RateCase extends GoldenCase {
  readonly format?: 'rate' | 'rate-micro-batch';
  readonly options: Readonly<Record<string, string>>;
  readonly schema?: string | null;
  readonly trigger?: string;
  readonly triggers?: number;
  /** Where offsets of a `rate` source count from. */
  readonly createdMs?: number;
  readonly expected: { readonly batches: readonly ExpectedBatch[]; readonly error?: GoldenError };
}

interface ExpectedBatch {
  readonly endOffset: unknown;
  readonly startOffset?: number;
  readonly rows?: readonly (readonly unknown[])[];
  readonly partitions?: readonly (readonly (readonly unknown[])[])[];
}

interface Got {
  readonly batches: readonly (GotRows & { readonly endOffset: unknown })[];
  readonly error?: GotError;
}

/** What the sources of made-up rows give. Which partition a row is in does not count. */
export const rate: Adapter<RateCase, Got> = {
  area: 'files',
  topics: ['rate'],
  run(given) {
    try {
      if (given.createdMs !== undefined) return { batches: readRate(given, given.createdMs) };
      return { batches: runBatches(given) };
    } catch (error) {
      if (error instanceof NotRun) throw error;
      return { batches: [], error: gotError(error) };
    }
  },
  compare({ expected }, got) {
    const error = compareError(expected.error, got.error);
    if (error !== undefined || expected.error !== undefined) return error;
    const count = compareText(expected.batches.length, got.batches.length, 'batches');
    return count ?? firstDifference(expected.batches.map((batch, i) => compareBatch(batch, got.batches[i]!)));
  },
};

const schema = [
  ['timestamp', 'timestamp'],
  ['value', 'bigint'],
] as const;

function compareBatch(expected: ExpectedBatch, got: Got['batches'][number]): Difference {
  const rows = expected.rows ?? expected.partitions!.flat();
  const offset = compareText(expected.endOffset, got.endOffset, 'offset');
  return offset ?? compareRows({ schema, rows, ordered: false }, got);
}

const firstDifference = (differences: readonly Difference[]): Difference => differences.find((d) => d !== undefined);

function readRate({ options, expected }: RateCase, createdMs: number): Got['batches'] {
  const { rowsPerSecond, rampUpSeconds } = parseRateOptions(options);
  const context = { remembered: [createdMs], now: () => createdMs } as unknown as SourceContext;
  const reader = new RateReader(context, rowsPerSecond, rampUpSeconds);
  return expected.batches.map(({ startOffset, endOffset }) => {
    return { endOffset, ...encodeTables([reader.read(startOffset!, endOffset as number)]) };
  });
}

function runBatches({ format, options, schema: given, trigger: when, triggers = 1 }: RateCase): Got['batches'] {
  if (typeof given === 'string') throw new NotRun('a schema for a source that has one');
  const asked = options as never;
  const source = (format === 'rate' ? rateSource(asked) : rateMicroBatchSource(asked)) as unknown as Flow;
  const tables: Table[] = [];
  const clock = new VirtualTimeScheduler(undefined, 3_600_000);
  const query = startQuery({
    from: source.pipe(take(triggers), trigger(triggerOf(when!))),
    to: foreachBatchSink((batch) => void tables.push(batch.table)),
    clock,
  });
  clock.flush();
  if (query.exception !== undefined) throw query.exception;
  return tables.map((table, i) => ({
    endOffset: query.recentProgress[i]!.sources[0]!.endOffset,
    ...encodeTables([table]),
  }));
}

const triggerOf = (text: string): TriggerOptions =>
  text === 'availableNow' ? { availableNow: true } : text === 'once' ? { once: true } : { processingTime: text };

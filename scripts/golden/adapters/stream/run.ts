import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type StreamingQuery, type StreamingQueryProgress, type Table, startQuery } from 'sluice';
import { defineSink } from 'sluice/connectors';
import { checkpoint, trigger } from 'sluice/operators';
import { decodeRecords, encodeRecord } from '../../../../lib/checkpoint/records.js';
import { TestClock } from '../../../../lib/testing/clock.js';
import { turn } from '../../../../lib/testing/compare.js';
import { encodeTables } from '../../adapter.js';
import { type Batch, type Got, type Rows, type StateOperator, type Step, type StreamCase, directives } from './case.js';
import { noDataBatches, pipelineOf } from './query.js';
import { Files } from './source.js';

const startOfClock = 1_000_000_000_000;
const interval = '1 second';
/** What is due when the clock jumps is done at the instant to which it jumps, as by Spark's. */
class JumpingClock extends TestClock {
  override moveTo(instant: number): void {
    super.moveTo(instant);
    for (const action of this.actions) action.delay = Math.max(action.delay, instant);
  }
}

/** Milliseconds, of the real clock, that a step may take. */
const patience = 20_000;

/** A query run through the script of a case. Its clock is moved by the steps; with a trigger that ends, it is the real one. */
export class Run {
  readonly steps: Got['steps'][number][] = [];
  schema: Got['schema'];
  private readonly clock = new JumpingClock(startOfClock);
  private readonly files: ReadonlyMap<string, Files>;
  private readonly checkpointDir: string;
  private query: StreamingQuery | undefined;
  /** What the sink got, by batch; the last time if one came again. */
  private readonly tables = new Map<number, Table>();
  private progress: StreamingQueryProgress[] = [];
  private failsOn: number | undefined;
  private readonly ends: boolean;

  constructor(
    private readonly given: StreamCase,
    folder: string,
  ) {
    this.files = new Map(
      Object.entries(given.sources).map(([name, { schema, options }]) => [
        name,
        new Files(name, schema, options ?? {}),
      ]),
    );
    this.checkpointDir = join(folder, 'checkpoint');
    this.failsOn = given.failSinkOnBatch;
    this.ends = given.trigger !== undefined;
  }

  /** Does all steps. Throws what ends the query, unless the script restarts it. */
  async through(): Promise<void> {
    const { script } = this.given;
    if (!this.ends) await this.start();
    for (const [i, step] of script.entries()) {
      await this.do(step);
      const failure = this.query?.exception;
      this.steps.push({ batches: this.batches(), failed: failure !== undefined });
      const next = script[i + 1];
      if (failure !== undefined && next?.restart !== true && next?.dropCommit !== true) throw failure;
    }
  }

  async close(): Promise<void> {
    await this.query?.stop().catch(() => undefined);
  }

  private async do(step: Step): Promise<void> {
    if (step.restart === true || step.dropCommit === true) {
      await this.close();
      this.failsOn = undefined;
      if (step.dropCommit === true) dropCommit(this.checkpointDir);
      this.add(step.while ?? {});
      await this.start();
      return;
    }
    this.failsOn = step.failSinkOnBatch ?? this.failsOn;
    this.add(step);
    if (step.run === true) {
      await this.start();
      await this.query!.awaitTermination().catch(() => undefined);
    } else if (!this.ends) {
      this.clock.moveTo(this.clock.now() + (step.advanceMs ?? 1000));
      await this.settle();
    }
  }

  private add(step: Readonly<Record<string, unknown>>): void {
    for (const [name, rows] of Object.entries(step)) {
      if (!directives.has(name)) this.files.get(name)!.add(rows as Rows);
    }
  }

  private async start(): Promise<void> {
    const { given, clock, ends } = this;
    const sources = Object.fromEntries([...this.files].map(([name, files]) => [name, files.flow]));
    const when = {
      ...(given.trigger === undefined ? { processingTime: interval } : { [given.trigger]: true }),
      ...(given.conf?.[noDataBatches] === 'false' && { noDataBatches: false }),
    };
    const from = pipelineOf(given, sources).pipe(trigger(when as never), checkpoint(this.checkpointDir));
    const query = startQuery({ from, to: this.sink(), outputMode: given.outputMode, ...(ends ? {} : { clock }) });
    query.progress$.subscribe({ next: (progress) => this.progress.push(progress), error: () => undefined });
    this.query = query;
    if (!ends) await this.settle();
  }

  private sink() {
    return defineSink({
      op: 'golden',
      supports: { exactlyOnce: true, outputModes: ['append', 'update', 'complete'] },
      open: () => ({
        write: ({ id, table }) => {
          if (id === this.failsOn) throw new Error('as the script wants it');
          this.tables.set(id, table);
        },
      }),
    });
  }

  /** Lets the query do what it can do now. */
  private async settle(): Promise<void> {
    const query = this.query!;
    const until = performance.now() + patience;
    for (let quiet = 0; quiet < 3;) {
      this.clock.runDue();
      await turn();
      const ending = query.exception !== undefined && query.isActive;
      const busy = this.clock.isDue || (query.isActive && query.status.isTriggerActive) || ending;
      quiet = busy ? 0 : quiet + 1;
      if (performance.now() > until) throw new Error(`The query was still busy: ${query.status.message}`);
    }
  }

  /** The batches since the step before. */
  private batches(): Batch[] {
    const done = this.progress;
    this.progress = [];
    if (done.length === 0) return [];
    const { plans, commits } = logOf(this.checkpointDir);
    return done.map((progress): Batch => {
      const { batchId, numInputRows, eventTime, stateOperators } = progress;
      const { schema, rows } = encodeTables([this.tables.get(batchId)!]);
      this.schema ??= schema;
      const { timestamp, watermark, sources } = plans.get(batchId)!;
      const { avg, max, min } = eventTime;
      return {
        batchId,
        batchTimestampMs: timestamp,
        watermarkMs: watermark ?? 0,
        nextWatermarkMs: commits.get(batchId)!.watermark ?? 0,
        noData: Object.values(sources).every(({ start, end }) => start === end),
        numInputRows,
        ...(avg !== undefined && { eventTime: { avg, max: max!, min: min! } }),
        ...(stateOperators.length > 0 && { stateOperators: stateOperators.map(counters) }),
        rows: rows!,
      };
    });
  }
}

function counters({ customMetrics, ...operator }: StreamingQueryProgress['stateOperators'][number]): StateOperator {
  const { operatorName, numRowsTotal, numRowsUpdated, numRowsRemoved, numRowsDroppedByWatermark } = operator;
  const { numDroppedDuplicateRows } = customMetrics;
  return {
    operatorName,
    numRowsTotal,
    numRowsUpdated,
    numRowsRemoved,
    numRowsDroppedByWatermark,
    ...(numDroppedDuplicateRows !== undefined && { numDroppedDuplicateRows }),
  };
}

const segmentsIn = (dir: string): string[] =>
  readdirSync(dir)
    .filter((name) => name.endsWith('.log'))
    .sort()
    .map((name) => join(dir, name));

const recordsOf = (path: string) => decodeRecords(readFileSync(path)).records;

/** What a checkpoint says of batches, by their ids. */
function logOf(dir: string) {
  const records = segmentsIn(dir).flatMap(recordsOf);
  const plans = records.flatMap((record) => (record.type === 'plan' ? [[record.id, record] as const] : []));
  const commits = records.flatMap((record) => (record.type === 'commit' ? [[record.id, record] as const] : []));
  return { plans: new Map(plans), commits: new Map(commits) };
}

/** Takes the newest commit, and what may stand after it, away. */
function dropCommit(dir: string): void {
  const path = segmentsIn(dir).at(-1)!;
  const records = recordsOf(path);
  const newest = records.findLastIndex((record) => record.type === 'commit');
  if (newest < 0) throw new Error('there is no commit in the newest segment');
  writeFileSync(path, records.slice(0, newest).map(encodeRecord).join(''));
}

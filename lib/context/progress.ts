import type { Json, SinkReport } from '../batch/index.js';
import { type MaybePromise, chain } from '../maybe-promise.js';
import type { BatchPlan } from './log.js';
import type { Seat } from './seat.js';
import type { StateOperatorProgress } from './stateful.js';
import type { EventTimes } from './watermarks.js';

/** A source's part in a progress. */
export interface SourceProgress {
  readonly description: string;
  readonly startOffset: Json;
  readonly endOffset: Json;
  /** Up to where data was there when the batch was planned, if the source can tell. */
  readonly latestOffset: Json;
  readonly numInputRows: number;
  readonly inputRowsPerSecond: number;
  readonly processedRowsPerSecond: number;
  readonly metrics: Readonly<Record<string, string | number>>;
}

export interface SinkProgress {
  readonly description: string;
  /** Rows that the sinks said they wrote; -1 if none said. */
  readonly numOutputRows: number;
  readonly metrics: Readonly<Record<string, string | number>>;
}

/** What one batch did: Spark's `StreamingQueryProgress`, field for field. */
export interface StreamingQueryProgress {
  readonly id: string;
  readonly runId: string;
  readonly name: string | null;
  /** When the trigger fired, ISO 8601 in UTC. */
  readonly timestamp: string;
  readonly batchId: number;
  /** Milliseconds from the trigger to the commit. */
  readonly batchDuration: number;
  readonly numInputRows: number;
  /** Rows per second since the trigger before. */
  readonly inputRowsPerSecond: number;
  /** Rows per second of processing. */
  readonly processedRowsPerSecond: number;
  /**
   * Milliseconds by phase: `latestOffset` (how far to go), `walCommit` (plan made durable; runs beside `getBatch`),
   * `getBatch` (reading), `addBatch` (operators and sink), `commitOffsets` (commit made durable), `triggerExecution`
   * (all of it).
   */
  readonly durationMs: Readonly<Record<string, number>>;
  /**
   * With `withWatermark`: `watermark`, in force during the batch, and `min`, `max` and `avg` of the event times of its
   * rows, ISO 8601 in UTC.
   */
  readonly eventTime: Readonly<Record<string, string>>;
  /** What each operator with state did, the one next to the sink first. */
  readonly stateOperators: readonly StateOperatorProgress[];
  readonly sources: readonly SourceProgress[];
  readonly sink: SinkProgress;
  /** What `observe` and `validate` counted, by their names. */
  readonly observedMetrics: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** How often the query had started again by itself (`restart` of `startQuery`); only there if it had. Not of Spark. */
  readonly numRestarts?: number;
}

type Phase = 'latestOffset' | 'walCommit' | 'getBatch' | 'addBatch' | 'commitOffsets';

/** Takes the times and counts of one firing and makes its progress. */
export class ProgressTracker {
  private readonly durations: Partial<Record<Phase, number>> = {};
  private readonly inputRows = new Map<string, number>();
  private outputRows = -1;
  private sinks: string[] = [];
  private readonly sinkMetrics: Record<string, string | number> = {};
  private readonly observed: Record<string, Readonly<Record<string, unknown>>> = {};

  stateOperators: readonly StateOperatorProgress[] = [];
  eventTimes: EventTimes | undefined;

  constructor(readonly startedAt: number) {}

  /** Starts the time of a phase; the returned function ends it. */
  start(phase: Phase): () => void {
    const start = performance.now();
    return () => this.add(phase, performance.now() - start);
  }

  /** Times `act`, also if it ends later. */
  timed<T>(phase: Phase, act: () => MaybePromise<T>): MaybePromise<T> {
    const end = this.start(phase);
    return chain(act(), (result) => {
      end();
      return result;
    });
  }

  /** Counts milliseconds to a phase. */
  add(phase: Phase, millis: number): void {
    this.durations[phase] = (this.durations[phase] ?? 0) + millis;
  }

  input(source: string, rows: number): void {
    this.inputRows.set(source, rows);
  }

  /** Of the rows of each source, the most. */
  get mostInputRows(): number {
    return Math.max(0, ...this.inputRows.values());
  }

  output({ sink, outputRows, metrics }: SinkReport): void {
    this.outputRows = Math.max(this.outputRows, 0) + outputRows;
    Object.assign(this.sinkMetrics, metrics);
    if (!this.sinks.includes(sink)) this.sinks.push(sink);
  }

  observe(name: string, metrics: Readonly<Record<string, unknown>>): void {
    this.observed[name] = metrics;
  }

  private eventTime(watermark: number | null): Record<string, string> {
    const { eventTimes } = this;
    const iso = (millis: number): string => new Date(millis).toISOString();
    return {
      ...(eventTimes && { avg: iso(Math.floor(eventTimes.mean)), max: iso(eventTimes.max), min: iso(eventTimes.min) }),
      ...(watermark !== null && { watermark: iso(watermark) }),
    };
  }

  finish(
    query: { id: string; runId: string; name: string | undefined },
    plan: BatchPlan,
    seats: readonly Seat[],
    previousStart: number | undefined,
    now: number,
  ): StreamingQueryProgress {
    const elapsed = Math.max(now - this.startedAt, 1) / 1000;
    const sinceLast = previousStart === undefined ? Infinity : Math.max(this.startedAt - previousStart, 1) / 1000;
    const sources = seats.map((seat): SourceProgress => {
      const rows = this.inputRows.get(seat.name) ?? 0;
      const range = plan.sources[seat.name];
      const { latest, metrics } = seat.status;
      return {
        description: seat.description,
        startOffset: range?.start ?? null,
        endOffset: range?.end ?? null,
        latestOffset: latest ?? range?.end ?? null,
        numInputRows: rows,
        inputRowsPerSecond: rows / sinceLast,
        processedRowsPerSecond: rows / elapsed,
        metrics: metrics ?? {},
      };
    });
    const total = sources.reduce((sum, s) => sum + s.numInputRows, 0);
    const durationMs: Record<string, number> = {};
    for (const [phase, ms] of Object.entries(this.durations)) durationMs[phase] = Math.round(ms * 100) / 100;
    durationMs['triggerExecution'] = now - this.startedAt;
    return {
      id: query.id,
      runId: query.runId,
      name: query.name ?? null,
      timestamp: new Date(this.startedAt).toISOString(),
      batchId: plan.id,
      batchDuration: now - this.startedAt,
      numInputRows: total,
      inputRowsPerSecond: total / sinceLast,
      processedRowsPerSecond: total / elapsed,
      durationMs,
      eventTime: this.eventTime(plan.watermark),
      stateOperators: this.stateOperators,
      sources,
      sink: { description: this.sinks.join(', '), numOutputRows: this.outputRows, metrics: this.sinkMetrics },
      observedMetrics: this.observed,
    };
  }
}

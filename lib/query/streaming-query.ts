import { randomUUID } from 'node:crypto';
import { type Observable, type Observer, type SchedulerLike, Subject, type Subscription, asyncScheduler } from 'rxjs';
import type { MicroBatch } from '../batch/index.js';
import { Sink } from '../connect/index.js';
import { type ObservedQuery, type QuerySession, type StreamingQueryProgress, within } from '../context/index.js';
import { SluiceError, warnOf } from '../errors/index.js';
import { failingBatches } from '../flow.js';
import { type Duration, parseDuration } from '../options/index.js';
import { type ExplainedSink, type OutputMode, type PlanNode, explain } from '../plan/index.js';
import type { QueryFailure, RestartPolicy } from './restart.js';

/** What a query is doing just now. */
export interface StreamingQueryStatus {
  readonly message: string;
  readonly isDataAvailable: boolean;
  readonly isTriggerActive: boolean;
}

/** @internal What a query is made of. */
export interface QueryParts<Row> {
  readonly name: string | undefined;
  readonly from: Observable<MicroBatch<Row>>;
  readonly to: Observer<MicroBatch<Row>>;
  readonly plan: PlanNode;
  readonly sink: ExplainedSink;
  readonly outputMode: OutputMode | undefined;
  readonly clock: SchedulerLike | undefined;
  readonly restart: RestartPolicy | undefined;
  readonly onFailure: ((failure: QueryFailure) => boolean | void) | undefined;
}

/** Between a run that failed and the next. */
interface Pause {
  readonly error: SluiceError;
  readonly delay: number;
  timer?: Subscription;
}

/** @internal Who is told what a query does. */
export interface QueryEvents {
  onProgress(progress: StreamingQueryProgress): void;
  onIdle(query: StreamingQuery, timestamp: number): void;
  onFailure(query: StreamingQuery, failure: QueryFailure): void;
  onTerminated(query: StreamingQuery): void;
  /** Whether anybody listens. */
  readonly watched: boolean;
}

/** How many progresses `recentProgress` keeps. */
const keptProgress = 100;

/** A query that was started: what it does, and how to wait for it and stop it. */
export class StreamingQuery {
  readonly name: string | undefined;
  private readonly plan: PlanNode;
  private readonly sink: ExplainedSink;
  private currentRunId = randomUUID();
  private numRestarts = 0;
  /** Those of the last run. */
  private contexts: ObservedQuery[] = [];
  private readonly progress: StreamingQueryProgress[] = [];
  private readonly progressSubject = new Subject<StreamingQueryProgress>();
  private readonly ended: Promise<void>;
  private subscription: Subscription | undefined;
  private failure: SluiceError | undefined;
  private active = true;
  private watched = false;
  private ending = false;
  private resolveEnded!: () => void;
  private stopping: Promise<void> | undefined;
  private pause: Pause | undefined;
  private giveUp: (() => void) | undefined;
  private runWaiters: (() => void)[] = [];

  /** @internal Queries are made by `startQuery`. */
  constructor(
    parts: Pick<QueryParts<never>, 'name' | 'plan' | 'sink'>,
    private readonly events: QueryEvents,
  ) {
    this.name = parts.name;
    this.plan = parts.plan;
    this.sink = parts.sink;
    this.ended = new Promise((resolve) => (this.resolveEnded = resolve));
  }

  /** The same over all restarts from one checkpoint; new with every start without one. */
  get id(): string {
    return this.contexts.at(-1)?.id ?? this.runId;
  }

  /** New with every start, and with every restart. */
  get runId(): string {
    return this.currentRunId;
  }

  /** How often the query has started again by itself. */
  get restarts(): number {
    return this.numRestarts;
  }

  get isActive(): boolean {
    return this.active;
  }

  get status(): StreamingQueryStatus {
    const context = this.contexts.at(-1);
    if (!this.active) {
      const message = this.failure === undefined ? 'Stopped' : `Terminated with exception: ${this.failure.message}`;
      return { message, isDataAvailable: false, isTriggerActive: false };
    }
    if (this.pause !== undefined) {
      const { error, delay } = this.pause;
      const message = `Restarting after ${Math.round(delay)} ms: ${error.message}`;
      return { message, isDataAvailable: false, isTriggerActive: false };
    }
    return {
      message: context?.status ?? 'Initializing sources',
      isDataAvailable: context?.isDataAvailable ?? false,
      isTriggerActive: context?.isTriggerActive ?? false,
    };
  }

  /** The progress of the last batch; undefined before the first. */
  get lastProgress(): StreamingQueryProgress | undefined {
    return this.progress.at(-1);
  }

  /** The progresses of the last 100 batches, the oldest first. */
  get recentProgress(): readonly StreamingQueryProgress[] {
    return [...this.progress];
  }

  /** A progress for every batch, from now on. Completes when the query ends well, fails with what ended it. */
  get progress$(): Observable<StreamingQueryProgress> {
    this.watched = true;
    return this.progressSubject.asObservable();
  }

  /** What ended the query, if it failed. */
  get exception(): SluiceError | undefined {
    return this.failure;
  }

  /** The plan as text; `extended` shows the plan as written and the types, too. */
  explain(options: { extended?: boolean } = {}): string {
    return explain(this.plan, { ...options, sink: this.sink });
  }

  /**
   * Waits for the end: resolves when the query ended well or was stopped, rejects with what made it fail. With
   * `timeout` (milliseconds) resolves to whether it has ended by then.
   */
  async awaitTermination(): Promise<void>;
  async awaitTermination(timeout: number): Promise<boolean>;
  async awaitTermination(timeout?: number): Promise<boolean | void> {
    this.watched = true;
    const inTime = timeout === undefined ? (await this.ended, true) : await settledWithin(this.ended, timeout);
    if (inTime && this.failure !== undefined) throw this.failure;
    return timeout === undefined ? undefined : inTime;
  }

  /** Waits until everything that is there now is committed. Resolves, too, when the query ends; rejects if it fails. */
  async processAllAvailable(): Promise<void> {
    this.watched = true;
    for (;;) {
      await Promise.race([this.contexts.at(-1)?.processAllAvailable(), this.ended]);
      if (this.pause === undefined) break;
      // The run failed before it got so far; the next one will.
      await Promise.race([new Promise<void>((resolve) => this.runWaiters.push(resolve)), this.ended]);
    }
    if (this.failure !== undefined) throw this.failure;
  }

  /**
   * Finishes the batch in hand, closes everything, then resolves; a batch that is still being read, so that no sink has
   * seen it, is given up (a restart does it again). With `timeout` the batch gets so long: past it the batch is given up
   * as well, and the promise rejects with TIMEOUT when all is closed.
   */
  stop(options: { timeout?: Duration } = {}): Promise<void> {
    this.watched = true;
    this.stopping ??= this.shutDown(options.timeout === undefined ? undefined : parseDuration(options.timeout));
    return this.stopping;
  }

  private async shutDown(timeout: number | undefined): Promise<void> {
    const drained = Promise.all(this.contexts.map((context) => context.drain()));
    const inTime =
      timeout === undefined ? (await Promise.race([drained, this.ended]), true) : await settledWithin(drained, timeout);
    this.subscription?.unsubscribe();
    this.giveUp?.();
    void this.end();
    if (!inTime)
      throw new SluiceError('TIMEOUT', `stop: the batch in hand took longer than ${timeout} ms and was given up.`);
    await this.ended;
  }

  /** @internal Subscribes the sink to the flow, in a session of this query. */
  run<Row>(parts: QueryParts<Row>): void {
    const { from, to, outputMode, clock } = parts;
    const contexts: ObservedQuery[] = [];
    const session: QuerySession = {
      name: this.name,
      runId: this.runId,
      ...(outputMode === undefined ? {} : { outputMode }),
      ...(clock === undefined ? {} : { clock }),
      onContext: (context) => {
        contexts.push(context);
        this.contexts = contexts;
      },
      onProgress: (progress) => this.record(progress),
      onIdle: (timestamp) => this.events.onIdle(this, timestamp),
    };
    const time = clock ?? asyncScheduler;
    const startedAt = time.now();
    within({ session }, () => {
      const observer = failingBatches<Row>({
        next: (batch) => to.next(batch),
        error: (cause) => {
          const error = SluiceError.from(cause, 'SOURCE_FAILED', 'Running the query');
          const delay = this.failed(error, time.now() - startedAt, parts);
          if (delay === undefined) this.fail(error, to);
          else void this.restart({ error, delay }, parts, session);
        },
        complete: () => {
          to.complete();
          void this.end(to);
        },
      });
      this.subscription = from.subscribe(observer);
    });
  }

  /** A run failed: after how many milliseconds there is another, if there is. All who want to know are told. */
  private failed<Row>(error: SluiceError, lasted: number, { restart, onFailure }: QueryParts<Row>): number | undefined {
    let delay = this.stopping === undefined ? restart?.next(lasted) : undefined;
    const failure = (): QueryFailure => ({ error, restarts: this.numRestarts, delay });
    try {
      if (onFailure?.(failure()) === false) delay = undefined;
    } catch (thrown) {
      warnOf(thrown);
    }
    this.events.onFailure(this, failure());
    return delay;
  }

  private fail<Row>(error: SluiceError, to: Observer<MicroBatch<Row>>): void {
    this.failure = error;
    to.error(error);
    void this.end(to);
  }

  /** Runs once more, when all is closed and the time has come. The sink hears nothing of it: batches go on. */
  private async restart<Row>(pause: Pause, parts: QueryParts<Row>, session: QuerySession): Promise<void> {
    this.pause = pause;
    this.giveUp = () => {
      pause.timer?.unsubscribe();
      this.pause = undefined;
      this.giveUp = undefined;
      within({ session }, () => this.fail(pause.error, parts.to));
    };
    await Promise.all(this.contexts.map((context) => context.closed));
    if (this.stopping !== undefined) return;
    const again = (): void => {
      if (this.stopping !== undefined) return;
      this.pause = undefined;
      this.giveUp = undefined;
      this.currentRunId = randomUUID();
      this.numRestarts++;
      this.run(parts);
      for (const resolve of this.runWaiters.splice(0)) resolve();
    };
    pause.timer = (parts.clock ?? asyncScheduler).schedule(again, pause.delay);
  }

  private record(told: StreamingQueryProgress): void {
    const { numRestarts } = this;
    const progress = numRestarts === 0 ? told : { ...told, numRestarts };
    this.progress.push(progress);
    if (this.progress.length > keptProgress) this.progress.shift();
    this.progressSubject.next(progress);
    this.events.onProgress(progress);
  }

  /** The stream is over: when all is closed, so is the query. */
  private async end(sink?: Observer<MicroBatch<never>>): Promise<void> {
    if (this.ending) return;
    this.ending = true;
    const endings = await Promise.all(this.contexts.map((context) => context.closed));
    for (const { error } of endings.slice(-1)) {
      if (error !== undefined) this.failure ??= SluiceError.from(error, 'SINK_FAILED', 'Closing the query');
    }
    if (sink instanceof Sink) {
      await sink.closed.catch((error: unknown) => {
        this.failure ??= SluiceError.from(error, 'SINK_FAILED', 'Closing the query');
      });
    }
    this.active = false;
    if (this.failure === undefined) this.progressSubject.complete();
    else this.progressSubject.error(this.failure);
    // A failure that nobody waits for must not pass unseen; it does not end the process either.
    if (this.failure !== undefined && !this.watched && !this.events.watched) warnOf(this.failure);
    this.resolveEnded();
    this.events.onTerminated(this);
  }
}

/** Whether `promise` resolves within so many milliseconds. */
async function settledWithin(promise: Promise<unknown>, millis: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => (timer = setTimeout(() => resolve(false), millis)));
  try {
    return await Promise.race([promise.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}

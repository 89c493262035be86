import { randomUUID } from 'node:crypto';
import type { Json } from '../batch/index.js';
import { SluiceError } from '../errors/index.js';
import type { OutputMode } from '../plan/index.js';
import { type MaybePromise, chain } from '../maybe-promise.js';
import { type BatchPlan, type PlannedRange, type QueryLog, type SourceRecord, VolatileLog } from './log.js';
import { type Seat, sameOffset } from './seat.js';
import { StatefulOperators } from './stateful.js';
import { QueryState } from './state.js';
import type { Trigger } from './trigger.js';
import { Watermarks } from './watermarks.js';

/** How many ids the continuous trigger sets aside at a time. */
const reservedIds = 10_000;

/** A batch that was planned and is not committed. */
interface Pending {
  readonly plan: BatchPlan;
  /** Whether a sink may have seen it, in this run or in one before: then it has to be done again, the same. */
  seen: boolean;
  /** The writing of the plan to the log, once begun. */
  written?: MaybePromise<void>;
}

/** What a query has planned and done, in memory and in its log. */
export class Ledger {
  readonly state = new QueryState();
  readonly watermarks = new Watermarks(this.state);
  readonly stateful: StatefulOperators;
  nextId = 0;
  /** In force for the next batch, as it was committed. */
  private committedWatermark: number | null = null;
  pending: Pending | undefined;
  private opening: { readonly done: MaybePromise<void> } | undefined;
  private hasLog = false;
  private log: QueryLog = new VolatileLog(randomUUID());
  private reserved = 0;
  /** The writing of a plan that another one took the place of: what is planned last has to stand last in the log. */
  private superseded: MaybePromise<void> = undefined;
  /** By source: where it stands and what it has to remember, as later seats of that name have to know. */
  private readonly records = new Map<string, SourceRecord>();
  /** With the continuous trigger: what was done since the last mark. */
  private unmarked: { plan: BatchPlan; state: Record<string, Json>; since: number } | undefined;

  constructor(mode: () => OutputMode) {
    this.stateful = new StatefulOperators(mode);
  }

  /** In force for the next batch; it begins at the epoch. */
  get watermark(): number | null {
    return this.committedWatermark ?? (this.watermarks.used ? 0 : null);
  }

  /** The query's id. */
  get queryId(): string {
    return this.log.queryId;
  }

  setLog(log: QueryLog): void {
    if (this.hasLog) throw new SluiceError('UNSUPPORTED_PIPELINE', 'A query has one checkpoint; this one has two.');
    this.log = log;
    this.hasLog = true;
  }

  /** Reads what earlier runs did; once. */
  open(memoryOf: (source: string) => readonly Json[] | undefined): MaybePromise<void> {
    if (this.opening !== undefined) return this.opening.done;
    this.log.memoryOf = memoryOf;
    const done = chain(this.log.open(), (recovered) => {
      this.nextId = recovered.nextId;
      this.reserved = recovered.nextId;
      this.committedWatermark = recovered.watermark;
      for (const [name, record] of recovered.sources) this.records.set(name, record);
      this.state.recover(recovered.state);
      this.stateful.recover(this.log.stores, recovered.state);
      if (recovered.pending !== undefined) this.pending = { plan: recovered.pending, seen: true, written: undefined };
    });
    this.opening = { done };
    return done;
  }

  async close(): Promise<void> {
    // A query may be left while its log is being opened: what that takes has to be given back.
    await Promise.resolve(this.opening?.done).catch(() => undefined);
    await this.stateful.close();
    await this.log.close();
  }

  /** Whether operators want a batch without data. `tick`: the trigger has ticks of its own. */
  wantsBatch(now: number, tick: boolean): boolean {
    const { stateful, watermark, watermarks } = this;
    if (stateful.wantsBatch(now, watermark, watermarks.previous, tick)) return true;
    return watermarks.wantsBatch(now, watermark);
  }

  /** When, in processing time, operators want a batch next. */
  nextDue(now: number): number | undefined {
    const due = [this.stateful.nextDue, this.watermarks.nextDue(now)].filter((one) => one !== undefined);
    return due.length === 0 ? undefined : Math.min(...due);
  }

  /** What is known of a source from before, of this run or of earlier ones. */
  recordOf(source: string): SourceRecord | undefined {
    return this.records.get(source);
  }

  /** Where the part of a source ends in the batch that is to be done again. */
  plannedEnd(source: string): Json | undefined {
    return this.pending?.plan.sources[source]?.end;
  }

  /** A seat is left: keeps what the next one of that name has to know. */
  keep(seat: Seat): void {
    const record = this.records.get(seat.name);
    if (record !== undefined) this.records.set(seat.name, seat.handOver(record));
  }

  /** The next batch, with what is new in each source. */
  draw(seats: readonly Seat[], ends: readonly Json[], timestamp: number): BatchPlan {
    const sources: Record<string, ReturnType<Seat['range']>> = {};
    seats.forEach((seat, i) => {
      const range = seat.range(ends[i]!);
      sources[seat.name] = range;
      // A source that knows what to remember is asked when it leaves; for others all is kept, from the plan on.
      const memory = seat.remembers ? [] : [...(this.records.get(seat.name)?.memory ?? []), ...range.memory];
      this.records.set(seat.name, { kind: range.kind, offset: range.start, memory });
    });
    const plan: BatchPlan = { id: this.nextId, timestamp, watermark: this.watermark, sources };
    this.pending = { plan, seen: false };
    return plan;
  }

  /**
   * The batch that has to be done again, if there is one. Throws CHECKPOINT_MISMATCH if a sink may have seen it and a
   * source with rows in it is not `here` any more.
   */
  replay(here: readonly string[]): BatchPlan | undefined {
    if (this.pending === undefined) return undefined;
    const { plan, seen, written } = this.pending;
    const missing = this.missing(here);
    if (missing.length === 0) return plan;
    if (!seen) {
      this.pending = undefined;
      this.superseded = written;
      return undefined;
    }
    const lost = missing.map(([name, range]) => `'${name}' (${range.kind})`).join(', ');
    throw new SluiceError(
      'CHECKPOINT_MISMATCH',
      `Batch ${plan.id} was planned but not committed, and has to be done again with rows of the source ${lost}; ` +
        `the pipeline has ${here.map((name) => `'${name}'`).join(', ')}. Start once with that source, then take it away.`,
      { details: { batchId: plan.id, checkpoint: missing.map(([name]) => name), pipeline: here } },
    );
  }

  /** The parts of the batch in hand that have rows of sources that are not `here`. */
  private missing(here: readonly string[]): [string, PlannedRange][] {
    return Object.entries(this.pending?.plan.sources ?? {}).filter(
      ([name, range]) => !sameOffset(range.start, range.end) && !here.includes(name),
    );
  }

  /** Whether a sink may have seen the batch in hand, so that it has to be done again, the same. */
  get owes(): boolean {
    return this.pending?.seen === true;
  }

  /** Whether it has to be, and cannot without sources that are not `here`. */
  lacks(here: readonly string[]): boolean {
    return this.owes && this.missing(here).length > 0;
  }

  /** Makes the plan durable, unless it is; with the continuous trigger, makes sure that its id is never used again. */
  writePlan(plan: BatchPlan, trigger: Trigger): MaybePromise<void> {
    const pending = this.pending!;
    if (!('written' in pending)) {
      pending.written = chain(this.superseded, () => this.beginPlan(plan, trigger));
      this.superseded = undefined;
    }
    return pending.written;
  }

  private beginPlan(plan: BatchPlan, trigger: Trigger): MaybePromise<void> {
    if (trigger.kind !== 'continuous') return this.log.plan(plan);
    if (plan.id < this.reserved) return;
    this.reserved = plan.id + reservedIds;
    return this.log.reserve(this.reserved);
  }

  /** Makes durable what was done; with the continuous trigger, when its interval has passed. */
  writeCommit(plan: BatchPlan, trigger: Trigger, now: number): MaybePromise<void> {
    const watermark = this.watermarks.stage(plan.timestamp, plan.watermark);
    const state = this.state.changes();
    if (trigger.kind !== 'continuous') {
      return chain(this.stateful.write(plan.id), (stores) => {
        this.committedWatermark = watermark;
        return this.log.commit({ id: plan.id, watermark, state: { ...state, ...stores } });
      });
    }
    const before = this.unmarked;
    this.unmarked = {
      plan: before === undefined ? plan : joinPlans(before.plan, plan),
      state: { ...before?.state, ...state },
      since: before?.since ?? now,
    };
    return now - this.unmarked.since >= trigger.interval ? this.mark() : undefined;
  }

  /** With the continuous trigger: makes durable how far everything got. */
  mark(): MaybePromise<void> {
    const { unmarked } = this;
    if (unmarked === undefined) return;
    this.unmarked = undefined;
    const { plan, state } = unmarked;
    return chain(this.log.plan(plan), () => this.log.commit({ id: plan.id, watermark: this.watermark, state }));
  }

  /** The batch in hand does not commit: what it changed is forgotten. */
  discard(): void {
    this.state.discard();
    this.stateful.discard();
    this.watermarks.clear();
  }

  /** The batch is done: the next one begins where it ended. */
  advance(plan: BatchPlan): void {
    this.state.commit();
    this.stateful.commit();
    this.watermarks.clear();
    this.nextId = plan.id + 1;
    this.pending = undefined;
    for (const [name, { kind, end }] of Object.entries(plan.sources)) {
      this.records.set(name, { memory: [], ...this.records.get(name), kind, offset: end });
    }
  }
}

/** One plan for two batches that are done: from where the first began to where the second ended. */
function joinPlans(a: BatchPlan, b: BatchPlan): BatchPlan {
  const sources: Record<string, BatchPlan['sources'][string]> = { ...a.sources };
  for (const [name, range] of Object.entries(b.sources)) {
    const before = a.sources[name];
    const joined = before && { ...range, start: before.start, memory: [...before.memory, ...range.memory] };
    sources[name] = joined ?? range;
  }
  return { ...b, sources };
}

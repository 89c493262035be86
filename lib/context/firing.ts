import { Delivery, type Json, MicroBatch, Settlement, type Settled } from '../batch/index.js';
import type { BatchQuery } from '../batch/index.js';
import type { Table } from '../columns/index.js';
import { type MaybePromise, chain } from '../maybe-promise.js';
import type { BatchPlan } from './log.js';
import { ProgressTracker } from './progress.js';
import type { Seat } from './seat.js';

/**
 * One batch on its way: its sources' data are handed on together, and it is settled when everyone who took it is
 * done. The query context plans it before and commits it after.
 */
export class Firing {
  readonly progress: ProgressTracker;
  /** Whether any batch of it was handed on, so that a sink may have seen it. */
  emitted = false;
  private readonly settlement: Settlement;

  /** @param taken called when somebody holds the batch. */
  constructor(
    readonly plan: BatchPlan,
    readonly seats: readonly Seat[],
    private readonly query: BatchQuery,
    private readonly lateWatermark: number | null,
    startedAt: number,
    readonly taken: () => void,
  ) {
    this.settlement = new Settlement(this);
    this.progress = new ProgressTracker(startedAt);
  }

  /** Whether a seat was left since the batch was planned. */
  get interrupted(): boolean {
    return this.seats.some((seat) => seat.closed);
  }

  /** The rows of `seat` in this batch: those of its planned range, none if it has none. */
  read(seat: Seat): MaybePromise<Table | readonly unknown[] | Delivery> {
    const range = this.plan.sources[seat.name];
    const data = seat.read(range?.start ?? null, range?.end ?? null);
    return chain(data, (rows) => {
      this.progress.input(seat.name, numRowsOf(rows));
      return rows;
    });
  }

  /**
   * Hands the data on, one batch for each seat, and calls `settled` when all who took them are done. `interrupted`
   * is true if a seat was left meanwhile: then nobody knows whether the batch arrived, and it must not commit.
   */
  emit(
    data: readonly (Table | readonly unknown[] | Delivery)[],
    settled: (how: Settled, interrupted: boolean) => void,
  ): void {
    const { plan, query, settlement, lateWatermark } = this;
    const offsets: Record<string, { start: Json; end: Json }> = {};
    for (const [name, { start, end }] of Object.entries(plan.sources)) offsets[name] = { start, end };
    const { id, timestamp, watermark } = plan;
    const head = { id, timestamp, watermark, lateWatermark, offsets, settlement, query };
    const release = settlement.keep();
    this.emitted = true;
    this.seats.forEach((seat, i) => {
      if (seat.closed) return;
      const given = data[i]!;
      const { hidden, rejected, layout } = given instanceof Delivery ? given : nothingMore;
      const rows = (given instanceof Delivery ? given.table : given) as readonly Record<string, unknown>[];
      const batch = new MicroBatch(head, rows, seat.schema).withHidden(hidden);
      seat.next(layout === undefined ? batch : batch.dealtOut(layout), rejected);
    });
    settlement.onSettled((how) => settled(how, this.interrupted));
    release();
  }

  /** The batch is not to commit, whoever is still busy with it. */
  fail(error: unknown): void {
    this.settlement.fail(error);
  }
}

const nothingMore: Partial<Delivery> = {};

function numRowsOf(data: Table | readonly unknown[] | Delivery): number {
  if (data instanceof Delivery) return data.table.numRows;
  return 'numRows' in data ? data.numRows : data.length;
}

import type { MicroBatch } from '../../lib/batch/index.js';
import type { OperatorState, OperatorWatermarks } from '../../lib/context/index.js';
import { SluiceError } from '../../lib/errors/index.js';
import type { ExpressionSettings } from '../../lib/expressions/index.js';
import { type Schema, field, structOf, timestamp } from '../../lib/schema/index.js';
import { type Entry, type StateStore, removeExpired } from '../../lib/state/index.js';
import { rowsAt } from '../columns/rows-at.js';
import { CalledState, type GroupTimes } from './group-state.js';
import type { GroupsDefinition } from './groups-with-state.js';
import { type Group, KeyedRows, type Keys, showKey } from './keyed-rows.js';
import { type StateForm, stateForm } from './state-form.js';

interface Options extends GroupsDefinition {
  readonly settings: ExpressionSettings;
  /** The column that carries event time. */
  readonly time: string | undefined;
}

interface Counts {
  updated: number;
  removed: number;
}

/** Calls a function of the user for each group of rows, with what is kept of it. */
export class GroupedBatches {
  private readonly keyed: KeyedRows;
  private readonly form: StateForm;
  private store: StateStore | undefined;

  constructor(
    private readonly options: Options,
    private readonly state: OperatorState,
  ) {
    this.keyed = new KeyedRows(options);
    this.form = stateForm(options.state);
  }

  take(batch: MicroBatch, { late, eviction }: OperatorWatermarks): MicroBatch {
    const { timeout, lateRows, schema, ttl } = this.options;
    const out: unknown[] = [];
    const counts: Counts = { updated: 0, removed: 0 };
    const { keys, groups, dropped } = this.keyed.of(batch, late);
    if (keys !== undefined) {
      const store = (this.store ??= this.open(keys));
      const times: GroupTimes = { timeout, currentWatermark: eviction, currentProcessingTime: batch.timestamp };
      if (ttl !== undefined) counts.removed += removeExpired(store, batch.timestamp);
      const calls = new Calls(this.options, this.form, keys, store, batch, times, counts, out);
      this.begin(keys, store, groups);
      for (const [key, { key: given, rows }] of groups) calls.of(key, given, rows, store.get(key), false);
      calls.ofTimedOut();
      if (timeout === 'processingTime') this.state.nextDue(after(store.nextExpiry));
    }
    lateRows?.next(rowsAt(batch, dropped));
    this.state.report({
      numRowsTotal: this.store?.size ?? 0,
      numRowsUpdated: counts.updated,
      numRowsRemoved: counts.removed,
      numRowsDroppedByWatermark: dropped.length,
    });
    return batch.with(out as Record<string, unknown>[], schema as Schema<Record<string, unknown>> | undefined);
  }

  /** States that the user gave to begin with: once in the life of the store, and their groups are called. */
  private begin(keys: Keys, store: StateStore, groups: Map<string, Group>): void {
    const { initial, op } = this.options;
    if (initial === undefined || typeof initial === 'function') return;
    const name = `${this.state.name}/initial`;
    const done = this.state.store({ name, operator: op, key: structOf([]), value: structOf([]) });
    if (done.size > 0) return;
    done.put('', []);
    const given = new Set<string>();
    for (const [groupKey, value] of initial) {
      const at = keys.ofGiven(groupKey);
      if (given.has(at))
        throw new SluiceError('INVALID_OPTION', `${op}: 'initial' has a key twice: ${showKey(groupKey)}.`);
      given.add(at);
      if (store.get(at) === undefined) store.put(at, [this.form.toKept(value), null]);
      if (!groups.has(at)) groups.set(at, { key: groupKey, rows: [] });
    }
  }

  private open({ schema }: Keys): StateStore {
    const { op, timeout } = this.options;
    return this.state.store({
      name: this.state.name,
      operator: op,
      key: schema,
      value: structOf([field('state', this.form.type), field('expires', timestamp())]),
      settings: { timeout },
    });
  }
}

/** The calls of one batch. */
class Calls {
  constructor(
    private readonly options: Options,
    private readonly form: StateForm,
    private readonly keys: Keys,
    private readonly store: StateStore,
    private readonly batch: MicroBatch,
    private readonly times: GroupTimes,
    private readonly counts: Counts,
    private readonly out: unknown[],
  ) {}

  /** The groups whose timeout has passed, when all that have rows have had their calls. */
  ofTimedOut(): void {
    const { timeout, currentWatermark, currentProcessingTime } = this.times;
    const now = timeout === 'eventTime' ? currentWatermark : timeout === 'none' ? null : currentProcessingTime;
    if (now === null) return;
    // Whole milliseconds: what is before now is at most the one before.
    for (const [key, entry] of this.store.expired(now - 1)) this.of(key, this.keys.toGiven(key), [], entry, true);
  }

  of(key: string, given: unknown, rows: readonly unknown[], entry: Entry | undefined, hasTimedOut: boolean): void {
    const { initial, call, op } = this.options;
    const kept = entry?.[0] ?? null;
    const state = new CalledState(
      this.times,
      kept !== null,
      () => {
        if (!state.removed && kept !== null) return this.form.fromKept(kept);
        return typeof initial === 'function' ? initial(given) : undefined;
      },
      hasTimedOut,
    );
    try {
      call(given, rows, state, this.out);
      state.end();
      this.keep(key, entry, state);
    } catch (error) {
      const where = `${op}: the call for the key ${showKey(given)} in batch ${this.batch.id} failed`;
      throw SluiceError.from(error, 'USER_FUNCTION_FAILED', where, {
        operator: op,
        batchId: this.batch.id,
        key: given,
      });
    }
  }

  private keep(key: string, entry: Entry | undefined, state: CalledState): void {
    const { store } = this;
    const { ttl } = this.options;
    const { updated, removed, timeoutAt } = state;
    if (removed && timeoutAt === undefined) {
      store.remove(key);
      this.counts.removed++;
      return;
    }
    const before = entry?.[1] ?? null;
    const expiry = ttl !== undefined && updated ? this.batch.timestamp + ttl : timeoutAt;
    const expires = expiry === undefined ? null : BigInt(expiry) * 1000n;
    const timedAnew = ttl === undefined && expires !== before;
    if (!updated && !removed && !timedAnew) return;
    const value = updated ? this.form.toKept(state.value) : removed ? null : (entry?.[0] ?? null);
    store.put(key, [value, expires], expiry);
    this.counts.updated++;
  }
}

const after = (instant: number | undefined): number | undefined => (instant === undefined ? undefined : instant + 1);

import type { MicroBatch } from '../../lib/batch/index.js';
import { type Column, type Table, columnFrom } from '../../lib/columns/index.js';
import type { OperatorState, OperatorWatermarks } from '../../lib/context/index.js';
import { SluiceError } from '../../lib/errors/index.js';
import { type Compiled, type ExpressionSettings, compile } from '../../lib/expressions/index.js';
import { columnOf } from '../../lib/expressions/vector.js';
import { sameColumns } from '../../lib/plan/used-columns.js';
import { type Schema, field, structOf, timestamp } from '../../lib/schema/index.js';
import { type Entry, type KeyCodec, type StateStore, keyCodec, removeExpired } from '../../lib/state/index.js';
import { eventMillis } from '../columns/event-millis.js';
import { type GroupKey, keyAt, partsOf } from './group-key.js';
import { CalledState, type GroupTimes } from './group-state.js';
import type { GroupsDefinition } from './groups-with-state.js';
import { rowsAt } from '../columns/rows-at.js';
import { StableTypes, drift, isDeclared } from '../columns/stable-types.js';
import { stateForm } from './state-form.js';

interface Options extends GroupsDefinition {
  readonly settings: ExpressionSettings;
  /** The column that carries event time. */
  readonly time: string | undefined;
}

interface Ready {
  readonly input: Schema;
  readonly key: Schema;
  readonly compiled: readonly Compiled[];
  readonly codec: KeyCodec;
  readonly store: StateStore;
}

/** The rows of a batch with one key. */
interface Group {
  readonly key: unknown;
  readonly rows: unknown[];
}

interface Counts {
  updated: number;
  removed: number;
}

/** Calls a function of the user for each group of rows, with what is kept of it. */
export class GroupedBatches {
  private ready: Ready | undefined;
  private readonly types: StableTypes;
  private readonly form;

  constructor(
    private readonly options: Options,
    private readonly state: OperatorState,
  ) {
    this.types = new StableTypes(options.op, options.by.trees);
    this.form = stateForm(options.state);
  }

  take(batch: MicroBatch, { late, eviction }: OperatorWatermarks): MicroBatch {
    const { timeout, lateRows, schema } = this.options;
    const out: unknown[] = [];
    const dropped: number[] = [];
    const counts: Counts = { updated: 0, removed: 0 };
    // Of plain values types are known when there are some.
    const table = batch.numRows > 0 || isDeclared(batch.schema) ? this.types.typed(batch.table) : undefined;
    if (table !== undefined) this.readyFor(table);
    const { ready } = this;
    if (ready !== undefined) {
      const times: GroupTimes = { timeout, currentWatermark: eviction, currentProcessingTime: batch.timestamp };
      if (this.options.ttl !== undefined) counts.removed += removeExpired(ready.store, batch.timestamp);
      const groups = table === undefined ? new Map<string, Group>() : this.groupsOf(batch, table, ready, late, dropped);
      const calls = new Calls(this.options, this.form, ready, batch, times, counts, out);
      this.begin(ready, groups);
      for (const [key, { key: given, rows }] of groups) calls.of(key, given, rows, ready.store.get(key), false);
      calls.ofTimedOut();
      if (timeout === 'processingTime') this.state.nextDue(after(ready.store.nextExpiry));
    }
    lateRows?.next(rowsAt(batch, Int32Array.from(dropped)));
    this.state.report({
      numRowsTotal: ready?.store.size ?? 0,
      numRowsUpdated: counts.updated,
      numRowsRemoved: counts.removed,
      numRowsDroppedByWatermark: dropped.length,
    });
    return batch.with(out as Record<string, unknown>[], schema as Schema<Record<string, unknown>> | undefined);
  }

  /** The groups of a batch, in the order of their first rows. */
  private groupsOf(
    batch: MicroBatch,
    table: Table,
    ready: Ready,
    late: number | null,
    dropped: number[],
  ): Map<string, Group> {
    const groups = new Map<string, Group>();
    const n = batch.numRows;
    if (n === 0) return groups;
    const { by, time, timeout } = this.options;
    const columns = ready.compiled.map((one) => one.over(table, batch.facts));
    const keys = ready.codec.of(columns, n);
    const millis = timeout === 'eventTime' && time !== undefined ? eventMillis(table, time) : undefined;
    const watermark = late ?? NaN;
    const { rows } = batch;
    for (let i = 0; i < n; i++) {
      if (millis !== undefined && millis[i]! <= watermark) {
        dropped.push(i);
        continue;
      }
      const group = groups.get(keys[i]!);
      if (group === undefined) groups.set(keys[i]!, { key: keyAt(by, columns, i), rows: [rows[i]] });
      else group.rows.push(rows[i]);
    }
    return groups;
  }

  /** States that the user gave to begin with: once in the life of the store, and their groups are called. */
  private begin({ key, codec, store }: Ready, groups: Map<string, Group>): void {
    const { initial, by, op } = this.options;
    if (initial === undefined || typeof initial === 'function') return;
    const name = `${this.state.name}/initial`;
    const done = this.state.store({ name, operator: op, key: structOf([]), value: structOf([]) });
    if (done.size > 0) return;
    done.put('', []);
    const given = new Set<string>();
    for (const [groupKey, value] of initial) {
      const at = codec.of(columnsOf(by, key, groupKey), 1)[0]!;
      if (given.has(at))
        throw new SluiceError('INVALID_OPTION', `${op}: 'initial' has a key twice: ${show(groupKey)}.`);
      given.add(at);
      if (store.get(at) === undefined) store.put(at, [this.form.toKept(value), null]);
      if (!groups.has(at)) groups.set(at, { key: groupKey, rows: [] });
    }
  }

  private readyFor({ schema }: Table): void {
    const last = this.ready;
    if (last !== undefined && sameColumns(last.input, schema)) return;
    const { op, by, settings, timeout } = this.options;
    const compiled = by.trees.map((tree) => compile(tree, schema, settings));
    const key = structOf(compiled.map(({ type }, i) => field(by.names[i]!, type)));
    if (last !== undefined && !sameColumns(last.key, key)) throw drift(op, 'the keys have other types than at first');
    const store = this.state.store({
      name: this.state.name,
      operator: op,
      key,
      value: structOf([field('state', this.form.type), field('expires', timestamp())]),
      settings: { timeout },
    });
    this.ready = { input: schema, key, compiled, codec: keyCodec(key.fields.map((f) => f.type)), store };
  }
}

/** The calls of one batch. */
class Calls {
  constructor(
    private readonly options: Options,
    private readonly form: ReturnType<typeof stateForm>,
    private readonly ready: Ready,
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
    const { store, codec, key: type } = this.ready;
    // Whole milliseconds: what is before now is at most the one before.
    for (const [key, entry] of store.expired(now - 1)) {
      const columns = codec.values(key).map((value, i) => columnOf(type.fields[i]!.type, [value]));
      this.of(key, keyAt(this.options.by, columns, 0), [], entry, true);
    }
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
      const where = `${op}: the call for the key ${show(given)} in batch ${this.batch.id} failed`;
      throw SluiceError.from(error, 'USER_FUNCTION_FAILED', where, {
        operator: op,
        batchId: this.batch.id,
        key: given,
      });
    }
  }

  private keep(key: string, entry: Entry | undefined, state: CalledState): void {
    const { store } = this.ready;
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

const columnsOf = (by: GroupKey, key: Schema, given: unknown): Column[] =>
  partsOf(by, given).map((value, i) => columnFrom(key.fields[i]!.type, [value], key.fields[i]!.name));

const show = (key: unknown): string =>
  JSON.stringify(key, (_, value: unknown) => (typeof value === 'bigint' ? value.toString() : value)) ?? String(key);

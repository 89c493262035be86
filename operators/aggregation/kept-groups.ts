import type { Column } from '../../lib/columns/index.js';
import type { OperatorState, OperatorWatermarks } from '../../lib/context/index.js';
import type { CompiledAggregation, Groups, TableGroups } from '../../lib/expressions/aggregate.js';
import type { GroupState } from '../../lib/expressions/aggregation/states.js';
import type { Value } from '../../lib/expressions/values.js';
import { columnOf } from '../../lib/expressions/vector.js';
import { type Field, structOf } from '../../lib/schema/index.js';
import { type KeyCodec, type StateStore, type StoreLayout, keyCodec } from '../../lib/state/index.js';
import type { GroupChanges, Kept } from './aggregated-batches.js';
import { millisOf } from '../columns/event-millis.js';

/** Groups with a state each. What is not changed by a batch is not touched. */
export class KeptGroups implements Kept {
  private readonly store: StateStore;
  private readonly codec: KeyCodec;

  constructor(
    private readonly compiled: CompiledAggregation,
    private readonly eventTimeKey: number | undefined,
    private readonly state: OperatorState,
    settings: NonNullable<StoreLayout['settings']>,
  ) {
    const { keys, states } = compiled;
    this.codec = keyCodec(keys.map(({ type }) => type));
    this.store = state.store({
      name: state.name,
      operator: 'aggregate',
      key: structOf(keys),
      value: structOf(states.fields),
      settings,
    });
  }

  take(groups: TableGroups, marks: OperatorWatermarks): GroupChanges {
    const { outputMode } = this.state;
    const { store, compiled } = this;
    const n = groups.states.length;
    const keys = this.codec.of(groups.keys, n);
    const ends = this.eventTimeKey === undefined ? undefined : millisOf(groups.keys[this.eventTimeKey]!);
    const past = outputMode === 'complete' ? null : marks.late;
    const states: GroupState[] = [];
    const changed: number[] = [];
    let late: Uint8Array | undefined;
    for (let g = 0; g < n; g++) {
      const end = ends === undefined ? NaN : ends[g]!;
      if (past !== null && end <= past) {
        late ??= new Uint8Array(n);
        late[g] = 1;
        continue;
      }
      const key = keys[g]!;
      const before = store.get(key);
      const state = before === undefined ? groups.states[g]! : compiled.states.merged(before, groups.states[g]!);
      store.put(key, state, end === end ? end : undefined);
      changed.push(g);
      states.push(state);
    }
    const closed = this.closed(outputMode === 'complete' ? null : marks.eviction);
    const counts = { total: store.size, updated: changed.length, removed: closed.length, late };
    switch (outputMode) {
      case 'append':
        return { ...counts, out: this.groupsOf(closed) };
      case 'update':
        return { ...counts, out: { keys: picked(groups, changed), states } };
      case 'complete':
        return { ...counts, out: this.groupsOf([...store.entries()]) };
    }
  }

  /** Takes out what the watermark has passed. */
  private closed(watermark: number | null): readonly (readonly [key: string, state: GroupState])[] {
    if (watermark === null || this.eventTimeKey === undefined) return [];
    const closed: (readonly [string, GroupState])[] = [];
    for (const entry of this.store.expired(watermark)) {
      this.store.remove(entry[0]);
      closed.push(entry);
    }
    return closed;
  }

  private groupsOf(entries: readonly (readonly [key: string, state: GroupState])[]): Groups {
    const values = entries.map(([key]) => this.codec.values(key));
    return { keys: keyColumns(this.compiled.keys, values), states: entries.map(([, state]) => state) };
  }
}

/** The columns of keys, from their values. */
export const keyColumns = (fields: readonly Field[], keys: readonly (readonly Value[])[]): readonly Column[] =>
  fields.map(({ type }, i) =>
    columnOf(
      type,
      keys.map((values) => values[i]!),
    ),
  );

function picked({ keys, states }: Groups, groups: readonly number[]): readonly Column[] {
  if (groups.length === states.length) return keys;
  const positions = Int32Array.from(groups);
  return keys.map((key) => key.gather(positions));
}

import type { StructColumn } from '../../lib/columns/index.js';
import type { OperatorState, OperatorWatermarks } from '../../lib/context/index.js';
import type { CompiledAggregation, Groups, TableGroups } from '../../lib/expressions/aggregate.js';
import { type Session, joinSessions, sessionColumn, sessionsOf } from '../../lib/expressions/aggregation/sessions.js';
import type { GroupState } from '../../lib/expressions/aggregation/states.js';
import type { Value } from '../../lib/expressions/values.js';
import { type Field, type StructType, array, field, structOf } from '../../lib/schema/index.js';
import { type Entry, type KeyCodec, type StateStore, type StoreLayout, keyCodec } from '../../lib/state/index.js';
import type { GroupChanges, Kept } from './aggregated-batches.js';
import { millisOf, wholeMillis } from '../columns/event-millis.js';
import { keyColumns } from './kept-groups.js';

/** A session that is kept, and whose it is. */
interface Owned {
  readonly owner: readonly Value[];
  readonly session: Session;
}

/**
 * Sessions with a state each, by their owner (the other keys) and their start. Beside them, for each owner, the starts:
 * by these the sessions are found that new rows may be part of.
 */
export class KeptSessions implements Kept {
  private readonly sessions: StateStore;
  private readonly starts: StateStore;
  private readonly owners: KeyCodec;
  private readonly keys: KeyCodec;
  private readonly ownerFields: readonly Field[];
  private readonly type: StructType;
  private readonly merged = (before: GroupState, after: GroupState): GroupState =>
    this.compiled.states.merged(before, after);

  constructor(
    private readonly compiled: CompiledAggregation,
    private readonly closes: boolean,
    private readonly state: OperatorState,
    settings: NonNullable<StoreLayout['settings']>,
  ) {
    const { keys, states, session } = compiled;
    const own = keys[session!]!;
    this.type = own.type as StructType;
    this.ownerFields = keys.toSpliced(session!, 1);
    const [start, end] = this.type.fields.map(({ type }, i) => field(`${own.name}.${i === 0 ? 'start' : 'end'}`, type));
    const types = this.ownerFields.map(({ type }) => type);
    this.owners = keyCodec(types);
    this.keys = keyCodec([...types, start!.type]);
    const operator = 'aggregate';
    this.sessions = state.store({
      name: state.name,
      operator,
      key: structOf([...this.ownerFields, start!]),
      value: structOf([end!, ...states.fields]),
      settings,
    });
    this.starts = state.store({
      name: `${state.name}/starts`,
      operator,
      key: structOf(this.ownerFields),
      value: structOf([field('starts', array(start!.type, false))]),
    });
  }

  take({ keys, states }: TableGroups, marks: OperatorWatermarks): GroupChanges {
    const complete = this.state.outputMode === 'complete';
    const windows = keys[this.compiled.session!] as StructColumn;
    const found = sessionsOf(windows, states);
    const ends = millisOf(windows);
    const owners = this.owners.of(keys.toSpliced(this.compiled.session!, 1), states.length);
    const fresh = new Map<string, Session[]>();
    let late: Uint8Array | undefined;
    for (let g = 0; g < states.length; g++) {
      if (this.closes && !complete && marks.late !== null && ends[g]! <= marks.late) {
        late ??= new Uint8Array(states.length);
        late[g] = 1;
        continue;
      }
      const own = fresh.get(owners[g]!);
      if (own === undefined) fresh.set(owners[g]!, [found[g]!]);
      else own.push(found[g]!);
    }
    let updated = 0;
    let removed = 0;
    for (const [owner, own] of fresh) {
      const change = this.add(owner, own);
      updated += change.updated;
      removed += change.removed;
    }
    const closed = this.closed(complete ? null : marks.eviction);
    removed += closed.length;
    return { out: this.groupsOf(complete ? this.all() : closed), total: this.sessions.size, updated, removed, late };
  }

  /** Puts new sessions among those of their owner. All of these count as updated, as in Spark. */
  private add(owner: string, fresh: readonly Session[]): { readonly updated: number; readonly removed: number } {
    const values = this.owners.values(owner);
    const keyOf = (start: bigint): string => this.keys.ofValues([...values, start]);
    const starts = (this.starts.get(owner)?.[0] ?? []) as readonly bigint[];
    const before = starts.map((start) => sessionOf(start, this.sessions.get(keyOf(start))!));
    const after = joinSessions([...before, ...fresh], this.merged);
    const known = new Set(before);
    for (const session of after) {
      if (known.has(session)) continue;
      this.sessions.put(keyOf(session.start), [session.end, ...session.state], this.expiryOf(session));
    }
    const left = new Set(after.map(({ start }) => start));
    const gone = starts.filter((start) => !left.has(start));
    for (const start of gone) this.sessions.remove(keyOf(start));
    if (gone.length > 0 || left.size !== starts.length) this.starts.put(owner, [[...left]]);
    return { updated: after.length, removed: gone.length };
  }

  private expiryOf({ end }: Session): number | undefined {
    return this.closes ? wholeMillis(end) : undefined;
  }

  /** Takes out what the watermark has passed. */
  private closed(watermark: number | null): readonly Owned[] {
    if (watermark === null) return [];
    const closed: Owned[] = [];
    for (const [key, entry] of this.sessions.expired(watermark)) {
      this.sessions.remove(key);
      const owned = this.ownedBy(key, entry);
      closed.push(owned);
      const owner = this.owners.ofValues(owned.owner);
      const left = (this.starts.get(owner)![0] as readonly bigint[]).filter((start) => start !== owned.session.start);
      if (left.length === 0) this.starts.remove(owner);
      else this.starts.put(owner, [left]);
    }
    return closed;
  }

  private all(): readonly Owned[] {
    return Array.from(this.sessions.entries(), ([key, entry]) => this.ownedBy(key, entry));
  }

  private ownedBy(key: string, entry: Entry): Owned {
    const values = this.keys.values(key);
    return { owner: values.slice(0, -1), session: sessionOf(values.at(-1) as bigint, entry) };
  }

  private groupsOf(owned: readonly Owned[]): Groups {
    const own = sessionColumn(
      this.type,
      owned.map(({ session }) => session),
    );
    const others = keyColumns(
      this.ownerFields,
      owned.map(({ owner }) => owner),
    );
    return {
      keys: others.toSpliced(this.compiled.session!, 0, own),
      states: owned.map(({ session }) => session.state),
    };
  }
}

const sessionOf = (start: bigint, [end, ...state]: Entry): Session => ({ start, end: end as bigint, state });

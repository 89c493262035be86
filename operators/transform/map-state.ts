import type { Value } from '../../lib/expressions/values.js';
import { int } from '../../lib/schema/index.js';
import { type Entry, type KeyCodec, type StateStore, keyCodec } from '../../lib/state/index.js';
import type { StateForm } from '../groups/state-form.js';
import type { MapState } from './processor.js';
import { type Variable, type VariableParts, expireEntries, expiryOf } from './variable.js';

const places = keyCodec([int()]);

/** The key of a place: a struct and a number, as `keyCodec` writes them. */
const placeKey = (key: string, place: number): string => `\0${key}${places.ofValues([place]).slice(1)}`;

/**
 * An entry for each key of a map, under the group's key and its own, with its place among them. Beside them the keys by
 * their places, from 0 on without a gap; the first says how many there are. What is removed leaves its place to the last.
 */
export class KeptMap implements MapState<unknown, unknown>, Variable {
  private readonly keyOnly: KeyCodec;

  /**
   * @param groups the codec of the group's key
   * @param both the codec of that, as a struct, and a key of the map
   */
  constructor(
    private readonly parts: VariableParts,
    private readonly keyForm: StateForm,
    private readonly form: StateForm,
    private readonly groups: KeyCodec,
    private readonly both: KeyCodec,
    private readonly store: StateStore,
    private readonly places: StateStore,
  ) {
    this.keyOnly = keyCodec([keyForm.type]);
  }

  get exists(): boolean {
    return this.count(this.parts.current.key) > 0;
  }

  getValue(key: unknown): unknown {
    const entry = this.store.get(this.entryKey(this.parts.current.key, this.keyForm.toKept(key)));
    return entry === undefined ? undefined : this.form.fromKept(entry[0]!);
  }

  containsKey(key: unknown): boolean {
    return this.store.get(this.entryKey(this.parts.current.key, this.keyForm.toKept(key))) !== undefined;
  }

  updateValue(key: unknown, value: unknown): void {
    const { current } = this.parts;
    const own = this.keyForm.toKept(key);
    const kept = this.form.toKept(value);
    const at = this.entryKey(current.key, own);
    const place = this.store.get(at)?.[1] ?? this.addPlace(current.key, own);
    this.store.put(at, [kept, place], expiryOf(this.parts));
    current.updated++;
  }

  removeKey(key: unknown): void {
    const { current } = this.parts;
    const at = this.entryKey(current.key, this.keyForm.toKept(key));
    const entry = this.store.get(at);
    if (entry === undefined) return;
    this.remove(current.key, at, entry);
    current.removed++;
  }

  keys(): unknown[] {
    return this.ownKeys().map(this.keyForm.fromKept);
  }

  values(): unknown[] {
    return [...this].map(([, value]) => value);
  }

  *[Symbol.iterator](): Generator<[unknown, unknown]> {
    const { key } = this.parts.current;
    for (const own of this.ownKeys()) {
      const entry = this.store.get(this.entryKey(key, own));
      if (entry !== undefined) yield [this.keyForm.fromKept(own), this.form.fromKept(entry[0]!)];
    }
  }

  clear(): void {
    const { current } = this.parts;
    const keys = this.ownKeys();
    keys.forEach((own, place) => {
      this.store.remove(this.entryKey(current.key, own));
      this.places.remove(placeKey(current.key, place));
    });
    current.removed += keys.length;
  }

  get size(): number {
    return this.store.size;
  }

  expire(now: number): (() => boolean)[] {
    return expireEntries(this.store, now, (at) => {
      const [group] = this.both.values(at);
      this.remove(this.groups.ofValues(group as readonly Value[]), at, this.store.get(at)!);
    });
  }

  private entryKey(key: string, own: Value): string {
    return `\0${key}${this.keyOnly.ofValues([own]).slice(1)}`;
  }

  private count(key: string): number {
    return (this.places.get(placeKey(key, 0))?.[1] ?? 0) as number;
  }

  private ownKeys(): Value[] {
    const { key } = this.parts.current;
    return Array.from({ length: this.count(key) }, (_, place) => this.places.get(placeKey(key, place))![0]!);
  }

  /** A place for a key that is new. */
  private addPlace(key: string, own: Value): number {
    const place = this.count(key);
    this.places.put(placeKey(key, place), [own, place === 0 ? 1 : 0]);
    if (place > 0) this.setCount(key, place + 1);
    return place;
  }

  private setCount(key: string, count: number): void {
    const first = placeKey(key, 0);
    this.places.put(first, this.places.get(first)!.with(1, count));
  }

  private remove(key: string, at: string, entry: Entry): void {
    this.store.remove(at);
    const place = entry[1] as number;
    const last = this.count(key) - 1;
    if (place < last) this.move(key, last, place);
    this.places.remove(placeKey(key, last));
    if (last > 0) this.setCount(key, last);
  }

  /** The key of one place takes another. */
  private move(key: string, from: number, to: number): void {
    const [own] = this.places.get(placeKey(key, from))!;
    const at = this.entryKey(key, own!);
    const expiry = this.store.expiryOf(at);
    this.store.put(at, this.store.get(at)!.with(1, to), expiry);
    this.places.put(placeKey(key, to), this.places.get(placeKey(key, to))!.with(0, own!));
  }
}

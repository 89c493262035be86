import type { Value } from '../../lib/expressions/values.js';
import { long } from '../../lib/schema/index.js';
import { type StateStore, keyCodec } from '../../lib/state/index.js';
import type { StateForm } from '../groups/state-form.js';
import type { ListState } from './processor.js';
import { type Variable, type VariableParts, expireEntries, expiryOf } from './variable.js';

const positions = keyCodec([long()]);
const positionBytes = 8;

/** The key of an element: a struct and a number, as `keyCodec` writes them. */
const elementKey = (key: string, position: number): string =>
  `\0${key}${positions.ofValues([BigInt(position)]).slice(1)}`;

/** Where the elements of a key begin, and where the next one goes. */
interface Bounds {
  readonly first: number;
  readonly next: number;
}
const nowhere: Bounds = { first: 0, next: 0 };

/**
 * An entry an element, under its key and its position, and beside them, for each key, where they begin and end. Those
 * that have expired leave holes, which are skipped; mostly they are the first ones.
 */
export class KeptList implements ListState<unknown>, Variable {
  /** @param form that of lists of elements */
  constructor(
    private readonly parts: VariableParts,
    private readonly form: StateForm,
    private readonly elements: StateStore,
    private readonly bounds: StateStore,
  ) {}

  get exists(): boolean {
    return this.bounds.get(this.parts.current.key) !== undefined;
  }

  get(): unknown[] {
    const { key } = this.parts.current;
    const { first, next } = this.boundsOf(key);
    const kept: Value[] = [];
    for (let at = first; at < next; at++) {
      const entry = this.elements.get(elementKey(key, at));
      if (entry !== undefined) kept.push(entry[0]!);
    }
    return this.form.fromKept(kept) as unknown[];
  }

  put(values: Iterable<unknown>): void {
    // They may be made of what there is.
    const kept = this.form.toKept(values) as readonly Value[];
    this.removeAll();
    this.append(kept);
  }

  appendValue(value: unknown): void {
    this.appendList([value]);
  }

  appendList(values: Iterable<unknown>): void {
    this.append(this.form.toKept(values) as readonly Value[]);
  }

  clear(): void {
    this.parts.current.removed += this.removeAll();
  }

  get size(): number {
    return this.elements.size;
  }

  expire(now: number): (() => boolean)[] {
    const keys = new Set<string>();
    const expired = expireEntries(this.elements, now, (element) => {
      this.elements.remove(element);
      keys.add(element.slice(1, -positionBytes));
    });
    for (const key of keys) this.close(key);
    return expired;
  }

  private append(kept: readonly Value[]): void {
    if (kept.length === 0) return;
    const { current } = this.parts;
    const { key } = current;
    const { first, next } = this.boundsOf(key);
    const expiry = expiryOf(this.parts);
    kept.forEach((value, i) => this.elements.put(elementKey(key, next + i), [value], expiry));
    this.putBounds(key, first, next + kept.length);
    current.updated += kept.length;
  }

  private removeAll(): number {
    const { key } = this.parts.current;
    const { first, next } = this.boundsOf(key);
    const before = this.elements.size;
    for (let at = first; at < next; at++) this.elements.remove(elementKey(key, at));
    this.bounds.remove(key);
    return before - this.elements.size;
  }

  /** Lets the elements of a key begin where there is one. */
  private close(key: string): void {
    const { first, next } = this.boundsOf(key);
    let from = first;
    while (from < next && this.elements.get(elementKey(key, from)) === undefined) from++;
    if (from === next) this.bounds.remove(key);
    else if (from > first) this.putBounds(key, from, next);
  }

  private boundsOf(key: string): Bounds {
    const entry = this.bounds.get(key);
    return entry === undefined ? nowhere : { first: Number(entry[0]), next: Number(entry[1]) };
  }

  private putBounds(key: string, first: number, next: number): void {
    this.bounds.put(key, [BigInt(first), BigInt(next)]);
  }
}

import type { StateStore } from '../../lib/state/index.js';
import type { StateForm } from '../groups/state-form.js';
import type { ValueState } from './processor.js';
import { type Variable, type VariableParts, expireEntries, expiryOf } from './variable.js';

/** An entry a key. */
export class KeptValue implements ValueState<unknown>, Variable {
  constructor(
    private readonly parts: VariableParts,
    private readonly form: StateForm,
    private readonly store: StateStore,
  ) {}

  get exists(): boolean {
    return this.store.get(this.parts.current.key) !== undefined;
  }

  get(): unknown {
    const entry = this.store.get(this.parts.current.key);
    return entry === undefined ? undefined : this.form.fromKept(entry[0]!);
  }

  update(value: unknown): void {
    const { current } = this.parts;
    this.store.put(current.key, [this.form.toKept(value)], expiryOf(this.parts));
    current.updated++;
  }

  clear(): void {
    const { current } = this.parts;
    if (this.store.get(current.key) === undefined) return;
    this.store.remove(current.key);
    current.removed++;
  }

  get size(): number {
    return this.store.size;
  }

  expire(now: number): (() => boolean)[] {
    return expireEntries(this.store, now, (key) => this.store.remove(key));
  }
}

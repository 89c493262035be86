import type { Json } from '../batch/index.js';
import { SluiceError } from '../errors/index.js';

/**
 * A small piece of state of one operator: one JSON value, kept with the commit of each batch in which it changed.
 * A value that was staged for a batch takes effect when the batch commits, so nothing has to be rolled back.
 */
export class StateCell<T extends Json> {
  private staged: { readonly value: T } | undefined;

  constructor(private committed: T) {}

  /** The value as of the last commit. */
  get value(): T {
    return this.committed;
  }

  /** The value from the batch in hand on, once it commits. */
  stage(value: T): void {
    this.staged = { value };
  }

  /** @internal What is to be committed, if anything. */
  get change(): T | undefined {
    return this.staged?.value;
  }

  /** @internal */
  commit(): void {
    if (this.staged !== undefined) this.committed = this.staged.value;
    this.staged = undefined;
  }

  /** @internal */
  discard(): void {
    this.staged = undefined;
  }
}

/** The state of all operators of a query, under their names. */
export class QueryState {
  private readonly cells = new Map<string, StateCell<Json>>();
  /** Cells whose operator is gone, until the batch in hand is through. */
  private readonly released = new Map<string, StateCell<Json>>();
  private recovered: ReadonlyMap<string, Json> = new Map();
  private opened = false;
  private readonly listeners = new Set<() => void>();

  /** @internal What the checkpoint holds; cells that were asked for before get their value now. */
  recover(state: ReadonlyMap<string, Json>): void {
    this.recovered = state;
    this.opened = true;
    for (const [name, cell] of this.cells) {
      const value = state.get(name);
      if (value !== undefined) {
        cell.stage(value);
        cell.commit();
      }
    }
    for (const listener of [...this.listeners]) listener();
  }

  /** Calls back when the values of cells are known: with the first cycle, or now. Returns what takes it back. */
  whenKnown(listener: () => void): () => void {
    if (this.opened) listener();
    else this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** The cell of that name, with `initial` as its value if nothing was ever committed. One name, one owner. */
  cell<T extends Json>(name: string, initial: T): StateCell<T> {
    if (this.cells.has(name)) {
      const message = `Two operators keep state under the name '${name}'. Give one of them another name.`;
      throw new SluiceError('DUPLICATE_NAME', message, { details: { name } });
    }
    const value = this.opened ? ((this.recovered.get(name) as T | undefined) ?? initial) : initial;
    const cell = new StateCell<T>(value);
    this.cells.set(name, cell);
    return cell;
  }

  /** Gives the name back, when the operator is unsubscribed. What it staged for the batch in hand still counts. */
  release(name: string): void {
    const cell = this.cells.get(name);
    if (cell === undefined) return;
    this.cells.delete(name);
    if (cell.change === undefined) this.keep(name, cell);
    else this.released.set(name, cell);
  }

  private keep(name: string, cell: StateCell<Json>): void {
    this.recovered = new Map(this.recovered).set(name, cell.value);
  }

  /** What changed in the batch in hand. */
  changes(): Record<string, Json> {
    const changes: Record<string, Json> = {};
    for (const [name, cell] of [...this.released, ...this.cells]) {
      if (cell.change !== undefined) changes[name] = cell.change;
    }
    return changes;
  }

  commit(): void {
    this.close((cell) => cell.commit());
  }

  discard(): void {
    this.close((cell) => cell.discard());
  }

  private close(end: (cell: StateCell<Json>) => void): void {
    for (const cell of this.cells.values()) end(cell);
    for (const [name, cell] of this.released) {
      end(cell);
      this.keep(name, cell);
    }
    this.released.clear();
  }
}

import type { Value } from '../../lib/expressions/values.js';
import type { Entry, StateStore } from '../../lib/state/index.js';
import { keyCodec } from '../../lib/state/index.js';

const ordinals = keyCodec([{ kind: 'int' }]);
const suffixes: string[] = [];
/** The four bytes of a number, as they stand in a key. */
const suffixOf = (n: number): string => (suffixes[n] ??= ordinals.ofValues([n]).slice(1));
function numberIn(key: string): number {
  const at = key.length - 4;
  const byte = (i: number): number => key.charCodeAt(at + i) << (8 * i);
  return byte(0) | byte(1) | byte(2) | byte(3);
}

/** The key of the `n`th row of a key: a struct and a number, as `keyCodec` writes them. */
export const rowKey = (key: string, n: number): string => `\0${key}${suffixOf(n)}`;
const keyIn = (row: string): string => row.slice(1, -4);

/** A row that is kept, with where it is. */
export interface KeptRow {
  readonly key: string;
  readonly n: number;
  /** The values of its columns, and more behind them. */
  readonly entry: Entry;
}

/**
 * The rows of one side of a join that are kept, by their key. The rows of a key are numbered from 0 on without a gap,
 * and the first says how many there are: so one that is added, found matched or given up costs no more where a key has
 * many.
 *
 * An entry is the columns of the row, whether it has matched, and in the first of a key the number of its rows.
 */
export class JoinSide {
  private readonly matchedAt: number;
  private readonly countAt: number;

  /**
   * @param width how many columns a row has
   * @param expiryOf when a row can be given up, in milliseconds; undefined: never
   */
  constructor(
    private readonly store: StateStore,
    width: number,
    readonly expiryOf: (key: string, entry: Entry) => number | undefined,
  ) {
    this.matchedAt = width;
    this.countAt = width + 1;
  }

  get size(): number {
    return this.store.size;
  }

  isMatched(entry: Entry): boolean {
    return entry[this.matchedAt] === true;
  }

  rowsOf(key: string): KeptRow[] {
    const first = this.store.get(rowKey(key, 0));
    if (first === undefined) return [];
    const rows: KeptRow[] = [{ key, n: 0, entry: first }];
    const count = first[this.countAt] as number;
    for (let n = 1; n < count; n++) rows.push({ key, n, entry: this.store.get(rowKey(key, n))! });
    return rows;
  }

  /** Adds rows of one key; `matched[i]` says whether the `i`th has matched. */
  add(key: string, rows: readonly (readonly Value[])[], matched: readonly boolean[]): void {
    const first = this.store.get(rowKey(key, 0));
    const before = first === undefined ? 0 : (first[this.countAt] as number);
    if (first !== undefined) this.put(key, 0, this.counting(first, before + rows.length));
    rows.forEach((values, i) =>
      this.put(key, before + i, [...values, matched[i]!, before + i === 0 ? rows.length : 0]),
    );
  }

  /** Says of a row that it has matched. */
  match({ key, n }: KeptRow): void {
    const entry = this.store.get(rowKey(key, n))!.slice();
    entry[this.matchedAt] = true;
    this.put(key, n, entry);
  }

  /** Gives rows up. */
  remove(rows: readonly KeptRow[]): void {
    const byKey = new Map<string, number[]>();
    for (const { key, n } of rows) numbersOf(byKey, key).push(n);
    for (const [key, numbers] of byKey) {
      const count = this.store.get(rowKey(key, 0))![this.countAt] as number;
      for (const n of numbers) this.store.remove(rowKey(key, n));
      this.close(key, numbers, count);
    }
  }

  /** Gives up what has expired, and says what that was. */
  evict(until: number): Entry[] {
    const evicted: Entry[] = [];
    const byKey = new Map<string, number[]>();
    const counts = new Map<string, number>();
    for (const [row, entry] of this.store.expired(until)) {
      const key = keyIn(row);
      const n = numberIn(row);
      if (n === 0) counts.set(key, entry[this.countAt] as number);
      this.store.remove(row);
      numbersOf(byKey, key).push(n);
      evicted.push(entry);
    }
    for (const [key, numbers] of byKey) {
      this.close(key, numbers, counts.get(key) ?? (this.store.get(rowKey(key, 0))![this.countAt] as number));
    }
    return evicted;
  }

  /** Closes the gaps that these numbers left among `count` rows: the last ones take their places. */
  private close(key: string, gone: readonly number[], count: number): void {
    const left = count - gone.length;
    if (left === 0) return;
    const lost = new Set(gone);
    let last = count;
    for (const n of gone) {
      if (n >= left) continue;
      do last--;
      while (lost.has(last));
      const row = rowKey(key, last);
      const entry = this.store.get(row)!;
      this.store.remove(row);
      this.put(key, n, entry);
    }
    this.put(key, 0, this.counting(this.store.get(rowKey(key, 0))!, left));
  }

  private counting(entry: Entry, count: number): Entry {
    return entry.with(this.countAt, count);
  }

  private put(key: string, n: number, entry: Entry): void {
    this.store.put(rowKey(key, n), entry, this.expiryOf(key, entry));
  }
}

function numbersOf(byKey: Map<string, number[]>, key: string): number[] {
  let numbers = byKey.get(key);
  if (numbers === undefined) byKey.set(key, (numbers = []));
  return numbers;
}

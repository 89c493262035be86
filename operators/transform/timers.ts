import type { Value } from '../../lib/expressions/values.js';
import type { StateStore } from '../../lib/state/index.js';
import type { Current } from './current.js';

const micros = (millis: number): bigint => BigInt(millis) * 1000n;

/** A timer of a key, in milliseconds since the epoch. */
export interface Timer {
  readonly key: string;
  readonly expiry: number;
}

/** The timers of each key in one entry, in their order; it is due when the first is. */
export class Timers {
  registered = 0;
  deleted = 0;
  expired = 0;

  constructor(
    private readonly current: Current,
    private readonly store: StateStore,
  ) {}

  begin(): void {
    this.registered = 0;
    this.deleted = 0;
    this.expired = 0;
  }

  register(expiry: number): void {
    const { key } = this.current;
    const timers = this.of(key);
    const place = placeOf(timers, expiry);
    if (timers[place] === expiry) return;
    this.put(key, timers.toSpliced(place, 0, expiry));
    this.registered++;
  }

  delete(expiry: number): void {
    if (this.remove({ key: this.current.key, expiry })) this.deleted++;
  }

  list(): number[] {
    return this.of(this.current.key);
  }

  /** The timers that have expired by then, the earliest first; those of one time in an order that is always the same. */
  due(until: number): Timer[] {
    const keys = new Set<string>();
    for (const [key, entry] of this.store.expired(until)) {
      // They are due until each has had its call.
      this.put(key, expiriesIn(entry[0]!));
      keys.add(key);
    }
    const due = [...keys].flatMap((key) => this.of(key).map((expiry): Timer => ({ key, expiry })));
    return due.filter(({ expiry }) => expiry <= until).sort((a, b) => a.expiry - b.expiry || (a.key < b.key ? -1 : 1));
  }

  has({ key, expiry }: Timer): boolean {
    const timers = this.of(key);
    return timers[placeOf(timers, expiry)] === expiry;
  }

  /** A timer has had its call. */
  done(timer: Timer): void {
    this.expired++;
    this.remove(timer);
  }

  get nextExpiry(): number | undefined {
    return this.store.nextExpiry;
  }

  private remove({ key, expiry }: Timer): boolean {
    const timers = this.of(key);
    const place = placeOf(timers, expiry);
    if (timers[place] !== expiry) return false;
    if (timers.length === 1) this.store.remove(key);
    else this.put(key, timers.toSpliced(place, 1));
    return true;
  }

  private of(key: string): number[] {
    const entry = this.store.get(key);
    return entry === undefined ? [] : expiriesIn(entry[0]!);
  }

  private put(key: string, timers: readonly number[]): void {
    this.store.put(key, [timers.map(micros)], timers[0]);
  }
}

const expiriesIn = (kept: Value): number[] => (kept as readonly bigint[]).map((at) => Number(at / 1000n));

/** Where a time is among these, or where it belongs. */
function placeOf(timers: readonly number[], expiry: number): number {
  let from = 0;
  let to = timers.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if (timers[middle]! < expiry) from = middle + 1;
    else to = middle;
  }
  return from;
}

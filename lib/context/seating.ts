import type { Subscriber } from 'rxjs';
import type { MicroBatch } from '../batch/index.js';
import { all, isPromise, type MaybePromise, whenReady } from '../maybe-promise.js';
import { type SeatedSource, Seat, type SeatHost } from './seat.js';

/** The sources that take part in a query just now, by name. */
export class Seating {
  private readonly seats = new Map<string, Seat>();
  private readonly closing: PromiseLike<void>[] = [];

  get all(): Seat[] {
    return [...this.seats.values()];
  }

  get names(): string[] {
    return [...this.seats.keys()];
  }

  get(name: string): Seat | undefined {
    return this.seats.get(name);
  }

  /** A second source of a name gets `#2` after it. */
  add(source: SeatedSource, subscriber: Subscriber<MicroBatch>, host: SeatHost): Seat {
    const { name } = source.definition;
    let free = name;
    for (let n = 2; this.seats.has(free); n++) free = `${name}#${n}`;
    const seat = new Seat(free, source, subscriber, host);
    this.seats.set(free, seat);
    return seat;
  }

  /** Takes a seat away; false if it is gone already. */
  remove(seat: Seat): boolean {
    return this.seats.get(seat.name) === seat && this.seats.delete(seat.name);
  }

  /** Closes a seat's reader, in its own time. What fails then fails `closed`. */
  close(seat: Seat): void {
    whenReady(
      () => {
        const closing = seat.close();
        if (isPromise(closing)) this.closing.push(closing);
        return closing;
      },
      () => undefined,
      () => undefined,
    );
  }

  /** Resolves when the readers of all who left are closed. */
  async closed(): Promise<void> {
    await Promise.all(this.closing);
  }

  /** Does `act` with each seat, all at once, then `use` with the results; or `fail`, with the seat that failed first. */
  each<T>(
    seats: readonly Seat[],
    act: (seat: Seat) => MaybePromise<T>,
    use: (results: T[]) => void,
    fail: (error: unknown, seat: Seat | undefined) => void,
  ): void {
    let failing: Seat | undefined;
    const blame = (seat: Seat, error: unknown): never => {
      failing ??= seat;
      throw error;
    };
    const attempt = (seat: Seat): MaybePromise<T> => {
      try {
        const result = act(seat);
        if (!isPromise(result)) return result;
        const blamed = result.then(undefined, (error: unknown) => blame(seat, error));
        // The next one may fail at once, and then nobody waits for this one.
        blamed.then(undefined, () => undefined);
        return blamed;
      } catch (error) {
        return blame(seat, error);
      }
    };
    let done = false;
    whenReady(
      () => all(seats.map(attempt)),
      (results) => {
        done = true;
        use(results);
      },
      (error) => fail(error, done ? undefined : failing),
    );
  }
}

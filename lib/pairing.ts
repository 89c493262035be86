import { Observable, Subscription } from 'rxjs';
import type { Done, MicroBatch } from './batch/index.js';
import { inQuery } from './context/index.js';
import { failBatch } from './operator.js';
import type { BatchStream } from './plan/index.js';

/**
 * The stream of an operator of several inputs: `combine` makes one batch of those of a firing, given by input. That of
 * an input that has ended, or whose batch an operator dropped, is undefined; there is at least one. If `combine`
 * throws, the batch fails and the stream ends with the error. `release` is called when the stream is left.
 */
export function pairBatches(
  sources: readonly BatchStream[],
  combine: (batches: readonly (MicroBatch | undefined)[]) => MicroBatch,
  release: () => void = () => undefined,
): BatchStream {
  return new Observable((subscriber) =>
    inQuery(subscriber, (context, destination) => {
      const pairing = new Pairing(sources.length);
      const subscriptions = new Subscription();
      const alone = (failed: boolean): void => {
        if (failed) pairing.release();
        else handOn(pairing.flush());
      };
      const handOn = (parts: Parts | undefined): void => {
        if (parts === undefined) return;
        const held = parts.filter((part) => part !== undefined);
        try {
          destination.next(combine(parts.map((part) => part?.batch)));
        } catch (error) {
          failBatch(destination, held[0]!.batch, error);
        } finally {
          for (const part of held) part.done();
        }
      };
      sources.forEach((source, i) => {
        const subscription = source.subscribe({
          // A part that an input dropped never comes; when nothing else can, the others go on without it.
          next: (batch) => handOn(pairing.add(i, batch, alone)),
          error: (error: unknown) => destination.error(error),
          complete: () => {
            context.resume();
            handOn(pairing.end(i));
            if (pairing.ended) destination.complete();
          },
        });
        subscriptions.add(subscription);
      });
      return () => {
        subscriptions.unsubscribe();
        pairing.release();
        release();
      };
    }),
  );
}

interface Held {
  readonly batch: MicroBatch;
  readonly done: Done;
}

type Parts = readonly (Held | undefined)[];

/** Waits for the batch of one firing from every input that goes on. */
class Pairing {
  private readonly waiting = new Map<number, Held>();
  private readonly live: Set<number>;

  constructor(private readonly inputs: number) {
    this.live = new Set(Array.from({ length: inputs }, (_, i) => i));
  }

  get ended(): boolean {
    return this.live.size === 0;
  }

  /** The batches of the firing, by input, when this one was the last. */
  add(input: number, batch: MicroBatch, alone: (failed: boolean) => void): Parts | undefined {
    this.waiting.set(input, { batch, done: batch.wait(alone) });
    return this.whole();
  }

  /** An input ended, so the others no longer wait for it. */
  end(input: number): Parts | undefined {
    this.live.delete(input);
    return this.whole();
  }

  /** Lets go of what waits, when nobody will take it any more. */
  release(): void {
    for (const { done } of this.waiting.values()) done();
    this.waiting.clear();
  }

  private whole(): Parts | undefined {
    return [...this.live].some((input) => !this.waiting.has(input)) ? undefined : this.flush();
  }

  /** What there is of the firing. */
  flush(): Parts | undefined {
    if (this.waiting.size === 0) return undefined;
    const parts = Array.from({ length: this.inputs }, (_, i) => this.waiting.get(i));
    this.waiting.clear();
    return parts;
  }
}

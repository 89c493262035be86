import { Observable, type Subscriber, Subscription } from 'rxjs';
import type { Json, MicroBatch } from '../lib/batch/index.js';
import type { SourceReader, SourceStatus } from '../lib/connect/index.js';
import type { QueryContext } from '../lib/context/index.js';
import { messageOf } from '../lib/errors/index.js';
import type { BatchStream } from '../lib/plan/index.js';

type Side = 'primary' | 'backup';

/** Which flow is in use, and since when, in milliseconds since the epoch. */
type Choice = { readonly on: Side; readonly since?: number };

export interface FallbackSettings {
  readonly name: string;
  readonly when: ((error: unknown) => boolean) | undefined;
  readonly returnAfter: number | undefined;
}

/**
 * Subscribes one of two flows, and the other in its place. To the query it is a source without rows, whose offset is the
 * flow in use: so the choice is in the plan of each batch, in the checkpoint and in the progress.
 */
export class FallbackSwitch implements SourceReader<never, Choice> {
  private chosen: Choice = { on: 'primary' };
  private running = Subscription.EMPTY;
  private waiting = Subscription.EMPTY;
  private failures = 0;
  private lastError = '';

  constructor(
    private readonly flows: Readonly<Record<Side, BatchStream>>,
    private readonly settings: FallbackSettings,
    private readonly context: QueryContext,
    private readonly destination: Subscriber<MicroBatch>,
  ) {}

  /** Takes part in the query, until it is unsubscribed. */
  start(): Subscription {
    const { context, destination, settings } = this;
    const definition = { op: 'fallback', name: settings.name, supports: { replay: true }, open: () => this };
    const choice = (chosen: Json | undefined): void => this.goOn(chosen as Choice | undefined);
    const seated = { definition: definition as never, schema: undefined, columns: undefined, choice };
    const seat = new Observable<MicroBatch>((subscriber) => context.join(seated, subscriber));
    const subscription = new Subscription(() => {
      this.running.unsubscribe();
      this.waiting.unsubscribe();
    });
    subscription.add(seat.subscribe({ error: (error: unknown) => destination.error(error) }));
    return subscription;
  }

  initial(): Choice {
    return { on: 'primary' };
  }

  latest(start: Choice): Choice {
    return start.on === this.chosen.on ? start : this.chosen;
  }

  read(): readonly never[] {
    return [];
  }

  status(): SourceStatus {
    return this.failures === 0 ? {} : { metrics: { failures: this.failures, lastError: this.lastError } };
  }

  /** Goes on with what was in use, or with the primary if it is time to return. */
  private goOn(chosen: Choice = { on: 'primary' }): void {
    this.chosen = chosen;
    const wait = this.untilReturn();
    if (wait === 0 && !this.context.owesBatch) this.goOverTo('primary');
    else this.use();
  }

  private goOverTo(on: Side): void {
    this.chosen = { on, since: this.context.clock.now() };
    this.use();
  }

  private use(): void {
    this.running.unsubscribe();
    this.waiting.unsubscribe();
    const { on } = this.chosen;
    // A flow may fail while it is being subscribed, and then another one runs already.
    const running = (this.running = new Subscription());
    running.add(
      this.context.run(() =>
        this.flows[on].subscribe({
          next: (batch) => this.destination.next(batch),
          error: (error: unknown) => this.failed(on, error),
          complete: () => this.destination.complete(),
        }),
      ),
    );
    if (running === this.running) this.awaitReturn();
  }

  private failed(on: Side, error: unknown): void {
    const { context, destination, settings } = this;
    this.running.unsubscribe();
    let isReason: boolean;
    try {
      isReason = on === 'primary' && (settings.when?.(error) ?? true);
    } catch (thrown) {
      destination.error(thrown);
      return;
    }
    if (!isReason || context.lacksSources) {
      destination.error(error);
      return;
    }
    this.failures++;
    this.lastError = messageOf(error);
    this.goOverTo('backup');
  }

  /** Milliseconds until the primary is to be tried again, if it is. */
  private untilReturn(): number | undefined {
    const { returnAfter } = this.settings;
    const { on, since } = this.chosen;
    if (on === 'primary' || since === undefined || returnAfter === undefined) return undefined;
    return Math.max(0, since + returnAfter - this.context.clock.now());
  }

  private awaitReturn(): void {
    const wait = this.untilReturn();
    if (wait === undefined) return;
    const { context, running } = this;
    this.waiting = context.clock.schedule(
      () => context.between(() => running === this.running && !running.closed && this.goOverTo('primary')),
      wait,
    );
  }
}

import { SluiceError } from '../../errors/index.js';
import type { PushSettings } from './options.js';

/** What feeds an inbox, as far as it can be held up. */
export interface Feed {
  readonly pause?: (() => void) | undefined;
  readonly resume?: (() => void) | undefined;
  /** How often over the bound may be held when it is paused: what was under way still comes. */
  readonly slack: number;
  /** What to do about a feed that goes on although the bound is reached, for the message. */
  readonly advice: string;
}

/**
 * Where what is pushed waits until a batch takes it: bounded, with a policy for what is too much. How the rows are
 * kept is a matter of the two kinds, `MemoryInbox` and `SpillInbox`.
 */
export abstract class Inbox<Item> {
  protected dropped = 0;
  protected ended = false;
  protected failure: { readonly error: unknown } | undefined;
  protected wake: () => void = () => undefined;
  private paused = false;

  constructor(
    protected readonly settings: PushSettings,
    private readonly feed: Feed,
    protected readonly now: () => number,
  ) {}

  /** Whether a feed is to hold back: one that comes later is not told by `pause`. */
  get isPaused(): boolean {
    return this.paused;
  }

  /** Takes an item of about `bytes` bytes. `kept` is called when it is durable, which without a spill it never is. */
  push(item: Item, bytes: number, kept?: () => void): void {
    if (this.ended || this.failure !== undefined) return;
    if (this.isFull(1) && !this.makeRoom()) return;
    this.keep(item, bytes, kept);
    if (this.settings.overflow === 'pause' && !this.paused && this.isFull(1)) {
      this.paused = true;
      this.feed.pause?.();
    }
  }

  /** Nothing more will come. */
  end(): void {
    this.ended = true;
    this.wake();
  }

  /** Nothing more will come, because of an error: it is raised behind what waits. */
  fail(error: unknown): void {
    this.failure ??= { error };
    this.wake();
  }

  /** Whether more than `part` of what may wait does. */
  protected abstract isFull(part: number): boolean;
  protected abstract keep(item: Item, bytes: number, kept: (() => void) | undefined): void;
  protected abstract dropOldest(): void;
  /** What is full, for the message. */
  protected abstract describe(): string;

  /** What waited is gone: the feed may go on when half of it is. */
  protected freed(): void {
    if (!this.paused || this.isFull(0.5)) return;
    this.paused = false;
    this.feed.resume?.();
  }

  /** Applies the policy; false if the new item is not to be kept. */
  private makeRoom(): boolean {
    const { overflow } = this.settings;
    if (overflow === 'dropOldest') {
      this.dropped++;
      this.dropOldest();
      return true;
    }
    if (overflow === 'dropNewest') {
      this.dropped++;
      return false;
    }
    // What a crash left on the disk may be more than the bound before the feed was ever told to pause.
    const told = this.paused && this.isFull(this.feed.slack);
    if (overflow === 'pause' && this.feed.pause !== undefined && !told) return true;
    const why =
      overflow === 'pause'
        ? this.feed.advice
        : 'Raise what may be buffered, speed up the sink, or choose another `overflow`.';
    this.fail(new SluiceError('BUFFER_OVERFLOW', `${this.describe()} and more came. ${why}`));
    return false;
  }
}

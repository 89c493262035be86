import type { TopicPartition } from '../client/contract.js';
import { at, codecMask } from '../records/layout.js';
import { type Chunk, nowhere } from './chunk.js';

/** What is fetched of one partition and not read yet, and where fetching goes on. */
export class Feed {
  readonly chunks: Chunk[] = [];
  /** Bytes that wait to be read. */
  byteLength = 0;
  /** Somebody waits for it, whatever else is there. */
  isWanted = false;
  isGivenUp = false;
  /** Changes when fetching begins elsewhere: what was asked for before is of no use then. */
  epoch = 0;
  /** Until when it is left alone, by `performance.now()`. */
  restsUntil = 0;
  /** The how-manieth fetch brought something last. */
  served = 0;
  /** How often in a row it was asked for offsets that are not there. */
  misses = 0;
  /** Bytes of an offset, on the average of what came last; undefined: not known yet. */
  bytesPerOffset: number | undefined;
  /** Offsets behind what may be read: a transaction is open before them. As the broker said last. */
  heldBack = 0;
  private waiting: (() => void)[] = [];

  constructor(
    readonly of: TopicPartition,
    /** The next offset to fetch. */
    public position: number,
    /** How much to ask for. */
    public maxBytes: number,
  ) {}

  add(chunk: Chunk): void {
    const { bytes, from, next } = chunk;
    this.chunks.push(chunk);
    this.byteLength += bytes?.length ?? 0;
    this.bytesPerOffset ??= bytes === undefined ? unknownSize : (bytes.length * mostExpansion(bytes)) / (next - from);
    this.position = chunk.next;
    this.misses = 0;
    // Until whoever waited says that it wants more: asked for alone, what is not there yet would keep the broker from
    // answering for what is.
    this.isWanted = false;
    this.stir();
  }

  /** The chunk that holds `offset`, or undefined if that is still to be fetched. Lets go of what is before it. */
  at(offset: number): Chunk | undefined {
    this.release(offset);
    const first = this.chunks[0];
    if (first !== undefined && first.from <= offset) return first;
    if (first !== undefined || this.position !== offset) this.goTo(offset);
    return undefined;
  }

  /** Records of so many offsets took so many bytes in memory. */
  measured(offsets: number, bytes: number): void {
    // Aborted records are no measure of those that come: it falls slowly, and rises at once.
    this.bytesPerOffset = Math.max(bytes / offsets, 0.9 * (this.bytesPerOffset ?? 0));
  }

  /** Lets go of what is before `offset`: whoever reads has read it. */
  release(offset: number): void {
    while (this.chunks.length > 0 && this.chunks[0]!.next <= offset) {
      const { bytes, release } = this.chunks.shift()!;
      this.byteLength -= bytes?.length ?? 0;
      release?.();
    }
  }

  /** Nothing of it is fetched any more. */
  giveUp(): void {
    this.goTo(nowhere);
    this.isGivenUp = true;
    this.stir();
  }

  private goTo(offset: number): void {
    // Somebody may still be reading them: they are not released.
    this.chunks.length = 0;
    this.byteLength = 0;
    this.position = offset;
    this.misses = 0;
    this.restsUntil = 0;
    this.epoch++;
  }

  /** Resolves when something has come. */
  stirred(): Promise<void> {
    return new Promise((done) => this.waiting.push(done));
  }

  /** Whoever waits looks again. */
  stir(): void {
    for (const done of this.waiting.splice(0)) done();
  }
}

/** Bytes of an offset of which nothing is known. */
const unknownSize = 1024;

/** A guess of how much larger the records are when they are expanded, until some are. */
const mostExpansion = (bytes: Buffer): number => ((bytes[at.attributes + 1]! & codecMask) === 0 ? 1 : 8);

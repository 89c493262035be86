import type { BufferPool } from '../buffer-pool.js';

/** What goes over all connections of a client. */
export interface Traffic {
  bytesIn: number;
  bytesOut: number;
  connects: number;
  /** Where large answers are received; whoever has read one gives it back. */
  readonly buffers: BufferPool;
}

const lengthBytes = 4;
/** More than any broker sends: what it receives itself may be 100 MiB, and what we fetch far less. */
const largestAnswer = 1 << 30;
/** The versions that are spoken are a few hundred bytes; what is no broker says text or TLS, which reads as a large number. */
const largestFirstAnswer = 1 << 20;
/** What comes is received here, unless it is as much of one answer. */
const sharedBytes = 128 << 10;

/**
 * Puts answers together, from their lengths on. What comes is received into one piece of memory, again and again: a new
 * one for each read costs three times the processor time. Large answers are received right where they stay.
 */
export class Inbox {
  /** Takes an answer that is complete. */
  onAnswer: (payload: Buffer) => void = () => undefined;
  /** Takes the length of an answer that is less than its own, or more than any broker sends: nothing is taken after it. */
  onBadLength: (length: number) => void = () => undefined;

  private readonly shared = Buffer.allocUnsafeSlow(sharedBytes);
  private readonly head = Buffer.allocUnsafe(lengthBytes);
  private headFilled = 0;
  private body: Buffer | undefined;
  private bodyFilled = 0;
  private limit = largestFirstAnswer;
  private isOver = false;

  constructor(private readonly traffic: Traffic) {}

  /** Where to receive next. */
  get room(): Buffer {
    const { body, bodyFilled, shared } = this;
    return body !== undefined && body.length - bodyFilled >= sharedBytes ? body.subarray(bodyFilled) : shared;
  }

  /** So many bytes have been received there. */
  received(count: number, room: Uint8Array): void {
    this.traffic.bytesIn += count;
    if (room.buffer === this.shared.buffer) {
      for (let at = 0; at < count && !this.isOver;) at = this.take(this.shared, at, count);
    } else {
      this.fill(count);
    }
  }

  /** Lets go of what was not complete; nothing is taken any more. */
  close(): void {
    this.isOver = true;
    this.body = undefined;
  }

  /** Takes what is there from `at` on of the answer that is being received; where the next one begins. */
  private take(bytes: Buffer, at: number, end: number): number {
    if (this.body === undefined) {
      const copied = bytes.copy(this.head, this.headFilled, at, Math.min(end, at + lengthBytes - this.headFilled));
      this.headFilled += copied;
      if (this.headFilled < lengthBytes) return at + copied;
      const length = this.head.readInt32BE(0);
      if (length < lengthBytes || length > this.limit) {
        this.close();
        this.onBadLength(length);
        return end;
      }
      this.headFilled = 0;
      this.body = this.traffic.buffers.take(length);
      this.bodyFilled = 0;
      at += copied;
    }
    const copied = bytes.copy(this.body, this.bodyFilled, at, end);
    this.fill(copied);
    return at + copied;
  }

  private fill(count: number): void {
    this.bodyFilled += count;
    if (this.body === undefined || this.bodyFilled < this.body.length) return;
    const whole = this.body;
    this.body = undefined;
    this.limit = largestAnswer;
    this.onAnswer(whole);
  }
}

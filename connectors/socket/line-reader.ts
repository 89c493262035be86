import type { Socket } from 'node:net';
import type { Inbox } from '../../lib/connect/push/index.js';
import { SluiceError } from '../../lib/errors/index.js';
import type { Line } from './rows.js';

const newline = 10;
const carriageReturn = 13;
const nothing: Buffer = Buffer.alloc(0);
/** What is kept for the beginnings of lines when a longer one is through. */
const keptBytes = 1 << 16;

/** Takes lines from a socket into an inbox, and no byte more than the inbox has room for. */
export class LineReader {
  /** The beginning of a line, in a buffer that doubles: a server may send a byte at a time. */
  private begun = nothing;
  private begunBytes = 0;
  /** What came while the inbox had no room; there may be whole lines in it. */
  private held = nothing;
  private drained: (() => void) | undefined;

  constructor(
    private readonly socket: Socket,
    private readonly inbox: Inbox<Line>,
    private readonly maxLineBytes: number,
    private readonly now: () => number,
  ) {}

  take(chunk: Buffer): void {
    this.held = this.held.length === 0 ? chunk : Buffer.concat([this.held, chunk]);
    this.split();
  }

  /** The inbox has room again. */
  resume(): void {
    this.split();
    if (!this.inbox.isPaused) this.socket.resume();
  }

  /** The connection ended: calls `drained` when all of it is taken. A last line needs no line end. */
  end(drained: () => void): void {
    this.drained = drained;
    this.split();
  }

  private split(): void {
    const chunk = this.held;
    let at = 0;
    while (at < chunk.length) {
      if (this.inbox.isPaused) {
        this.held = chunk.subarray(at);
        this.socket.pause();
        return;
      }
      const end = chunk.indexOf(newline, at);
      const piece = chunk.subarray(at, end < 0 ? chunk.length : end);
      this.limit(this.begunBytes + piece.length);
      if (end < 0) {
        this.begin(piece);
        break;
      }
      this.push(piece);
      at = end + 1;
    }
    this.held = nothing;
    if (this.drained === undefined) return;
    if (this.begunBytes > 0) this.push(nothing);
    this.drained();
    this.drained = undefined;
  }

  private begin(piece: Buffer): void {
    const needed = this.begunBytes + piece.length;
    if (needed > this.begun.length) {
      const larger = Buffer.allocUnsafe(Math.max(needed, 2 * this.begun.length));
      larger.set(this.begun.subarray(0, this.begunBytes));
      this.begun = larger;
    }
    this.begun.set(piece, this.begunBytes);
    this.begunBytes = needed;
  }

  private push(last: Buffer): void {
    let line = last;
    if (this.begunBytes > 0) {
      this.begin(last);
      line = this.begun.subarray(0, this.begunBytes);
      this.begunBytes = 0;
      if (this.begun.length > keptBytes) this.begun = nothing;
    }
    const length = line.at(-1) === carriageReturn ? line.length - 1 : line.length;
    const text = line.toString('utf8', 0, length);
    const at = this.now();
    // To Java, and so to Spark, a carriage return alone ends a line, too.
    if (!text.includes('\r')) this.inbox.push({ value: text, at }, length);
    else for (const value of text.split('\r')) this.inbox.push({ value, at }, value.length);
  }

  /** Throws RECORD_TOO_LARGE. */
  private limit(bytes: number): void {
    if (bytes <= this.maxLineBytes) return;
    const message = `socketSource: a line is longer than maxLineBytes (${this.maxLineBytes}).`;
    throw new SluiceError('RECORD_TOO_LARGE', message, { details: { maxLineBytes: this.maxLineBytes } });
  }
}

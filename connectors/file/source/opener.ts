import type { FileFacts } from './listing.js';
import type { OpenFile } from './open-file.js';

/** How many files are opened before their turn, and how large they may be together. */
const filesAhead = 16;
const bytesAhead = 4 << 20;

/** Opens a file to be read from a position. `exact`: it has to be what was planned. */
export type OpenFunction = (ordinal: number, file: FileFacts, exact: boolean, position: number) => Promise<OpenFile>;

/** The files that are open: the one that is being read, and small ones that come next. */
export class Opener {
  private current: { readonly ordinal: number; readonly file: OpenFile } | undefined;
  private readonly ahead = new Map<number, { readonly size: number; readonly file: Promise<OpenFile> }>();
  private aheadBytes = 0;
  private readonly closing = new Set<Promise<void>>();

  constructor(private readonly open: OpenFunction) {}

  /** The file of that ordinal: open from the last piece, or ahead of its turn, or opened now. */
  async take(ordinal: number, file: FileFacts, exact: boolean, position: number): Promise<OpenFile> {
    if (this.current?.ordinal === ordinal) return this.current.file;
    this.release();
    const opening = this.ahead.get(ordinal);
    if (opening !== undefined) {
      this.ahead.delete(ordinal);
      this.aheadBytes -= opening.size;
    }
    this.current = { ordinal, file: await (opening?.file ?? this.open(ordinal, file, exact, position)) };
    return this.current.file;
  }

  /** Begins to open the files after `ordinal`, as far as that pays. */
  prepare(ordinal: number, fileAt: (ordinal: number) => { file: FileFacts; exact: boolean } | undefined): void {
    for (let n = ordinal + 1; this.ahead.size < filesAhead; n++) {
      if (this.ahead.has(n)) continue;
      const next = fileAt(n);
      if (next === undefined) return;
      const { size } = next.file;
      if (this.aheadBytes + size > bytesAhead) return;
      const file = this.open(n, next.file, next.exact, 0);
      // It matters when it is its turn.
      file.catch(() => undefined);
      this.ahead.set(n, { size, file });
      this.aheadBytes += size;
    }
  }

  /** The file that is being read is done. */
  release(): void {
    if (this.current === undefined) return;
    this.closeLater(this.current.file.close());
    this.current = undefined;
  }

  /** What was opened ahead may not be what comes next. */
  forgetAhead(): void {
    for (const { file } of this.ahead.values()) this.closeLater(file.then((opened) => opened.close()));
    this.ahead.clear();
    this.aheadBytes = 0;
  }

  async close(): Promise<void> {
    this.release();
    this.forgetAhead();
    await Promise.all(this.closing);
  }

  private closeLater(closing: Promise<void>): void {
    // Nothing was written: there is nothing to lose.
    const closed = closing.catch(() => undefined).finally(() => this.closing.delete(closed));
    this.closing.add(closed);
  }
}

import { dirname } from 'node:path';
import { DurableFile, remove, replace, syncDirectory } from '../durable.js';
import { writeChange } from './entry-codec.js';
import { FrameWriter, type Mark, nothing } from './frames.js';

/** So many bytes are synced at a time: a disk that has to take all at once would let batches wait. */
const syncBytes = 1 << 23;

/**
 * Writes all entries of a store to a file while they change, some at a time, so that the event loop goes round between.
 * What is in the file counts only under the changes since it was begun.
 */
export class SnapshotWriter {
  /** Set when the file is whole, durable, and under its name. */
  mark: Mark | undefined;
  private failure: { readonly error: unknown } | undefined;
  private abandoned = false;
  private readonly work: Promise<void>;

  constructor(
    private readonly path: string,
    readonly index: number,
    header: string,
    entries: ReadonlyMap<string, string>,
  ) {
    this.work = this.run(header, entries).catch((error: unknown) => {
      this.failure = { error };
    });
  }

  /** Throws what it failed with. */
  check(): void {
    if (this.failure !== undefined) throw this.failure.error;
  }

  async done(): Promise<void> {
    await this.work;
    this.check();
  }

  async abandon(): Promise<void> {
    this.abandoned = true;
    await this.work;
  }

  private async run(header: string, entries: ReadonlyMap<string, string>): Promise<void> {
    const aside = `${this.path}.tmp`;
    const iterator = entries.entries();
    // Those that are there now come before those that are added while they are written.
    const most = entries.size;
    const file = await DurableFile.create(aside);
    let mark: Mark;
    try {
      mark = await this.write(file, header, iterator, most);
    } finally {
      await file.close();
    }
    if (this.abandoned) {
      await remove(aside);
      return;
    }
    await replace(aside, this.path);
    await syncDirectory(dirname(this.path));
    this.mark = mark;
  }

  private async write(
    file: DurableFile,
    header: string,
    entries: Iterator<[string, string]>,
    most: number,
  ): Promise<Mark> {
    const frames = new FrameWriter(nothing);
    frames.open.text(header);
    frames.close();
    let synced = 0;
    let visited = 0;
    while (visited < most && !this.abandoned) {
      const next = entries.next();
      if (next.done === true) break;
      visited++;
      writeChange(frames.open, ...next.value);
      if (!frames.isFull) continue;
      frames.close();
      await file.write(frames.take());
      if (frames.mark[0] - synced < syncBytes) continue;
      await file.sync();
      synced = frames.mark[0];
    }
    frames.close();
    await file.write(frames.take());
    await file.sync();
    return frames.mark;
  }
}

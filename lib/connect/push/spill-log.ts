import { type FileHandle, open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Lease } from '../../checkpoint/lease.js';
import { DurableFile, diskError, makeDirectory, remove, syncDirectory, writeAtomically } from '../../durable.js';
import { SluiceError } from '../../errors/index.js';
import { blockHeadBytes, bodyBytes, decodeBody, encodeBlock } from './spill-blocks.js';

/** The records `first` up to the `first` of the next segment; the last one is appended to. */
interface Segment {
  readonly first: number;
  readonly path: string;
  bytes: number;
}

/** A place between two blocks: the block at `at` of `segment` begins with the record `record`. */
interface Place {
  readonly segment: Segment;
  readonly at: number;
  readonly record: number;
}

const magic = Buffer.from('SLSPILL1');
const nameOf = (first: number): string => `${String(first).padStart(20, '0')}.spill`;
const segmentName = /^(\d{20})\.spill$/;

/**
 * A durable queue of records, numbered from 0 on: appended at one end, read from anywhere, trimmed at the other. A
 * directory of segment files, named by the number of their first record. One process at a time (CHECKPOINT_IN_USE).
 */
export class SpillLog {
  /** The records up to here are durable. */
  private durableEnd: number;
  private readHandle: { readonly path: string; readonly file: FileHandle } | undefined;
  private place: Place | undefined;

  private constructor(
    private readonly dir: string,
    private readonly lease: Lease,
    private readonly segments: Segment[],
    private file: DurableFile,
    private readonly segmentBytes: number,
    end: number,
  ) {
    this.durableEnd = end;
  }

  /**
   * Opens the log of `dir`, which is made if it is not there. What a crash tore at its end was never acknowledged, and
   * is cut off. Throws CHECKPOINT_CORRUPT if the end was changed later, CHECKPOINT_IN_USE, FILE_UNWRITABLE.
   */
  static async open(dir: string, segmentBytes: number): Promise<SpillLog> {
    try {
      await makeDirectory(dir);
      const lease = await Lease.take(dir, 'spill directory');
      try {
        const segments = await segmentsIn(dir);
        if (segments.length === 0) segments.push(await createSegment(dir, 0));
        const last = segments.at(-1)!;
        const { end, bytes } = await scan(last);
        last.bytes = bytes;
        return new SpillLog(dir, lease, segments, await DurableFile.append(last.path, bytes), segmentBytes, end);
      } catch (error) {
        await lease.release();
        throw error;
      }
    } catch (error) {
      throw diskError(error, 'FILE_UNWRITABLE', 'Opening the spill directory', dir);
    }
  }

  /** The number of the first record that is still there. */
  get first(): number {
    return this.segments[0]!.first;
  }

  /** The number of the next record. */
  get end(): number {
    return this.durableEnd;
  }

  /** How much of the disk it takes. */
  get bytes(): number {
    return this.segments.reduce((sum, segment) => sum + segment.bytes, 0);
  }

  /** Adds records; when it resolves they are durable. Calls must not overlap. */
  async append(records: readonly Uint8Array[]): Promise<void> {
    try {
      let last = this.segments.at(-1)!;
      if (last.bytes >= this.segmentBytes) last = await this.roll();
      const block = encodeBlock(records);
      await this.file.write(block);
      await this.file.sync();
      last.bytes += block.length;
      this.durableEnd += records.length;
    } catch (error) {
      throw diskError(error, 'FILE_UNWRITABLE', 'Writing to the spill directory', this.dir);
    }
  }

  /**
   * Records from `from` on, as many as fit into the bounds, one at least if there is any. Throws CHECKPOINT_CORRUPT if
   * they are not what was written.
   */
  async read(from: number, most: { readonly rows: number; readonly bytes: number }): Promise<Buffer[]> {
    const end = Math.min(this.durableEnd, from + most.rows);
    const found: Buffer[] = [];
    let bytes = 0;
    for (let next = from; next < end;) {
      const { place, records, length } = await this.blockOf(next);
      for (const record of records.slice(next - place.record, end - place.record)) {
        bytes += record.length;
        if (bytes > most.bytes && found.length > 0) return found;
        found.push(record);
        next++;
      }
      if (next === place.record + records.length) {
        this.place = { segment: place.segment, at: place.at + length, record: next };
      }
    }
    return found;
  }

  /** Lets go of the segments whose records are all before `before`; with `all`, of the last one, too. */
  async trim(before: number, all = false): Promise<void> {
    try {
      if (all && before >= this.durableEnd && this.segments.at(-1)!.bytes > magic.length) await this.roll();
      let removed = false;
      while (this.segments.length > 1 && this.segments[1]!.first <= before) {
        const { path } = this.segments.shift()!;
        if (this.readHandle?.path === path) await this.closeReader();
        await remove(path);
        removed = true;
      }
      if (removed) await syncDirectory(this.dir);
    } catch (error) {
      throw diskError(error, 'FILE_UNWRITABLE', 'Trimming the spill directory', this.dir);
    }
  }

  async close(): Promise<void> {
    await this.closeReader();
    await this.file.close();
    await this.lease.release();
  }

  private async roll(): Promise<Segment> {
    await this.lease.check();
    const next = await createSegment(this.dir, this.durableEnd);
    await this.file.close();
    this.file = await DurableFile.append(next.path, next.bytes);
    this.segments.push(next);
    return next;
  }

  /** The block that holds the record `record`. */
  private async blockOf(
    record: number,
  ): Promise<{ readonly place: Place; readonly records: readonly Buffer[]; readonly length: number }> {
    const index = this.segments.findLastIndex((each) => each.first <= record);
    const segment = this.segments[index];
    if (segment === undefined) throw new RangeError(`record ${record} was trimmed`);
    let place =
      this.place?.segment === segment && this.place.record <= record
        ? this.place
        : { segment, at: magic.length, record: segment.first };
    for (;;) {
      const { head, body } = await blockAt(await this.reader(segment.path), place.at);
      const records = decodeBody(head, body);
      if (records === undefined) throw corrupt(segment.path, place.at);
      const length = blockHeadBytes + body.length;
      if (record < place.record + records.length) return { place, records, length };
      place = { segment, at: place.at + length, record: place.record + records.length };
    }
  }

  private async reader(path: string): Promise<FileHandle> {
    if (this.readHandle?.path !== path) {
      await this.closeReader();
      this.readHandle = { path, file: await open(path, 'r') };
    }
    return this.readHandle.file;
  }

  private async closeReader(): Promise<void> {
    await this.readHandle?.file.close();
    this.readHandle = undefined;
  }
}

async function segmentsIn(dir: string): Promise<Segment[]> {
  const names = (await readdir(dir)).filter((name) => segmentName.test(name)).sort();
  const segments: Segment[] = [];
  for (const name of names) {
    const path = join(dir, name);
    segments.push({ first: Number(name.slice(0, 20)), path, bytes: (await stat(path)).size });
  }
  return segments;
}

async function createSegment(dir: string, first: number): Promise<Segment> {
  const path = join(dir, nameOf(first));
  await writeAtomically(path, magic);
  return { first, path, bytes: magic.length };
}

/** Finds where the last segment ends: its whole blocks, without what a crash tore. */
async function scan({ path, first, bytes }: Segment): Promise<{ end: number; bytes: number }> {
  const file = await open(path, 'r');
  try {
    const head = Buffer.alloc(magic.length);
    await file.read(head, 0, magic.length, 0);
    if (!head.equals(magic)) throw corrupt(path, 0);
    let end = first;
    let at = magic.length;
    while (at < bytes) {
      const { head: blockHead, body } = await blockAt(file, at, bytes);
      const records = blockHead.length < blockHeadBytes ? undefined : decodeBody(blockHead, body);
      if (records === undefined) {
        if (isTorn(blockHead, body)) break;
        throw corrupt(path, at);
      }
      end += records.length;
      at += blockHeadBytes + body.length;
    }
    return { end, bytes: at };
  } finally {
    await file.close();
  }
}

async function blockAt(file: FileHandle, at: number, fileBytes = Infinity): Promise<{ head: Buffer; body: Buffer }> {
  const head = await readAt(file, at, blockHeadBytes);
  const length = head.length < blockHeadBytes ? 0 : bodyBytes(head);
  // A head that was torn may say anything.
  const body = at + length > fileBytes ? Buffer.alloc(0) : await readAt(file, at + blockHeadBytes, length);
  return { head, body };
}

async function readAt(file: FileHandle, at: number, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(length);
  let read = 0;
  while (read < length) {
    const { bytesRead } = await file.read(bytes, read, length - read, at + read);
    if (bytesRead === 0) break;
    read += bytesRead;
  }
  return bytes.subarray(0, read);
}

/**
 * A crash leaves a block that is cut off, or has zeros where pages never reached the disk. One that is whole but has
 * another checksum was changed after it was written.
 */
function isTorn(head: Buffer, body: Buffer): boolean {
  if (head.length < blockHeadBytes || body.length < bodyBytes(head) || body.length === 0) return true;
  const page = Buffer.alloc(512);
  for (let at = 0; at < body.length; at += page.length) {
    const part = body.subarray(at, at + page.length);
    if (part.equals(page.subarray(0, part.length))) return true;
  }
  return false;
}

function corrupt(path: string, at: number): SluiceError {
  const message =
    `${path} is damaged at byte ${at}: its checksum does not fit. Rows that were accepted would be lost. ` +
    'Restore it, or start with another spill directory and another `name`.';
  return new SluiceError('CHECKPOINT_CORRUPT', message, { details: { path, at } });
}

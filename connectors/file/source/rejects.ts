import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { type Table, columnFrom } from '../../../lib/columns/index.js';
import { type DeadLetter, letterTable } from '../../../lib/connect/dead-letter.js';
import { string } from '../../../lib/schema/index.js';
import { type Codec, Input, codecOf, magicBytes } from '../compression/index.js';
import type { MalformedRecord } from '../format.js';

interface Reject {
  readonly path: string;
  readonly position: number;
  readonly record: Buffer;
  readonly reason: string;
  readonly message: string;
}

/** The malformed records of one batch, for the sink that takes them. */
export class Rejects {
  private found: Reject[] = [];
  private readonly lines: LineCounter | undefined;

  /** @param linesCount whether positions are those of bytes of the file, in which lines can be counted */
  constructor(
    private readonly source: string,
    linesCount: boolean,
  ) {
    this.lines = linesCount ? new LineCounter() : undefined;
  }

  clear(): void {
    this.found = [];
  }

  /** Takes note of a record of the file at `path`. */
  add(path: string, { bytes, position, reason, message }: MalformedRecord): void {
    this.found.push({ path, position, reason, message, record: Buffer.from(bytes) });
  }

  /** What makes them what `deadLetterSchema` says, given the batch. */
  async letters(): Promise<(batch: number) => Table> {
    const { found } = this;
    const letters: DeadLetter[] = [];
    for (const { path, position, record, reason, message } of found) {
      const line = await this.lines?.lineAt(path, position);
      const bytes = `bytes ${position} to ${position + record.length}`;
      const place = line === undefined ? `${path} (${bytes})` : `${path}:${line} (${bytes})`;
      letters.push({ position: place, error: message, rules: [reason] });
    }
    const records = columnFrom(
      string(),
      found.map(({ record }) => record.toString()),
    );
    return (batch) => letterTable(records, letters, this.source, batch);
  }
}

const lineFeed = 10;
const carriageReturn = 13;

/** What a file holds from one position to another, decompressed if it is compressed. */
async function* contentOf(path: string, from: number, to: number): AsyncGenerator<Buffer> {
  const handle = await open(path);
  const head = Buffer.alloc(magicBytes);
  let codec: Codec | undefined;
  try {
    const { bytesRead } = await handle.read(head, 0, magicBytes, 0);
    codec = codecOf(path, head.subarray(0, bytesRead));
  } finally {
    await handle.close();
  }
  if (codec === undefined) {
    // `end` is read, too.
    yield* createReadStream(path, { start: from, end: to - 1 }) as AsyncIterable<Buffer>;
    return;
  }
  let at = 0;
  for await (const bytes of codec.decode(
    new Input((createReadStream(path) as AsyncIterable<Buffer>)[Symbol.asyncIterator]()),
  )) {
    yield bytes.subarray(Math.max(0, from - at), Math.max(0, to - at));
    at += bytes.length;
    if (at >= to) return;
  }
}

/** In which line of a file a byte is, from 1 on. Questions about one file in order cost one pass over it. */
class LineCounter {
  private path: string | undefined;
  private position = 0;
  private line = 1;

  /** Undefined if the file is not there any more, or cannot be read. */
  async lineAt(path: string, position: number): Promise<number | undefined> {
    if (path !== this.path || position < this.position) {
      this.path = path;
      this.position = 0;
      this.line = 1;
    }
    if (position === this.position) return this.line;
    let last = 0;
    try {
      for await (const bytes of contentOf(path, this.position, position)) {
        for (let i = 0; i < bytes.length; i++) {
          const byte = bytes[i]!;
          if (byte === lineFeed || (last === carriageReturn && (i > 0 || byte !== lineFeed))) this.line++;
          last = byte;
        }
      }
    } catch {
      this.path = undefined;
      return undefined;
    }
    if (last === carriageReturn) this.line++;
    this.position = position;
    return this.line;
  }
}

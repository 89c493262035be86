/** Bytes one after the other, in pieces of any size. */
export type Bytes = Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/** What is compressed is damaged, or ends too soon. `position` is where, in bytes of the compressed file, about. */
export class Damaged extends Error {
  constructor(
    readonly position: number,
    reason: string,
    cause?: unknown,
  ) {
    super(reason, { cause });
  }
}

/** The bytes of a compressed file, taken from its start to its end, in portions of the decoder's choice. */
export class Input {
  private buffer: Buffer = Buffer.alloc(0);
  private ended = false;
  private taken = 0;
  /** Whether the error that came last is one of reading, not of decoding. */
  failed = false;

  constructor(private readonly chunks: AsyncIterator<Buffer>) {}

  /** How many bytes have been taken. */
  get position(): number {
    return this.taken;
  }

  /** The bytes that come next, at least `count` unless the file ends before. They are not taken yet. */
  async peek(count: number): Promise<Buffer> {
    if (this.buffer.length >= count || this.ended) return this.buffer;
    const parts = [this.buffer];
    for (let have = this.buffer.length; have < count;) {
      const chunk = await this.next();
      if (chunk === undefined) break;
      parts.push(chunk);
      have += chunk.length;
    }
    return (this.buffer = Buffer.concat(parts));
  }

  /** Takes what was looked at. */
  skip(count: number): void {
    this.buffer = this.buffer.subarray(count);
    this.taken += count;
  }

  /** Takes exactly `count` bytes. Throws `Damaged` if there are not so many. */
  async take(count: number): Promise<Buffer> {
    const bytes = await this.peek(count);
    if (bytes.length < count) throw new Damaged(this.taken + bytes.length, 'it ends too soon');
    this.skip(count);
    return bytes.subarray(0, count);
  }

  /** Takes all that follows. */
  async *rest(): AsyncGenerator<Buffer> {
    for (let chunk: Buffer | undefined = this.buffer; chunk !== undefined; chunk = await this.next()) {
      this.buffer = Buffer.alloc(0);
      this.taken += chunk.length;
      if (chunk.length > 0) yield chunk;
    }
  }

  private async next(): Promise<Buffer | undefined> {
    try {
      const { value, done } = (await this.chunks.next()) as { value: Buffer | undefined; done?: boolean };
      if (done !== true) return value;
      this.ended = true;
      return undefined;
    } catch (error) {
      this.failed = true;
      throw error;
    }
  }
}

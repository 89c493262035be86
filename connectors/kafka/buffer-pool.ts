/** Smaller ones are not worth it. */
const leastBytes = 256 << 10;
/** What is kept for later, at most: a batch of the default size is read partition after partition, and frees it all at its end. */
const mostFree = 24 << 20;

/**
 * Memory that large answers are received into, again and again. New memory for each would cost more time than reading
 * them: its pages have to be found and cleared, and whoever collects garbage is called for each that comes and goes.
 */
export class BufferPool {
  private readonly lent = new WeakSet<ArrayBufferLike>();
  private readonly free: ArrayBuffer[] = [];
  private freeBytes = 0;

  /** Memory of that size, which holds anything. */
  take(size: number): Buffer {
    if (size < leastBytes) return Buffer.allocUnsafe(size);
    // Not one that is far too large: a small answer may be kept for long.
    const found = this.free.findIndex(({ byteLength }) => byteLength >= size && byteLength < 2 * size);
    let memory = found < 0 ? undefined : this.free.splice(found, 1)[0]!;
    if (memory === undefined) memory = Buffer.allocUnsafeSlow(Math.ceil(size / leastBytes) * leastBytes).buffer;
    else this.freeBytes -= memory.byteLength;
    this.lent.add(memory);
    return Buffer.from(memory, 0, size);
  }

  /** Takes back what was lent, of which this is any part; once, however often it is given. Nobody may use it any more. */
  give({ buffer }: Buffer): void {
    if (!this.lent.delete(buffer) || this.freeBytes + buffer.byteLength > mostFree) return;
    this.free.push(buffer as ArrayBuffer);
    this.freeBytes += buffer.byteLength;
  }
}

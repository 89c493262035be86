/** Reads numbers of so many bits, the highest first. After the end there are zeros, and `isPastEnd`. */
export class BitReader {
  private hold = 0;
  private held = 0;
  private at = 0;

  constructor(
    private readonly bytes: Uint8Array,
    startBit: number,
  ) {
    this.read(startBit);
  }

  /** The next bits, 24 at most, which stay. */
  peek(count: number): number {
    const { bytes } = this;
    while (this.held < count) {
      this.hold = (this.hold << 8) | (this.at < bytes.length ? bytes[this.at]! : 0);
      this.at++;
      this.held += 8;
    }
    return (this.hold >>> (this.held - count)) & ((1 << count) - 1);
  }

  skip(count: number): void {
    this.held -= count;
  }

  /** 24 bits at most. */
  read(count: number): number {
    const value = this.peek(count);
    this.held -= count;
    return value;
  }

  read32(): number {
    return (this.read(16) << 16) | this.read(16);
  }

  /** How many bits were taken. */
  get position(): number {
    return this.at * 8 - this.held;
  }

  get isPastEnd(): boolean {
    return this.position > this.bytes.length * 8;
  }
}

/** Writes numbers of so many bits, the highest first. */
export class BitWriter {
  private bytes = Buffer.allocUnsafe(64 * 1024);
  private size = 0;
  private hold = 0;
  private held = 0;

  /** 24 bits at most. */
  write(value: number, count: number): void {
    this.hold = (this.hold << count) | value;
    this.held += count;
    while (this.held >= 8) {
      this.held -= 8;
      if (this.size === this.bytes.length) this.bytes = Buffer.concat([this.bytes, Buffer.allocUnsafe(this.size)]);
      this.bytes[this.size++] = this.hold >>> this.held;
    }
  }

  write32(value: number): void {
    this.write(value >>> 16, 16);
    this.write(value & 0xffff, 16);
  }

  /** The whole bytes since the last time. */
  take(): Buffer {
    const taken = Buffer.from(this.bytes.subarray(0, this.size));
    this.size = 0;
    return taken;
  }

  /** Fills the last byte with zeros. */
  align(): void {
    if (this.held > 0) this.write(0, 8 - this.held);
  }
}

const [p1, p2, p3, p4, p5] = [0x9e3779b1, 0x85ebca77, 0xc2b2ae3d, 0x27d4eb2f, 0x165667b1] as const;

const rotate = (x: number, by: number): number => (x << by) | (x >>> (32 - by));
const round = (sum: number, word: number): number => Math.imul(rotate((sum + Math.imul(word, p2)) | 0, 13), p1);

/** The hash xxHash32 (seed 0) of bytes that come in pieces. */
export class Xxh32 {
  private a = (p1 + p2) | 0;
  private b: number = p2;
  private c = 0;
  private d = -p1 | 0;
  private total = 0;
  private rest: Buffer = Buffer.alloc(0);

  update(bytes: Buffer): this {
    this.total += bytes.length;
    const all = this.rest.length === 0 ? bytes : Buffer.concat([this.rest, bytes]);
    let at = 0;
    for (; at + 16 <= all.length; at += 16) {
      this.a = round(this.a, all.readInt32LE(at));
      this.b = round(this.b, all.readInt32LE(at + 4));
      this.c = round(this.c, all.readInt32LE(at + 8));
      this.d = round(this.d, all.readInt32LE(at + 12));
    }
    this.rest = Buffer.from(all.subarray(at));
    return this;
  }

  /** From 0 to 2^32 - 1. */
  digest(): number {
    const { a, b, c, d, rest, total } = this;
    let hash = total >= 16 ? rotate(a, 1) + rotate(b, 7) + rotate(c, 12) + rotate(d, 18) : p5;
    hash = (hash + total) | 0;
    let at = 0;
    for (; at + 4 <= rest.length; at += 4) {
      hash = Math.imul(rotate((hash + Math.imul(rest.readInt32LE(at), p3)) | 0, 17), p4);
    }
    for (; at < rest.length; at++) hash = Math.imul(rotate((hash + Math.imul(rest[at]!, p5)) | 0, 11), p1);
    hash = Math.imul(hash ^ (hash >>> 15), p2);
    hash = Math.imul(hash ^ (hash >>> 13), p3);
    return (hash ^ (hash >>> 16)) >>> 0;
  }
}

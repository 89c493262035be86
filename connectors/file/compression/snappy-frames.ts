import { expandAt } from './blocks.js';
import { Damaged, type Input } from './input.js';
import { expandSnappy } from './snappy.js';

/** What a file of frames begins with. */
export const snappyFrameMagic = [0xff, 0x06, 0x00, 0x00, 0x73, 0x4e, 0x61, 0x50, 0x70, 0x59] as const;

const bytesPerFrame = 65536;

/** Snappy's own format of files: frames with checksums. */
export async function* decodeSnappyFrames(input: Input): AsyncGenerator<Buffer> {
  while ((await input.peek(1)).length > 0) {
    const at = input.position;
    const head = (await input.take(4)).readUInt32LE();
    const type = head & 0xff;
    const body = await input.take(head >>> 8);
    if (type === 0xff) {
      if (!body.equals(Buffer.from(snappyFrameMagic.slice(4)))) throw new Damaged(at, 'a stream has another name');
    } else if (type <= 1) {
      if (body.length < 4) throw new Damaged(at, 'a frame has no checksum');
      const plain =
        type === 1 ? Buffer.from(body.subarray(4)) : expandAt(at, expandSnappy, body.subarray(4), bytesPerFrame);
      if (masked(crc32c(plain)) !== body.readUInt32LE()) throw new Damaged(at, 'a checksum does not fit');
      if (plain.length > 0) yield plain;
    } else if (type < 0x80) {
      throw new Damaged(at, `there is a frame of type ${type}, which cannot be read`);
    }
  }
}

const table = Int32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let i = 0; i < 8; i++) crc = (crc & 1) === 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  return crc;
});

function crc32c(bytes: Buffer): number {
  let crc = -1;
  for (let i = 0; i < bytes.length; i++) crc = table[(crc ^ bytes[i]!) & 0xff]! ^ (crc >>> 8);
  return ~crc;
}

const masked = (crc: number): number => (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;

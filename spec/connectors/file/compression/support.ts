import {
  type Codec,
  Damaged,
  Input,
  codecOfContent,
  codecOfName,
} from '../../../../connectors/file/compression/index.js';

/** What the files below hold. */
export const text = `id,name\n1,a\n2,b\n3,${'a'.repeat(80)}\n`;

/**
 * Files that others made of `text`: gzip, deflate and bzip2 by Python's standard library, zstd and lz4 by their commands,
 * brotli, snappy and lz4 blocks by pyarrow (the lengths before Hadoop's blocks put there by hand).
 */
export const files: readonly (readonly [what: string, extension: string, base64: string])[] = [
  ['gzip', '.gz', 'H4sIAAAAAAACA8tM0clLzE3lMtRJ5DLSSeIy1kmkMuACAMZKMwRjAAAA'],
  [
    'gzip of several members',
    '.gz',
    'H4sIAAAAAAACA8tM0clLzE3lMtRJ5DLSSeIy1knEDwC67nZ1MQAAAB+LCAAAAAAAAgMDAAAAAAAAAAAAH4sIAAAAAAACA0tMJBFwAQCtAredMgAAAA==',
  ],
  ['deflate', '.deflate', 'eJzLTNHJS8xN5TLUSeQy0kniMtZJpDLgAgCQISLw'],
  ['bzip2', '.bz2', 'QlpoOTFBWSZTWTZ5aeoAAArdAAAQAAQ4AAAENiMgACK2oab0o0IBoAdBwGRTUK165nfxdyRThQkDZ5aeoA=='],
  [
    'bzip2 of several streams',
    '.bz2',
    'QlpoMTFBWSZTWSFhSj8AAAp5AAAQAAgABDgANiMgACK2o0zJPUIBoAVkUSrhVAY832fi7kinChIELClH4EJaaDkXckU4UJAAAAAAQlpoOTFBWSZTWVCQnOMAAALRAAAQAAIgACAAISZBmGC4u5IpwoSChITnGA==',
  ],
  ['zstd', '.zst', 'KLUv/SRj1QAAoGlkLG5hbWUKMSxhCjIsYgozLGEKAQAZBWGLOtWO'],
  ['zstd without a checksum', '.zst', 'KLUv/SBj1QAAoGlkLG5hbWUKMSxhCjIsYgozLGEKAQAZBWE='],
  ['lz4 frames', '.lz4', 'BCJNGGRApx4AAAD/BGlkLG5hbWUKMSxhCjIsYgozLGEBADhQYWFhYQoAAAAAjbj7tQ=='],
  [
    'lz4 frames with linked blocks, checksums and a size',
    '.lz4',
    'BCJNGHxAYwAAAAAAAADWHgAAAP8EaWQsbmFtZQoxLGEKMixiCjMsYQEAOFBhYWFhCqdwRiEAAAAAjbj7tQ==',
  ],
  ['snappy blocks', '.snappy', 'AAAAYwAAAB1jSGlkLG5hbWUKMSxhCjIsYgozLGH+AQA6AQAACg=='],
  ['lz4 blocks', '.lz4', 'AAAAYwAAAB7/BGlkLG5hbWUKMSxhCjIsYgozLGEBADhQYWFhYQo='],
  ['brotli', '.br', 'G2IAAARqdb7EJxXSNQXBfykCYSCTbvT9lpBJNSUD'],
];

export const codecOf = (extension: string, bytes: Uint8Array): Codec =>
  codecOfContent(bytes) ?? codecOfName(`x${extension}`)!;

async function* chunksOf(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** The pieces that come out of a file that is read so many bytes at a time. */
export async function* pieces(codec: Codec, bytes: Buffer, chunk = 65536): AsyncGenerator<Buffer> {
  yield* codec.decode(new Input(chunksOf(bytes, chunk)));
}

export async function decompress(codec: Codec, bytes: Buffer, chunk?: number): Promise<Buffer> {
  const out: Buffer[] = [];
  for await (const piece of pieces(codec, bytes, chunk)) out.push(Buffer.from(piece));
  return Buffer.concat(out);
}

/** What is in the bytes, or that they are damaged; anything else is a failure. */
export async function attempt(codec: Codec, bytes: Buffer): Promise<Buffer | 'damaged'> {
  try {
    return await decompress(codec, bytes);
  } catch (error) {
    if (error instanceof Damaged) return 'damaged';
    throw error;
  }
}

export async function collect(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all);
}

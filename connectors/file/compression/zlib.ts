import { Readable, type Transform, pipeline } from 'node:stream';
import zlib from 'node:zlib';
import { messageOf } from '../../../lib/errors/index.js';
import { type Bytes, Damaged, type Input } from './input.js';

type ZlibStream = Transform & { readonly bytesWritten: number };

/** Bytes that come out of zlib at a time. */
const chunkSize = 64 * 1024;

/** Several members are read as one file. What follows them is an error, unless it is zeros that fill a block. */
export const decodeGzip = (input: Input): AsyncGenerator<Buffer> =>
  decode(zlib.createGunzip({ chunkSize }), input, true);

export const decodeDeflate = (input: Input): AsyncGenerator<Buffer> =>
  decode(zlib.createInflate({ chunkSize }), input, false);

export const decodeBrotli = (input: Input): AsyncGenerator<Buffer> =>
  decode(zlib.createBrotliDecompress({ chunkSize }), input, false);

export const encodeGzip = (bytes: Bytes, level: number | undefined): AsyncIterable<Uint8Array> =>
  through(zlib.createGzip({ chunkSize, ...(level !== undefined && { level }) }), bytes);

export const encodeDeflate = (bytes: Bytes, level: number | undefined): AsyncIterable<Uint8Array> =>
  through(zlib.createDeflate({ chunkSize, ...(level !== undefined && { level }) }), bytes);

/** What comes out of `stream`, which takes in no more than is asked for. */
export async function* through(stream: Transform, bytes: Bytes): AsyncGenerator<Buffer> {
  // Whatever fails fails `stream`, which is read here.
  pipeline(Readable.from(bytes), stream, () => undefined);
  for await (const chunk of stream) yield chunk as Buffer;
}

/** Errors of `stream` become `Damaged`, those of the file stay what they are. */
async function* decode(stream: ZlibStream, input: Input, padded: boolean): AsyncGenerator<Buffer> {
  const start = input.position;
  if ((await input.peek(1)).length === 0) throw new Damaged(start, 'it is empty');
  try {
    yield* through(stream, input.rest());
  } catch (error) {
    if (input.failed) throw error;
    throw new Damaged(start + stream.bytesWritten, messageOf(error), error);
  }
  const end = start + stream.bytesWritten;
  if (!padded && end < input.position) throw new Damaged(end, 'something follows that does not belong to it');
}

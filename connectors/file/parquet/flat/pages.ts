import { gunzipSync } from 'node:zlib';
import { expandLz4 } from '../../compression/lz4.js';
import { expandSnappy } from '../../compression/snappy.js';
import { ThriftReader, wire } from '../thrift.js';
import { expect } from './unusual.js';

/** Pages of more values are left alone, so that no claim of many is believed. */
const maxValues = 1 << 24;

/** Plain, of dictionaries (2 and 8), RLE, and single bits, for levels that have no bits. */
const knownEncodings = [0, 2, 8, 3, 4];

/** The field of the header in which what is said of a page of a kind stands. */
const innerId: Readonly<Record<Page['kind'], number>> = { dictionary: 7, data: 5, 'data v2': 8 };
const innerIds = Object.values(innerId);

/** How many fields the header of a page must have, used here or not. */
const required: Readonly<Record<Page['kind'], number>> = { dictionary: 2, data: 4, 'data v2': 6 };

export interface Page {
  readonly kind: 'dictionary' | 'data' | 'data v2';
  readonly numValues: number;
  readonly encoding: number;
  readonly levelEncoding: number;
  /** Of a page of version 2: the bytes of its levels, which come before the values, and are not compressed. */
  readonly levelBytes: number;
  readonly numNulls: number;
  readonly isCompressed: boolean;
  readonly uncompressed: number;
  readonly body: Buffer;
}

/** The pages of a column chunk; each is looked at only when it is asked for. Throws Unusual. */
export function* pagesOf(chunk: Buffer, maxBytes: number): Generator<Page> {
  for (let at = 0; at < chunk.length;) {
    const reader = new ThriftReader(chunk, at);
    const numbers: (number | undefined)[] = [];
    const inners: (number | undefined)[][] = [];
    let isCompressed = true;
    reader.struct((id, type) => {
      if (type === wire.i32) numbers[id] = reader.integer();
      else if (type === wire.struct && innerIds.includes(id)) {
        const inner: (number | undefined)[] = (inners[id] = []);
        reader.struct((field, of) => {
          if (field === 7 && of === wire.false) isCompressed = false;
          if (of !== wire.i32) return false;
          inner[field] = reader.integer();
          return true;
        });
      } else return false;
      return true;
    });
    const [, type = -1, uncompressed = -1, compressed = -1] = numbers;
    const from = reader.at;
    expect(compressed >= 0 && from + compressed <= chunk.length, 'a page that is cut short');
    expect(uncompressed >= 0 && uncompressed <= maxBytes, 'a page larger than its column');
    at = from + compressed;
    const kind = type === 0 ? 'data' : type === 2 ? 'dictionary' : type === 3 ? 'data v2' : undefined;
    expect(kind !== undefined, 'a page of another kind');
    const inner = inners[innerId[kind]] ?? [];
    for (let field = 1; field <= required[kind]; field++) expect(inner[field] !== undefined, 'a header cut short');
    const [, numValues = -1, second = -1, third = -1, fourth = -1, fifth = -1, sixth = -1] = inner;
    expect(numValues >= 0 && numValues <= maxValues, 'a page of too many values');
    const isV2 = kind === 'data v2';
    // Not all of them count here, but parquet-wasm refuses a number that is none of an encoding.
    const encodings = isV2 ? [fourth] : kind === 'data' ? [second, third, fourth] : [second];
    expect(
      encodings.every((number) => knownEncodings.includes(number)),
      'an encoding that is rare',
    );
    // Of version 2: values, nulls, rows, encoding, bytes of levels, bytes of repetitions.
    if (isV2)
      expect(third === numValues && sixth === 0 && fifth >= 0 && fifth <= compressed, 'a page with repetitions');
    yield {
      kind,
      numValues,
      encoding: isV2 ? fourth : second,
      levelEncoding: third,
      levelBytes: isV2 ? fifth : 0,
      numNulls: isV2 ? second : 0,
      isCompressed,
      uncompressed,
      body: chunk.subarray(from, at),
    };
  }
}

type Expand = (bytes: Buffer, size: number) => Buffer;

/** By the number of the codec. */
const codecs: Readonly<Record<number, Expand>> = {
  0: (bytes) => bytes,
  1: expandSnappy,
  2: (bytes, size) => gunzipSync(bytes, { maxOutputLength: size }),
  7: expandLz4,
};

export const isKnownCodec = (codec: number): boolean => codecs[codec] !== undefined;

/** What is in a page: levels, and values. Throws Unusual, and whatever the codec throws. */
export function expandPage({ body, uncompressed, levelBytes, isCompressed }: Page, codec: number): Buffer {
  const compressed = body.subarray(levelBytes);
  const size = uncompressed - levelBytes;
  // Some writers compress nothing to nothing, others to something.
  if (size === 0) return Buffer.alloc(0);
  const values = isCompressed ? codecs[codec]!(compressed, size) : compressed;
  expect(values.length === size, 'a page of another size');
  return values;
}

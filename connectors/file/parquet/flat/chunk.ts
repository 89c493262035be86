import { type Column, allValid, bitmapBytes, copyBits, setBit, validityOf } from '../../../../lib/columns/index.js';
import { physical } from '../footer.js';
import { BytesTarget } from './bytes.js';
import type { Chunk } from './footer.js';
import { decodeHybrid } from './hybrid.js';
import { type Page, expandPage, isKnownCodec, pagesOf } from './pages.js';
import type { FlatColumn } from './schema.js';
import { expect } from './unusual.js';
import { WordTarget } from './words.js';

/** The numbers of encodings. */
const plain = 0;
const rle = 3;
const dictionaryEncodings = [2, 8];

/**
 * Rows `from` to `to` of a column chunk, whose bytes are given. Pages before and after are not decoded. Throws Unusual,
 * and whatever the codec throws.
 */
export function decodeChunk(column: FlatColumn, chunk: Chunk, bytes: Buffer, from: number, to: number): Column {
  expect(chunk.physical === column.physical && isKnownCodec(chunk.codec), 'a chunk of another type or codec');
  const pages: Page[] = [];
  let dictionary: Page | undefined;
  let start = 0;
  let rows = 0;
  for (const page of pagesOf(bytes, chunk.uncompressed)) {
    if (page.kind === 'dictionary') {
      expect(dictionary === undefined && rows === 0, 'a second dictionary');
      dictionary = page;
      continue;
    }
    rows += page.numValues;
    if (rows <= from) start = rows;
    else pages.push(page);
    if (rows >= to) break;
  }
  expect(rows >= to && rows <= chunk.numValues, 'pages of other numbers of rows');
  const decoder = new ChunkDecoder(column, chunk.codec, rows - start);
  if (dictionary !== undefined) decoder.setDictionary(dictionary);
  for (const page of pages) decoder.add(page);
  return decoder.finish().slice(from - start, to - start);
}

class ChunkDecoder {
  private readonly target: WordTarget | BytesTarget;
  /** A bitmap of what is present, once something is missing. */
  private validity: Uint8Array | undefined;
  private done = 0;
  private levels = new Int32Array(0);
  private indices = new Int32Array(0);

  constructor(
    private readonly column: FlatColumn,
    private readonly codec: number,
    private readonly numRows: number,
  ) {
    const isBytes = column.physical === physical.bytes;
    this.target = isBytes ? new BytesTarget(column.field.type, numRows) : new WordTarget(column, numRows);
  }

  setDictionary(page: Page): void {
    expect(page.encoding === plain || page.encoding === 2, 'a dictionary that is encoded');
    expect(this.column.physical !== physical.boolean, 'a dictionary of booleans');
    this.target.setDictionary(expandPage(page, this.codec), page.numValues);
  }

  add(page: Page): void {
    const { numValues, levelBytes, body } = page;
    const bytes = expandPage(page, this.codec);
    let at = 0;
    let present = numValues;
    if (this.column.field.nullable) {
      let levels = body;
      let end = levelBytes;
      if (page.kind === 'data') {
        expect(page.levelEncoding === rle && bytes.length >= 4, 'levels of an old encoding');
        levels = bytes;
        at = 4;
        end = 4 + bytes.readUInt32LE(0);
        expect(end <= bytes.length, 'levels that are cut short');
      }
      present = this.readLevels(levels, at, end, numValues);
      if (page.kind === 'data') at = end;
      else expect(page.numNulls === numValues - present, 'another number of missing values');
    }
    if (present > 0) this.addValues(page.encoding, bytes, at, present);
    if (present < numValues) {
      this.target.spread(this.levels, numValues, present);
      this.validity ??= this.validUpToHere();
      for (let i = 0; i < numValues; i++) if (this.levels[i] === 1) setBit(this.validity, this.done + i);
    } else if (this.validity !== undefined) copyBits(this.validity, this.done, null, numValues);
    this.done += numValues;
  }

  finish(): Column {
    return this.target.finish(this.validity === undefined ? allValid : validityOf(this.validity, this.numRows));
  }

  private addValues(encoding: number, bytes: Buffer, at: number, count: number): void {
    if (encoding === plain) return this.target.addPlain(bytes, at, count);
    const isBits = encoding === rle && this.column.physical === physical.boolean;
    expect(isBits || dictionaryEncodings.includes(encoding), 'another encoding');
    expect(bytes.length >= at + (isBits ? 4 : 1), 'values that are cut short');
    // Bits have their length before them, indices their width.
    const width = isBits ? 1 : bytes[at]!;
    const end = isBits ? at + 4 + bytes.readUInt32LE(at) : bytes.length;
    expect(end <= bytes.length, 'values that are cut short');
    if (this.indices.length < count) this.indices = new Int32Array(count);
    decodeHybrid(bytes, at + (isBits ? 4 : 1), end, width, count, this.target.dictionarySize, this.indices);
    this.target.addIndices(this.indices, count);
  }

  /** How many of the values are present. */
  private readLevels(bytes: Buffer, from: number, end: number, count: number): number {
    if (this.levels.length < count) this.levels = new Int32Array(count);
    const { levels } = this;
    decodeHybrid(bytes, from, end, 1, count, 2, levels);
    let present = 0;
    for (let i = 0; i < count; i++) present += levels[i]!;
    return present;
  }

  private validUpToHere(): Uint8Array {
    const bits = new Uint8Array(bitmapBytes(this.numRows));
    copyBits(bits, 0, null, this.done);
    return bits;
  }
}

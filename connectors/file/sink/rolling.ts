import type { Table } from '../../../lib/columns/index.js';
import type { RecordEncoder } from '../format.js';

/** Stands between what belongs to one file and what belongs to the next. */
export const nextFile = Symbol('next file');

/** The content of files, one after the other. */
export type Content = Generator<Uint8Array | typeof nextFile>;

/** Records are encoded so many at a time, while those before are written. A multiple of 8: see `Table.slice`. */
const rowsAtOnce = 16 * 1024;

/** Files of at most `limit` bytes, unless a single row is longer. What would not fit is halved until it does. */
export function* recordFiles(table: Table, encoder: RecordEncoder, limit: number): Content {
  const start = encoder.start();
  if (start.length > 0) yield start;
  let size = start.length;
  let isEmpty = true;
  for (let from = 0; from < table.numRows; from += rowsAtOnce) {
    const to = Math.min(from + rowsAtOnce, table.numRows);
    const pieces = [from === 0 && to === table.numRows ? table : table.slice(from, to)];
    for (let piece = pieces.pop(); piece !== undefined; piece = pieces.pop()) {
      const bytes = encoder.encode(piece);
      const fits = size + bytes.length <= limit;
      if (!fits && piece.numRows > 1) {
        pieces.push(...inParts(piece, 2).reverse());
        continue;
      }
      if (!fits && !isEmpty) {
        yield nextFile;
        if (start.length > 0) yield start;
        size = start.length;
      }
      yield bytes;
      size += bytes.length;
      isEmpty = false;
    }
  }
}

/** The same for a format whose files are made in one go: what is too large is divided by how much it is. */
export function* wholeFiles(table: Table, encode: (table: Table) => Uint8Array, limit: number): Content {
  const pieces = [table];
  let isFirst = true;
  for (let piece = pieces.pop(); piece !== undefined; piece = pieces.pop()) {
    const bytes = encode(piece);
    if (bytes.length > limit && piece.numRows > 1) {
      pieces.push(...inParts(piece, Math.ceil(bytes.length / limit)).reverse());
      continue;
    }
    if (!isFirst) yield nextFile;
    yield bytes;
    isFirst = false;
  }
}

/** The rows in so many parts, or in as many as there are rows. */
function inParts(table: Table, count: number): Table[] {
  const rows = Math.ceil(table.numRows / count);
  const parts: Table[] = [];
  for (let from = 0; from < table.numRows; from += rows) {
    parts.push(table.slice(from, Math.min(from + rows, table.numRows)));
  }
  return parts;
}

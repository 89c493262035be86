import type { BytesColumn, ListColumn, StructColumn } from '../../../lib/columns/index.js';
import { type CodecName, encodeBatch } from '../records/index.js';
import type { Lane } from './lane.js';

/** At most so many bytes a message has besides key, value and headers, with the head of its batch. */
const besides = 100;
/** The same of a header, for two lengths. */
const besidesOfHeader = 10;

/**
 * Throws RECORD_TOO_LARGE for a row that makes a longer message than the topic takes. With compression only the broker
 * can tell, as it is the compressed batch that counts.
 */
export async function checkSizes({ records, rows, topic }: Lane, limit: number, compression: CodecName): Promise<void> {
  if (compression !== 'none') return;
  const { headers, key, value } = records;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    const size = besides + bytesOf(key, row) + bytesOf(value, row) + (headers === null ? 0 : headerBytes(headers, row));
    if (size > limit) {
      await encodeBatch(records, Int32Array.of(row), 0, { compression, maxBytes: limit, topic, producer: null });
    }
  }
}

const bytesOf = (column: BytesColumn | null, row: number): number =>
  column === null ? 0 : column.offsets[row + 1]! - column.offsets[row]!;

function headerBytes({ child, offsets }: ListColumn, row: number): number {
  const from = offsets[row]!;
  const until = offsets[row + 1]!;
  let total = 0;
  for (const column of (child as StructColumn).children) {
    const { offsets: ends } = column as BytesColumn;
    total += ends === undefined ? 0 : ends[until]! - ends[from]!;
  }
  return total + (until - from) * besidesOfHeader;
}

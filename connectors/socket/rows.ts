import { FixedColumn, Table, columnFrom } from '../../lib/columns/index.js';
import type { Codec } from '../../lib/connect/push/index.js';
import { field, string, structOf, timestamp } from '../../lib/schema/index.js';

/** What the source gives; `timestamp` only with `includeTimestamp`. */
export interface SocketRow {
  value: string;
  timestamp?: Date;
}

/** A line, and when it came in milliseconds since the epoch. */
export interface Line {
  readonly value: string;
  readonly at: number;
}

const value = field('value', string());
export const lineSchema = structOf<SocketRow>([value]);
export const timedSchema = structOf<SocketRow>([value, field('timestamp', timestamp())]);

export function lineTable(lines: readonly Line[], includeTimestamp: boolean): Table {
  const texts = columnFrom(
    string(),
    lines.map((line) => line.value),
  );
  if (!includeTimestamp) return new Table(lineSchema, [texts], lines.length);
  const times = BigInt64Array.from(lines, (line) => BigInt(line.at) * 1000n);
  return new Table(timedSchema, [texts, new FixedColumn(timestamp(), times)], lines.length);
}

/** Eight bytes of time, then the text. */
export const lineCodec: Codec<Line> = {
  encode: ({ value: text, at }) => {
    const bytes = Buffer.allocUnsafe(8 + Buffer.byteLength(text));
    bytes.writeDoubleLE(at);
    bytes.write(text, 8);
    return bytes;
  },
  decode: (bytes) => ({ at: bytes.readDoubleLE(), value: bytes.toString('utf8', 8) }),
};

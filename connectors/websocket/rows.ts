import { isUtf8 } from 'node:buffer';
import { BytesColumn, type Column, FixedColumn, Table, columnFrom } from '../../lib/columns/index.js';
import type { Codec } from '../../lib/connect/push/index.js';
import { type DataType, binary, field, string, structOf, timestamp } from '../../lib/schema/index.js';

/** What the source gives; `timestamp` only with `includeTimestamp`. */
export interface WebSocketRow<Value extends string | Uint8Array = string> {
  value: Value;
  timestamp?: Date;
}

/** A message, and when it came in milliseconds since the epoch. */
export interface Message {
  readonly data: Buffer;
  readonly at: number;
}

/** How messages become rows. */
export interface Shape {
  readonly messages: 'text' | 'binary';
  readonly includeTimestamp: boolean;
}

export function messageSchema<Value extends string | Uint8Array>({ messages, includeTimestamp }: Shape) {
  const value = field('value', messages === 'text' ? string() : binary());
  return structOf<WebSocketRow<Value>>(includeTimestamp ? [value, field('timestamp', timestamp())] : [value]);
}

/** Bytes of a binary message that are no UTF-8 become U+FFFD where texts are asked for. */
export function messageTable(list: readonly Message[], shape: Shape): Table {
  const values = shape.messages === 'text' ? texts(list) : bytesOf(list, binary());
  const times = (): FixedColumn =>
    new FixedColumn(
      timestamp(),
      BigInt64Array.from(list, ({ at }) => BigInt(at) * 1000n),
    );
  return new Table(messageSchema(shape), shape.includeTimestamp ? [values, times()] : [values], list.length);
}

function bytesOf(list: readonly Message[], type: DataType): BytesColumn {
  const offsets = new Int32Array(list.length + 1);
  for (let i = 0; i < list.length; i++) offsets[i + 1] = offsets[i]! + list[i]!.data.length;
  const bytes = Buffer.allocUnsafeSlow(offsets[list.length]!);
  for (let i = 0; i < list.length; i++) bytes.set(list[i]!.data, offsets[i]);
  return new BytesColumn(type, offsets, bytes);
}

function texts(list: readonly Message[]): Column {
  const column = bytesOf(list, string());
  const { bytes, offsets } = column;
  // No message may begin in the middle of a character that another one began.
  const begins = (at: number): boolean => (bytes[at]! & 0xc0) !== 0x80;
  if (isUtf8(bytes) && offsets.every(begins)) return column;
  const values = list.map(({ data }) => data.toString('utf8'));
  return columnFrom(string(), values);
}

/** Eight bytes of time, then the message. */
export const messageCodec: Codec<Message> = {
  encode: ({ data, at }) => {
    const bytes = Buffer.allocUnsafe(8 + data.length);
    bytes.writeDoubleLE(at);
    bytes.set(data, 8);
    return bytes;
  },
  decode: (bytes) => ({ at: bytes.readDoubleLE(), data: bytes.subarray(8) }),
};

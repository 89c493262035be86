import { crc32 } from 'node:zlib';

/**
 * How records lie in a file: in blocks, each written in one piece.
 *
 *     block = length of body (4 bytes), CRC-32 of body (4), body
 *     body  = records, each its length (4) and its bytes
 */
export const blockHeadBytes = 8;

export function encodeBlock(records: readonly Uint8Array[]): Buffer {
  let length = blockHeadBytes;
  for (const record of records) length += 4 + record.length;
  const block = Buffer.allocUnsafe(length);
  let at = blockHeadBytes;
  for (const record of records) {
    block.writeUInt32LE(record.length, at);
    block.set(record, at + 4);
    at += 4 + record.length;
  }
  block.writeUInt32LE(length - blockHeadBytes, 0);
  block.writeUInt32LE(crc32(block.subarray(blockHeadBytes)), 4);
  return block;
}

/** How long the body of a block is by its head. */
export const bodyBytes = (head: Buffer): number => head.readUInt32LE(0);

/** The records of a body; undefined if it is not what was written. They share its memory. */
export function decodeBody(head: Buffer, body: Buffer): Buffer[] | undefined {
  if (body.length !== bodyBytes(head) || body.length === 0 || crc32(body) !== head.readUInt32LE(4)) return undefined;
  const records: Buffer[] = [];
  for (let at = 0; at < body.length;) {
    const end = at + 4 + body.readUInt32LE(at);
    records.push(body.subarray(at + 4, end));
    at = end;
  }
  return records;
}

/** Where the fields of a record batch (format 2) are, from its first byte; numbers have their highest byte first. */
export const at = {
  baseOffset: 0,
  /** The bytes after this field. */
  length: 8,
  leaderEpoch: 12,
  magic: 16,
  /** CRC-32C of all that follows it. */
  crc: 17,
  attributes: 21,
  lastOffsetDelta: 23,
  baseTimestamp: 27,
  maxTimestamp: 35,
  producerId: 43,
  producerEpoch: 51,
  baseSequence: 53,
  count: 57,
  records: 61,
} as const;

/** The bytes before those that `length` counts. */
export const lengthEnd = at.leaderEpoch;

export const magic = 2;

/** Bits of the attributes. */
export const codecMask = 7;
export const logAppendTime = 8;
export const transactional = 16;
export const control = 32;

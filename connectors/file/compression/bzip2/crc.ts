/** The CRC of bzip2: that of zlib, highest bit first. */
const table = Int32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 24;
  for (let i = 0; i < 8; i++) crc = crc < 0 ? (crc << 1) ^ 0x04c11db7 : crc << 1;
  return crc;
});

/** What a CRC starts with; its end is turned round. */
export const crcStart = -1;

export const crcOf = (crc: number, byte: number): number => (crc << 8) ^ table[(crc >>> 24) ^ byte]!;

/** The CRC of a file, from those of its blocks. */
export const combined = (file: number, block: number): number => ((file << 1) | (file >>> 31)) ^ block;

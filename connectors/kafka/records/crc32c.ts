/** Eight tables of 256: the effect of a byte that is followed by 0 to 7 others. */
const tables = new Int32Array(8 * 256);
for (let byte = 0; byte < 256; byte++) {
  let crc = byte;
  for (let i = 0; i < 8; i++) crc = (crc & 1) === 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  tables[byte] = crc;
}
for (let i = 256; i < tables.length; i++) {
  const crc = tables[i - 256]!;
  tables[i] = tables[crc & 255]! ^ (crc >>> 8);
}

/** Words of the halves that are gone through side by side. */
const half = 1024;
/** The effect of each byte of a checksum that is followed by a half of zeros. */
const behind = shifts(4 * half);

/** CRC-32C (Castagnoli) of `bytes[from, to)`, as a signed number of 32 bits. */
export function crc32c(bytes: Uint8Array, from: number, to: number): number {
  if (to - from < 256) return ~ofBytes(-1, bytes, from, to);
  const aligned = from + (-(bytes.byteOffset + from) & 3);
  const words = new Int32Array(bytes.buffer, bytes.byteOffset + aligned, ((to - aligned) >> 3) << 1);
  const crc = ofWords(ofBytes(-1, bytes, from, aligned), words);
  return ~ofBytes(crc, bytes, aligned + words.byteLength, to);
}

function ofBytes(crc: number, bytes: Uint8Array, from: number, to: number): number {
  const t = tables;
  let i = from;
  for (const whole = to - 7; i < whole; i += 8) {
    const low = crc ^ (bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24));
    crc =
      t[1792 + (low & 255)]! ^
      t[1536 + ((low >>> 8) & 255)]! ^
      t[1280 + ((low >>> 16) & 255)]! ^
      t[1024 + (low >>> 24)]! ^
      t[768 + bytes[i + 4]!]! ^
      t[512 + bytes[i + 5]!]! ^
      t[256 + bytes[i + 6]!]! ^
      t[bytes[i + 7]!]!;
  }
  for (; i < to; i++) crc = t[(crc ^ bytes[i]!) & 255]! ^ (crc >>> 8);
  return crc;
}

/** An even number of words. What depends on each other is done for two places in turns, for which the processor need not wait. */
function ofWords(crc: number, words: Int32Array): number {
  let i = 0;
  for (; i + 2 * half <= words.length; i += half) {
    let other = 0;
    for (const end = i + half; i < end; i += 2) {
      crc = step(crc ^ words[i]!, words[i + 1]!);
      other = step(other ^ words[i + half]!, words[i + half + 1]!);
    }
    crc =
      behind[crc & 255]! ^
      behind[256 + ((crc >>> 8) & 255)]! ^
      behind[512 + ((crc >>> 16) & 255)]! ^
      behind[768 + (crc >>> 24)]! ^
      other;
  }
  for (; i < words.length; i += 2) crc = step(crc ^ words[i]!, words[i + 1]!);
  return crc;
}

function step(low: number, high: number): number {
  const t = tables;
  return (
    t[1792 + (low & 255)]! ^
    t[1536 + ((low >>> 8) & 255)]! ^
    t[1280 + ((low >>> 16) & 255)]! ^
    t[1024 + (low >>> 24)]! ^
    t[768 + (high & 255)]! ^
    t[512 + ((high >>> 8) & 255)]! ^
    t[256 + ((high >>> 16) & 255)]! ^
    t[high >>> 24]!
  );
}

function shifts(zeros: number): Int32Array {
  const out = new Int32Array(4 * 256);
  for (let bit = 0; bit < 32; bit++) {
    let crc = 1 << bit;
    for (let i = 0; i < zeros; i++) crc = tables[crc & 255]! ^ (crc >>> 8);
    const place = (bit >> 3) << 8;
    for (let byte = 0; byte < 256; byte++) if ((byte & (1 << (bit & 7))) !== 0) out[place + byte]! ^= crc;
  }
  return out;
}

/**
 * How many bytes the character at `at` has, by Java's loose reading of UTF-8, which Spark's JSON reader shares: overlong
 * forms and encoded surrogates pass. 0 if it is no character.
 */
export function characterLength(bytes: Uint8Array, at: number, end: number): number {
  const lead = bytes[at]!;
  const length = (lead & 0xe0) === 0xc0 ? 2 : (lead & 0xf0) === 0xe0 ? 3 : (lead & 0xf8) === 0xf0 ? 4 : 0;
  if (at + length > end) return 0;
  for (let i = 1; i < length; i++) if ((bytes[at + i]! & 0xc0) !== 0x80) return 0;
  return length;
}

/** The value of a hexadecimal digit, -1 if it is none. */
export function hexDigit(byte: number): number {
  if (byte >= 48 && byte <= 57) return byte - 48;
  const letter = byte | 32;
  return letter >= 97 && letter <= 102 ? letter - 87 : -1;
}

const REPLACEMENT = 0xfffd;

/**
 * Writes the content of a JSON string, which has been checked, into `out` as valid UTF-8 and returns how many bytes that
 * took; they are never more than the content. Halves of surrogate pairs that stand alone become U+FFFD, as everywhere
 * in Node (Spark writes a question mark).
 */
export function unescape(bytes: Uint8Array, from: number, to: number, out: Uint8Array): number {
  let length = 0;
  // The first half of a pair whose second half may follow.
  let high = 0;
  let at = from;
  while (at < to) {
    let code = bytes[at]!;
    if (code === 92) {
      const next = bytes[at + 1]!;
      // A wide character that needed no backslash follows it like any other.
      at += next < 128 ? 2 : 1;
      if (next === 117 /* u */) {
        code = 0;
        for (let i = 0; i < 4; i++) code = (code << 4) | hexDigit(bytes[at + i]!);
        at += 4;
      } else if (next < 128) {
        code = escaped(next);
      } else {
        continue;
      }
    } else if (code < 128) {
      at++;
    } else {
      const width = characterLength(bytes, at, to);
      code &= 0x7f >> width;
      for (let i = 1; i < width; i++) code = (code << 6) | (bytes[at + i]! & 0x3f);
      if (code > 0x10ffff) code = REPLACEMENT;
      at += width;
    }
    if (high !== 0) {
      if (code >= 0xdc00 && code < 0xe000) code = 0x10000 + ((high - 0xd800) << 10) + (code - 0xdc00);
      else length = encode(REPLACEMENT, out, length);
      high = 0;
    }
    if (code >= 0xd800 && code < 0xdc00) high = code;
    else length = encode(code >= 0xdc00 && code < 0xe000 ? REPLACEMENT : code, out, length);
  }
  return high === 0 ? length : encode(REPLACEMENT, out, length);
}

/** What a backslash and this character stand for. */
function escaped(byte: number): number {
  switch (byte) {
    case 98:
      return 8;
    case 102:
      return 12;
    case 110:
      return 10;
    case 114:
      return 13;
    case 116:
      return 9;
    default:
      return byte;
  }
}

function encode(code: number, out: Uint8Array, length: number): number {
  let at = length;
  if (code < 0x80) {
    out[at++] = code;
  } else if (code < 0x800) {
    out[at++] = 0xc0 | (code >> 6);
    out[at++] = 0x80 | (code & 0x3f);
  } else if (code < 0x10000) {
    out[at++] = 0xe0 | (code >> 12);
    out[at++] = 0x80 | ((code >> 6) & 0x3f);
    out[at++] = 0x80 | (code & 0x3f);
  } else {
    out[at++] = 0xf0 | (code >> 18);
    out[at++] = 0x80 | ((code >> 12) & 0x3f);
    out[at++] = 0x80 | ((code >> 6) & 0x3f);
    out[at++] = 0x80 | (code & 0x3f);
  }
  return at;
}

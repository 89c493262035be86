/** A byte that was no UTF-8: a low surrogate that follows no high one. */
const strayByte = /(?<![\uD800-\uDBFF])[\uDC80-\uDCFF]/g;

/**
 * The UTF-8 bytes of a string value. Lone surrogates U+DC80 to U+DCFF stand for the bytes 80 to FF that were no UTF-8
 * (see `Value`) and become them again.
 */
export function utf8Bytes(text: string): Uint8Array {
  const parts: Uint8Array[] = [];
  let from = 0;
  for (const { index } of text.matchAll(strayByte)) {
    parts.push(Buffer.from(text.slice(from, index)), Uint8Array.of(text.charCodeAt(index) & 0xff));
    from = index + 1;
  }
  return from === 0 ? Buffer.from(text) : Buffer.concat([...parts, Buffer.from(text.slice(from))]);
}

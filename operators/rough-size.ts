/** About how many bytes of memory a value takes: enough to bound what waits. Looks 20 levels deep. */
export function roughSize(value: unknown, depth = 20): number {
  switch (typeof value) {
    case 'string':
      return 24 + value.length;
    case 'object':
      break;
    default:
      return 8;
  }
  if (value === null || depth === 0) return 8;
  if (ArrayBuffer.isView(value)) return 64 + value.byteLength;
  let size = 24;
  const parts: Iterable<unknown> = value instanceof Map ? [...value].flat() : Object.values(value);
  for (const part of parts) size += 8 + roughSize(part, depth - 1);
  return size;
}

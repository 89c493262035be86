import { trimAll } from '../../numbers/index.js';
import type { DataType } from '../../schema/index.js';
import { encodeText } from '../../text/index.js';
import { malformed } from './errors.js';
import type { CastOptions, Convert } from './options.js';

const truths: ReadonlyMap<string, boolean> = new Map([
  ...['t', 'true', 'y', 'yes', '1'].map((text) => [text, true] as const),
  ...['f', 'false', 'n', 'no', '0'].map((text) => [text, false] as const),
]);

export function toBoolean(from: DataType, to: DataType, { ansi }: CastOptions): Convert {
  switch (from.kind) {
    case 'string':
      return (text: string) => {
        const value = truths.get(text) ?? truths.get(trimAll(text).toLowerCase());
        if (value !== undefined) return value;
        if (ansi) throw malformed(text, from, to);
        return null;
      };
    case 'long':
    case 'decimal':
    case 'timestamp':
      return (value: bigint) => value !== 0n;
    case 'date':
      return () => null;
    default:
      // NaN is not zero, and so true.
      return (value: number) => value !== 0;
  }
}

const bytesOf = { byte: 1, short: 2, int: 4 } as const;

/** Text as UTF-8; integers as their bytes, most significant first. */
export function toBinary(from: DataType): Convert {
  if (from.kind === 'string') return encodeText;
  if (from.kind === 'long') {
    return (value: bigint) => {
      const bytes = new Uint8Array(8);
      new DataView(bytes.buffer).setBigInt64(0, value);
      return bytes;
    };
  }
  const length = bytesOf[from.kind as keyof typeof bytesOf];
  return (value: number) => {
    const bytes = new Uint8Array(length);
    for (let i = 0; i < length; i++) bytes[i] = value >> (8 * (length - 1 - i));
    return bytes;
  };
}

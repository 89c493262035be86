import { Decimal, Timestamp, epochMicros } from '../../schema/index.js';

/** Turns what a source is pushed into bytes, and back. */
export interface Codec<Item> {
  encode(item: Item): Uint8Array;
  decode(bytes: Buffer): Item;
}

/** The key under which JSON says that a value is of a kind that JSON does not have. */
const tag = '\u0000';

/**
 * Any row, as JSON in which what JSON lacks has a tag: dates, decimals, bigints, bytes, maps, NaN and the infinities.
 * What is undefined is left out.
 */
export const rowCodec: Codec<unknown> = {
  encode: (row) => Buffer.from(JSON.stringify(row, tagged)),
  decode: (bytes) => JSON.parse(bytes.toString('utf8'), untagged) as unknown,
};

/** Called before JSON asks `toJSON`, through the object that holds the value. */
function tagged(this: unknown, key: string, value: unknown): unknown {
  const original = (this as Record<string, unknown>)[key];
  switch (typeof original) {
    case 'bigint':
      return { [tag]: ['n', String(original)] };
    case 'number':
      return Number.isFinite(original) && !Object.is(original, -0) ? original : { [tag]: ['d', show(original)] };
    case 'object':
      break;
    default:
      return value;
  }
  if (original instanceof Date) {
    return { [tag]: Number.isNaN(original.getTime()) ? ['t'] : ['t', String(epochMicros(original))] };
  }
  if (original instanceof Decimal) return { [tag]: ['m', String(original)] };
  if (original instanceof Uint8Array) return { [tag]: ['b', Buffer.from(original).toString('base64')] };
  if (original instanceof Map) return { [tag]: ['p', [...original]] };
  if (original !== null && Object.hasOwn(original, tag)) return { [tag]: ['o', Object.entries(original)] };
  return value;
}

const show = (value: number): string => (Object.is(value, -0) ? '-0' : String(value));

function untagged(this: unknown, _key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, tag)) return value;
  const [kind, content] = (value as Record<string, [string, unknown]>)[tag]!;
  switch (kind) {
    case 'n':
      return BigInt(content as string);
    case 'd':
      return Number(content);
    case 't':
      return content === undefined ? new Date(NaN) : dateOf(BigInt(content as string));
    case 'm':
      return Decimal.parse(content as string);
    case 'b':
      return new Uint8Array(Buffer.from(content as string, 'base64'));
    case 'p':
      return new Map(content as [unknown, unknown][]);
    default:
      return Object.fromEntries(content as [string, unknown][]);
  }
}

const dateOf = (micros: bigint): Date =>
  micros % 1000n === 0n ? new Date(Number(micros / 1000n)) : new Timestamp(micros);

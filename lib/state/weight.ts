import type { Entry } from './contract.js';

/** What the engine of JavaScript takes for an entry besides its key and values: places in maps, headers of objects. */
const perEntry = 110;

/** About how many bytes of memory an entry takes. */
export const weightOf = (key: string, value: Entry): number => perEntry + textBytes(key) + weigh(value);

function weigh(value: unknown): number {
  switch (typeof value) {
    case 'string':
      return textBytes(value);
    case 'bigint':
      return 24;
    case 'object':
      if (value === null) return 0;
      if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + 8 + weigh(item), 48);
      if (value instanceof Uint8Array) return 100 + value.byteLength;
      if (value instanceof Map || value instanceof Set) {
        return [...value].reduce<number>((sum, item) => sum + 40 + weigh(item), 100);
      }
      return Object.values(value).reduce<number>((sum, item) => sum + 8 + weigh(item), 40);
    default:
      return 8;
  }
}

const textBytes = (text: string): number => 24 + text.length;

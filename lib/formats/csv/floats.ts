import { javaTrim, parseDouble as parseAnyDouble } from '../../numbers/index.js';
import { parseDouble } from '../scan/numbers.js';
import { utf8 } from './dialect.js';

/** The texts of the floats that no digits can name. */
export interface FloatWords {
  readonly nanValue: string;
  readonly positiveInf: string;
  readonly negativeInf: string;
}

/** Floats and doubles that are not plain digits: the words that the options name, and Java's other forms. */
export class RareFloats {
  /** Whether one of the words looks like a number, and so has to be looked for first. */
  readonly first: boolean;
  private readonly words: ReadonlyMap<string, number>;

  constructor(words: FloatWords) {
    // Of equal words the first counts.
    this.words = new Map([
      [words.negativeInf, -Infinity],
      [words.positiveInf, Infinity],
      [words.nanValue, NaN],
    ]);
    this.first = [...this.words.keys()].some((word) => {
      const bytes = utf8(word);
      return !Number.isNaN(parseDouble(bytes, 0, bytes.length));
    });
  }

  /** The number that a text stands for; undefined if it is none. */
  parse(bytes: Uint8Array, start: number, end: number): number | undefined {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString();
    return this.words.has(text) ? this.words.get(text) : parseJavaDouble(text);
  }
}

const wordForm = /^([+-]?)(NaN|Infinity)$/;

/** A double in any form that Java reads, blanks around it allowed; undefined if it is none. */
function parseJavaDouble(text: string): number | undefined {
  const trimmed = javaTrim(text);
  const word = wordForm.exec(trimmed);
  if (word !== null) return Number(word[2]) * (word[1] === '-' ? -1 : 1);
  // CAST knows more words than Java does; those have no digits.
  return /\d/.test(trimmed) ? (parseAnyDouble(trimmed) ?? undefined) : undefined;
}

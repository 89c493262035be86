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

const decimalForm = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?=[dDfF]?$)/;
const hexForm = /^([+-]?)0[xX](?=[\da-fA-F.])([\da-fA-F]*)\.?([\da-fA-F]*)[pP]([+-]?\d+)[dDfF]?$/;
const wordForm = /^([+-]?)(NaN|Infinity)$/;

/** A double in any form that Java reads, blanks around it allowed; undefined if it is none. */
function parseJavaDouble(text: string): number | undefined {
  const trimmed = text.replace(/^[\0- ]+|[\0- ]+$/g, '');
  const decimal = decimalForm.exec(trimmed);
  if (decimal !== null) return Number(decimal[0]);
  const word = wordForm.exec(trimmed);
  if (word !== null) return Number(word[2]) * (word[1] === '-' ? -1 : 1);
  const hex = hexForm.exec(trimmed);
  if (hex === null) return undefined;
  const [, sign, whole = '', fraction = '', exponent] = hex;
  if (whole + fraction === '') return undefined;
  const magnitude = Number(BigInt(`0x${whole}${fraction}`)) * 2 ** (Number(exponent) - 4 * fraction.length);
  return sign === '-' ? -magnitude : magnitude;
}

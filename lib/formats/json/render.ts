import { writeDouble } from '../scan/format.js';
import { parseDouble } from '../scan/numbers.js';
import type { Output } from '../scan/output.js';
import { writeString } from './escape.js';
import { JsonWalker } from './walker.js';

const TRUE = Buffer.from('true');
const FALSE = Buffer.from('false');
const NULL = Buffer.from('null');

/** The grammar of JSON, widened by what the functions on JSON text let pass: single quotes, control characters. */
export const looseGrammar = {
  allowSingleQuotes: true,
  allowNonNumericNumbers: false,
  allowUnquotedFieldNames: false,
  allowComments: false,
  allowNumericLeadingZeros: false,
  allowBackslashEscapingAnyCharacter: false,
  allowUnquotedControlChars: true,
};

/**
 * Copies JSON values as Spark does where a value becomes a string: without blanks, strings escaped anew, whole numbers
 * as they are, others as the doubles that they name (1.50 as 1.5, 1e2 as 100.0).
 */
export class JsonRenderer extends JsonWalker {
  out!: Output;

  /** Starts on the text in `bytes[from, to)`, which is valid UTF-8. */
  open(bytes: Uint8Array, from: number, to: number): void {
    this.load(bytes, true);
    this.at = from;
    this.end = to;
  }

  /** Moves past the value that begins at `at` and writes it. False if it is no JSON. */
  copy(depth: number): boolean {
    const { out } = this;
    if (this.at >= this.end) return this.fail('nothing where a value was expected');
    const first = this.bytes[this.at]!;
    switch (first) {
      case 123:
        return this.copyObject(depth);
      case 91:
        return this.copyArray(depth);
      case 116:
      case 102:
      case 110: {
        if (!this.word(first)) return false;
        const word = first === 116 ? TRUE : first === 102 ? FALSE : NULL;
        out.copy(word, 0, word.length);
        return true;
      }
      default:
        if (!this.isQuote(first)) return this.copyNumber();
        if (!this.string()) return false;
        writeString(out, this.source, this.from, this.to);
        return true;
    }
  }

  /** Moves past a string and writes what it holds. */
  copyContent(): boolean {
    if (!this.string()) return false;
    this.out.copy(this.source, this.from, this.to);
    return true;
  }

  private copyNumber(): boolean {
    if (!this.number()) return false;
    const { out, source } = this;
    let { from } = this;
    if (!this.integer) {
      const value = this.special || this.small === this.small ? this.small : parseDouble(source, from, this.to);
      if (Number.isFinite(value)) writeDouble(out, value);
      else out.ascii(`"${value}"`);
      return true;
    }
    const negative = source[from] === 45;
    if (negative) from++;
    while (from < this.to - 1 && source[from] === 48) from++;
    if (negative && source[from] !== 48) out.byte(45);
    out.copy(source, from, this.to);
    return true;
  }

  private copyArray(depth: number): boolean {
    if (!this.mayNest(depth)) return false;
    const { out } = this;
    out.byte(91);
    this.at++;
    let next = this.space();
    while (next !== 93) {
      if (!this.copy(depth + 1)) return false;
      next = this.nextElement();
      if (next === -1) return false;
      if (next !== 93) out.byte(44);
    }
    this.at++;
    out.byte(93);
    return true;
  }

  private copyObject(depth: number): boolean {
    if (!this.mayNest(depth)) return false;
    const { out } = this;
    out.byte(123);
    this.at++;
    let next = this.space();
    while (next !== 125) {
      if (!this.name(next)) return false;
      writeString(out, this.source, this.from, this.to);
      out.byte(58);
      if (!this.colon() || !this.copy(depth + 1)) return false;
      next = this.nextMember();
      if (next === -1) return false;
      if (next !== 125) out.byte(44);
    }
    this.at++;
    out.byte(125);
    return true;
  }
}

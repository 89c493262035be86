import type { Leniency } from '../../../lib/formats/json/options.js';

/** Finds where an element of a JSON array ends, in bytes that come in pieces. What is in it is not looked at. */
export class ElementScan {
  /** Where the element was begun. */
  start = 0;
  /** Up to where it has been looked at. */
  at = 0;

  private depth = 0;
  /** What ends the string that `at` is in; 0 outside of strings. */
  private quote = 0;
  private readonly single: number;
  private readonly slash: number;

  constructor({ allowSingleQuotes, allowComments }: Leniency) {
    this.single = allowSingleQuotes ? 39 : 34;
    this.slash = allowComments ? 47 : 34;
  }

  begin(at: number): void {
    this.start = this.at = at;
    this.depth = 0;
    this.quote = 0;
  }

  /** The first `count` bytes are gone. */
  consumed(count: number): void {
    this.start -= count;
    this.at -= count;
  }

  /** Where the comma or bracket behind the element is; -1 if that is to come. */
  find(bytes: Uint8Array): number {
    const { length } = bytes;
    const { single, slash } = this;
    let { at, depth } = this;
    for (;;) {
      if (this.quote !== 0) {
        const { quote } = this;
        while (at < length && bytes[at] !== quote) at += bytes[at] === 92 ? 2 : 1;
        if (at >= length) break;
        this.quote = 0;
        at++;
      }
      let b = 0;
      while (at < length && special[(b = bytes[at]!)] === 0) at++;
      if (at >= length) break;
      if (b === 34 || b === single) {
        this.quote = b;
        at++;
      } else if (b === slash) {
        const past = pastComment(bytes, at);
        if (past < 0) break;
        at = past;
      } else if (b === 91 || b === 123) {
        depth++;
        at++;
      } else if (depth === 0 && (b === 44 || b === 93)) {
        this.at = at;
        this.depth = 0;
        return at;
      } else {
        if ((b === 93 || b === 125) && depth > 0) depth--;
        at++;
      }
    }
    this.at = at;
    this.depth = depth;
    return -1;
  }
}

/** Quotes, brackets, braces, commas and slashes. */
const special = Uint8Array.from({ length: 256 }, (_, b) => ('"\'[]{},/'.includes(String.fromCharCode(b)) ? 1 : 0));

/** Where a comment that may begin at `at` ends; -1 if that is to come. What is none is one byte. */
function pastComment(bytes: Uint8Array, at: number): number {
  if (at + 1 >= bytes.length) return -1;
  const second = bytes[at + 1];
  if (second !== 42 && second !== 47) return at + 1;
  for (let i = at + 2; i < bytes.length; i++) {
    if (second === 47 ? bytes[i] === 10 || bytes[i] === 13 : bytes[i] === 42 && bytes[i + 1] === 47) {
      return second === 47 ? i + 1 : i + 2;
    }
  }
  return -1;
}

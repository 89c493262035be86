import { powerOfTen } from '../scan/numbers.js';
import type { Leniency } from './options.js';
import { characterLength, hexDigit, unescape } from './strings.js';

/** As in Spark's JSON reader: a number of more digits is malformed. */
const MAX_DIGITS = 1000;

// What a byte means within a string.
const PLAIN = 0;
const QUOTE = 1;
const BACKSLASH = 2;
const CONTROL = 3;
const WIDE = 4;

const kindsOf = (quote: number, wide: number): Uint8Array =>
  Uint8Array.from({ length: 256 }, (_, b) =>
    b === quote ? QUOTE : b === 92 ? BACKSLASH : b < 32 ? CONTROL : b < 128 ? PLAIN : wide,
  );

/** By the quote around the string: for bytes that are known to be valid UTF-8, and for others. */
const validBytes = { double: kindsOf(34, PLAIN), single: kindsOf(39, PLAIN) };
const uncheckedBytes = { double: kindsOf(34, WIDE), single: kindsOf(39, WIDE) };

/** What may stand after a backslash. */
const escapes = Uint8Array.from({ length: 256 }, (_, b) => ('"\\/bfnrt'.includes(String.fromCharCode(b)) ? 1 : 0));

/** Within names that go without quotes: letters, digits, `_ $ - @ # * +` and all that is not ASCII. */
const nameBytes = Uint8Array.from({ length: 256 }, (_, b) =>
  b >= 128 || /[\w$\-@#*+]/.test(String.fromCharCode(b)) ? 1 : 0,
);

const TRUE = Buffer.from('true');
const FALSE = Buffer.from('false');
const NULL = Buffer.from('null');

const nonNumeric = ['NaN', 'Infinity', '-Infinity', '+Infinity', '-INF', '+INF'].map((text) => ({
  bytes: Buffer.from(text),
  value: text === 'NaN' ? NaN : text.startsWith('-') ? -Infinity : Infinity,
}));

/**
 * The tokens of one JSON text in bytes. Every method starts at `at` and moves it past what it read; false means that the
 * text is not JSON there, and `found` and `foundAt` say why.
 */
export class JsonTokens {
  bytes: Uint8Array = new Uint8Array(0);
  at = 0;
  end = 0;

  /** What the last string holds, or how the last number is written: `source[from, to)`. */
  source: Uint8Array = this.bytes;
  from = 0;
  to = 0;
  /** The last number: whether it has neither a point nor an exponent. */
  integer = false;
  /** The last number, exact or correctly rounded; NaN if it is too long to be had from the digits alone. */
  small = 0;
  /** Whether the last number was NaN or an infinity; it is in `small`. */
  special = false;

  found = '';
  foundAt = 0;

  private kinds = uncheckedBytes;
  /** Whether the last string is as it is in the bytes. */
  private plain = true;
  private scratch = new Uint8Array(256);

  constructor(protected readonly lenient: Leniency) {}

  /** Starts on `bytes`; `valid` if all of them are valid UTF-8. */
  load(bytes: Uint8Array, valid: boolean): void {
    this.bytes = bytes;
    this.kinds = valid ? validBytes : uncheckedBytes;
  }

  protected fail(found: string, at = this.at): false {
    this.found = found;
    this.foundAt = at;
    return false;
  }

  /** Skips blanks and returns the byte after them, -1 at the end. Mostly there are none. */
  space(): number {
    const { at } = this;
    if (at < this.end) {
      const b = this.bytes[at]!;
      if (b > 32 && b !== 47) return b;
    }
    return this.blanks();
  }

  private blanks(): number {
    const { bytes, end } = this;
    let { at } = this;
    for (; at < end; at++) {
      const b = bytes[at]!;
      if (b > 32) {
        this.at = at;
        return b === 47 && this.lenient.allowComments ? this.comment() : b;
      }
      if (b !== 32 && b !== 9 && b !== 10 && b !== 13) break;
    }
    this.at = at;
    return at < end ? bytes[at]! : -1;
  }

  private comment(): number {
    const { bytes, end } = this;
    const start = this.at;
    let at = start + 2;
    if (bytes[start + 1] === 42 /* * */) {
      while (at + 1 < end && !(bytes[at] === 42 && bytes[at + 1] === 47)) at++;
      if (at + 1 >= end) return 47;
      at += 2;
    } else if (bytes[start + 1] === 47) {
      while (at < end && bytes[at] !== 10 && bytes[at] !== 13) at++;
    } else {
      return 47;
    }
    this.at = at;
    return this.space();
  }

  /** Whether a string starts with `byte`. */
  isQuote(byte: number): boolean {
    return byte === 34 || (byte === 39 && this.lenient.allowSingleQuotes);
  }

  /** Reads a string; `source`, `from` and `to` are its content in valid UTF-8. */
  string(): boolean {
    if (!this.skipString()) return false;
    if (this.plain) {
      this.source = this.bytes;
      return true;
    }
    const { from, to } = this;
    if (this.scratch.length < to - from) this.scratch = new Uint8Array(2 * (to - from));
    this.to = unescape(this.bytes, from, to, this.scratch);
    this.from = 0;
    this.source = this.scratch;
    return true;
  }

  skipString(): boolean {
    const { bytes, end } = this;
    const kinds = bytes[this.at] === 34 ? this.kinds.double : this.kinds.single;
    let at = this.at + 1;
    this.from = at;
    this.plain = true;
    for (;;) {
      while (at < end && kinds[bytes[at]!]! === PLAIN) at++;
      if (at >= end) return this.fail('a string that is not closed');
      const kind = kinds[bytes[at]!]!;
      if (kind === QUOTE) {
        this.to = at;
        this.at = at + 1;
        return true;
      }
      at = this.oddByte(at, kind);
      if (at < 0) return false;
    }
  }

  /** Moves past a byte within a string that is not just itself; negative if it must not be there. */
  private oddByte(at: number, kind: number): number {
    const { bytes, end, lenient } = this;
    switch (kind) {
      case BACKSLASH: {
        this.plain = false;
        const next = at + 1 < end ? bytes[at + 1]! : 0;
        if (next === 117) {
          for (let i = 2; i < 6; i++) {
            if (at + i >= end || hexDigit(bytes[at + i]!) < 0) {
              this.fail('a \\u without four hexadecimal digits', at);
              return -1;
            }
          }
          return at + 6;
        }
        if (at + 1 < end && (escapes[next] === 1 || this.mayEscape(next))) {
          // A wide character is checked as any other.
          return next < 128 ? at + 2 : at + 1;
        }
        this.fail('a backslash that begins no escape', at);
        return -1;
      }
      case CONTROL:
        if (lenient.allowUnquotedControlChars) return at + 1;
        this.fail('a control character within a string', at);
        return -1;
      case WIDE: {
        const length = characterLength(bytes, at, end);
        if (length === 0) {
          this.fail('bytes that are not UTF-8', at);
          return -1;
        }
        this.plain = false;
        return at + length;
      }
    }
    return at + 1;
  }

  private mayEscape(byte: number): boolean {
    return this.lenient.allowBackslashEscapingAnyCharacter || (byte === 39 && this.lenient.allowSingleQuotes);
  }

  /** Moves past a name without quotes, which becomes the content. */
  protected unquotedName(): boolean {
    const { bytes, end } = this;
    const first = bytes[this.at]!;
    if (!this.lenient.allowUnquotedFieldNames || nameBytes[first] === 0 || (first >= 48 && first <= 57)) {
      return this.fail('something else than a quoted name');
    }
    let { at } = this;
    while (at < end && nameBytes[bytes[at]!] === 1) at++;
    this.source = bytes;
    this.from = this.at;
    this.to = this.at = at;
    return true;
  }

  /** Moves past a number. */
  number(): boolean {
    const { bytes, end } = this;
    const start = this.at;
    let at = start;
    const negative = bytes[at] === 45;
    if (negative) at++;
    const first = at;
    let mantissa = 0;
    let digit: number;
    while (at < end && (digit = bytes[at]! - 48) >= 0 && digit <= 9) {
      mantissa = mantissa * 10 + digit;
      at++;
    }
    let digits = at - first;
    if (digits === 0) return this.nonNumericNumber();
    if (bytes[first] === 48 && digits > 1 && !this.lenient.allowNumericLeadingZeros) {
      return this.fail('a number that begins with a zero', start);
    }
    let integer = true;
    let scale = 0;
    let exponent = false;
    if (at < end && bytes[at] === 46 /* . */) {
      integer = false;
      const point = ++at;
      while (at < end && (digit = bytes[at]! - 48) >= 0 && digit <= 9) {
        mantissa = mantissa * 10 + digit;
        at++;
      }
      scale = at - point;
      digits += scale;
      if (scale === 0) return this.fail('a number without digits after its point', start);
    }
    if (at < end && (bytes[at]! | 32) === 101 /* e */) {
      integer = false;
      exponent = true;
      at++;
      if (at < end && (bytes[at] === 43 || bytes[at] === 45)) at++;
      const power = at;
      while (at < end && bytes[at]! >= 48 && bytes[at]! <= 57) at++;
      if (at === power) return this.fail('a number without digits in its exponent', start);
      digits += at - power;
    }
    if (digits > MAX_DIGITS) return this.fail(`a number of more than ${MAX_DIGITS} digits`, start);
    this.source = bytes;
    this.from = start;
    this.to = this.at = at;
    this.integer = integer;
    this.special = false;
    if (exponent || digits > 15) {
      this.small = NaN;
    } else {
      // Fifteen digits and a power of ten up to 10^15 are exact, so there is one rounding at most.
      const value = scale === 0 ? mantissa : mantissa / powerOfTen(scale);
      this.small = negative ? -value : value;
    }
    return true;
  }

  private nonNumericNumber(): boolean {
    if (this.lenient.allowNonNumericNumbers) {
      for (const { bytes, value } of nonNumeric) {
        if (!this.isWord(bytes)) continue;
        this.source = this.bytes;
        this.from = this.at;
        this.to = this.at += bytes.length;
        this.integer = false;
        this.special = true;
        this.small = value;
        return true;
      }
    }
    return this.fail('something that is no value');
  }

  private isWord(word: Uint8Array): boolean {
    const { bytes, at } = this;
    if (at + word.length > this.end) return false;
    for (let i = 0; i < word.length; i++) if (bytes[at + i] !== word[i]) return false;
    return true;
  }

  /** Moves past `true`, `false` or `null`, which of them its first byte says. */
  word(first: number): boolean {
    const word = first === 116 ? TRUE : first === 102 ? FALSE : NULL;
    if (!this.isWord(word)) return this.fail('something that is no value');
    this.at += word.length;
    return true;
  }
}

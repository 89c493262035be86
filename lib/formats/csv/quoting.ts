import type { Output } from '../scan/output.js';
import { BLANK, CR, LF, codeOrNone, escapeEscapeOf, quoteOf, separatorOf, utf8 } from './dialect.js';
import type { CsvWriteOptions } from './options.js';

/** Every byte that a number, date, boolean or binary may be written with. */
const VALUE_BYTES = utf8(' +-.:[]0123456789ABCDEFINTZaefilnrstuy');

/** How texts become fields: what is quoted and escaped, and what stands for nothing. */
export class Quoting {
  readonly sep: Uint8Array;
  readonly lineSep: Uint8Array;
  private readonly quote: number;
  private readonly escape: number;
  private readonly escapeEscape: number;
  private readonly comment: number;
  private readonly quoteAll: boolean;
  private readonly trimStart: boolean;
  private readonly trimEnd: boolean;
  private readonly nullText: Uint8Array;
  private readonly emptyText: Uint8Array | undefined;
  /**
   * A text with one of these bytes is quoted. Of a separator of several bytes the first is enough: where a text ends
   * with a part of it, a reader could find the separator too early.
   */
  private readonly triggers = new Uint8Array(256);
  /** Whether values that are no strings need a look: most dialects have nothing that could occur in them. */
  readonly looksAtValues: boolean;

  constructor(
    options: CsvWriteOptions,
    /** Whether there is one column only: then its text must not make the line one that readers skip. */
    private readonly single: boolean,
  ) {
    this.sep = separatorOf(options);
    this.lineSep = utf8(options.lineSep ?? '\n');
    this.quote = quoteOf(options);
    this.escape = options.escape.charCodeAt(0);
    this.escapeEscape = escapeEscapeOf(options, this.quote, this.escape);
    this.comment = codeOrNone(options.comment);
    this.quoteAll = options.quoteAll;
    this.trimStart = options.ignoreLeadingWhiteSpace;
    this.trimEnd = options.ignoreTrailingWhiteSpace;
    this.nullText = utf8(options.nullValue);
    this.emptyText = options.emptyValue === undefined ? undefined : utf8(options.emptyValue);
    for (const c of [this.sep[0]!, this.lineSep[0]!, LF, CR]) this.triggers[c] = 1;
    if (options.escapeQuotes) this.triggers[this.quote] = 1;
    this.looksAtValues =
      this.quoteAll || VALUE_BYTES.some((c) => this.triggers[c] === 1 || c === this.comment || c === this.quote);
  }

  /** A missing value. */
  missing(out: Output, first: boolean): void {
    this.fill(out, this.nullText, first);
  }

  /** The text `bytes[start, end)`. */
  text(out: Output, bytes: Uint8Array, start: number, end: number, first: boolean): void {
    if (this.trimStart) while (start < end && bytes[start]! <= BLANK) start++;
    if (this.trimEnd) while (end > start && bytes[end - 1]! <= BLANK) end--;
    if (start === end) this.empty(out, first);
    else this.put(out, bytes, start, end, first);
  }

  /** Quotes what was written from `from` on, if it has to be. */
  look(out: Output, from: number, first: boolean): void {
    const text = Uint8Array.prototype.slice.call(out.bytes, from, out.length);
    out.length = from;
    this.put(out, text, 0, text.length, first);
  }

  private empty(out: Output, first: boolean): void {
    const { emptyText, quote } = this;
    // Two quotes say "empty" as they are.
    if (emptyText === undefined || (emptyText.length === 2 && emptyText[0] === quote && emptyText[1] === quote)) {
      out.byte(quote);
      out.byte(quote);
    } else {
      this.fill(out, emptyText, first);
    }
  }

  private fill(out: Output, text: Uint8Array, first: boolean): void {
    if (text.length > 0 || this.quoteAll) this.put(out, text, 0, text.length, first);
  }

  private put(out: Output, bytes: Uint8Array, start: number, end: number, first: boolean): void {
    out.reserve(2 * (end - start) + 2);
    const { triggers, quote, escape, escapeEscape } = this;
    const target = out.bytes;
    let at = out.length;
    const c0 = bytes[start]!;
    if (!this.quoteAll && c0 !== quote && !(first && (c0 === this.comment || (this.single && c0 <= BLANK)))) {
      let p = start;
      for (; p < end; p++) {
        const c = bytes[p]!;
        if (triggers[c] === 1) break;
        target[at++] = c;
      }
      if (p === end) {
        out.length = at;
        return;
      }
      at = out.length;
    }
    target[at++] = quote;
    for (let p = start; p < end; p++) {
      const c = bytes[p]!;
      if (c === quote) target[at++] = escape;
      else if (c === escape && escapeEscape >= 0) target[at++] = escapeEscape;
      target[at++] = c;
    }
    target[at++] = quote;
    out.length = at;
  }
}

import { SluiceError } from '../../errors/index.js';
import { type Place, positionOf } from '../place.js';
import { Output } from '../scan/output.js';
import { BLANK, CR, type Dialect, LF, type TokenizerOptions } from './dialect.js';
import { type Fields, PLAIN, RESOLVED, WRONG_COUNT } from './fields.js';

/** No character, and not -1, which stands for no escape. */
const NONE = -2;
/** Where the bytes run out within a record. */
const UNFINISHED = -1;

/**
 * Finds records and their fields like `Tokenizer`, where quotes need more care than that one takes: an escape that is
 * escaped by another character, or another handling of unescaped quotes. It follows the parser that Spark uses. A
 * record that is cut off is read again from its start.
 */
export class CarefulTokenizer {
  private readonly dialect: Dialect;
  private readonly count: boolean;
  private readonly quoting: boolean;
  private readonly out = new Output();

  private bytes: Uint8Array = new Uint8Array(0);
  private place: Place = { path: '', position: 0 };
  private last = false;
  /** Where the bytes of a record end at most. */
  private limit = 0;
  private recordStart = 0;
  private row = 0;
  private field = 0;

  constructor(
    private readonly options: TokenizerOptions,
    private readonly fields: Fields,
  ) {
    const { dialect } = options;
    this.dialect = dialect;
    this.count = options.count || dialect.multiLine;
    const lineEnds = dialect.lineSep === null ? [LF, CR] : [dialect.lineSep[0]!];
    this.quoting = ![dialect.sep[0]!, ...lineEnds].includes(dialect.quote);
  }

  /** As `Tokenizer.read`. */
  read(bytes: Uint8Array, from: number, last: boolean, place: Place): number {
    const { fields, out, options } = this;
    const { slots, maxRecordBytes } = options;
    this.bytes = bytes;
    this.last = last;
    this.place = place;
    out.length = 0;
    fields.bytes = bytes;
    fields.rows = 0;
    let start = from;
    this.row = 0;
    while (this.row < fields.capacity && start < bytes.length) {
      this.recordStart = start;
      this.field = 0;
      const end = this.record(start);
      if ((end === UNFINISHED ? bytes.length : end) - start > maxRecordBytes) throw this.tooLarge();
      if (end === UNFINISHED) break;
      const { row, field } = this;
      if (field > 0) {
        fields.recordStarts[row] = start;
        fields.recordEnds[row] = end;
        fields.counts[row] = field;
        fields.faults[row] = this.count && field !== slots.length ? WRONG_COUNT : 0;
        while (this.field < slots.length) this.put(NONE, NONE, PLAIN);
        this.row++;
      }
      start = end + this.lineEndAt(end);
    }
    fields.rows = this.row;
    fields.resolved = out.bytes;
    return start;
  }

  /** Reads the record, or skips the line, that starts at `start`; returns where its line end is. */
  private record(start: number): number {
    const { bytes, dialect } = this;
    const { multiLine, trimStart, trimEnd, comment, quote, sep } = dialect;
    const lineEnd = this.lineEndFrom(start);
    if (lineEnd === UNFINISHED && !multiLine) return UNFINISHED;
    this.limit = multiLine ? bytes.length : lineEnd;
    if (bytes[start] === comment || start === lineEnd) return lineEnd;
    if (!multiLine || trimStart) {
      if (lineEnd === UNFINISHED) return UNFINISHED;
      if (this.skipBlanks(start, lineEnd) === lineEnd) return lineEnd;
    }
    for (let at = start; ; at += sep.length) {
      if (trimStart) while (at < this.limit && bytes[at]! <= BLANK && !this.endsField(at)) at++;
      if (at < this.limit && bytes[at] === quote && this.quoting) {
        at = this.quoted(at + 1);
        if (at === UNFINISHED) return UNFINISHED;
      } else {
        const from = at;
        while (at < this.limit && !this.endsField(at)) at++;
        let end = at;
        if (trimEnd) while (end > from && bytes[end - 1]! <= BLANK) end--;
        this.put(from, end, PLAIN);
      }
      // A separator or a line end may be cut off, too.
      if (this.isCut(at)) return UNFINISHED;
      if (at === this.limit || !this.isSeparator(at)) return at;
    }
  }

  /** Reads the quoted field whose text starts at `from`; returns where it ends, at a separator or a line end. */
  private quoted(from: number): number {
    const { bytes, out, dialect, limit } = this;
    const { quote, escape, escapeEscape, unescapedQuotes } = dialect;
    let textStart = out.length;
    let prev = NONE;
    let at = from;
    for (; at < limit; at++) {
      const c = bytes[at]!;
      if (prev === quote && (c <= BLANK || this.endsField(at))) {
        const next = this.skipBlanks(at, limit);
        if (next === limit || this.endsField(next)) {
          at = next;
          break;
        }
        if (unescapedQuotes !== 'STOP_AT_CLOSING_QUOTE') return this.untilDelimiter(textStart, at, next);
        out.byte(quote);
        out.copy(bytes, at, next);
        at = next;
        prev = bytes[at]!;
        if (prev !== quote && prev !== escape) out.byte(prev);
      } else if (c === escape && prev === escape && escapeEscape === escape && escape !== quote) {
        out.byte(escape);
        prev = NONE;
      } else if ((c === quote || c === escape) && prev === escape) {
        out.byte(c === quote ? quote : escape);
        prev = c === quote ? NONE : c;
      } else if (c === quote && prev === quote) {
        out.byte(quote);
      } else if (prev === quote) {
        if (unescapedQuotes === 'BACK_TO_DELIMITER') {
          textStart = this.splitText(textStart);
        } else if (unescapedQuotes === 'STOP_AT_CLOSING_QUOTE') {
          out.byte(quote);
        } else {
          return this.untilDelimiter(textStart, at, at);
        }
        if (c !== escape) out.byte(c);
        prev = c;
      } else if (c === quote || c === escape) {
        prev = c;
      } else {
        if (prev === escape && escape >= 0) out.byte(escape);
        prev = c;
        if (c === escapeEscape && at + 1 < limit && bytes[at + 1] === escape) {
          prev = NONE;
          at++;
          out.byte(escape);
        } else {
          out.byte(c);
        }
      }
    }
    if (at === limit && this.dialect.multiLine && !this.last) return UNFINISHED;
    if (at === limit && prev === escape && escape >= 0 && escape !== quote) out.byte(escape);
    // An opening quote alone on its line, or at the end of the file, is text.
    if (at === from) this.put(from - 1, from, PLAIN);
    else this.put(textStart, out.length, RESOLVED);
    return at;
  }

  /** A field that goes on after its closing quote: blanks from `at` to `next`, and then more. */
  private untilDelimiter(textStart: number, at: number, next: number): number {
    const { bytes, out, dialect, limit } = this;
    const { quote, unescapedQuotes, trimEnd } = dialect;
    if (unescapedQuotes === 'RAISE_ERROR') throw this.unescaped(at - 1);
    let end = next;
    while (end < limit && !this.endsField(end)) end++;
    if (end === limit && dialect.multiLine && !this.last) return UNFINISHED;
    if (unescapedQuotes === 'SKIP_VALUE') {
      this.put(NONE, NONE, PLAIN);
      return end;
    }
    const text = Uint8Array.prototype.slice.call(out.bytes, textStart, out.length);
    out.length = textStart;
    out.byte(quote);
    out.copy(text, 0, text.length);
    out.byte(quote);
    let textEnd = end;
    if (trimEnd) while (textEnd > next && bytes[textEnd - 1]! <= BLANK) textEnd--;
    out.copy(bytes, at, textEnd);
    this.put(textStart, out.length, RESOLVED);
    return end;
  }

  /** Makes fields of what was read up to the last separator in it; returns where the rest starts. */
  private splitText(textStart: number): number {
    const { out } = this;
    const { sep } = this.dialect;
    let start = textStart;
    for (let at = start; at + sep.length <= out.length; at++) {
      if (!sep.every((c, k) => out.bytes[at + k] === c)) continue;
      this.put(start, at, RESOLVED);
      at += sep.length - 1;
      start = at + 1;
    }
    return start;
  }

  private put(start: number, end: number, form: number): void {
    const { fields, row } = this;
    const slot = this.options.slots[this.field++] ?? -1;
    if (slot < 0) return;
    const i = slot * fields.capacity + row;
    fields.starts[i] = start;
    fields.ends[i] = end;
    fields.forms[i] = form;
  }

  private skipBlanks(from: number, end: number): number {
    let at = from;
    while (at < end && this.bytes[at]! <= BLANK && !this.endsField(at)) at++;
    return at;
  }

  private lineEndFrom(start: number): number {
    const { bytes } = this;
    for (let at = start; at < bytes.length; at++) if (this.lineEndAt(at) > 0) return at;
    return this.last ? bytes.length : UNFINISHED;
  }

  private endsField(at: number): boolean {
    return this.isSeparator(at) || this.lineEndAt(at) > 0;
  }

  private isSeparator(at: number): boolean {
    const { bytes } = this;
    const { sep } = this.dialect;
    for (let k = 0; k < sep.length; k++) if (bytes[at + k] !== sep[k]) return false;
    return at + sep.length <= this.limit;
  }

  /** How long the line end at `at` is; 0 if there is none. */
  private lineEndAt(at: number): number {
    const { bytes } = this;
    const { lineSep } = this.dialect;
    if (lineSep === null) return bytes[at] === LF || bytes[at] === CR ? 1 : 0;
    for (let k = 0; k < lineSep.length; k++) if (bytes[at + k] !== lineSep[k]) return 0;
    return lineSep.length;
  }

  /** Whether more bytes may change what was found up to `at`. */
  private isCut(at: number): boolean {
    return this.dialect.multiLine && !this.last && at === this.limit;
  }

  private unescaped(at: number): SluiceError {
    const { path } = this.place;
    const position = positionOf(this.place, at);
    const message =
      `Reading ${path}: the quote at byte ${position} is within a quoted field, and not escaped. ` +
      'With another unescapedQuoteHandling than RAISE_ERROR it is read.';
    return new SluiceError('MALFORMED_RECORD', message, { details: { path, position } });
  }

  private tooLarge(): SluiceError {
    const { path } = this.place;
    const { maxRecordBytes } = this.options;
    const position = positionOf(this.place, this.recordStart);
    const message = `Reading ${path}: the record at byte ${position} is longer than maxRecordBytes, ${maxRecordBytes} bytes.`;
    return new SluiceError('RECORD_TOO_LARGE', message, { details: { path, position, maxRecordBytes } });
  }
}

import { SluiceError } from '../../errors/index.js';
import { type Place, positionOf } from '../place.js';
import { CarefulTokenizer } from './careful.js';
import { BLANK, CR, type Dialect, LF, type TokenizerOptions } from './dialect.js';
import { ESCAPED, type Fields, PLAIN, QUOTED, STRAY, WRONG_COUNT } from './fields.js';

// What the scan is in. Where the bytes run out within a record this is kept with the position, and taken up again
// from there: however long a record is, and in however many pieces it comes, each byte is scanned once.
const FRESH = 0;
const IN_BLANKS = 1;
const IN_COMMENT = 2;
const FIELD_START = 3;
const IN_PLAIN = 4;
const IN_QUOTES = 5;
const AFTER_QUOTE = 6;
const IN_REST = 7;

// What a field ends with.
const NOTHING = 0;
const SEPARATOR = 1;
const LINE_END = 2;
/** Only more bytes can tell. */
const UNKNOWN = 3;

/** The tokenizer for a dialect. */
export function tokenizerOf(options: TokenizerOptions, fields: Fields): Pick<Tokenizer, 'read'> {
  const { escape, escapeEscape, quote, unescapedQuotes } = options.dialect;
  const isUsual = unescapedQuotes === 'STOP_AT_DELIMITER' && (escapeEscape === escape || quote === escape);
  return isUsual ? new Tokenizer(options, fields) : new CarefulTokenizer(options, fields);
}

/**
 * Finds records and their fields. The rules are those of Spark: blank lines and comments are no records; a field is
 * quoted if its first character is the quote; blanks after the closing quote are dropped; a quoted field that is not
 * closed ends with the line or (multiLine) with the file; one that goes on after its closing quote is taken as it is.
 */
export class Tokenizer {
  private readonly dialect: Dialect;
  /** For each field where its slot begins in the block. */
  private readonly slots: Int32Array;
  private readonly count: boolean;
  private readonly maxRecordBytes: number;
  /** How many fields to look at before the rest of the line is skipped. */
  private readonly wanted: number;
  /** The separator, if it is one byte and lines end as usual: then one byte tells what a field ends with. Else -1. */
  private readonly simpleSep: number;
  /** The first bytes of what ends a field, of what ends a line, and of what matters within quotes. */
  private readonly stops = new Uint8Array(256);
  private readonly lineStops = new Uint8Array(256);
  private readonly quoteStops = new Uint8Array(256);
  /** The last of the stops: no byte past it needs to be looked up, which in most files is most of them. */
  private readonly lastStop: number;

  // The record that is not complete. Positions are from its start.
  private phase = FRESH;
  private at = 0;
  private field = 0;
  private fieldStart = 0;
  private form = PLAIN;
  /** The quote that may be the closing one; where the field ends, once that is known. */
  private quoteAt = 0;
  private row = 0;
  private recordStart = 0;

  constructor(
    options: TokenizerOptions,
    private readonly fields: Fields,
  ) {
    const { dialect, slots } = options;
    this.dialect = dialect;
    this.slots = Int32Array.from(slots, (s) => (s < 0 ? -1 : s * fields.capacity));
    this.count = options.count || dialect.multiLine;
    this.maxRecordBytes = options.maxRecordBytes;
    this.wanted = this.count ? Infinity : slots.reduce((wanted, s, k) => (s < 0 ? wanted : k + 1), 0);
    this.simpleSep = dialect.sep.length === 1 && dialect.lineSep === null ? dialect.sep[0]! : -1;
    for (const c of dialect.lineSep === null ? [LF, CR] : [dialect.lineSep[0]!]) {
      this.lineStops[c] = 1;
      this.stops[c] = 1;
      if (!dialect.multiLine) this.quoteStops[c] = 1;
    }
    this.stops[dialect.sep[0]!] = 1;
    this.lastStop = this.stops.lastIndexOf(1);
    this.quoteStops[dialect.quote] = 1;
    if (dialect.escape >= 0) this.quoteStops[dialect.escape] = 1;
  }

  /**
   * Reads records from `bytes[from]` on until the block is full or the bytes end, and returns where the first record
   * that was not read begins. The next call gets the bytes from there on. With `last` the bytes end the file.
   */
  read(bytes: Uint8Array, from: number, last: boolean, place: Place): number {
    const { fields, slots, stops, lineStops, lastStop, simpleSep, wanted, maxRecordBytes } = this;
    const { starts, ends, forms, recordStarts, recordEnds, capacity } = fields;
    const { sep, quote, comment, trimStart, trimEnd, lineSep } = this.dialect;
    const end = bytes.length;
    const lineEndLength = lineSep === null ? 1 : lineSep.length;
    const quoting = stops[quote] === 0;
    fields.bytes = bytes;
    fields.rows = 0;
    if (this.phase >= FIELD_START) fields.carry(this.row, this.recordStart - from);
    let row = 0;
    let recordStart = from;
    while (row < capacity) {
      let phase = this.phase;
      let at = recordStart;
      let k = 0;
      let fieldStart = recordStart;
      let form = PLAIN;
      if (phase >= FIELD_START) {
        at += this.at;
        k = this.field;
        fieldStart += this.fieldStart;
        form = this.form;
        this.phase = FRESH;
      } else {
        if (recordStart === end) break;
        const first = bytes[recordStart]!;
        if (first <= BLANK || first === comment) {
          const lineEnd = this.skipLine(bytes, recordStart, last);
          if (this.phase !== FRESH) {
            return this.pause(this.phase, row, recordStart, recordStart + this.at, 0, recordStart, PLAIN, place);
          }
          if (lineEnd >= 0) {
            // As where it comes in pieces, all of which are kept until it ends.
            if (lineEnd - recordStart > maxRecordBytes) throw this.tooLarge(recordStart, place);
            recordStart = lineEnd === end ? end : lineEnd + lineEndLength;
            continue;
          }
        }
        phase = wanted === 0 ? IN_REST : FIELD_START;
      }

      for (;;) {
        let fieldEnd = -1;
        if (phase === FIELD_START) {
          if (trimStart) while (at < end && bytes[at]! <= BLANK && stops[bytes[at]!] === 0) at++;
          if (at === end && !last) return this.pause(phase, row, recordStart, at, k, at, form, place);
          fieldStart = at;
          form = PLAIN;
          phase = IN_PLAIN;
          if (at < end && bytes[at] === quote && quoting) {
            fieldStart = ++at;
            form = QUOTED;
            phase = IN_QUOTES;
          }
        }
        if (phase === IN_QUOTES || phase === AFTER_QUOTE) {
          this.phase = phase;
          this.form = form;
          at = this.quoted(bytes, at, recordStart, last);
          form = this.form;
          phase = this.phase;
          if (phase >= IN_QUOTES) return this.pause(phase, row, recordStart, at, k, fieldStart, form, place);
          this.phase = FRESH;
          if (form === STRAY) fieldStart--;
          else fieldEnd = recordStart + this.quoteAt;
          // An opening quote alone on its line, or at the end of the file, is text.
          if (fieldEnd === fieldStart && fieldEnd === at) {
            fieldStart--;
            form = PLAIN;
          }
        }

        // To what ends the field, where a quoted one is already.
        let ending: number;
        const table = phase === IN_REST ? lineStops : stops;
        for (;;) {
          while (at < end && (bytes[at]! > lastStop || table[bytes[at]!] === 0)) at++;
          if (at === end) ending = last ? LINE_END : UNKNOWN;
          else if (simpleSep >= 0) ending = bytes[at] === simpleSep ? SEPARATOR : LINE_END;
          else ending = this.endingAt(bytes, at, last, phase !== IN_REST);
          if (ending !== NOTHING) break;
          at++;
        }
        if (ending === UNKNOWN) return this.pause(phase, row, recordStart, at, k, fieldStart, form, place);

        if (k < slots.length && phase !== IN_REST) {
          const slot = slots[k]!;
          if (slot >= 0) {
            if (fieldEnd < 0) {
              fieldEnd = at;
              if (trimEnd) while (fieldEnd > fieldStart && bytes[fieldEnd - 1]! <= BLANK) fieldEnd--;
            }
            starts[slot + row] = fieldStart;
            ends[slot + row] = fieldEnd;
            forms[slot + row] = form;
          }
        }
        if (ending === LINE_END) break;
        at += sep.length;
        k++;
        phase = k < wanted ? FIELD_START : IN_REST;
      }

      if (at - recordStart > maxRecordBytes) throw this.tooLarge(recordStart, place);
      recordStarts[row] = recordStart;
      recordEnds[row] = at;
      this.countFields(row, phase === IN_REST ? k : k + 1);
      row++;
      // Of "\r\n" the second is left, as a blank line, which is skipped.
      recordStart = at === end ? end : at + lineEndLength;
    }
    fields.rows = row;
    return recordStart;
  }

  private countFields(row: number, found: number): void {
    const { fields, slots } = this;
    fields.counts[row] = found;
    fields.faults[row] = this.count && found !== slots.length ? WRONG_COUNT : 0;
    for (let k = found; k < slots.length; k++) {
      if (slots[k]! < 0) continue;
      const i = slots[k]! + row;
      fields.starts[i] = fields.ends[i] = -1;
      fields.forms[i] = PLAIN;
    }
  }

  /**
   * Goes through a quoted field, from `at` in phase IN_QUOTES or AFTER_QUOTE. Returns where its ending is, with
   * `quoteAt` where its text ends, or with form STRAY where it goes on as plain text, both in phase IN_PLAIN; or where
   * the bytes run out, in the phase to take up again.
   */
  private quoted(bytes: Uint8Array, at: number, recordStart: number, last: boolean): number {
    const { stops, quoteStops } = this;
    const { quote, escape } = this.dialect;
    const end = bytes.length;
    for (;;) {
      if (this.phase === IN_QUOTES) {
        while (at < end && quoteStops[bytes[at]!] === 0) at++;
        if (at === end) return last ? this.closed(at, at - recordStart) : at;
        const c = bytes[at]!;
        // An escape, and a quote that may be one, need the byte behind them.
        if ((c === escape || c === quote) && at + 1 === end && !last) return at;
        const next = at + 1 < end ? bytes[at + 1]! : -1;
        if (c === escape && (next === quote || (next === escape && next >= 0))) {
          this.form = ESCAPED;
          at += 2;
          continue;
        }
        if (c !== quote) {
          const ending = c === escape ? NOTHING : this.endingAt(bytes, at, last, false);
          if (ending === UNKNOWN) return at;
          if (ending === LINE_END) return this.closed(at, at - recordStart);
          at++;
          continue;
        }
        this.quoteAt = at - recordStart;
        this.phase = AFTER_QUOTE;
        at++;
      }
      let ending = NOTHING;
      for (; at < end; at++) {
        if (stops[bytes[at]!] === 1) ending = this.endingAt(bytes, at, last, true);
        if (ending !== NOTHING || bytes[at]! > BLANK) break;
      }
      if (at === end ? !last : ending === UNKNOWN) return at;
      if (at === end || ending !== NOTHING) return this.closed(at, this.quoteAt);
      if (bytes[at] === quote && at === recordStart + this.quoteAt + 1) {
        // The quotes of a doubled one stay both, and the second may be the closing one.
        this.phase = IN_QUOTES;
        continue;
      }
      this.form = STRAY;
      this.phase = IN_PLAIN;
      return at;
    }
  }

  private closed(at: number, textEnd: number): number {
    this.phase = IN_PLAIN;
    this.quoteAt = textEnd;
    return at;
  }

  /** What begins at `at`. */
  private endingAt(bytes: Uint8Array, at: number, last: boolean, sepToo: boolean): number {
    const { sep, lineSep } = this.dialect;
    const c = bytes[at]!;
    const line =
      lineSep === null ? (this.lineStops[c] === 1 ? LINE_END : NOTHING) : match(bytes, at, lineSep, last, LINE_END);
    return line === NOTHING && sepToo ? match(bytes, at, sep, last, SEPARATOR) : line;
  }

  /**
   * Where the blank or comment line at `start` ends; -1 if it is neither. If the bytes end before that is known, the
   * phase says in what.
   */
  private skipLine(bytes: Uint8Array, start: number, last: boolean): number {
    const { comment, multiLine, trimStart } = this.dialect;
    const end = bytes.length;
    const resumed = this.phase !== FRESH;
    const inComment = bytes[start] === comment;
    // Where lines may end within fields a line of blanks is a record, unless blanks are dropped.
    const throughBlanks = !multiLine || trimStart;
    const table = multiLine ? this.stops : this.lineStops;
    let at = start + (resumed ? this.at : 0);
    this.phase = inComment ? IN_COMMENT : IN_BLANKS;
    for (; at < end; at++) {
      const b = bytes[at]!;
      if (table[b] === 1) {
        const ending = this.endingAt(bytes, at, last, false);
        if (ending === UNKNOWN) break;
        if (ending === LINE_END) {
          this.phase = FRESH;
          return at;
        }
      }
      if (!inComment && (b > BLANK || !throughBlanks || (multiLine && table[b] === 1))) {
        this.phase = FRESH;
        return -1;
      }
    }
    if (last) {
      this.phase = FRESH;
      return end;
    }
    this.at = at - start;
    return -1;
  }

  /** Keeps where the scan is; what was read before this record stands. */
  private pause(
    phase: number,
    row: number,
    recordStart: number,
    at: number,
    field: number,
    fieldStart: number,
    form: number,
    place: Place,
  ): number {
    if (at - recordStart > this.maxRecordBytes) throw this.tooLarge(recordStart, place);
    this.phase = phase;
    this.at = at - recordStart;
    this.field = field;
    this.fieldStart = fieldStart - recordStart;
    this.form = form;
    this.row = row;
    this.recordStart = recordStart;
    this.fields.rows = row;
    return recordStart;
  }

  private tooLarge(recordStart: number, place: Place): SluiceError {
    const position = positionOf(place, recordStart);
    const { maxRecordBytes } = this;
    const message =
      `Reading ${place.path}: the record at byte ${position} is longer than maxRecordBytes, ${maxRecordBytes} bytes. ` +
      `If it is not meant to be, look for a quote there that is not closed${this.dialect.multiLine ? '' : ', or for other line ends'}.`;
    return new SluiceError('RECORD_TOO_LARGE', message, { details: { path: place.path, position, maxRecordBytes } });
  }
}

/** `found` if `sequence` is at `at`, NOTHING if it is not, UNKNOWN if the bytes end before that is known. */
function match(bytes: Uint8Array, at: number, sequence: Uint8Array, last: boolean, found: number): number {
  for (let i = 0; i < sequence.length; i++) {
    if (at + i === bytes.length) return last ? NOTHING : UNKNOWN;
    if (bytes[at + i] !== sequence[i]) return NOTHING;
  }
  return found;
}

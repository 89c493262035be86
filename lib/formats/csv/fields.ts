import type { Dialect } from './dialect.js';

/** How the text of a field stands in the bytes: as it is. */
export const PLAIN = 0;
/** Between quotes, which `start` and `end` leave out. */
export const QUOTED = 1;
/** Between quotes, with escapes to resolve. */
export const ESCAPED = 2;
/**
 * It began with a quote, but what looked like the closing one was not at the end of the field. Kept as it is, the
 * opening quote included; only escapes before the stray quote are resolved.
 */
export const STRAY = 3;
/** Quoted, and as text already: its positions are those in `resolved`. */
export const RESOLVED = 4;

/** A record with another number of fields than the schema has. */
export const WRONG_COUNT = -1;

/**
 * Where the fields of some records are, column by column: the field of record `r` in slot `s` is at `s * capacity + r`.
 * The tokenizer fills it, the columns read it; between the two nothing is copied.
 */
export class Fields {
  /** What the positions below point into. */
  bytes: Uint8Array = new Uint8Array(0);
  /** Texts that do not stand in the bytes as they are. */
  resolved: Uint8Array = this.bytes;
  /** Whether they may hold some that are not UTF-8. */
  suspect = false;
  /** How many records there are. */
  rows = 0;
  /** Where fields start; -1 where a record has no such field. */
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  readonly forms: Uint8Array;
  /** Where records start, and end without what ends them. */
  readonly recordStarts: Int32Array;
  readonly recordEnds: Int32Array;
  /** How many fields records have, as far as they were looked at. */
  readonly counts: Int32Array;
  /** 0, or why the record is malformed: `WRONG_COUNT`, or 1 + the slot of the first field that does not convert. */
  readonly faults: Int16Array;

  /** The text that `find` found: `text[start, end)`. */
  text: Uint8Array = this.bytes;
  start = 0;
  end = 0;
  private scratch = new Uint8Array(256);

  constructor(
    private readonly dialect: Pick<Dialect, 'quote' | 'escape'>,
    readonly slots: number,
    readonly capacity: number,
    /** What stands for a missing value. */
    private readonly nullText: Uint8Array = new Uint8Array(0),
    /** What a quoted field with nothing in it stands for. */
    private readonly emptyText: Uint8Array = new Uint8Array(0),
  ) {
    this.starts = new Int32Array(slots * capacity);
    this.ends = new Int32Array(slots * capacity);
    this.forms = new Uint8Array(slots * capacity);
    this.recordStarts = new Int32Array(capacity);
    this.recordEnds = new Int32Array(capacity);
    this.counts = new Int32Array(capacity);
    this.faults = new Int16Array(capacity);
  }

  /** Points `text`, `start` and `end` at the field at index `i`. False if its value is missing. */
  find(i: number): boolean {
    this.text = this.bytes;
    this.start = this.starts[i]!;
    this.end = this.ends[i]!;
    const form = this.forms[i]!;
    if (form === PLAIN) {
      if (this.start === this.end) return false;
    } else {
      if (form === RESOLVED) this.text = this.resolved;
      else if (form > QUOTED) this.unescape(form === STRAY);
      if (this.start === this.end) {
        this.text = this.emptyText;
        this.start = 0;
        this.end = this.emptyText.length;
      }
    }
    const { nullText } = this;
    if (this.end - this.start !== nullText.length) return true;
    for (let k = 0; k < nullText.length; k++) if (this.text[this.start + k] !== nullText[k]) return true;
    return false;
  }

  /** The field as a string, for names and messages. */
  describe(i: number): string {
    return this.find(i)
      ? Buffer.from(this.text.buffer, this.text.byteOffset + this.start, this.end - this.start).toString()
      : '';
  }

  /** Moves the positions of record `from` to record 0, as the bytes before `offset` are gone. */
  carry(from: number, offset: number): void {
    for (let base = 0; base < this.starts.length; base += this.capacity) {
      this.starts[base] = this.starts[base + from]! - offset;
      this.ends[base] = this.ends[base + from]! - offset;
      this.forms[base] = this.forms[base + from]!;
    }
  }

  private unescape(stray: boolean): void {
    const { bytes, end } = this;
    const { quote, escape } = this.dialect;
    if (this.scratch.length < end - this.start) this.scratch = new Uint8Array(2 * (end - this.start));
    const out = this.scratch;
    let n = 0;
    let p = this.start;
    if (stray) out[n++] = bytes[p++]!;
    while (p < end) {
      const c = bytes[p]!;
      const next = p + 1 < end ? bytes[p + 1]! : -1;
      if (c === escape && (next === quote || next === escape)) {
        out[n++] = next;
        p += 2;
      } else if (stray && c === quote) {
        while (p < end) out[n++] = bytes[p++]!;
      } else {
        out[n++] = c;
        p++;
      }
    }
    this.text = out;
    this.start = 0;
    this.end = n;
  }
}

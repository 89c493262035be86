import { SluiceError } from '../../../lib/errors/index.js';
import type { Leniency } from '../../../lib/formats/json/options.js';
import { encodingIn } from '../../../lib/formats/scan/encoding.js';
import { Utf8Check, markLength } from '../../../lib/formats/scan/utf8.js';
import type { Place } from '../format.js';
import type { Records } from '../records.js';
import { ElementScan } from './element-scan.js';

export interface ElementsOptions {
  readonly grammar: Leniency;
  /** An array that goes on behind so many bytes is taken apart. */
  readonly maxWholeBytes: number;
  /** An element that is longer, with the blanks around it, is RECORD_TOO_LARGE. */
  readonly maxRecordBytes: number;
}

/**
 * The records of a file that is one JSON value: the value, or, if it is a long array, its elements. An array counts as
 * long if an element ends behind `maxWholeBytes`, or if it goes beyond and has no end: that holds wherever the file is
 * cut, and if only what a batch took of it is read again. Between elements the position is that of the comma.
 */
export class Elements implements Records {
  bytes: Buffer = Buffer.alloc(0);
  start = 0;
  end = 0;
  next = 0;

  private readonly scan: ElementScan;
  private readonly utf8 = new Utf8Check();
  private place: Place = { path: '', position: 0 };
  private last = false;
  private valid: boolean | null = null;

  /**
   * @param whole finds the value if it is one record
   * @param isWhole whether that is the case; undefined as long as it is not known
   */
  constructor(
    private readonly whole: Records,
    private readonly options: ElementsOptions,
    private isWhole: boolean | undefined,
  ) {
    this.scan = new ElementScan(options.grammar);
  }

  /** Whether the record is an element of an array. */
  get isElement(): boolean {
    return this.isWhole === false;
  }

  get position(): number {
    return this.isElement ? this.start : this.whole.position;
  }

  get source(): Uint8Array {
    return this.isElement ? this.bytes.subarray(this.start, this.end) : this.whole.source;
  }

  get validUtf8(): boolean {
    return this.isElement ? (this.valid ??= this.utf8.check(this.bytes, this.last)) : this.whole.validUtf8;
  }

  open(bytes: Uint8Array, place: Place): void {
    this.utf8.consumed(this.next);
    this.scan.consumed(this.next);
    this.bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.place = place;
    this.next = 0;
    this.valid = null;
  }

  advance(last: boolean): boolean {
    this.last = last;
    this.isWhole ??= this.decide(last);
    if (this.isWhole === undefined) return false;
    return this.isWhole ? this.advanceWhole(last) : this.advanceElement(last);
  }

  private advanceWhole(last: boolean): boolean {
    const { whole } = this;
    if (this.next > 0) return false;
    whole.open(this.bytes, this.place);
    if (!whole.advance(last)) return false;
    ({ bytes: this.bytes, start: this.start, end: this.end, next: this.next } = whole);
    return true;
  }

  /** Whether the file is one record; undefined if what follows has to be seen for that. */
  private decide(last: boolean): boolean | undefined {
    const { bytes, scan, options } = this;
    if (scan.at === 0) {
      const mark = markLength(bytes, last);
      const first = mark < 0 ? bytes.length : firstOf(bytes, mark);
      // Four bytes tell of UTF-16 and UTF-32.
      if ((first === bytes.length || bytes.length < 4) && !last) return undefined;
      if (bytes[first] !== OPEN || encodingIn(bytes) !== undefined) return true;
      scan.begin(first + 1);
    }
    for (let end = scan.find(bytes); end >= 0; end = scan.find(bytes)) {
      if (end >= options.maxWholeBytes) return this.takeApart();
      if (bytes[end] === CLOSE) return true;
      scan.begin(end + 1);
    }
    if (last && bytes.length < options.maxWholeBytes) return true;
    if (last) return this.takeApart();
    this.checkLength(scan.start, bytes.length);
    return undefined;
  }

  private takeApart(): false {
    this.next = firstOf(this.bytes, markLength(this.bytes, true));
    this.scan.begin(0);
    return false;
  }

  private advanceElement(last: boolean): boolean {
    const { bytes, scan } = this;
    for (;;) {
      const from = this.next;
      // What follows the array is not looked at. To stay in front of it tells a later run that this is where it ends.
      if (from >= bytes.length || bytes[from] === CLOSE) break;
      if (scan.at <= from) scan.begin(from + 1);
      const found = scan.find(bytes);
      if (found < 0 && !last) break;
      const end = found < 0 ? bytes.length : found;
      this.start = firstOf(bytes, from + 1);
      this.end = end;
      while (this.end > this.start && isBlank(bytes[this.end - 1]!)) this.end--;
      this.start = Math.min(this.start, end);
      this.next = end;
      this.checkLength(from + 1, end);
      const isNothing = this.start >= end && (found < 0 || (bytes[from] === OPEN && bytes[end] === CLOSE));
      if (!isNothing) return true;
    }
    if (last) this.next = bytes.length;
    else this.checkLength(this.next + 1, bytes.length);
    return false;
  }

  private checkLength(from: number, to: number): void {
    const { maxRecordBytes } = this.options;
    if (to - from <= maxRecordBytes) return;
    const { path } = this.place;
    const position = this.place.position + from;
    const message = `Reading '${path}': the element at byte ${position} of the JSON array, or what follows the array, is longer than maxRecordBytes, ${maxRecordBytes} bytes. Raise maxRecordBytes if the file is not damaged.`;
    throw new SluiceError('RECORD_TOO_LARGE', message, { details: { path, position, maxRecordBytes } });
  }
}

const OPEN = 91;
const CLOSE = 93;

/** Where the first byte that is no blank is, from `at` on. */
function firstOf(bytes: Uint8Array, at: number): number {
  let first = at;
  while (first < bytes.length && isBlank(bytes[first]!)) first++;
  return first;
}

const isBlank = (byte: number): boolean => byte === 32 || byte === 10 || byte === 13 || byte === 9;

import { SluiceError } from '../../lib/errors/index.js';
import { type Encoding, encodingIn, encodingOf } from '../../lib/formats/scan/encoding.js';
import { Utf8Check, markLength } from '../../lib/formats/scan/utf8.js';
import type { Place } from './format.js';
import { Lines } from './lines.js';

/** The records of a file, found in bytes that come in pieces. */
export interface Records {
  /** The record that `advance` found is `bytes[start, end)`. */
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
  /** Where it is in the bytes given, and what it is there. */
  readonly position: number;
  readonly source: Uint8Array;
  /** How many of the bytes given were taken. */
  readonly next: number;
  /** Whether the records in these bytes are valid UTF-8. */
  readonly validUtf8: boolean;
  /** Whether the record is an element of an array of records. */
  readonly isElement?: boolean;
  /** Starts on bytes whose beginning is what was not taken of the bytes before. */
  open(bytes: Uint8Array, place: Place): void;
  /** Moves to the next record; false if there is none, or, unless these bytes are the `last`, if it is not complete. */
  advance(last: boolean): boolean;
}

export interface RecordsOptions {
  readonly lineSep: string | undefined;
  /** Where the bytes are not UTF-8. */
  readonly encoding: string | undefined;
  readonly maxRecordBytes: number | undefined;
}

const maxLineBytes = 8 << 20;
/** How long a file that is one record may be, if nothing else is said. */
export const maxFileBytes = 256 << 20;

/**
 * The lines of a file, as UTF-8.
 *
 * Throws INVALID_OPTION if the encoding needs a `lineSep` that is not given, or is one that lines cannot have.
 */
export function linesOf(options: RecordsOptions, atStart: boolean): Records {
  const { lineSep, maxRecordBytes = maxLineBytes } = options;
  const encoding = foreign(options.encoding);
  if (encoding === undefined) return new Lines({ lineSep, maxRecordBytes }, atStart);
  if (encoding.name === 'UTF-16' || encoding.name === 'UTF-32') {
    const message = `fileSource: lines in ${encoding.name} would each have to tell the order of their bytes. Name it, as in ${encoding.name}LE.`;
    throw new SluiceError('INVALID_OPTION', message, { details: { option: 'encoding' } });
  }
  if (lineSep === undefined && encoding.unit > 1) throw lineSepNeeded(encoding.name);
  const separator = lineSep === undefined ? undefined : (encoding.encode?.(lineSep) ?? Buffer.from(lineSep));
  const unit = { lineSep: separator, unit: encoding.unit, maxRecordBytes };
  return new Transcoded(new Lines(unit, false), () => encoding);
}

/** A file as one record, in UTF-8. */
export function wholeFile(options: RecordsOptions, detect: boolean): Records {
  const whole = new WholeFile(options.maxRecordBytes ?? maxFileBytes, detect);
  const encoding = foreign(options.encoding);
  if (encoding !== undefined) return new Transcoded(whole, () => encoding);
  return detect && options.encoding === undefined ? new Transcoded(whole, encodingIn) : whole;
}

/** What is thrown where the end of a line has to be said. */
export const lineSepNeeded = (encoding: string): SluiceError =>
  new SluiceError(
    'INVALID_OPTION',
    `fileSource: with the encoding ${encoding} the option 'lineSep' is needed, such as '\\n'.`,
    { details: { option: 'lineSep', encoding } },
  );

/** The encoding, unless it is UTF-8. */
export function foreign(name: string | undefined): Encoding | undefined {
  const encoding = name === undefined ? undefined : encodingOf(name);
  return encoding?.name === 'UTF-8' ? undefined : encoding;
}

class WholeFile implements Records {
  bytes: Buffer = Buffer.alloc(0);
  start = 0;
  end = 0;
  next = 0;

  constructor(
    private readonly maxRecordBytes: number,
    private readonly dropMark: boolean,
  ) {}

  get position(): number {
    return this.start;
  }

  get source(): Uint8Array {
    return this.bytes.subarray(this.start, this.end);
  }

  get validUtf8(): boolean {
    return new Utf8Check().check(this.bytes, true);
  }

  open(bytes: Uint8Array, place: Place): void {
    this.bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.next = 0;
    if (bytes.length <= this.maxRecordBytes) return;
    const { maxRecordBytes } = this;
    const message = `Reading '${place.path}': a file that is one record must not be longer than maxRecordBytes, ${maxRecordBytes} bytes. Raise maxRecordBytes, or write a record a line.`;
    const details = { path: place.path, position: 0, maxRecordBytes };
    throw new SluiceError('RECORD_TOO_LARGE', message, { details });
  }

  advance(last: boolean): boolean {
    if (!last || this.next > 0 || this.bytes.length === 0) return false;
    this.start = this.dropMark ? markLength(this.bytes, true) : 0;
    this.end = this.next = this.bytes.length;
    return true;
  }
}

/** Records in another encoding. */
class Transcoded implements Records {
  bytes: Buffer = Buffer.alloc(0);
  start = 0;
  end = 0;

  constructor(
    private readonly records: Records,
    /** Undefined for UTF-8. */
    private readonly encodingOf: (record: Uint8Array) => Encoding | undefined,
  ) {}

  get position(): number {
    return this.records.position;
  }

  get source(): Uint8Array {
    return this.records.source;
  }

  get next(): number {
    return this.records.next;
  }

  get validUtf8(): boolean {
    return this.bytes !== this.records.bytes || this.records.validUtf8;
  }

  open(bytes: Uint8Array, place: Place): void {
    this.records.open(bytes, place);
  }

  advance(last: boolean): boolean {
    const { records } = this;
    if (!records.advance(last)) return false;
    const encoding = this.encodingOf(records.source);
    if (encoding === undefined) {
      ({ bytes: this.bytes, start: this.start, end: this.end } = records);
      return true;
    }
    this.bytes = encoding.decode(records.source);
    this.start = 0;
    this.end = this.bytes.length;
    return true;
  }
}

import type { Table } from '../../../lib/columns/index.js';
import { SluiceError } from '../../../lib/errors/index.js';
import type { Encoding } from '../../../lib/formats/scan/encoding.js';
import type {
  DecodeRequest,
  MalformedCounts,
  MalformedRecord,
  Place,
  RecordDecoder,
  RecordEncoder,
} from '../format.js';

/** What can only be decoded in one go must not be longer: a file whose first bytes tell the order of the others, or one without a blank. */
const maxBytesAtOnce = 256 << 20;

/** Gives what is in another encoding to a decoder of UTF-8. */
export class Transcoder implements Pick<RecordDecoder, 'decode'> {
  /** What is decoded now, and its text. */
  private given: Uint8Array = new Uint8Array(0);
  private text: Uint8Array = this.given;

  constructor(
    private readonly records: Pick<RecordDecoder, 'decode'>,
    private readonly encoding: Encoding,
  ) {}

  decode(given: Uint8Array, place: Place, last: boolean): number {
    const { encoding } = this;
    const isMarked = encoding.name === 'UTF-16' || encoding.name === 'UTF-32';
    this.given = given;
    const end = last ? given.length : isMarked ? 0 : endOfText(given, encoding);
    if (end === 0 && given.length > maxBytesAtOnce) throw this.tooLarge(place);
    if (end === 0 && !last) return 0;
    const text = encoding.decode(given.subarray(0, end));
    this.text = text;
    const length = (decoded: number): number =>
      decoded === text.length ? end : this.sourceLength(given.subarray(0, end), decoded);
    return length(this.records.decode(text, { ...place, length }, last));
  }

  /** A record of the text that is decoded now, with the bytes that it has in the file. */
  protected inFile(record: MalformedRecord): MalformedRecord {
    const from = record.bytes.byteOffset - this.text.byteOffset;
    const [start, end] = [from, from + record.bytes.length].map((decoded) => this.sourceLength(this.given, decoded));
    return { ...record, bytes: this.given.subarray(start, end) };
  }

  /** How many of the bytes stand for the first `decoded` bytes of UTF-8: the most that are not longer in it. */
  private sourceLength(bytes: Uint8Array, decoded: number): number {
    const { unit } = this.encoding;
    let fits = 0;
    let over = Math.floor(bytes.length / unit) + 1;
    while (over - fits > 1) {
      const middle = (fits + over) >> 1;
      if (this.encoding.decode(bytes.subarray(0, middle * unit)).length <= decoded) fits = middle;
      else over = middle;
    }
    return fits * unit;
  }

  private tooLarge({ path }: Place): SluiceError {
    const { name } = this.encoding;
    const message = `Reading ${path}: more than ${maxBytesAtOnce} bytes of ${name} can only be read together. If it is UTF-16 or UTF-32, say in which order its bytes are: UTF-16LE, for instance.`;
    return new SluiceError('RECORD_TOO_LARGE', message, { details: { path, maxRecordBytes: maxBytesAtOnce } });
  }
}

/** Decodes records in another encoding by way of UTF-8. */
export class TranscodedDecoder extends Transcoder implements RecordDecoder {
  private readonly decoder: Required<RecordDecoder>;

  /** @param make makes the decoder of UTF-8; what it rejects is told to `reject` as it is in the file */
  constructor(make: (request: DecodeRequest) => Required<RecordDecoder>, request: DecodeRequest, encoding: Encoding) {
    const { reject } = request;
    const decoder = make(
      reject === undefined ? request : { ...request, reject: (record) => reject(this.inFile(record)) },
    );
    super(decoder, encoding);
    this.decoder = decoder;
  }

  take(): Table {
    return this.decoder.take();
  }

  get numRows(): number {
    return this.decoder.numRows;
  }

  get malformed(): number {
    return this.decoder.malformed;
  }

  get reasons(): MalformedCounts {
    return this.decoder.reasons;
  }
}

/** Where the last line ends, or else the last character that is surely whole: what follows may complete another one. */
function endOfText(bytes: Uint8Array, { name, unit }: Encoding): number {
  const whole = bytes.length - (bytes.length % unit);
  const low = name.endsWith('BE') ? unit - 1 : 0;
  let blank = 0;
  for (let at = whole - unit; at >= 0; at -= unit) {
    // No byte of a character of several bytes is a blank.
    if (bytes[at + low]! > 32 || !isZero(bytes, at, unit, low)) continue;
    if (bytes[at + low] === 10) return at + unit;
    if (blank === 0) blank = at + unit;
  }
  return blank;
}

function isZero(bytes: Uint8Array, at: number, unit: number, except: number): boolean {
  for (let k = 0; k < unit; k++) if (k !== except && bytes[at + k] !== 0) return false;
  return true;
}

/** Encodes records in another encoding. */
export class TranscodedEncoder implements RecordEncoder {
  constructor(
    private readonly records: RecordEncoder,
    private readonly encoding: Encoding,
  ) {}

  start(): Uint8Array {
    return Buffer.concat([this.encoding.mark, this.transcoded(this.records.start())]);
  }

  encode(table: Table): Uint8Array {
    return this.transcoded(this.records.encode(table));
  }

  private transcoded(text: Uint8Array): Uint8Array {
    return this.encoding.encode!(Buffer.from(text.buffer, text.byteOffset, text.length).toString());
  }
}

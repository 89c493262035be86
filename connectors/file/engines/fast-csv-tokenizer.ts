import type { TokenizerOptions } from '../../../lib/formats/csv/dialect.js';
import { type Fields, PLAIN, RESOLVED, WRONG_COUNT } from '../../../lib/formats/csv/fields.js';
import { tokenizerOf } from '../../../lib/formats/csv/tokenizer.js';
import type { Place } from '../../../lib/formats/place.js';
import { Output } from '../../../lib/formats/scan/output.js';
import { fastCsv } from './fast-csv.js';

type Tokenizer = ReturnType<typeof tokenizerOf>;

/**
 * Finds fields by fast-csv, a record at a time: where records end our own tokenizer tells, which bounds their length.
 * What fast-csv refuses, or would read otherwise than Spark, stays as our own has read it: whether a field without a
 * character is quoted, a quote behind blanks, blanks other than of ASCII behind one, blanks alone at the start of a record, U+FEFF there, and what is not
 * UTF-8.
 */
export class FastCsvTokenizer implements Tokenizer {
  private readonly own: Tokenizer;
  private readonly parser: { parse(text: string, moreFollows: boolean): string[][] };
  private readonly otherwise: RegExp;
  private readonly counts: boolean;
  private readonly out = new Output();

  constructor(
    private readonly options: TokenizerOptions,
    private readonly fields: Fields,
  ) {
    const { dialect, count } = options;
    const { CsvParserStream, ParserOptions } = fastCsv();
    const [sep, quote] = [Buffer.from(dialect.sep).toString(), String.fromCharCode(dialect.quote)];
    const escape = dialect.escape < 0 ? '' : String.fromCharCode(dialect.escape);
    this.own = tokenizerOf(options, fields);
    this.parser = new CsvParserStream(new ParserOptions({ delimiter: sep, quote, escape }));
    this.counts = count || dialect.multiLine;
    const [s, q] = [literal(sep), literal(quote)];
    this.otherwise = new RegExp(`^\\ufeff|\\ufffd|^\\s*$|^\\s+${s}|(?:^|${s})\\s+${q}|${q}\\s*[^\\S\\0- ]`);
  }

  read(bytes: Uint8Array, from: number, last: boolean, place: Place): number {
    const { fields, out } = this;
    out.length = 0;
    const next = this.own.read(bytes, from, last, place);
    for (let row = 0; row < fields.rows; row++) this.readRecord(bytes, row);
    fields.resolved = out.bytes;
    return next;
  }

  private readRecord(bytes: Uint8Array, row: number): void {
    const { fields, options, otherwise } = this;
    const { slots } = options;
    const start = fields.recordStarts[row]!;
    const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, fields.recordEnds[row]! - start).toString();
    if (otherwise.test(text)) return;
    const record = this.parsed(text);
    if (record === undefined) return;
    if (this.counts) {
      fields.counts[row] = record.length;
      fields.faults[row] = record.length === slots.length ? 0 : WRONG_COUNT;
    }
    for (let k = 0; k < slots.length; k++) {
      if (slots[k]! >= 0) this.put(slots[k]! * fields.capacity + row, record[k]);
    }
  }

  /** The one record of a text, if fast-csv takes it for such. */
  private parsed(text: string): readonly string[] | undefined {
    try {
      const records = this.parser.parse(text, false);
      return records.length === 1 ? records[0] : undefined;
    } catch {
      return undefined;
    }
  }

  private put(i: number, value: string | undefined): void {
    const { fields, out } = this;
    if (value === '' && fields.starts[i] === fields.ends[i]) return;
    fields.forms[i] = value === undefined || value === '' ? PLAIN : RESOLVED;
    fields.starts[i] = value === undefined ? -1 : out.length;
    if (value !== undefined) {
      const utf8 = Buffer.from(value);
      out.copy(utf8, 0, utf8.length);
    }
    fields.ends[i] = value === undefined ? -1 : out.length;
  }
}

const literal = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');

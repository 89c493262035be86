import type { Column } from '../../../lib/columns/index.js';
import { BLANK, codeOrNone, quoteOf, separatorOf, utf8 } from '../../../lib/formats/csv/dialect.js';
import { Quoting } from '../../../lib/formats/csv/quoting.js';
import { CsvRecords, type RecordFormat, type RecordWriter } from '../../../lib/formats/csv/records.js';
import { Output } from '../../../lib/formats/scan/output.js';
import type { CsvWriteOptions } from '../csv/options.js';
import { type FastCsv, fastCsv } from './fast-csv.js';

/**
 * Writes records by fast-csv. Those that it would write otherwise than Spark we write ourselves: with a text that is
 * empty, that begins as a comment or (alone in its record) with a blank, or that holds U+0000, which fast-csv drops.
 */
export class FastCsvRecords implements RecordWriter {
  private readonly own: CsvRecords;
  private readonly texts: CsvRecords;
  private readonly row: Row;
  private readonly ignored = new Output();
  private readonly stream: ReturnType<FastCsv['format']>;
  /** What stands before every record but the first. */
  private lineSepLength = 0;

  constructor(
    columns: readonly Column[],
    private readonly options: CsvWriteOptions,
    format: RecordFormat,
  ) {
    this.own = new CsvRecords(columns, new Quoting(options, columns.length === 1), format);
    this.row = new Row(options, columns.length === 1);
    this.texts = new CsvRecords(columns, this.row, format);
    const quote = String.fromCharCode(quoteOf(options));
    this.stream = fastCsv().format({
      delimiter: Buffer.from(separatorOf(options)).toString(),
      quote,
      escape: quote,
      rowDelimiter: options.lineSep ?? '\n',
      quoteColumns: options.quoteAll,
    });
  }

  write(out: Output, i: number): void {
    const { row, ignored, stream } = this;
    ignored.length = 0;
    row.clear();
    this.texts.write(ignored, i);
    if (row.isOtherwise) {
      this.own.write(out, i);
      return;
    }
    stream.write(row.fields.slice());
    const bytes = stream.read();
    if (bytes !== null) out.copy(bytes, this.lineSepLength, bytes.length);
    this.lineSepLength = Buffer.byteLength(this.options.lineSep ?? '\n');
  }
}

/** Takes the texts of a record, where a `Quoting` would write them. */
class Row implements Pick<Quoting, 'sep' | 'looksAtValues' | 'missing' | 'text' | 'look'> {
  readonly sep = new Uint8Array(0);
  /** All values are to come here. */
  readonly looksAtValues = true;
  readonly fields: string[] = [];
  isOtherwise = false;

  private readonly nullText: Uint8Array;
  private readonly comment: number;

  constructor(
    private readonly options: CsvWriteOptions,
    private readonly single: boolean,
  ) {
    this.nullText = utf8(options.nullValue);
    this.comment = codeOrNone(options.comment);
  }

  clear(): void {
    this.fields.length = 0;
    this.isOtherwise = false;
  }

  missing(_out: Output, first: boolean): void {
    this.put(this.nullText, 0, this.nullText.length, first);
  }

  text(_out: Output, bytes: Uint8Array, start: number, end: number, first: boolean): void {
    const { ignoreLeadingWhiteSpace, ignoreTrailingWhiteSpace } = this.options;
    if (ignoreLeadingWhiteSpace) while (start < end && bytes[start]! <= BLANK) start++;
    if (ignoreTrailingWhiteSpace) while (end > start && bytes[end - 1]! <= BLANK) end--;
    this.isOtherwise ||= start === end;
    this.put(bytes, start, end, first);
  }

  look(out: Output, from: number, first: boolean): void {
    this.put(out.bytes, from, out.length, first);
  }

  private put(bytes: Uint8Array, start: number, end: number, first: boolean): void {
    const c0 = bytes[start]!;
    this.isOtherwise ||= first && (c0 === this.comment || (this.single && (start === end || c0 <= BLANK)));
    for (let at = start; at < end; at++) this.isOtherwise ||= bytes[at] === 0;
    this.fields.push(Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString());
  }
}

import { Table, unknownColumn } from '../../../lib/columns/index.js';
import { SluiceError } from '../../../lib/errors/index.js';
import { type Schema, field, formatDdl, string, structOf } from '../../../lib/schema/index.js';
import type { DecodeRequest, Place, RecordDecoder } from '../format.js';
import { type Records, linesOf, wholeFile } from '../records.js';
import { BytesWriter } from '../../../lib/formats/scan/writers.js';
import type { TextReadOptions } from './options.js';

/** What a text file has when nothing else is said: one column, `value`. */
export const textSchema: Schema<{ value: string }> = structOf([field('value', string())]);

/**
 * Decodes lines, or files, to the one column of the schema, a STRING. Bytes that are not text become U+FFFD. Throws INVALID_SCHEMA
 * for a schema of anything else than one string.
 */
export function textDecoder(options: TextReadOptions, request: DecodeRequest): RecordDecoder {
  const { fields } = request.schema;
  if (fields.length !== 1 || fields[0]!.type.kind !== 'string') {
    const message = `Text has one column of type STRING, such as 'value STRING', not '${formatDdl(request.schema)}'.`;
    throw new SluiceError('INVALID_SCHEMA', message, { details: { schema: formatDdl(request.schema) } });
  }
  for (const name of request.columns) if (name !== fields[0]!.name) throw unknownColumn(name, request.schema);
  return new TextDecoder(options, request);
}

class TextDecoder implements RecordDecoder {
  numRows = 0;
  /** Everything is a string. */
  readonly malformed = 0;

  private readonly schema: Schema;
  private readonly records: Records;
  /** Null if rows are only counted. */
  private readonly writer: BytesWriter | null;

  constructor(options: TextReadOptions, request: DecodeRequest) {
    this.records = options.wholetext ? wholeFile(options, false) : linesOf(options, request.atStart);
    this.writer = request.columns.length === 0 ? null : new BytesWriter(string());
    this.schema = this.writer === null ? structOf([]) : request.schema;
  }

  decode(bytes: Uint8Array, place: Place, last: boolean): number {
    const { records, writer } = this;
    records.open(bytes, place);
    while (records.advance(last)) {
      this.numRows++;
      if (writer === null) continue;
      if (records.validUtf8) writer.append(records.bytes, records.start, records.end);
      else writer.appendRepaired(records.bytes, records.start, records.end);
    }
    return records.next;
  }

  take(): Table {
    const { numRows } = this;
    this.numRows = 0;
    return new Table(this.schema, this.writer === null ? [] : [this.writer.finish()], numRows);
  }
}

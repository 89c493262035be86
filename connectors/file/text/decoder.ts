import { Table, unknownColumn } from '../../../lib/columns/index.js';
import { SluiceError } from '../../../lib/errors/index.js';
import { type Schema, field, formatDdl, string, structOf } from '../../../lib/schema/index.js';
import type { DecodeRequest, Place, RecordDecoder } from '../format.js';
import { Lines } from '../lines.js';
import { BytesWriter } from '../../../lib/formats/scan/writers.js';
import type { TextReadOptions } from './options.js';

/** What a text file has when nothing else is said: one column, `value`. */
export const textSchema: Schema<{ value: string }> = structOf([field('value', string())]);

/**
 * Decodes lines to the one column of the schema, a STRING. Bytes that are not UTF-8 become U+FFFD. Throws INVALID_SCHEMA
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
  /** Every line is a string. */
  readonly malformed = 0;

  private readonly schema: Schema;
  private readonly lines: Lines;
  /** Null if lines are only counted. */
  private readonly writer: BytesWriter | null;

  constructor(options: TextReadOptions, request: DecodeRequest) {
    this.lines = new Lines(options, request.atStart);
    this.writer = request.columns.length === 0 ? null : new BytesWriter(string());
    this.schema = this.writer === null ? structOf([]) : request.schema;
  }

  decode(bytes: Uint8Array, place: Place, last: boolean): number {
    const { lines, writer } = this;
    lines.open(bytes, place);
    while (lines.advance(last)) {
      this.numRows++;
      if (writer === null) continue;
      if (lines.validUtf8) writer.append(lines.bytes, lines.start, lines.end);
      else writer.appendRepaired(lines.bytes, lines.start, lines.end);
    }
    return lines.next;
  }

  take(): Table {
    const { numRows } = this;
    this.numRows = 0;
    return new Table(this.schema, this.writer === null ? [] : [this.writer.finish()], numRows);
  }
}

import type { Column, Table } from '../../../lib/columns/index.js';
import { SluiceError } from '../../../lib/errors/index.js';
import { type Schema, formatType } from '../../../lib/schema/index.js';
import type { RecordEncoder } from '../format.js';
import { Output } from '../../../lib/formats/scan/output.js';
import { utf8 } from '../../../lib/formats/csv/dialect.js';
import { Quoting } from '../../../lib/formats/csv/quoting.js';
import { CsvRecords, type RecordFormat, type RecordWriter } from '../../../lib/formats/csv/records.js';
import { isCsvType } from '../../../lib/formats/csv/columns.js';
import { timeWriterFor } from '../../../lib/formats/scan/time-options.js';
import type { CsvWriteOptions } from './options.js';

/** Makes what writes the rows of these columns. */
export type RecordsOf = (columns: readonly Column[], format: RecordFormat) => RecordWriter;

/**
 * Encodes tables as CSV, as Spark does, straight from columns to bytes. Timestamps are written in milliseconds unless a pattern says otherwise, doubles
 * as Java prints them, binaries as lists of hexadecimal bytes.
 *
 * A record of one column whose value is missing and written as nothing would be a blank line, which no reader takes
 * for a record: as in Spark it takes no line. Set `nullValue` to keep it.
 */
export class CsvEncoder implements RecordEncoder {
  private readonly quoting: Quoting;
  private readonly out = new Output();
  private readonly format: RecordFormat;

  /** Throws INVALID_SCHEMA for a type that CSV cannot hold. */
  constructor(
    private readonly schema: Schema,
    private readonly options: CsvWriteOptions,
    private readonly recordsOf?: RecordsOf,
  ) {
    const { fields } = schema;
    for (const { name, type } of fields) {
      if (isCsvType(type)) continue;
      const message = `Encoding csv: column '${name}' is of type ${formatType(type)}, which csv cannot hold. Make it a STRING first, to_json for instance.`;
      throw new SluiceError('INVALID_SCHEMA', message, { details: { column: name, type: formatType(type) } });
    }
    this.quoting = new Quoting(options, fields.length === 1);
    const { dateFormat, timestampFormat, timestampNTZFormat } = options;
    const wordyTimes = [dateFormat, timestampFormat, timestampNTZFormat].some((pattern) => pattern !== undefined);
    this.format = { times: timeWriterFor(options), wordyTimes };
  }

  start(): Uint8Array {
    const { out, quoting } = this;
    if (!this.options.header) return new Uint8Array(0);
    this.schema.fields.forEach(({ name }, c) => {
      if (c > 0) out.copy(quoting.sep, 0, quoting.sep.length);
      const text = utf8(name);
      quoting.text(out, text, 0, text.length, c === 0);
    });
    out.copy(quoting.lineSep, 0, quoting.lineSep.length);
    return out.take();
  }

  encode(table: Table): Uint8Array {
    const { out, quoting } = this;
    const { lineSep } = quoting;
    const { columns } = table;
    const records = this.recordsOf?.(columns, this.format) ?? new CsvRecords(columns, quoting, this.format);
    for (let i = 0; i < table.numRows; i++) {
      const from = out.length;
      records.write(out, i);
      if (out.length > from) out.copy(lineSep, 0, lineSep.length);
    }
    return out.take();
  }
}

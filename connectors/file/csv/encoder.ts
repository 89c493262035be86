import { type BytesColumn, type Column, Table, getBit } from '../../../lib/columns/index.js';
import { SluiceError } from '../../../lib/errors/index.js';
import { type Schema, formatType } from '../../../lib/schema/index.js';
import type { RecordEncoder } from '../format.js';
import { Output } from '../../../lib/formats/scan/output.js';
import { utf8 } from '../../../lib/formats/csv/dialect.js';
import { type Format, formatOf } from '../../../lib/formats/csv/formats.js';
import type { CsvWriteOptions } from '../../../lib/formats/csv/options.js';
import { Quoting } from '../../../lib/formats/csv/quoting.js';

/**
 * Encodes tables as CSV, as Spark does, straight from columns to bytes. Timestamps are written in milliseconds, doubles
 * as Java prints them, binaries as lists of hexadecimal bytes.
 *
 * A record of one column whose value is missing and written as nothing would be a blank line, which no reader takes
 * for a record: as in Spark it takes no line. Set `nullValue` to keep it.
 */
export class CsvEncoder implements RecordEncoder {
  private readonly quoting: Quoting;
  private readonly out = new Output();

  /** Throws INVALID_SCHEMA for a type that CSV cannot hold. */
  constructor(
    private readonly schema: Schema,
    private readonly options: CsvWriteOptions,
  ) {
    const { fields } = schema;
    Table.empty(schema).columns.forEach((column, c) => {
      if (isString(column) || formatOf(column) !== undefined) return;
      const { name, type } = fields[c]!;
      const message = `Encoding csv: column '${name}' is of type ${formatType(type)}, which csv cannot hold. Make it a STRING first, to_json for instance.`;
      throw new SluiceError('INVALID_SCHEMA', message, { details: { column: name, type: formatType(type) } });
    });
    this.quoting = new Quoting(options, fields.length === 1);
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
    const { sep, lineSep } = quoting;
    const writers = table.columns.map((column, c) => this.writerOf(column, c === 0));
    for (let i = 0; i < table.numRows; i++) {
      const from = out.length;
      for (let c = 0; c < writers.length; c++) {
        if (c > 0) out.copy(sep, 0, sep.length);
        writers[c]!(out, i);
      }
      if (out.length > from) out.copy(lineSep, 0, lineSep.length);
    }
    return out.take();
  }

  private writerOf(column: Column, first: boolean): Format {
    const { quoting } = this;
    const { validity } = column;
    const write = isString(column)
      ? stringFormat(column as BytesColumn, quoting, first)
      : this.valueFormat(column, first);
    if (validity === null) return write;
    return (out, i) => {
      if (getBit(validity, i)) write(out, i);
      else quoting.missing(out, first);
    };
  }

  private valueFormat(column: Column, first: boolean): Format {
    const { quoting } = this;
    const format = formatOf(column)!;
    if (!quoting.looksAtValues) return format;
    return (out, i) => {
      const from = out.length;
      format(out, i);
      quoting.look(out, from, first);
    };
  }
}

const isString = (column: Column): boolean => column.type.kind === 'string';

function stringFormat({ bytes, offsets }: BytesColumn, quoting: Quoting, first: boolean): Format {
  return (out, i) => quoting.text(out, bytes, offsets[i]!, offsets[i + 1]!, first);
}

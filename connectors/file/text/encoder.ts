import type { BytesColumn, Table } from '../../../lib/columns/index.js';
import { SluiceError } from '../../../lib/errors/index.js';
import { type Schema, formatDdl } from '../../../lib/schema/index.js';
import type { RecordEncoder } from '../format.js';
import { foreign } from '../records.js';
import type { Encoding } from '../../../lib/formats/scan/encoding.js';
import { Output } from '../../../lib/formats/scan/output.js';
import type { TextWriteOptions } from './options.js';

/** Throws SCHEMA_MISMATCH for anything else than one column of strings. */
export function checkTextSchema(schema: Schema): void {
  const { fields } = schema;
  if (fields.length === 1 && fields[0]!.type.kind === 'string') return;
  const message = `Writing text: there must be exactly one column, of type STRING, besides those of partitionBy, not '${formatDdl(schema)}'. Select it, for example with selectExpr("... AS value").`;
  throw new SluiceError('SCHEMA_MISMATCH', message, { details: { schema: formatDdl(schema) } });
}

/**
 * Encodes the one column of a table, a STRING, as lines; a missing value is an empty line, as in Spark. Throws
 * SCHEMA_MISMATCH for other tables.
 */
export function textEncoder(options: TextWriteOptions): RecordEncoder {
  return new TextEncoder(options);
}

class TextEncoder implements RecordEncoder {
  private readonly out = new Output();
  private readonly lineSep: Buffer;
  private readonly encoding: Encoding | undefined;

  constructor(options: TextWriteOptions) {
    this.lineSep = Buffer.from(options.lineSep);
    this.encoding = foreign(options.encoding);
  }

  start(): Uint8Array {
    return this.encoding?.mark ?? new Uint8Array(0);
  }

  encode(table: Table): Uint8Array {
    checkTextSchema(table.schema);
    const { out, lineSep } = this;
    const column = table.columns[0] as BytesColumn;
    const { bytes, offsets } = column;
    for (let i = 0; i < table.numRows; i++) {
      if (column.isValid(i)) out.copy(bytes, offsets[i]!, offsets[i + 1]!);
      out.copy(lineSep, 0, lineSep.length);
    }
    const written = out.take();
    const { encoding } = this;
    return encoding === undefined ? written : encoding.encode!(Buffer.from(written).toString());
  }
}

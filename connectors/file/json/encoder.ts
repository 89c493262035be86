import type { Table } from '../../../lib/columns/index.js';
import type { JsonWriteOptions } from '../../../lib/formats/json/options.js';
import { JsonValues } from '../../../lib/formats/json/values.js';
import { Output } from '../../../lib/formats/scan/output.js';
import { reshaper } from '../../../lib/formats/json/texts.js';
import type { Encoding } from '../../../lib/formats/scan/encoding.js';
import { timeWriterFor } from '../../../lib/formats/scan/time-options.js';
import type { RecordEncoder } from '../format.js';
import { foreign } from '../records.js';

/** Encodes rows as lines of JSON, as Spark writes them: timestamps in milliseconds, the rest as `JsonValues` says. */
export function jsonEncoder(options: JsonWriteOptions): RecordEncoder {
  return new JsonEncoder(options);
}

class JsonEncoder implements RecordEncoder {
  private readonly out = new Output();
  private readonly values: JsonValues;
  private readonly lineSep: Buffer;
  private readonly reshape: ((text: string) => string) | undefined;
  private readonly encoding: Encoding | undefined;

  constructor(options: JsonWriteOptions) {
    this.values = new JsonValues(this.out, { ...options, times: timeWriterFor(options) });
    this.lineSep = Buffer.from(options.lineSep);
    this.reshape = reshaper(options);
    this.encoding = foreign(options.encoding ?? options.charset);
  }

  start(): Uint8Array {
    return this.encoding?.mark ?? new Uint8Array(0);
  }

  encode(table: Table): Uint8Array {
    const { out, values, lineSep } = this;
    const fields = values.fields(table.schema, table.columns);
    out.length = 0;
    for (let i = 0; i < table.numRows; i++) {
      const from = out.length;
      values.object(fields, i);
      if (this.reshape !== undefined) {
        const text = out.bytes.toString('utf8', from, out.length);
        out.length = from;
        out.utf8(this.reshape(text));
      }
      out.copy(lineSep, 0, lineSep.length);
    }
    const written = out.take();
    const { encoding } = this;
    return encoding === undefined ? written : encoding.encode!(Buffer.from(written).toString());
  }
}

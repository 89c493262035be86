import type { Table } from '../../../lib/columns/index.js';
import type { JsonWriteOptions } from '../../../lib/formats/json/options.js';
import { JsonValues } from '../../../lib/formats/json/values.js';
import { Output } from '../../../lib/formats/scan/output.js';
import { TimeWriter } from '../../../lib/formats/scan/times.js';
import type { RecordEncoder } from '../format.js';

/** Encodes rows as lines of JSON, as Spark writes them: timestamps in milliseconds and UTC, the rest as `JsonValues` says. */
export function jsonEncoder(options: JsonWriteOptions): RecordEncoder {
  return new JsonEncoder(options);
}

class JsonEncoder implements RecordEncoder {
  private readonly out = new Output();
  private readonly values: JsonValues;
  private readonly lineSep: Buffer;

  constructor(options: JsonWriteOptions) {
    this.values = new JsonValues(this.out, { ...options, times: new TimeWriter() });
    this.lineSep = Buffer.from(options.lineSep);
  }

  start(): Uint8Array {
    return new Uint8Array(0);
  }

  encode(table: Table): Uint8Array {
    const { out, values, lineSep } = this;
    const fields = values.fields(table.schema, table.columns);
    out.length = 0;
    for (let i = 0; i < table.numRows; i++) {
      values.object(fields, i);
      out.copy(lineSep, 0, lineSep.length);
    }
    return out.take();
  }
}

import { type BytesColumn, type StructColumn, getBit } from '../../columns/index.js';
import { string } from '../../schema/index.js';
import { Output } from '../scan/output.js';
import { BytesWriter } from '../scan/writers.js';
import type { CsvWriteOptions } from './options.js';
import { Quoting } from './quoting.js';
import { CsvRecords, type RecordFormat } from './records.js';

/** Encodes a column of structs as a column of CSV records. One that would be blank is missing. */
export function csvTexts(options: CsvWriteOptions, format: RecordFormat): (column: StructColumn) => BytesColumn {
  const out = new Output();
  return (column) => {
    const records = new CsvRecords(column.children, new Quoting(options, column.children.length === 1), format);
    const writer = new BytesWriter(string());
    for (let i = 0; i < column.length; i++) {
      out.length = 0;
      if (column.validity === null || getBit(column.validity, i)) records.write(out, i);
      if (out.length === 0) writer.appendNull();
      else writer.append(out.bytes, 0, out.length);
    }
    return writer.finish();
  };
}

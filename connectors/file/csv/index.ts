import { type Encoding, encodingOf } from '../../../lib/formats/scan/encoding.js';
import type { tokenizerOf } from '../../../lib/formats/csv/tokenizer.js';
import type { Schema } from '../../../lib/schema/index.js';
import type { DecodeRequest, RecordDecoder, RecordEncoder, SchemaInference } from '../format.js';
import { FastCsvRecords } from '../engines/fast-csv-records.js';
import { FastCsvTokenizer } from '../engines/fast-csv-tokenizer.js';
import { CsvDecoder } from './decoder.js';
import { CsvEncoder, type RecordsOf } from './encoder.js';
import { CsvColumns } from './inference.js';
import type { CsvReadOptions, CsvWriteOptions } from './options.js';
import { TranscodedDecoder, TranscodedEncoder, Transcoder } from './transcoded.js';

export { CsvDecoder, CsvEncoder };
export { type CsvReadOptions, type CsvWriteOptions, csvReadOptions, csvWriteOptions } from './options.js';

/** Decodes CSV files, in the encoding that the options say. */
export function csvDecoder(options: CsvReadOptions, request: DecodeRequest): RecordDecoder {
  const encoding = foreignEncoding(options);
  const tokenizer: typeof tokenizerOf | undefined =
    options.engine === undefined ? undefined : (asked, fields) => new FastCsvTokenizer(asked, fields);
  const make = (asked: DecodeRequest) => new CsvDecoder(asked, options, tokenizer);
  return encoding === undefined ? make(request) : new TranscodedDecoder(make, request, encoding);
}

/** Encodes CSV files, in the encoding that the options say. */
export function csvEncoder(options: CsvWriteOptions, schema: Schema): RecordEncoder {
  const recordsOf: RecordsOf | undefined =
    options.engine === undefined ? undefined : (columns, format) => new FastCsvRecords(columns, options, format);
  const encoder = new CsvEncoder(schema, options, recordsOf);
  const encoding = foreignEncoding(options);
  return encoding === undefined ? encoder : new TranscodedEncoder(encoder, encoding);
}

/** Finds out the columns of CSV files. */
export function csvInference(options: CsvReadOptions): SchemaInference {
  const columns = new CsvColumns(options);
  const encoding = foreignEncoding(options);
  if (encoding === undefined) return columns;
  return {
    nextFile: () => new Transcoder(columns.nextFile(), encoding),
    get done() {
      return columns.done;
    },
    schema: () => columns.schema(),
  };
}

/** The encoding asked for, unless it is UTF-8. */
function foreignEncoding({ encoding, charset }: Pick<CsvReadOptions, 'encoding' | 'charset'>): Encoding | undefined {
  const name = encoding ?? charset;
  const found = name === undefined ? undefined : encodingOf(name);
  return found?.name === 'UTF-8' ? undefined : found;
}

export { CsvDecoder } from './decoder.js';
export { CsvEncoder } from './encoder.js';
export {
  type CsvReadOptions,
  type CsvWriteOptions,
  csvReadOptions,
  csvWriteOptions,
  parseModes,
} from '../../../lib/formats/csv/options.js';

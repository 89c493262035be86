export { CsvDecoder } from './decoder.js';
export { CsvEncoder } from './encoder.js';
export { type CsvReadOptions, type CsvWriteOptions, csvReadOptions, csvWriteOptions } from './options.js';

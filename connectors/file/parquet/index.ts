export { type ParquetFile, type ParquetReadRequest, type ParquetRowGroup, openParquet } from './reader.js';
export { mergeSchemas } from './merge.js';
export {
  type ParquetCodec,
  type ParquetEngine,
  type ParquetReadOptions,
  parquetCodecs,
  parquetReadOptions,
  parquetWriteOptions,
} from './options.js';
export { type ParquetWriteOptions, encodeParquet } from './writer.js';

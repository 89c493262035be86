export { type ParquetFile, type ParquetReadRequest, type ParquetRowGroup, openParquet } from './reader.js';
export { type ParquetCodec, parquetCodecs, parquetWriteOptions } from './options.js';
export { type ParquetWriteOptions, encodeParquet } from './writer.js';

export { type FileSinkOptions, type FileSourceOptions } from './options.js';
export type { FileCompaction } from './sink/compact-options.js';
export { fileSink } from './sink.js';
export { fileSource } from './source.js';

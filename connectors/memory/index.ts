export { memorySink, type MemoryBatch, type MemorySink } from './sink.js';
export { memorySource, type MemorySource } from './source.js';
export { type MemorySinkOptions, type MemorySourceOptions } from './options.js';

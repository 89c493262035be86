export { referenceSink } from './sink.js';
export { referenceSource, type ReferenceRow } from './source.js';
export { type ReferenceOptions, type ReferenceSourceOptions } from './options.js';

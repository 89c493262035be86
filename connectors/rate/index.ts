export { rateMicroBatchSource } from './micro-batch-source.js';
export { rateSource } from './source.js';
export { type RateMicroBatchSourceOptions, type RateSourceOptions } from './options.js';
export { type RateRow } from './rows.js';

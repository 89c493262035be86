export type { AbortedTransaction } from './aborted.js';
export { type BatchProducer, type BatchSettings, type EncodedBatch, type RecordColumns } from './encode.js';
export { encodeBatch, sequenceAfter } from './encode.js';
export { type BatchHead, batchHeads } from './heads.js';
export { type CodecName, codecNames } from './expand.js';
export { murmur2, partitionsOfKeys } from './murmur2.js';
export { type BatchLimits, type Fetched, RecordReader, defaultLimits } from './read.js';
export { RecordRows } from './rows.js';
export { headersType, recordSchema } from './schema.js';

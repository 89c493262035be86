export { type Codec, type EncoderName, codecOf, codecOfContent, codecOfName, encoders, magicBytes } from './codecs.js';
export { type Bytes, Damaged, Input } from './input.js';
export { checkCompression, compressionOptions, decompressionOptions } from './options.js';

export { type Codec, type EncoderName, codecOfContent, codecOfName, encoders, magicBytes } from './codecs.js';
export { Damaged, Input } from './input.js';
export { checkCompression, compressionOptions, decompressionOptions } from './options.js';

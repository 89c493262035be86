import { SluiceError } from '../../../lib/errors/index.js';
import { type Parsed, oneOf, size, wholeNumber } from '../../../lib/options/index.js';
import { canEncodeZstd } from './zstd.js';

/** How compressed files of records are read. */
export const decompressionOptions = {
  /** A compressed file that holds more bytes than this is DECOMPRESSED_TOO_LARGE. Not in Spark. */
  maxDecompressedBytes: size('64g'),
};

/** How files of records are compressed. The names of the codecs are Spark's. */
export const compressionOptions = {
  /** How files are compressed. `none` and `uncompressed` are the same. `zstd` needs Node 22.15. */
  compression: oneOf(['none', 'uncompressed', 'gzip', 'deflate', 'bzip2', 'snappy', 'lz4', 'zstd'], 'none'),
  /**
   * How hard to try: gzip and deflate 0 to 9 (default 6), bzip2 1 to 9 (9), zstd 1 to 22 (3). The others have no
   * levels. Not in Spark.
   */
  compressionLevel: wholeNumber({ min: 0, max: 22 }),
};

const levels: Readonly<Record<string, readonly [least: number, most: number]>> = {
  gzip: [0, 9],
  deflate: [0, 9],
  bzip2: [1, 9],
  zstd: [1, 22],
};

/** Throws INVALID_OPTION for a codec that cannot be written here, and for a level that the codec does not have. */
export function checkCompression(
  what: string,
  { compression, compressionLevel: level }: Parsed<typeof compressionOptions>,
): void {
  if (compression === 'zstd' && !canEncodeZstd) {
    throw invalid(
      `${what}: compression 'zstd' needs Node 22.15 or later; this is ${process.versions.node}. Use 'gzip'.`,
      'compression',
    );
  }
  if (level === undefined) return;
  const range = levels[compression];
  if (range === undefined) {
    const message = `${what}: compression '${compression}' has no levels. Leave compressionLevel out.`;
    throw invalid(message, 'compressionLevel');
  }
  const [least, most] = range;
  if (level >= least && level <= most) return;
  const message = `${what}: the compressionLevel of '${compression}' is from ${least} to ${most}, not ${level}.`;
  throw invalid(message, 'compressionLevel');
}

const invalid = (message: string, option: string): SluiceError =>
  new SluiceError('INVALID_OPTION', message, { details: { option } });

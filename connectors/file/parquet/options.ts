import { type Parsed, flag, oneOf, wholeNumber } from '../../../lib/options/index.js';

/** The names of the codecs, as Spark has them. LZO and the older LZ4, which Spark also lists, are read, not written. */
export const parquetCodecs = ['none', 'uncompressed', 'snappy', 'gzip', 'zstd', 'brotli', 'lz4_raw'] as const;

export type ParquetCodec = (typeof parquetCodecs)[number];

export const parquetReadOptions = {
  /**
   * Without a schema: the columns are those of all files that are there when the query first finds some, not those of
   * the first file. Only the footers are read for that. Default false. SCHEMA_MISMATCH if a column has two types.
   */
  mergeSchema: flag(false),
};

export type ParquetReadOptions = Parsed<typeof parquetReadOptions>;

export const parquetWriteOptions = {
  /** How the pages are compressed. `none` and `uncompressed` are the same. */
  compression: oneOf(parquetCodecs, 'snappy'),
  /** A file of more rows has several row groups, which readers can read apart. */
  maxRowGroupRows: wholeNumber({ min: 1, max: 0x7fffffff }, 1_048_576),
};

/** How files that we wrote name their writer: of floats they have bounds only where there is no NaN. */
export const createdBy = 'sluice';

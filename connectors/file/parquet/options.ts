import { type Parsed, flag, oneOf, size, wholeNumber } from '../../../lib/options/index.js';

/** The names of the codecs, as Spark has them. LZO and the older LZ4, which Spark also lists, are read, not written. */
export const parquetCodecs = ['none', 'uncompressed', 'snappy', 'gzip', 'zstd', 'brotli', 'lz4_raw'] as const;

export type ParquetCodec = (typeof parquetCodecs)[number];

/** Other programs that can read and write Parquet here. */
const parquetEngines = ['parquetjs-lite'] as const;

export type ParquetEngine = (typeof parquetEngines)[number];

export const parquetReadOptions = {
  /**
   * Without a schema: the columns are those of all files that are there when the query first finds some, not those of
   * the first file. Only the footers are read for that. Default false. SCHEMA_MISMATCH if a column has two types.
   */
  mergeSchema: flag(false),
  /**
   * What reads the rows: the package parquetjs-lite (an optional peer) instead of our own code, where it reads them right:
   * INVALID_SCHEMA for types that it changes, FILE_UNREADABLE for files with dictionaries or of newer writers. Not in
   * Spark.
   */
  engine: oneOf(parquetEngines),
};

export type ParquetReadOptions = Parsed<typeof parquetReadOptions>;

export const parquetWriteOptions = {
  /** How the pages are compressed. `none` and `uncompressed` are the same. */
  compression: oneOf(parquetCodecs, 'snappy'),
  /** A file of more rows has several row groups, which readers can read apart. */
  maxRowGroupRows: wholeNumber({ min: 1, max: 0x7fffffff }, 1_048_576),
  /**
   * About how many bytes a row group takes, encoded: a file of more has several, whatever `maxRowGroupRows` says. A size
   * such as `'64m'`, or bytes. Default `'128m'`, as in Spark. Row groups end between parts of an eighth of that, as
   * large as they are in memory.
   */
  'parquet.block.size': size('128m'),
  /**
   * How TIMESTAMP columns are written. In milliseconds what is finer is cut off. Default `TIMESTAMP_MICROS`. In Spark
   * this is the setting `spark.sql.parquet.outputTimestampType`; INT96, its default there, is read, not written.
   */
  outputTimestampType: oneOf(['TIMESTAMP_MICROS', 'TIMESTAMP_MILLIS'], 'TIMESTAMP_MICROS'),
  /**
   * What makes the files: the package parquetjs-lite (an optional peer) instead of our own code. INVALID_SCHEMA for types,
   * TYPE_MISMATCH for values that it would change; compresses by snappy and gzip only. Not in Spark.
   */
  engine: oneOf(parquetEngines),
};

/** How files that we wrote name their writer: of floats they have bounds only where there is no NaN. */
export const createdBy = 'sluice';

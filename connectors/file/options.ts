import type { Observer } from 'rxjs';
import type { MicroBatch } from '../../lib/batch/index.js';
import type { DeadLetterRow } from '../../lib/connect/dead-letter.js';
import { SluiceError } from '../../lib/errors/index.js';
import {
  type Duration,
  type Option,
  type Parsed,
  type Size,
  custom,
  duration,
  flag,
  names,
  nonEmptyText,
  oneOf,
  parseOptions,
  required,
  schema,
  size,
  wholeNumber,
  sink,
} from '../../lib/options/index.js';
import { timeReadOptions, timeWriteOptions } from '../../lib/formats/scan/time-options.js';
import type { SchemaLike } from '../../lib/schema/index.js';
import { type compressionOptions, type decompressionOptions, checkCompression } from './compression/index.js';
import type { binaryReadOptions } from './binary.js';
import type { csvReadOptions, csvWriteOptions } from './csv/index.js';
import { type Format, formatNames, formatOf, sinkFormatNames } from './formats.js';
import type { jsonReadOptions, jsonWriteOptions } from '../../lib/formats/json/options.js';
import { type Evolution, evolutions } from './source/evolution.js';
import { type CleanOptions, checkCleaning, cleanModes } from './source/clean.js';
import type { inferenceOptions } from './source/infer.js';
import type { parquetReadOptions, parquetWriteOptions } from './parquet/index.js';
import { type FileCompaction, compactOption } from './sink/compact-options.js';
import type { textReadOptions, textWriteOptions } from './text/options.js';

/** What a user may write for a spec. */
type Given<S> = { readonly [K in keyof S]?: (S[K] extends Option<unknown, infer In> ? In : never) | undefined };

/** The options that all formats share. Names, meanings and defaults are Spark's, `name` excepted. */
export interface FileSourceCommonOptions<Row> {
  /**
   * A file, a directory (the files directly in it), or a pattern: `in/day-?`, `in/2024-{01,02}/part-*.csv`; `**` stands
   * for any number of folders. A path without wildcards must exist: PATH_NOT_FOUND. Files are identified by their path
   * as it is spelled here.
   */
  path: string;
  /** The name under which the checkpoint keeps what was read. Default `file(<path>)`. */
  name?: string | undefined;
  /**
   * The columns: DDL such as `'id LONG, at TIMESTAMP'`, or `struct({...})`. Text has one column,
   * `value STRING`; binaryFile has `path STRING, modificationTime TIMESTAMP, length LONG, content BINARY`.
   * Without a schema the columns of csv and json are inferred from the files that are there when the query first finds
   * some, and those of parquet are those of the first file, or with `mergeSchema` of all these files. They are known only when the query runs, and are its columns for ever:
   * the checkpoint keeps them. All columns may be missing, as in Spark.
   */
  schema?: SchemaLike<Row> | undefined;
  /** A batch reads of at most so many files. Default: as many as fit into memory at a time. */
  maxFilesPerTrigger?: number | undefined;
  /**
   * A batch begins no file with which it would have touched more bytes than this, the first one excepted. Not together
   * with `maxFilesPerTrigger`. A size such as `'64m'`, or bytes.
   */
  maxBytesPerTrigger?: Size | undefined;
  /** Newest files first, instead of oldest first. Default false. */
  latestFirst?: boolean | undefined;
  /**
   * Files that were modified so long before the newest file seen are not read any more, and need not be remembered.
   * Does not apply to the first files that a query finds, nor with `latestFirst` and a limit per trigger. A duration
   * such as `'7 days'` (the default), or milliseconds.
   */
  maxFileAge?: Duration | undefined;
  /**
   * Of a listing, how many files are kept for the batches that follow, so that the directory need not be listed for each.
   * With 0 it is. Matters with a limit per trigger, and not with `latestFirst`. Default 10000.
   */
  maxCachedFiles?: number | undefined;
  /**
   * What is kept of a listing is thrown away if it is less than this part (0 to 1) of the limit per trigger, so that no
   * batch is much smaller than it could be. Default 0.2.
   */
  discardCachedInputRatio?: number | string | undefined;
  /** Files of one name in different folders are taken for the same, except among those found at once. Default false. */
  fileNameOnly?: boolean | undefined;
  /** Only files whose name matches this pattern are read. */
  pathGlobFilter?: string | undefined;
  /**
   * Whether folders in the directory are read, too, at any depth, and their names mean nothing (no partitions). Default
   * false.
   */
  recursiveFileLookup?: boolean | undefined;
  /**
   * The folder below which folders named `key=value` are partitions: one above `path`, to read some of the partitions
   * only. Default: what `path` stands for.
   */
  basePath?: string | undefined;
  /**
   * Whether partition columns get the type that their values have. If not, they are STRING. Default true. In Spark this
   * is the setting `spark.sql.sources.partitionColumnTypeInference.enabled`.
   */
  partitionColumnTypeInference?: boolean | undefined;
  /** The zone of timestamps that name none, in files and in names of folders, such as `'Europe/Zurich'`. Default UTC. */
  timeZone?: string | undefined;
  /**
   * Takes the malformed records of csv, json and text, which are left out of the rows then: `record`, `source`,
   * `position` (path, line and bytes), `error`, `rules` (`syntax`, `fields` or `value`) and `batch_id`. A batch commits
   * when these are durable, too, so that a replay leaves each once if the sink is exactly-once. All columns of a record
   * are looked at, needed or not. The sink is this source's alone, and is closed with the query. Default: as `mode` says.
   */
  badRecords?: Observer<MicroBatch<DeadLetterRow>> | undefined;
  /**
   * What becomes of columns that a file has and the schema has not, or has in another type. `'none'` (the default, as
   * in Spark): they are not read. `'addColumns'`: from that file on the batches have them, too, and known columns get a
   * wider type where that loses nothing; the checkpoint keeps it. `'rescue'`: their values, and those that are no value
   * of their column, go as JSON to the column `_rescued_data`, with the path of the file. `'fail'`: SCHEMA_CHANGED.
   * Not for text and binaryFile. Files of csv and json are read twice for it, headers of csv excepted.
   */
  schemaEvolution?: Evolution | undefined;
  /** Whether the rest of a file that is damaged is passed over, and counted as `numCorruptFiles`. Default false. */
  ignoreCorruptFiles?: boolean | undefined;
  /** Whether files that vanish before they are read are passed over, and counted as `numMissingFiles`. Default false. */
  ignoreMissingFiles?: boolean | undefined;
  /**
   * What becomes of a file that has been read: `'delete'`, `'archive'` (moved to `sourceArchiveDir`), or `'off'` (the
   * default): it stays. As in Spark it is done when the batch *after* the one that finished the file commits, in
   * whichever run, and is tried once: what fails is counted (`numFilesNotCleaned`), and never fails the query. A file
   * that was changed since it was read stays. Not for directories with `_spark_metadata` (UNSUPPORTED_PIPELINE).
   */
  cleanSource?: CleanOptions['cleanSource'] | undefined;
  /**
   * Where `cleanSource: 'archive'` moves files to: `/in/a.csv` to `<sourceArchiveDir>/in/a.csv`; over no file that is
   * there. On the disk of `path`, neither within it nor around it: INVALID_OPTION.
   */
  sourceArchiveDir?: string | undefined;
}

/** Options of `fileSource`: those that all formats share, and those of the format. */
export type FileSourceOptions<Row = Record<string, unknown>> = FileSourceCommonOptions<Row> &
  (
    | ({ format: 'csv' } & Given<typeof csvReadOptions> &
        Given<typeof decompressionOptions> &
        Given<typeof inferenceOptions>)
    | ({ format: 'json' } & Given<typeof jsonReadOptions> &
        Given<typeof decompressionOptions> &
        Given<typeof inferenceOptions>)
    | ({ format: 'text' } & Given<typeof textReadOptions> & Given<typeof decompressionOptions>)
    | ({ format: 'parquet' } & Given<typeof parquetReadOptions>)
    | ({ format: 'binaryFile' } & Given<typeof binaryReadOptions>)
  );

/** The options of sinks that all formats share. Names and meanings are Spark's, `name` excepted. */
export interface FileSinkCommonOptions {
  /** The directory that files are written to; made if it is not there. */
  path: string;
  /** Goes into the names of the files. Needed where one query has two sinks that write to one directory. */
  name?: string | undefined;
  /**
   * Columns whose values become folders, `date=2024-05-01/hour=7/`; they are left out of the files. Text columns that
   * are missing or empty go to `__HIVE_DEFAULT_PARTITION__`.
   */
  partitionBy?: string | readonly string[] | undefined;
  /** The zone of timestamps in the names of folders, and in csv and json, such as `'Europe/Zurich'`. Default UTC. */
  timeZone?: string | undefined;
  /** No file gets more rows than this. Default: no limit. */
  maxRecordsPerFile?: number | undefined;
  /**
   * No file gets more bytes than this, unless one row alone does: the rest goes to the next file. A size such as
   * `'128m'`, or bytes. Default: no limit.
   */
  maxBytesPerFile?: Size | undefined;
  /**
   * With `'spark'` the files of each batch are listed in `_spark_metadata/`, as Spark's file sink does, so that Spark
   * sees exactly the batches that are done. From the query's first batch on, and one query a directory, or it fails with
   * UNSUPPORTED_PIPELINE. Default: no manifest, which readers other than Spark do not need.
   */
  manifest?: 'spark' | undefined;
  /**
   * Files that are older are left out of the manifest (not deleted) when every tenth batch puts its logs together. A
   * duration such as `'30 days'`, or milliseconds. Default: they stay. Only with `manifest`.
   */
  retention?: Duration | undefined;
  /**
   * Merges small files of batches that are done, in the background: `{}`, or how. Rows are never missing; see
   * docs/files.md for when somebody may see them twice. What is merged cannot be read by `fileSource`. Default: files stay
   * as they are. Not together with `maxRecordsPerFile`. Not in Spark.
   */
  compact?: FileCompaction | undefined;
}

/** Options of `fileSink`: those that all formats share, and those of the format. */
export type FileSinkOptions = FileSinkCommonOptions &
  (
    | ({ format: 'csv' } & Given<typeof csvWriteOptions> & Given<typeof compressionOptions>)
    | ({ format: 'json' } & Given<typeof jsonWriteOptions> & Given<typeof compressionOptions>)
    | ({ format: 'text' } & Given<typeof textWriteOptions> & Given<typeof compressionOptions>)
    | ({ format: 'parquet' } & Given<typeof parquetWriteOptions>)
  );

function isFraction(value: unknown): value is number | string {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && number >= 0 && number <= 1;
}

const sourceSpec = {
  format: required(oneOf(formatNames)),
  path: required(nonEmptyText()),
  name: nonEmptyText(),
  schema: schema(),
  maxFilesPerTrigger: wholeNumber({ min: 1 }),
  maxBytesPerTrigger: size(),
  latestFirst: flag(false),
  maxFileAge: duration('7 days'),
  maxCachedFiles: wholeNumber({ min: 0 }, 10_000),
  discardCachedInputRatio: custom(isFraction, 'a number from 0 to 1'),
  fileNameOnly: flag(false),
  pathGlobFilter: nonEmptyText(),
  recursiveFileLookup: flag(false),
  basePath: nonEmptyText(),
  partitionColumnTypeInference: flag(true),
  timeZone: timeReadOptions.timeZone,
  badRecords: sink<MicroBatch<DeadLetterRow>>(),
  schemaEvolution: oneOf(evolutions, 'none'),
  ignoreCorruptFiles: flag(false),
  ignoreMissingFiles: flag(false),
  cleanSource: oneOf(cleanModes, 'off'),
  sourceArchiveDir: nonEmptyText(),
};

const sinkSpec = {
  format: required(oneOf(sinkFormatNames)),
  path: required(nonEmptyText()),
  name: nonEmptyText(),
  partitionBy: names(),
  /** Each format has its own codecs. */
  compression: nonEmptyText(),
  maxRecordsPerFile: wholeNumber({ min: 1 }),
  maxBytesPerFile: size(),
  timeZone: timeWriteOptions.timeZone,
  manifest: oneOf(['spark']),
  retention: duration(),
  compact: compactOption,
};

/** `formatOptions` holds the options of the format, among others. */
export interface ParsedOptions<S> {
  readonly format: Format;
  readonly options: S;
  readonly formatOptions: unknown;
}

export function parseSourceOptions(given: unknown): ParsedOptions<Parsed<typeof sourceSpec>> {
  const format = formatOf('fileSource', given, 'readOptions', sourceSpec);
  const options = parseOptions('fileSource', given, { ...format.readOptions, ...sourceSpec });
  format.checkReading?.(options);
  if (options.maxFilesPerTrigger !== undefined && options.maxBytesPerTrigger !== undefined) {
    throw invalid('fileSource: maxFilesPerTrigger and maxBytesPerTrigger exclude each other. Give one of them.', {
      option: 'maxBytesPerTrigger',
    });
  }
  checkCleaning(options.path, options);
  checkEvolution(options, format, (options as { readonly mode?: string }).mode);
  return { format, options, formatOptions: options };
}

function checkEvolution(
  { schemaEvolution, badRecords }: Parsed<typeof sourceSpec>,
  format: Format,
  mode: string | undefined,
): void {
  if (badRecords !== undefined && format.decoder === undefined) {
    const message = `fileSource: files of the format ${format.name} have no records of their own that could be bad. Leave out badRecords.`;
    throw invalid(message, { option: 'badRecords' });
  }
  if (schemaEvolution === 'none') return;
  if (format.schema !== undefined) {
    const message = `fileSource: files of the format ${format.name} always have the same columns. Leave out schemaEvolution.`;
    throw invalid(message, { option: 'schemaEvolution' });
  }
  if (schemaEvolution !== 'rescue') return;
  if (badRecords !== undefined || (mode !== undefined && mode !== 'PERMISSIVE')) {
    const other = badRecords === undefined ? `mode: '${mode}'` : 'badRecords';
    const message = `fileSource: with schemaEvolution: 'rescue' values that do not fit are kept beside their row, with ${other} they are not. Give one of them.`;
    throw invalid(message, { option: 'schemaEvolution' });
  }
}

export function parseSinkOptions(given: unknown): ParsedOptions<Parsed<typeof sinkSpec>> {
  const format = formatOf('fileSink', given, 'writeOptions', sinkSpec);
  const options = parseOptions('fileSink', given, { ...sinkSpec, ...format.writeOptions });
  if (format.encoder !== undefined)
    checkCompression('fileSink', options as unknown as Parsed<typeof compressionOptions>);
  format.checkWriting?.(options);
  const { partitionBy } = options;
  const twice = partitionBy.find((name, i) => partitionBy.indexOf(name) !== i);
  if (options.retention !== undefined && options.manifest === undefined) {
    throw invalid('fileSink: retention is about the manifest. Give `manifest`, or leave it out.', {
      option: 'retention',
    });
  }
  if (options.compact !== undefined && options.maxRecordsPerFile !== undefined) {
    throw invalid('fileSink: `compact` merges files, whatever maxRecordsPerFile says. Leave one of them out.', {
      option: 'compact',
    });
  }
  if (twice !== undefined) throw invalid(`fileSink: partitionBy has the column '${twice}' twice.`, { column: twice });
  return { format, options: options, formatOptions: options };
}

const invalid = (message: string, details: Readonly<Record<string, unknown>>): SluiceError =>
  new SluiceError('INVALID_OPTION', message, { details });

import { type Sink, type SinkDefinition, defineSink } from '../../lib/connect/index.js';
import { type FileSinkOptions, parseSinkOptions } from './options.js';
import type { ManifestTuning } from './sink/manifest.js';
import { FileWriter } from './sink/writer.js';

/**
 * Writes each batch as files in a directory, in append mode. Whoever lists the directory, at any moment and with any
 * reader, finds whole files only and needs no manifest: files are written aside (below `_temporary/`), synced, and renamed
 * into place when all of the batch are there. Names are `part-<batch>-<query id>-<part>.<codec>.<format>`; a batch that
 * comes again after a crash replaces its own files, also if it has other rows by then, so that every row is there
 * **exactly once**. That needs a `checkpoint`, which gives query and batches their ids.
 *
 * With `partitionBy` rows go to folders, `shop=a/date=2024-05-01/`, named and escaped as in Spark. Batches without rows
 * write nothing. A batch is one file, or one a folder, unless `maxRecordsPerFile`, `maxBytesPerFile` or the operators
 * `repartition` and `coalesce` say otherwise.
 *
 * With `manifest: 'spark'` the directory is one that Spark takes for the output of its own file sink: it reads the
 * files that `_spark_metadata/` lists, which are those of the batches that are done. Other readers find them as before.
 *
 * Throws UNKNOWN_OPTION, INVALID_OPTION and MISSING_OPTION at once. The query fails with FILE_UNWRITABLE if the destination
 * cannot be written (then nothing of the batch is visible, unless it was being renamed), UNKNOWN_COLUMN, and
 * DUPLICATE_NAME if it has two sinks without a `name` of their own for one directory, and UNSUPPORTED_PIPELINE where
 * there cannot be a manifest.
 *
 * @example
 * ```ts
 * flow$.subscribe(fileSink({ format: 'parquet', path: 'out/', partitionBy: ['date', 'hour'], maxRecordsPerFile: 1_000_000 }));
 * ```
 */
export function fileSink(options: FileSinkOptions): Sink {
  return defineSink(fileSinkDefinition(options));
}

/** @internal What `fileSink` is made of. */
export function fileSinkDefinition(
  given: FileSinkOptions,
  manifestTuning?: Partial<ManifestTuning>,
): SinkDefinition<unknown> {
  const { format, options, formatOptions } = parseSinkOptions(given);
  return {
    op: 'fileSink',
    detail: `${format.name} ${options.path}`,
    supports: { exactlyOnce: true, outputModes: ['append'] },
    open: ({ queryId, runId }) =>
      FileWriter.open({ ...options, format, formatOptions, manifestTuning }, queryId, runId),
  };
}

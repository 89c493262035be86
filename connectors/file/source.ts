import { existsSync } from 'node:fs';
import { type SourceDefinition, defineSource } from '../../lib/connect/index.js';
import { SluiceError } from '../../lib/errors/index.js';
import type { Flow } from '../../lib/flow.js';
import { nullable } from '../../lib/formats/nullable.js';
import { type Schema, structOf } from '../../lib/schema/index.js';
import { binarySchema, checkBinarySchema } from './binary.js';
import { type FileSourceOptions, parseSourceOptions } from './options.js';
import { fileMetadata } from './source/file-columns.js';
import { isGlob } from './source/glob.js';
import { pathNotFound } from './source/listing.js';
import { discoverPartitions } from './source/partitions.js';
import { type FileOffset, FileReader } from './source/reader.js';
import { rescuedColumn } from './source/rescue.js';

/**
 * Reads files, as they appear, as a flow of rows. Each file is read once, oldest first (by modification time, then by
 * path), and is split over as many batches as it needs. Files must appear whole (be renamed into place) and stay as they
 * are until they have been read. Names that begin with `_` or `.` are not looked at.
 *
 * A batch can be read again after a crash, the same to the row, so that a query with a `checkpoint` reads every row
 * exactly once. What has been read is kept there: for files older than `maxFileAge` only that they are too old.
 * Offsets are `{ file, position }`: the how-manieth file (from 0), and the byte in it (csv, json, text) or the row
 * (parquet) at which reading goes on.
 *
 * Columns that nothing needs are not decoded: of csv, a value in one that is no value of its type does not count as
 * malformed then, as in Spark. Row groups of Parquet files whose statistics rule out what a filter below asks for are
 * not read, if the schema is declared; their rows count for offsets (and in `numRowsSkipped`), not as input rows.
 * `explain()` shows both.
 *
 * Throws UNKNOWN_OPTION, INVALID_OPTION, MISSING_OPTION, SCHEMA_REQUIRED, INVALID_SCHEMA and PATH_NOT_FOUND at once. The
 * query fails with FILE_CHANGED if a file that was found has vanished or changed before it was read, FILE_UNREADABLE,
 * and with the errors of the format (MALFORMED_RECORD, RECORD_TOO_LARGE, SCHEMA_MISMATCH).
 *
 * @example
 * ```ts
 * const orders$ = fileSource({
 *   format: 'csv',
 *   path: 'in/',
 *   schema: 'id LONG, at TIMESTAMP, amount DOUBLE',
 *   header: true,
 *   maxFilesPerTrigger: 10,
 * });
 * ```
 */
export function fileSource<Row = Record<string, unknown>>(options: FileSourceOptions<Row>): Flow<Row> {
  return defineSource(fileSourceDefinition<Row>(options));
}

/** @internal What `fileSource` is made of; `tuning` is for specs. */
export function fileSourceDefinition<Row = Record<string, unknown>>(
  given: FileSourceOptions<Row>,
  tuning: { readonly chunkBytes?: number; readonly unitBytes?: number } = {},
): SourceDefinition<Row, FileOffset> {
  const { format, options, formatOptions } = parseSourceOptions(given);
  const { path, name = `file(${path})` } = options;
  const declared = options.schema ?? format.schema;
  const inferred = declared === undefined && format.inference?.(formatOptions) !== undefined;
  const asked = schemaOf(format.name, declared, inferred || format.describesItself === true);
  // A name that is there is a name, whatever characters it has.
  const isThere = existsSync(path);
  if (!isThere && !isGlob(path)) throw pathNotFound(path);
  const { basePath, timeZone = 'UTC', recursiveFileLookup } = options;
  const partitions = recursiveFileLookup
    ? undefined
    : discoverPartitions({
        path,
        glob: !isThere,
        basePath,
        inferTypes: options.partitionColumnTypeInference,
        schema: options.schema && (nullable(options.schema) as Schema),
        timeZone,
      });
  // A schema that the user gave names columns of partitions, too.
  const schema = asked && options.schema && partitions ? partitions.without(asked) : asked;
  if (format.name === 'binaryFile') checkBinarySchema(options.schema === undefined ? binarySchema : schema!);
  // What the decoder refuses of a schema is refused here.
  if (schema !== undefined) {
    format.decoder?.(formatOptions, { schema, columns: schema.fields.map((f) => f.name), atStart: true });
  }
  const { schemaEvolution, badRecords } = options;
  const evolution = schemaEvolution === 'none' ? undefined : schemaEvolution;
  const limited = options.maxFilesPerTrigger !== undefined || options.maxBytesPerTrigger !== undefined;
  return {
    op: 'fileSource',
    name,
    detail: `${format.name} ${path}`,
    // Columns that may come are known when they come.
    ...(schema === undefined || evolution === 'addColumns'
      ? {}
      : { schema: withRescued(partitions?.merge(schema) ?? schema, evolution) as Schema<Row> }),
    hidden: fileMetadata,
    badRecords,
    // Whether a record is bad must not depend on what is read of it.
    supports: {
      replay: true,
      columns: badRecords === undefined,
      conditions:
        format.describesItself === true || (partitions !== undefined && (({ column }) => partitions.has(column))),
    },
    open: (context) =>
      new FileReader<Row>(
        {
          format,
          formatOptions,
          schema,
          partitions,
          listing: {
            ...options,
            glob: !isThere,
            recursiveFileLookup: recursiveFileLookup || partitions !== undefined,
          },
          files: { ...options, maxFileAge: options.latestFirst && limited ? Infinity : options.maxFileAge },
          rejects: badRecords !== undefined,
          evolution,
          ignoreCorruptFiles: options.ignoreCorruptFiles,
          ignoreMissingFiles: options.ignoreMissingFiles,
          ...tuning,
        },
        context,
      ),
  };
}

const withRescued = (schema: Schema, evolution: string | undefined): Schema =>
  evolution === 'rescue' ? structOf([...schema.fields, rescuedColumn]) : schema;

function schemaOf(format: string, schema: Schema | undefined, found: boolean): Schema | undefined {
  if (schema === undefined) {
    if (found) return undefined;
    const message = `fileSource: files of the format ${format} do not tell their columns. Give a schema, such as schema: 'id LONG, at TIMESTAMP'.`;
    throw new SluiceError('SCHEMA_REQUIRED', message, { details: { option: 'schema' } });
  }
  return nullable(schema) as Schema;
}

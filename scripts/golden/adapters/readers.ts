import { Buffer } from 'node:buffer';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Flow, type Table, startQuery } from 'sluice';
import { type FileSourceOptions, fileSource, foreachBatchSink } from 'sluice/connectors';
import { selectExpr, trigger } from 'sluice/operators';
import { SluiceError } from '../../../lib/errors/index.js';
import { type Adapter, NotRun, checkFeature, encodeTables, gotError, withSettings } from '../adapter.js';
import type { GoldenCase, GoldenRows } from '../case.js';
import { type GotRows, compareRows } from '../compare.js';
import { inFolder } from './tables.js';

interface ReaderCase extends GoldenCase {
  readonly files: readonly { readonly name: string; readonly base64: string }[];
  /** DDL; null where it is to be inferred. */
  readonly schema: string | null;
  readonly options: Readonly<Record<string, string>>;
  readonly select?: readonly string[];
  readonly expected: GoldenRows;
}

/** Reads the files of a case with `fileSource`, from a folder. */
export const readers = (format: 'csv' | 'json'): Adapter<ReaderCase, GotRows> => ({
  area: format,
  run: (given) => inFolder((folder) => read(format, given, folder)),
  compare: (given, got) => compareRows(given.expected, got),
});

async function read(format: 'csv' | 'json', given: ReaderCase, folder: string): Promise<GotRows> {
  const asked = withSettings(given.options, given.conf);
  for (const { name, base64 } of given.files) writeFileSync(join(folder, name), Buffer.from(base64, 'base64'));
  const columns = given.select ?? [];
  if (columns.some((column) => /^count\(/.test(column))) throw new NotRun(`the aggregate ${columns.join(', ')}`);
  try {
    const schema = given.schema === null ? {} : { schema: given.schema };
    const options = { ...asked, ...schema, format, path: folder } as unknown as FileSourceOptions;
    const source = fileSource(options);
    return encodeTables(await collect(columns.length === 0 ? source : source.pipe(selectExpr(...columns))));
  } catch (error) {
    checkFeature(error);
    if (error instanceof SluiceError && error.code === 'SCHEMA_REQUIRED' && given.schema === null) {
      throw new NotRun('a schema that is inferred');
    }
    return { error: gotError(error, conditions) };
  }
}

/** What Spark may mean by what is one error here. */
const conditions = {
  MALFORMED_RECORD: [
    'MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION',
    'CANNOT_PARSE_JSON_FIELD',
    'MALFORMED_CSV_RECORD',
    'FAILED_READ_FILE.NO_HINT',
  ],
  RECORD_TOO_LARGE: ['MALFORMED_CSV_RECORD'],
  UNSUPPORTED_PIPELINE: ['UNSUPPORTED_FEATURE.QUERY_ONLY_CORRUPT_RECORD_COLUMN'],
  INVALID_SCHEMA: ['UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE'],
  INVALID_OPTION: [
    'OPTION_VALUE_EXCEEDS_ONE_CHARACTER',
    'INVALID_DELIMITER_VALUE.UNSUPPORTED_SPECIAL_CHARACTER',
    'INVALID_TIMEZONE',
    'INCONSISTENT_BEHAVIOR_CROSS_VERSION.DATETIME_WEEK_BASED_PATTERN',
  ],
};

/** All that a source has now, a table a batch. */
export async function collect(source: Flow): Promise<Table[]> {
  const tables: Table[] = [];
  const sink = foreachBatchSink((batch) => void tables.push(batch.table));
  const query = startQuery({ from: source.pipe(trigger({ availableNow: true })), to: sink });
  await query.awaitTermination();
  return tables;
}

import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { startQuery } from 'sluice';
import { type FileSinkOptions, type FileSourceOptions, fileSource, foreachBatchSink } from 'sluice/connectors';
import { checkpoint, repartition, trigger } from 'sluice/operators';
import { fileSinkDefinition } from '../../../connectors/file/sink.js';
import type { ManifestTuning } from '../../../connectors/file/sink/manifest.js';
import { defineSink } from '../../../lib/connect/index.js';
import { parseDuration } from '../../../lib/options/index.js';
import { type Adapter, NotRun, checkFeature, gotError } from '../adapter.js';
import type { GoldenCase, GoldenError } from '../case.js';
import { type GotError, compareError, compareText } from '../compare.js';
import { inFolder } from './tables.js';

interface SinkCase extends GoldenCase {
  readonly source: {
    readonly schema: string;
    readonly batches: readonly (readonly Readonly<Record<string, unknown>>[])[];
  };
  readonly query: {
    readonly repartition: number | null;
    readonly aggregate: unknown;
    readonly restartAfterBatch: number | null;
    readonly checkpointKept: boolean;
    readonly outputMode: string;
  };
  readonly sink: {
    readonly format: string;
    readonly partitionBy: readonly string[];
    readonly options: Readonly<Record<string, string>>;
  };
  readonly expected: {
    readonly files?: readonly DataFile[];
    readonly manifest?: Readonly<Record<string, Log>>;
    readonly readBack?: ReadBack;
    readonly error?: GoldenError;
  };
}

/** What a batch read of the directory gives. */
interface ReadBack {
  readonly schema: readonly (readonly [name: string, type: string])[];
  readonly rows: readonly (readonly unknown[])[];
}

interface DataFile {
  readonly path: string;
  readonly text?: string;
}

interface Entry {
  readonly path: string;
  readonly size: number | string;
}

interface Log {
  readonly version: string;
  readonly keysInOrder: readonly string[];
  readonly entries: readonly Entry[];
}

interface Got {
  readonly files?: readonly DataFile[];
  readonly manifest?: Readonly<Record<string, Log>>;
  readonly rows?: readonly (readonly unknown[])[];
  readonly error?: GotError;
}

/** Settings of Spark that are about its manifest. */
const tunings: Readonly<Record<string, readonly [keyof ManifestTuning, (text: string) => number]>> = {
  'spark.sql.streaming.fileSink.log.compactInterval': ['compactInterval', Number],
  'spark.sql.streaming.fileSink.log.cleanupDelay': ['cleanupDelay', (text) => parseDuration(text)!],
  'spark.sql.streaming.minBatchesToRetain': ['minBatchesToRetain', Number],
};

/** What errors of the sink are called in Spark. */
const conditions = {
  SCHEMA_MISMATCH: ['UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE'],
  INVALID_OPTION: ['ALL_PARTITION_COLUMNS_NOT_ALLOWED', 'INVALID_PARTITION_COLUMN_DATA_TYPE'],
};

/**
 * A query from JSON files, one a batch, to `fileSink` with a manifest. Not compared are the names of the files, and
 * those without rows, which are not written. What is in the files is read back, so that it counts in every format.
 */
export const sink: Adapter<SinkCase, Got> = {
  area: 'files',
  topics: ['sink'],
  run: (given) => inFolder((folder) => run(given, folder)),
  compare({ expected, sink: { options } }, got) {
    if (expected.error !== undefined || got.error !== undefined) return compareError(expected.error, got.error);
    const files = expected.files ?? [];
    const sized = files.every(({ text }) => text !== undefined);
    const header = options['header'] === 'true' ? 1 : 0;
    const filled = files.filter(({ text }) => text === undefined || text.split('\n').length - 1 > header);
    const empty = new Set(files.filter((file) => !filled.includes(file)).map(({ text }) => text!.length));
    return (
      compareText(filesOf(filled, sized), filesOf(got.files ?? [], sized), 'files') ??
      compareText(
        logsOf(expected.manifest ?? {}, sized, empty),
        logsOf(got.manifest ?? {}, sized, empty),
        'manifest',
      ) ??
      compareText(rowsIn(filled, files, expected.readBack), sorted(got.rows ?? []), 'rows')
    );
  },
};

async function run({ source, query, sink: given, conf = {}, expected }: SinkCase, folder: string): Promise<Got> {
  if (query.aggregate !== null) throw new NotRun('aggregates');
  const [input, path] = [join(folder, 'in'), join(folder, 'out')];
  mkdirSync(input);
  try {
    const { format, partitionBy, options } = given;
    const settings = { ...options, format, partitionBy, path, manifest: 'spark' } as unknown as FileSinkOptions;
    const rows = { format: 'json', path: input, schema: source.schema, maxFilesPerTrigger: 1 } as const;
    const files$ = fileSource(rows as unknown as FileSourceOptions);
    const dealt$ = query.repartition === null ? files$ : files$.pipe(repartition(query.repartition));
    const until = async (batches: number, checkpointAt: string): Promise<void> => {
      for (let i = 0; i < batches; i++) writeBatch(join(input, `${i}.json`), source.batches[i]!, i);
      const from = dealt$.pipe(trigger({ availableNow: true }), checkpoint(join(folder, checkpointAt)));
      await startQuery({ from, to: defineSink(fileSinkDefinition(settings, tuningOf(conf))) }).awaitTermination();
    };
    const { restartAfterBatch, checkpointKept } = query;
    if (restartAfterBatch !== null) await until(restartAfterBatch + 1, checkpointKept ? 'kept' : 'lost');
    await until(source.batches.length, 'kept');
  } catch (error) {
    checkFeature(error);
    return { error: gotError(error, conditions) };
  }
  const rows = expected.readBack === undefined ? [] : await readBack(path, given.format, expected.readBack.schema);
  return { files: dataFiles(path), manifest: manifestOf(join(path, '_spark_metadata')), rows };
}

async function readBack(path: string, format: string, columns: ReadBack['schema']): Promise<unknown[][]> {
  const schema = columns.map(([name, type]) => `\`${name}\` ${type}`).join(', ');
  const rows: unknown[][] = [];
  const to = foreachBatchSink<Record<string, unknown>>((batch) => {
    for (const row of batch.rows) rows.push(columns.map(([name]) => row[name]));
  });
  const written$ = fileSource({ format, path, schema } as unknown as FileSourceOptions);
  await startQuery({ from: written$.pipe(trigger({ availableNow: true })), to }).awaitTermination();
  return rows;
}

/** Files are read in the order of their times. */
function writeBatch(path: string, rows: readonly Readonly<Record<string, unknown>>[], second: number): void {
  if (existsSync(path)) return;
  writeFileSync(path, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  utimesSync(path, 1e9 + second, 1e9 + second);
}

function tuningOf(conf: Readonly<Record<string, string>>): Partial<ManifestTuning> {
  return Object.fromEntries(
    Object.entries(conf).map(([name, value]) => {
      const known = tunings[name];
      if (known === undefined) throw new NotRun(`the setting ${name}`);
      return [known[0], known[1](value)];
    }),
  );
}

function dataFiles(root: string): DataFile[] {
  const names = readdirSync(root, { recursive: true }).map(String);
  return names
    .filter((name) => !/^[_.]/.test(name) && statSync(join(root, name)).isFile())
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
}

function manifestOf(folder: string): Record<string, Log> {
  const names = readdirSync(folder).filter((name) => !name.startsWith('.'));
  return Object.fromEntries(
    names.map((name) => {
      const [version, ...lines] = readFileSync(join(folder, name), 'utf8').split('\n');
      const entries = lines.map((line) => JSON.parse(line) as Entry);
      return [name, { version: version!, keysInOrder: Object.keys(entries[0] ?? {}), entries }];
    }),
  );
}

/** What is read back but for the headers, each read as a row, of files that are not written here. */
function rowsIn(
  filled: readonly DataFile[],
  files: readonly DataFile[],
  { rows = [] }: Partial<ReadBack> = {},
): string[] {
  const left = sorted(rows);
  for (const { text = '' } of files.filter((file) => !filled.includes(file))) {
    const header = left.indexOf(JSON.stringify(text.trim().split(',')));
    if (header >= 0) left.splice(header, 1);
  }
  return left;
}

const sorted = (rows: readonly (readonly unknown[])[]): string[] => rows.map((row) => JSON.stringify(row)).sort();

/** What counts of files, in an order that does not depend on their names. `sized`: their bytes are those of Spark. */
const filesOf = (files: readonly DataFile[], sized: boolean): readonly string[] =>
  files.map(({ path, text }) => JSON.stringify([dirname(path), sized ? text : ''])).sort();

/** The same of a manifest, but for files of these sizes, which have no rows. */
function logsOf(manifest: Readonly<Record<string, Log>>, sized: boolean, empty: ReadonlySet<number | string>): unknown {
  return Object.keys(manifest)
    .sort()
    .map((name) => {
      const { version, keysInOrder, entries } = manifest[name]!;
      const filled = entries.filter(({ size }) => !empty.has(size));
      const lines = filled.map((entry) => {
        const folder = basename(dirname(entry.path));
        const { size } = entry;
        return JSON.stringify({
          ...entry,
          path: folder.includes('=') ? folder : '',
          size: sized ? size : 0,
          modificationTime: 0,
        });
      });
      return [name, version, filled.length === 0 ? [] : keysInOrder, lines.sort()];
    });
}

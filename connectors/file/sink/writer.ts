import { join } from 'node:path';
import type { MicroBatch } from '../../../lib/batch/index.js';
import type { Table } from '../../../lib/columns/index.js';
import { withTypes } from '../../../lib/columns/infer.js';
import type { SinkWriter } from '../../../lib/connect/index.js';
import { zoneOf } from '../../../lib/datetime/index.js';
import { diskError } from '../../../lib/durable.js';
import { systemCode } from '../../../lib/errors/index.js';
import { type Schema, sameType } from '../../../lib/schema/index.js';
import { forEachBounded } from '../bounded.js';
import type { RecordEncoder } from '../format.js';
import { type Format, codecSuffixes, formatNames, suffixOf } from '../formats.js';
import { encodeParquet } from '../parquet/index.js';
import type { CompactOptions } from './compact-options.js';
import { Compactor } from './compactor.js';
import { type ManifestTuning, SparkManifest } from './manifest.js';
import { Merging } from './merging.js';
import { FileNames, partName } from './names.js';
import { compressed, parquetOptions, writeOut } from './output.js';
import { partitions } from './partitions.js';
import { type Content, nextFile, recordFiles, wholeFiles } from './rolling.js';
import { spread } from './spread.js';
import { type StagedFile, Staging, diskOperationsAtOnce } from './staging.js';

export interface FileWriterOptions {
  readonly format: Format;
  readonly formatOptions: unknown;
  readonly path: string;
  readonly name: string | undefined;
  readonly partitionBy: readonly string[];
  readonly timeZone: string | undefined;
  readonly compression: string | undefined;
  readonly maxRecordsPerFile: number | undefined;
  readonly maxBytesPerFile: number | undefined;
  readonly manifest: 'spark' | undefined;
  readonly retention: number | undefined;
  readonly compact: CompactOptions | undefined;
  readonly manifestTuning?: Partial<ManifestTuning> | undefined;
}

/** Rows that go to a file of their own, or to several if they are too many bytes for one. */
interface Part {
  readonly folder: string;
  readonly table: Table;
}

/** Writes the batches of one run of a query to one directory. */
export class FileWriter implements SinkWriter<unknown> {
  private encoder: { readonly schema: Schema; readonly encoder: RecordEncoder } | undefined;
  private readonly compactor: Compactor | undefined;

  private constructor(
    private readonly options: FileWriterOptions,
    private readonly names: FileNames,
    private readonly staging: Staging,
    private readonly manifest: SparkManifest | undefined,
    merging: Merging,
  ) {
    const { compact, path: root, partitionBy } = options;
    if (compact === undefined) return;
    const start = (): Uint8Array | undefined => this.encoder?.encoder.start();
    const depth = partitionBy.length;
    this.compactor = new Compactor({ ...compact, root, names, format: options, depth, merging, manifest, start });
  }

  /** Throws FILE_UNWRITABLE, DUPLICATE_NAME, UNSUPPORTED_PIPELINE. */
  static async open(options: FileWriterOptions, queryId: string, runId: string): Promise<FileWriter> {
    const { path, name } = options;
    const owner = fileNameOf(name === undefined ? queryId : `${queryId}-${name}`);
    const soleNames = (batch: number): string[] =>
      formatNames.flatMap((format) =>
        Object.values(codecSuffixes[format]).map((suffix) => partName(batch, owner, 0, suffix)),
      );
    try {
      const staging = await Staging.open(path, owner, runId, soleNames);
      try {
        const manifest = await openManifest(options, owner);
        const merging = new Merging(path, staging.aside, manifest);
        await merging.recover();
        const suffix = suffixOf(options.format.name, options.compression, options.formatOptions);
        return new FileWriter(options, new FileNames(owner, suffix), staging, manifest, merging);
      } catch (error) {
        await staging.close();
        throw error;
      }
    } catch (error) {
      throw unwritable(error, path);
    }
  }

  /** Whether the only file of a batch is one of `soleNames`. */
  private get isUsual(): boolean {
    const { partitionBy, format, compression } = this.options;
    return partitionBy.length === 0 && this.names.suffix === codecSuffixes[format.name][compression ?? 'none'];
  }

  async write(batch: MicroBatch<unknown>): Promise<void> {
    const { staging, manifest, options } = this;
    if (manifest?.has(batch.id) === true) return;
    const parts = batch.numRows === 0 ? [] : this.partsOf(batch);
    const staged: string[] = [];
    const stage = (): string => {
      const path = staging.pathOf(batch.id, staged.length);
      staged.push(path);
      return path;
    };
    try {
      const written = new Array<readonly string[]>(parts.length);
      await forEachBounded(parts, diskOperationsAtOnce, async ({ table }, i) => {
        written[i] = await this.writeFiles(table, stage);
      });
      const files = parts
        .flatMap(({ folder }, i) => written[i]!.map((path) => ({ folder, path })))
        .map(({ folder, path }, i): StagedFile => {
          return { staged: path, name: join(folder, this.names.part(batch.id, i)) };
        });
      await staging.publish(batch.id, files, this.isUsual);
      const names = files.map(({ name }) => name);
      await manifest?.add(batch.id, names);
      this.compactor?.published(batch.id, names);
    } catch (error) {
      await staging.discard(staged);
      throw unwritable(error, options.path);
    }
  }

  metrics(): Readonly<Record<string, number>> {
    return this.compactor?.metrics ?? {};
  }

  async close(): Promise<void> {
    await this.compactor?.close();
    await this.staging.close();
  }

  private partsOf({ table, layout }: MicroBatch<unknown>): Part[] {
    const { partitionBy, maxRecordsPerFile = Infinity, timeZone = 'UTC' } = this.options;
    const zone = zoneOf(timeZone);
    const parts: Part[] = [];
    for (const { folder, table: rows } of spread(table, layout).flatMap((some) =>
      partitions(some, partitionBy, zone),
    )) {
      if (rows.numRows <= maxRecordsPerFile) {
        parts.push({ folder, table: rows });
        continue;
      }
      for (let from = 0; from < rows.numRows; from += maxRecordsPerFile) {
        parts.push({ folder, table: rows.slice(from, Math.min(from + maxRecordsPerFile, rows.numRows)) });
      }
    }
    return parts;
  }

  /** Writes the rows to one file, or to more if there is a limit; returns their paths, in order. */
  private async writeFiles(table: Table, stage: () => string): Promise<string[]> {
    const content = this.contentOf(table);
    const paths: string[] = [];
    for (let more = true; more;) {
      const path = stage();
      paths.push(path);
      more = await this.writeFile(path, content);
    }
    return paths;
  }

  /** Writes the next file of these; whether there is another. */
  private async writeFile(path: string, content: Content): Promise<boolean> {
    const part = new NextFile(content);
    await writeOut(path, compressed(part, this.options));
    return part.more;
  }

  private contentOf(table: Table): Content {
    const { format, maxBytesPerFile = Infinity } = this.options;
    if (format.encoder === undefined) {
      const options = parquetOptions(this.options);
      return wholeFiles(table, (rows) => encodeParquet([rows], options), maxBytesPerFile);
    }
    const typed = format.untyped === true ? table : withTypes(table);
    return recordFiles(typed, this.encoderFor(typed.schema), maxBytesPerFile);
  }

  /** One for all files of one schema: what it returns is encoded. */
  private encoderFor(schema: Schema): RecordEncoder {
    if (this.encoder === undefined || !sameColumns(this.encoder.schema, schema)) {
      const { format, formatOptions } = this.options;
      this.encoder = { schema, encoder: format.encoder!(formatOptions, schema) };
    }
    return this.encoder.encoder;
  }
}

/** The bytes of the next file of several. */
class NextFile implements Iterable<Uint8Array> {
  /** Whether another file follows; known when all bytes were taken. */
  more = false;

  constructor(private readonly content: Content) {}

  *[Symbol.iterator](): Generator<Uint8Array> {
    for (let next = this.content.next(); next.done !== true; next = this.content.next()) {
      this.more = next.value === nextFile;
      if (next.value === nextFile) return;
      yield next.value;
    }
  }
}

async function openManifest(options: FileWriterOptions, owner: string): Promise<SparkManifest | undefined> {
  const { manifest, path, retention = Infinity, manifestTuning: tuning } = options;
  return manifest === undefined ? undefined : SparkManifest.open({ root: path, owner, retention, tuning });
}

const sameColumns = (a: Schema, b: Schema): boolean => a === b || sameType(a, b);

/** A text as a part of a file name, whatever is in it. */
const fileNameOf = (text: string): string => encodeURIComponent(text).replace(/^\.{1,2}$/, '%2E');

function unwritable(error: unknown, path: string): unknown {
  if (systemCode(error) === undefined) return error;
  const at = (error as { path?: unknown }).path;
  return diskError(error, 'FILE_UNWRITABLE', 'Writing', typeof at === 'string' ? at : path);
}

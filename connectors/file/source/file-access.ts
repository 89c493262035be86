import type { SourceContext } from '../../../lib/connect/index.js';
import type { Table } from '../../../lib/columns/index.js';
import { SluiceError } from '../../../lib/errors/index.js';
import { nullable } from '../../../lib/formats/nullable.js';
import type { Parsed } from '../../../lib/options/index.js';
import { type Field, type Schema, field, string, structOf, fieldNamed } from '../../../lib/schema/index.js';
import type { BinaryReadOptions } from '../binary.js';
import type { MalformedRecord, RecordDecoder } from '../format.js';
import type { Format } from '../formats.js';
import { type ParquetReadOptions, openParquet } from '../parquet/index.js';
import { BinaryFile } from './binary-file.js';
import type { CleanOptions } from './clean.js';
import { type Evolution, describeDrift, driftOf, evolved } from './evolution.js';
import type { FileListOptions } from './file-list.js';
import { inferSchema, type inferenceOptions } from './infer.js';
import type { FileFacts, ListingOptions } from './listing.js';
import { type OpenFile, closedWhileReading } from './open-file.js';
import { openRecords } from './open-records.js';
import { ParquetTable, mergedSchema } from './parquet-file.js';
import { type PartitionValue, PassedOver, mayMatter, withPartitions } from './partitioned-file.js';
import type { Partitions } from './partitions.js';
import { defaultChunkBytes } from './record-file.js';
import type { Rejects } from './rejects.js';
import { type RescueOptions, rescued, rescuedColumn } from './rescue.js';
import type { SchemaVersions } from './schema-versions.js';
import { conformed, shapedFile } from './shaped-file.js';

export interface FileReaderOptions {
  readonly format: Format;
  readonly formatOptions: unknown;
  /** Undefined: that of the first file. */
  readonly schema: Schema | undefined;
  /** Columns that are not in the files, but in the names of their folders. */
  readonly partitions?: Partitions | undefined;
  readonly listing: ListingOptions;
  readonly files: FileListOptions & CleanOptions;
  /** Whether malformed records are kept apart. */
  readonly rejects?: boolean;
  readonly ignoreCorruptFiles?: boolean;
  readonly ignoreMissingFiles?: boolean;
  /** Undefined: files are not looked at for other columns than those that are known. */
  readonly evolution?: Exclude<Evolution, 'none'> | undefined;
  readonly chunkBytes?: number;
  readonly unitBytes?: number;
}

/** The options of text formats that matter here. */
interface TextOptions {
  readonly maxDecompressedBytes: number;
  readonly columnNameOfCorruptRecord?: string;
  readonly header?: boolean;
  readonly inferSchema?: boolean;
  readonly lineSep?: string;
}

/** Opens files as what the query makes of them: the columns that it needs, in their order, and where they come from. */
export class FileAccess {
  chunkBytes = defaultChunkBytes;
  /** The columns of the file that was looked at last. */
  private described: { readonly path: string; readonly schema: Promise<Schema | undefined> } | undefined;

  constructor(
    private readonly options: FileReaderOptions,
    private readonly context: SourceContext,
    private readonly schemas: SchemaVersions,
    private readonly rejects: Rejects | undefined,
    private readonly stopped: () => boolean,
  ) {}

  async open(ordinal: number, file: FileFacts, exact: boolean, position: number): Promise<OpenFile> {
    if (this.stopped()) throw closedWhileReading(file.path);
    const { partitions } = this.options;
    if (partitions === undefined) return this.openData(ordinal, file, exact, position);
    const values = partitions.valuesOf(file.path)!;
    const known: PartitionValue[] = partitions.fields.map((f, i) => ({ field: f, value: values[i]! }));
    if (!mayMatter(known, this.context.conditions)) return new PassedOver(file);
    const data = await this.openData(ordinal, file, exact, position);
    return withPartitions(data, known, this.outputFields(ordinal));
  }

  /** The columns that are needed, those of partitions among them. */
  outputFields(ordinal: number): readonly Field[] {
    const { partitions, evolution } = this.options;
    const data = this.schemas.at(ordinal) ?? structOf([]);
    const all = (partitions?.merge(data) ?? data).fields;
    return this.needed(evolution === 'rescue' ? [...all, rescuedColumn] : all);
  }

  /** Finds out the schema, if it has to be, from the files that are there. */
  async infer(first: number, fileAt: (n: number) => FileFacts | undefined): Promise<void> {
    const { format, formatOptions } = this.options;
    if (this.schemas.at(first) !== undefined || fileAt(0) === undefined) return;
    if (format.describesItself === true && (formatOptions as ParquetReadOptions).mergeSchema) {
      const merged = await mergedSchema(fileAt);
      if (merged !== undefined) this.learn(first, () => merged);
      return;
    }
    const inference = format.inference?.(formatOptions);
    if (inference === undefined) return;
    const open = (file: FileFacts, decoder: () => RecordDecoder): Promise<OpenFile> =>
      this.openRecords(file, false, 0, decoder);
    const schema = await inferSchema(inference, fileAt, open, formatOptions as Parsed<typeof inferenceOptions>);
    if (schema !== undefined) this.learn(first, () => nullable(schema) as Schema);
  }

  /**
   * The columns that hold from a new file on, if they are others than those that are known. Throws SCHEMA_CHANGED if
   * that is not wanted.
   */
  async changeOf(
    ordinal: number,
    file: FileFacts,
  ): Promise<{ readonly schema: Schema; readonly what: string } | undefined> {
    const { evolution } = this.options;
    const known = this.schemas.at(ordinal);
    if (evolution === undefined || evolution === 'rescue' || known === undefined) return undefined;
    const found = await this.describe(known, file);
    const drift = found && driftOf(known, found, (name) => this.isFixed(name));
    if (drift === undefined) return undefined;
    if (evolution === 'addColumns') {
      // What does not fit is malformed, or an error of the file.
      const what = describeDrift({ ...drift, unlike: [] });
      return what === undefined ? undefined : { schema: evolved(known, drift), what };
    }
    const what = describeDrift(drift);
    if (what === undefined) return undefined;
    const message =
      `Reading '${file.path}': its columns are not those of the query: ${what}. Give the query the new schema, move the ` +
      "file away, or say what is to become of such files: schemaEvolution: 'addColumns' or 'rescue'.";
    throw new SluiceError('SCHEMA_CHANGED', message, { details: { path: file.path, changes: what } });
  }

  /** Opens a file for the columns that are in it. */
  private async openData(ordinal: number, file: FileFacts, exact: boolean, position: number): Promise<OpenFile> {
    const { format, formatOptions } = this.options;
    if (format.name === 'binaryFile') {
      const { maxRecordBytes } = formatOptions as BinaryReadOptions;
      return BinaryFile.open({ file, exact, columns: this.fieldsOf(this.schemas.at(ordinal)), maxRecordBytes });
    }
    return format.decoder === undefined
      ? this.openParquet(ordinal, file, exact)
      : this.openText(ordinal, file, exact, position);
  }

  private async openParquet(ordinal: number, file: FileFacts, exact: boolean): Promise<OpenFile> {
    const { unitBytes, formatOptions } = this.options;
    const { engine } = formatOptions as ParquetReadOptions;
    const conditions = this.context.conditions.filter(({ column }) => !this.isPartition(column));
    let extras: readonly Field[] = [];
    const columns = (schemaOfFile: () => Schema): readonly Field[] => {
      const known = this.learn(ordinal, schemaOfFile);
      const fields = this.fieldsOf(known);
      if (!this.rescues) return fields;
      const { added, unlike } = driftOf(known, schemaOfFile(), () => false);
      const misfits = unlike.map((one) => field(one.known.name, one.type));
      extras = [...added, ...misfits];
      return [...fields.filter((f) => !misfits.some((one) => one.name === f.name)), ...extras];
    };
    const { stopped } = this;
    const tuning = unitBytes === undefined ? {} : { unitBytes };
    const table = await ParquetTable.open({ file, exact, columns, conditions, stopped, engine, ...tuning });
    if (!this.rescues) return table;
    return this.rescuing(table, ordinal, { extras, typed: [], corruptName: undefined, reread: () => undefined });
  }

  private async openText(ordinal: number, file: FileFacts, exact: boolean, position: number): Promise<OpenFile> {
    const { evolution, format, formatOptions } = this.options;
    // Files that tell of no columns have no rows.
    const known = this.schemas.at(ordinal) ?? structOf([]);
    const wanted = this.fieldsOf(known);
    if (evolution === undefined) {
      return this.openRecords(file, exact, position, this.decoderOf(file, known, names(wanted)));
    }
    const { columnNameOfCorruptRecord: corruptName = '', lineSep = '\n' } = formatOptions as TextOptions;
    const layout = await this.layoutOf(known, file, corruptName);
    const { rescues } = this;
    const extras = rescues ? layout.fields.filter((f) => fieldNamed(known, f.name) === undefined) : [];
    const read = wanted.filter((f) => layout.fields.some((one) => one.name === f.name));
    if (!rescues) {
      const opened = await this.openRecords(file, exact, position, this.decoderOf(file, layout, names(read)));
      return read.length === wanted.length ? opened : shapedFile(opened, (table) => conformed(table, wanted));
    }
    const whole = layout.fields.some((f) => f.name === corruptName)
      ? layout
      : structOf([...layout.fields, field(corruptName, string())]);
    const columns = [...new Set([...names(read), ...names(extras), corruptName])];
    const opened = await this.openRecords(file, exact, position, this.decoderOf(file, whole, columns));
    const texts = structOf(layout.fields.map((f) => field(f.name, string())));
    const typed = [...read, ...extras].filter((f) => f.name !== corruptName);
    const reread = (records: readonly string[]): Table | undefined => {
      const plain = { ...(formatOptions as object), header: false };
      const decoder = format.decoder!(plain, { schema: texts, columns: names(typed), atStart: false });
      const bytes = Buffer.from(records.map((record) => record + lineSep).join(''));
      decoder.decode(bytes, { path: file.path, position: 0 }, true);
      return decoder.numRows === records.length ? decoder.take() : undefined;
    };
    return this.rescuing(opened, ordinal, { extras, typed, corruptName, reread });
  }

  private rescuing(opened: OpenFile, ordinal: number, how: Omit<RescueOptions, 'path'>): OpenFile {
    const options = { ...how, path: opened.facts.path };
    const output = this.outputFields(ordinal).filter((f) => !this.isPartition(f.name));
    let count = 0;
    const shape = (table: Table): Table => {
      const { column, count: more } = rescued(table, options);
      count += more;
      return conformed(table, output).with(rescuedColumn.name, column);
    };
    const counted = (): { rescued: number } => {
      const found = { rescued: count };
      count = 0;
      return found;
    };
    return shapedFile(opened, shape, counted);
  }

  private decoderOf(file: FileFacts, schema: Schema, columns: readonly string[]): (atStart: boolean) => RecordDecoder {
    const { format, formatOptions } = this.options;
    const { rejects } = this;
    const reject = rejects && ((record: MalformedRecord): void => rejects.add(file.path, record));
    return (atStart) => format.decoder!(formatOptions, { schema, columns, atStart, ...(reject && { reject }) });
  }

  private openRecords(
    file: FileFacts,
    exact: boolean,
    position: number,
    decoder: (atStart: boolean) => RecordDecoder,
  ): Promise<OpenFile> {
    const { chunkBytes, stopped } = this;
    const { maxDecompressedBytes } = this.options.formatOptions as TextOptions;
    return openRecords({ file, exact, chunkBytes, maxDecompressedBytes, stopped, decoder }, position);
  }

  /** How the columns of a text file lie in it, those that are known by their names and types there. */
  private async layoutOf(known: Schema, file: FileFacts, corruptName: string): Promise<Schema> {
    const found = (await this.describe(known, file)) ?? known;
    const isCsv = this.options.format.name === 'csv';
    const fields = found.fields.map((f) => fieldNamed(known, f.name) ?? (isCsv ? field(f.name, string()) : f));
    // Of JSON the place means nothing: what this file has not is asked for as well.
    const missing = known.fields.filter((f) => (!isCsv || f.name === corruptName) && !fields.includes(f));
    return structOf([...fields, ...missing]);
  }

  /** The columns of a file, by what is in it; undefined if nothing is. */
  private describe(known: Schema, file: FileFacts): Promise<Schema | undefined> {
    if (this.described?.path !== file.path) this.described = { path: file.path, schema: this.columnsIn(known, file) };
    return this.described.schema;
  }

  private async columnsIn(known: Schema, file: FileFacts): Promise<Schema | undefined> {
    const { format, formatOptions } = this.options;
    if (format.describesItself === true) {
      const opened = await openParquet(file.path);
      await opened.close();
      return opened.schema;
    }
    // Every record counts.
    const { columnNameOfCorruptRecord, header } = formatOptions as TextOptions;
    const inference = format.inference!({ ...(formatOptions as object), samplingRatio: undefined })!;
    const open = (one: FileFacts, decoder: () => RecordDecoder): Promise<OpenFile> =>
      this.openRecords(one, false, 0, decoder);
    const all = { inferenceMaxFiles: 1, inferenceMaxBytes: Infinity };
    const schema = await inferSchema(inference, (n) => (n === 0 ? file : undefined), open, all);
    if (schema === undefined) return undefined;
    const fields = schema.fields.filter((f) => f.name !== columnNameOfCorruptRecord);
    if (format.name !== 'csv' || header === true) return structOf(fields);
    // Without a header a column is known by its place.
    const inPlace = known.fields.filter((f) => f.name !== columnNameOfCorruptRecord);
    return structOf(fields.map((f, i) => field(inPlace[i]?.name ?? f.name, f.type)));
  }

  /** Whether a type is as the user declared it, and values of text are read as that. */
  private isFixed(name: string): boolean {
    const { format, formatOptions, schema } = this.options;
    if (format.describesItself === true) return false;
    if (schema !== undefined && fieldNamed(schema, name) !== undefined) return true;
    return format.name === 'csv' && (formatOptions as TextOptions).inferSchema !== true;
  }

  /** The schema of the query: the declared one, or what the files told at first. */
  private learn(ordinal: number, schemaOfFile: () => Schema): Schema {
    const known = this.schemas.at(ordinal);
    if (known !== undefined) return known;
    const schema = schemaOfFile();
    this.context.remember(this.schemas.learn(ordinal, schema));
    return schema;
  }

  /** The columns that are needed of those in the files. */
  private fieldsOf(schema: Schema | undefined): readonly Field[] {
    return this.needed(schema?.fields ?? []).filter((f) => !this.isPartition(f.name));
  }

  /** Whether there is a column for what has none, and somebody needs it. */
  private get rescues(): boolean {
    return this.options.evolution === 'rescue' && this.context.columns?.includes(rescuedColumn.name) !== false;
  }

  private needed(fields: readonly Field[]): readonly Field[] {
    const { columns } = this.context;
    return columns === undefined ? fields : fields.filter((f) => columns.includes(f.name));
  }

  private isPartition(name: string): boolean {
    return this.options.partitions?.has(name) ?? false;
  }
}

const names = (fields: readonly Field[]): string[] => fields.map((f) => f.name);

/** Whether positions count bytes of the file itself, as UTF-8: then they tell the line. */
export function linesCount({ format, formatOptions }: FileReaderOptions): boolean {
  const { encoding, charset } = formatOptions as { readonly encoding?: string; readonly charset?: string };
  return format.decoder !== undefined && /^utf-?8$/i.test(encoding ?? charset ?? 'UTF-8');
}

import { stat } from 'node:fs/promises';
import type { Table } from '../../../lib/columns/index.js';
import type { Condition } from '../../../lib/expressions/conditions.js';
import { nullable } from '../../../lib/formats/nullable.js';
import type { Field, Schema } from '../../../lib/schema/index.js';
import { openByParquetJs } from '../engines/parquetjs-reader.js';
import { type ParquetEngine, type ParquetFile, mergeSchemas, openParquet } from '../parquet/index.js';
import { type FileFacts, factsOf } from './listing.js';
import {
  type OpenFile,
  type Piece,
  type PieceRequest,
  checkUnchanged,
  closedWhileReading,
  unreadable,
} from './open-file.js';

/** What one call may decode, in bytes of memory. Larger row groups are decoded in parts. */
const defaultUnitBytes = 96 << 20;

/** How much larger columns are in memory than in the file, as long as nothing of the file has been decoded. */
const assumedExpansion = 4;

export interface ParquetTableOptions {
  readonly file: FileFacts;
  /** Whether it has to be exactly that file. */
  readonly exact: boolean;
  /** The columns to read, given the schema of the file. */
  columns(schema: () => Schema): readonly Field[];
  /** What all rows fulfil that matter: row groups of others are passed over. */
  readonly conditions?: readonly Condition[];
  stopped(): boolean;
  readonly unitBytes?: number;
  /** Undefined: our own. */
  readonly engine?: ParquetEngine | undefined;
}

/**
 * A Parquet file as rows by position. A row group is decoded whole where memory allows it, and cut into batches
 * afterwards, which copies nothing: each decoding costs the reading of the row group's columns. Rows that are passed
 * over keep their positions, so that a range is the same range whatever is asked of its rows.
 */
export class ParquetTable implements OpenFile {
  private unit: { readonly from: number; readonly table: Table } | undefined;
  /** The first row of each row group, and the number of rows at the end. */
  private readonly starts: readonly number[];
  private bytesPerRow: number | undefined;

  private constructor(
    readonly facts: FileFacts,
    private readonly file: ParquetFile | undefined,
    private readonly columns: readonly Field[],
    /** By row group, whether it is read. */
    private readonly chosen: readonly boolean[],
    private readonly options: ParquetTableOptions,
  ) {
    const starts = [0];
    for (const group of file?.rowGroups ?? []) starts.push(starts.at(-1)! + group.numRows);
    this.starts = starts;
  }

  /** Throws FILE_CHANGED, FILE_UNREADABLE, SCHEMA_MISMATCH. */
  static async open(options: ParquetTableOptions): Promise<ParquetTable> {
    const { file, exact } = options;
    const factsNow = async (): Promise<FileFacts> => {
      try {
        return factsOf(file.path, await stat(file.path));
      } catch (error) {
        throw unreadable(error, file);
      }
    };
    const facts = await factsNow();
    if (exact) checkUnchanged(file, facts);
    // As with the other formats, a file of nothing has no rows.
    if (facts.size === 0) return new ParquetTable(facts, undefined, [], [], options);
    const opened = await (options.engine === undefined ? openParquet : openByParquetJs)(file.path);
    try {
      // What was opened is what was looked at.
      checkUnchanged(facts, await factsNow());
      const columns = options.columns(() => opened.schema);
      const { conditions = [] } = options;
      const chosen = conditions.length > 0 ? await opened.mayHold(conditions) : opened.rowGroups.map(() => true);
      return new ParquetTable(facts, opened, columns, chosen, options);
    } catch (error) {
      await opened.close();
      throw error;
    }
  }

  async read({ from, until, rows, bytes: room }: PieceRequest): Promise<Piece> {
    const numRows = this.starts.at(-1)!;
    const stop = Math.min(until ?? numRows, numRows);
    const tables: Table[] = [];
    let position = from;
    let bytes = 0;
    let taken = 0;
    let skipped = 0;
    while (position < stop && taken < rows && bytes < room) {
      const rowGroup = this.rowGroupAt(position);
      if (!this.chosen[rowGroup]) {
        const next = Math.min(this.starts[rowGroup + 1]!, stop);
        skipped += next - position;
        position = next;
        continue;
      }
      const unit = await this.unitAt(position);
      const perRow = unit.table.byteLength / unit.table.numRows;
      const wanted = Math.min(rows - taken, Math.ceil((room - bytes) / Math.max(perRow, 1)));
      const skip = position - unit.from;
      // Cut where a bitmap can be cut without being copied.
      const end = Math.min(Math.ceil((skip + wanted) / 8) * 8, unit.table.numRows, stop - unit.from);
      tables.push(skip === 0 && end === unit.table.numRows ? unit.table : unit.table.slice(skip, end));
      bytes += perRow * (end - skip);
      taken += end - skip;
      position = unit.from + end;
      if (end === unit.table.numRows) this.unit = undefined;
    }
    return { tables, position, atEnd: position >= numRows, bytes, malformed: 0, skipped };
  }

  async close(): Promise<void> {
    this.unit = undefined;
    await this.file?.close();
  }

  /** Rows of one row group, decoded, that begin at or before `position` and go past it. */
  private async unitAt(position: number): Promise<{ readonly from: number; readonly table: Table }> {
    const { unit } = this;
    if (unit !== undefined && position >= unit.from && position < unit.from + unit.table.numRows) return unit;
    this.unit = undefined;
    if (this.options.stopped()) throw closedWhileReading(this.facts.path);
    const rowGroup = this.rowGroupAt(position);
    const start = this.starts[rowGroup]!;
    const from = position - start;
    const to = from + this.unitRows(rowGroup, from);
    const table = await this.file!.read({ rowGroup, from, to, columns: this.columns });
    this.bytesPerRow = table.byteLength / table.numRows;
    this.unit = { from: position, table };
    return this.unit;
  }

  private rowGroupAt(position: number): number {
    return this.starts.findIndex((_, g) => this.starts[g + 1]! > position);
  }

  private unitRows(rowGroup: number, from: number): number {
    const { numRows, byteLength } = this.file!.rowGroups[rowGroup]!;
    const bytesPerRow = this.bytesPerRow ?? (byteLength / numRows) * assumedExpansion;
    const rest = numRows - from;
    const units = Math.ceil((rest * bytesPerRow) / (this.options.unitBytes ?? defaultUnitBytes));
    return Math.ceil(rest / Math.max(units, 1));
  }
}

/**
 * The columns of all files that come until there is none, each of which may be missing; undefined if none has any.
 * Throws SCHEMA_MISMATCH.
 */
export async function mergedSchema(fileAt: (n: number) => FileFacts | undefined): Promise<Schema | undefined> {
  let merged: Schema | undefined;
  for (let n = 0, file = fileAt(n); file !== undefined; file = fileAt(++n)) {
    if (file.size === 0) continue;
    const opened = await openParquet(file.path);
    try {
      merged = merged === undefined ? opened.schema : mergeSchemas(merged, opened.schema, file.path);
    } finally {
      await opened.close();
    }
  }
  return merged && (nullable(merged) as Schema);
}

import type * as ParquetWasm from 'parquet-wasm/node';
import { arrow, tableToArrow } from '../../../lib/columns/arrow.js';
import { withTypes } from '../../../lib/columns/infer.js';
import { type Column, FixedColumn, ListColumn, MapColumn, StructColumn, Table } from '../../../lib/columns/index.js';
import { SluiceError } from '../../../lib/errors/index.js';
import { type Parsed, parseOptions } from '../../../lib/options/index.js';
import {
  type DataType,
  type Schema,
  array,
  field,
  formatDdl,
  int,
  long,
  map,
  sameType,
  structOf,
} from '../../../lib/schema/index.js';
import { encodeByParquetJs } from '../engines/parquetjs-writer.js';
import { brokenText } from './broken-text.js';
import { isWorthDictionary } from './dictionary.js';
import { inMillis } from './millis.js';
import { type ParquetCodec, createdBy, parquetWriteOptions } from './options.js';
import { WasmRuntime } from './runtime.js';

/** How a Parquet file is written; see `parquetWriteOptions` for what is the default. */
export type ParquetWriteOptions = {
  readonly [K in keyof typeof parquetWriteOptions]?: Parsed<typeof parquetWriteOptions>[K] | undefined;
};

const runtime = new WasmRuntime();

/**
 * The bytes of a Parquet file that holds the rows of `tables`, in order. All columns are written as nullable, as
 * Spark does, timestamps in microseconds, day-time intervals as BIGINT and year-month intervals as INT, with statistics, and with dictionaries where values come again; the Arrow schema goes along, so that types
 * are read back as they were.
 *
 * Columns of plain values get their type from their values (`withTypes`). Throws SCHEMA_MISMATCH if the tables do not
 * have the same columns or a column has values of no common type, SCHEMA_REQUIRED if a column has no value at all
 * and no type, and TYPE_MISMATCH if a text is no valid UTF-8.
 */
export function encodeParquet(tables: readonly Table[], options?: ParquetWriteOptions): Uint8Array {
  const parsed = parseOptions('encodeParquet', options, parquetWriteOptions);
  const { Table: ArrowTable, tableToIPC } = arrow();
  const parts = alike(tables);
  if (parsed.engine !== undefined) return encodeByParquetJs(Table.concat(parts), parsed);
  const batches = inPieces(parts, parsed['parquet.block.size'] / piecesPerRowGroup).map(tableToArrow);
  const inUnit = parsed.outputTimestampType === 'TIMESTAMP_MILLIS' ? batches.map(inMillis) : batches;
  const ipc = tableToIPC(new ArrowTable(inUnit), 'stream');
  try {
    return runtime.sync((wasm) => {
      const table = wasm.Table.fromIPCStream(ipc);
      // Both are consumed: there is nothing to free.
      return wasm.writeParquet(table, writerProperties(wasm, parsed, parts));
    });
  } catch (error) {
    throw brokenText(parts) ?? error;
  }
}

/** A row group ends, by the bytes it has, only where one of the pieces does that the rows come in. */
const piecesPerRowGroup = 8;

function inPieces(tables: readonly Table[], limit: number): readonly Table[] {
  return tables.flatMap((table) => {
    const { byteLength, numRows } = table;
    if (byteLength <= limit) return [table];
    // Cut where a bitmap can be cut without being copied.
    const rows = Math.ceil(Math.floor((numRows * limit) / byteLength) / 8) * 8 || 8;
    const count = Math.ceil(numRows / rows);
    return Array.from({ length: count }, (_, i) => table.slice(i * rows, Math.min((i + 1) * rows, numRows)));
  });
}

function writerProperties(
  wasm: typeof ParquetWasm,
  options: Parsed<typeof parquetWriteOptions>,
  tables: readonly Table[],
): ParquetWasm.WriterProperties {
  const codecs = {
    none: wasm.Compression.UNCOMPRESSED,
    uncompressed: wasm.Compression.UNCOMPRESSED,
    snappy: wasm.Compression.SNAPPY,
    gzip: wasm.Compression.GZIP,
    zstd: wasm.Compression.ZSTD,
    brotli: wasm.Compression.BROTLI,
    lz4_raw: wasm.Compression.LZ4_RAW,
  } satisfies Record<ParquetCodec, ParquetWasm.Compression>;
  let builder = new wasm.WriterPropertiesBuilder()
    .setCompression(codecs[options.compression])
    .setMaxRowGroupSize(options.maxRowGroupRows)
    .setMaxRowGroupBytes(Math.min(options['parquet.block.size'], 0x7fffffff))
    .setCreatedBy(createdBy);
  // The least and the greatest value leave NaN out, as the format says. Spark and DuckDB hold NaN to be greater than
  // any number, and yet skip by them: they would lose rows.
  for (const { columns, schema } of tables) {
    for (const [i, column] of columns.entries()) {
      if (!holdsNaN(column)) continue;
      builder =
        column instanceof FixedColumn
          ? builder.setColumnStatisticsEnabled(schema.fields[i]!.name, wasm.EnabledStatistics.None)
          : builder.setStatisticsEnabled(wasm.EnabledStatistics.None);
    }
  }
  const [first] = tables;
  for (const [i, column] of first!.columns.entries()) {
    if (!isWorthDictionary(column)) builder = builder.setColumnDictionaryEnabled(first!.schema.fields[i]!.name, false);
  }
  return builder.build();
}

function holdsNaN(column: Column): boolean {
  if (column instanceof FixedColumn) {
    const { values } = column;
    if (!(values instanceof Float64Array || values instanceof Float32Array)) return false;
    for (let i = 0; i < values.length; i++) if (values[i] !== values[i]) return true;
    return false;
  }
  if (column instanceof ListColumn) return holdsNaN(column.child);
  if (column instanceof MapColumn) return holdsNaN(column.keys) || holdsNaN(column.values);
  return column instanceof StructColumn && column.children.some(holdsNaN);
}

/** The tables under one schema in which every column has a type and may be missing. */
function alike(tables: readonly Table[]): Table[] {
  const filled = tables.filter((table) => table.numRows > 0);
  const parts = filled.length > 0 ? filled : tables.slice(0, 1);
  const typed = parts.map(withTypes);
  // What the values of one table say of a type another table may contradict: then they are looked at together.
  const inferred = typed.some((table, i) => table !== parts[i]) && typed.length > 1;
  const result = inferred ? [withTypes(Table.concat(parts))] : typed;
  const [first] = result;
  if (first === undefined) throw new RangeError('encodeParquet needs a table');
  const schema = structOf(first.schema.fields.map((f) => field(f.name, nullable(f.type, f.name), true, f.comment)));
  return result.map(({ schema: found, columns, numRows }) => {
    if (!sameType(found, first.schema)) throw different(first.schema, found);
    return new Table(schema, columns, numRows);
  });
}

function nullable(type: DataType, path: string): DataType {
  switch (type.kind) {
    case 'array':
      return array(nullable(type.element, `${path}.element`));
    case 'map':
      return map(nullable(type.key, `${path}.key`), nullable(type.value, `${path}.value`));
    case 'struct':
      if (type.fields.length > 0) {
        return structOf(type.fields.map((f) => field(f.name, nullable(f.type, `${path}.${f.name}`), true, f.comment)));
      }
      throw withoutType(path, 'is a struct without a field');
    // As Spark writes them: Parquet has no such types.
    case 'day_time_interval':
      return long();
    case 'year_month_interval':
      return int();
    case 'calendar_interval':
      throw noInterval(path);
    case 'void':
      throw withoutType(path, 'has no value in these rows, so that its type is not known');
    default:
      return type;
  }
}

function noInterval(path: string): SluiceError {
  const message = `Writing Parquet: column '${path}' is an INTERVAL of months, days and microseconds, which Spark cannot write to Parquet either. Make it a STRING first.`;
  return new SluiceError('INVALID_SCHEMA', message, { details: { column: path } });
}

function withoutType(path: string, why: string): SluiceError {
  const message = `Writing Parquet: column '${path}' ${why}. Give a schema, or leave the column out.`;
  return new SluiceError('SCHEMA_REQUIRED', message, { details: { column: path } });
}

function different(first: Schema, found: Schema): SluiceError {
  const [a, b] = [formatDdl(first), formatDdl(found)];
  const message = `Writing Parquet: the rows of one file have different columns.\n  first: ${a}\n  then:  ${b}`;
  return new SluiceError('SCHEMA_MISMATCH', message, { details: { first: a, found: b } });
}

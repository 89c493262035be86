import type { Column, FixedColumn, Table } from '../../../lib/columns/index.js';
import { SluiceError } from '../../../lib/errors/index.js';
import { type Field, formatType } from '../../../lib/schema/index.js';
import { checkParquetJsSchema, parquetJs, parquetJsTypes } from './parquetjs.js';

/** Names of its codecs, by ours. */
const codecs: Readonly<Record<string, string>> = {
  none: 'UNCOMPRESSED',
  uncompressed: 'UNCOMPRESSED',
  snappy: 'SNAPPY',
  gzip: 'GZIP',
};

/** Throws INVALID_OPTION for what parquetjs-lite does not do, besides MISSING_PACKAGE. */
export function checkParquetJsWriting(options: {
  readonly compression: string;
  readonly outputTimestampType: string;
}): void {
  parquetJs();
  if (!Object.hasOwn(codecs, options.compression))
    throw impossible('compression', options, "'snappy', 'gzip' or 'none'");
  if (options.outputTimestampType !== 'TIMESTAMP_MICROS') {
    throw impossible('outputTimestampType', options, "'TIMESTAMP_MICROS'");
  }
}

function impossible<K extends string>(option: K, options: Readonly<Record<K, string>>, possible: string): SluiceError {
  const message = `fileSink: parquetjs-lite writes no ${options[option]} (${option}). Use ${possible}, or leave \`engine\` out.`;
  return new SluiceError('INVALID_OPTION', message, { details: { option, engine: 'parquetjs-lite' } });
}

/**
 * The bytes of a Parquet file that parquetjs-lite makes of the rows. Without statistics: it orders texts by UTF-16.
 * Throws INVALID_SCHEMA for types that it would change, and TYPE_MISMATCH for such values: whole numbers past 2^53, NaN,
 * and timestamps before 1970.
 */
export function encodeByParquetJs(
  table: Table,
  { compression, maxRowGroupRows }: { readonly compression: string; readonly maxRowGroupRows: number },
): Uint8Array {
  checkParquetJsSchema(table.schema, 'written');
  const { ParquetEnvelopeWriter, ParquetSchema, ParquetWriter } = parquetJs();
  const { fields } = table.schema;
  const common = { compression: codecs[compression]!, optional: true, statistics: false } as const;
  const types = fields.map(({ name, type }) => [name, { ...common, type: parquetJsTypes[type.kind]! }] as const);
  const schema = new ParquetSchema(Object.fromEntries(types));
  const written: Buffer[] = [];
  const options = { useDataPageV2: false, pageIndex: false };
  const noClose = (): void => undefined;
  const envelope = new ParquetEnvelopeWriter(schema, (bytes) => written.push(bytes), noClose, 0, options);
  const writer = new ParquetWriter(schema, envelope, options);
  const valueAt = fields.map((field, c) => valuesOf(table.columns[c]!, field));
  for (let from = 0; from < table.numRows; from += maxRowGroupRows) {
    const to = Math.min(from + maxRowGroupRows, table.numRows);
    // With its last row a row group is written, before the promise is there; what is buffered it would forget only later.
    writer.setRowGroupSize(to - from);
    for (let i = from; i < to; i++) {
      writer.appendRow(Object.fromEntries(fields.map(({ name }, c) => [name, valueAt[c]!(i)]))).catch(() => undefined);
    }
    writer.rowBuffer = {};
  }
  if (envelope.rowCount !== table.numRows) {
    throw new SluiceError('SINK_FAILED', 'Writing Parquet: parquetjs-lite refused a value. Leave `engine` out.');
  }
  envelope.writeFooter({});
  return Buffer.concat(written);
}

/** The values of a column as parquetjs-lite takes them: none of these does it refuse. */
function valuesOf(column: Column, field: Field): (row: number) => unknown {
  switch (field.type.kind) {
    case 'long':
      return (row) => {
        const value = column.get(row);
        if (typeof value === 'bigint') throw refused(field, value);
        return value;
      };
    case 'float':
    case 'double':
      return (row) => {
        const value = column.get(row);
        if (Number.isNaN(value)) throw refused(field, value);
        // It takes the text of a number, and that of -0 is 0.
        return Object.is(value, -0) ? '-0' : value;
      };
    case 'timestamp': {
      const micros = (column as FixedColumn).values as BigInt64Array;
      return (row) => {
        if (!column.isValid(row)) return null;
        const value = micros[row]!;
        if (value < 0n) throw refused(field, column.get(row));
        return value;
      };
    }
    default:
      return (row) => column.get(row);
  }
}

function refused({ name, type }: Field, value: unknown): SluiceError {
  const shown = value instanceof Date ? value.toISOString() : String(value);
  const message = `Writing Parquet by parquetjs-lite: ${shown} in column '${name}' (${formatType(type)}) would be changed or refused. Leave \`engine\` out.`;
  return new SluiceError('TYPE_MISMATCH', message, { details: { column: name, engine: 'parquetjs-lite' } });
}

import { BytesColumn, type Column, DecimalColumn, FixedColumn } from '../../../lib/columns/index.js';
import {
  type Zone,
  printDate,
  printDayTime,
  printTimestamp,
  printTimestampNtz,
  printYearMonth,
} from '../../../lib/datetime/index.js';
import { SluiceError } from '../../../lib/errors/index.js';
import { type DataType, Decimal, epochMicros, formatType } from '../../../lib/schema/index.js';
import { Output } from '../../../lib/formats/scan/output.js';
import { writeDecimal, writeDouble, writeFloat } from '../../../lib/formats/scan/format.js';

/** The folder of rows whose value is missing, or an empty string: Hive's name for it, which every reader knows. */
const missingFolder = '__HIVE_DEFAULT_PARTITION__';

/** What Spark and Hive escape. Among it are the separators of paths, so that no value leads out of its folder. */
// eslint-disable-next-line no-control-regex -- control characters are what has to be escaped
const special = /[\0-\x1f"#%'*/:=?\\\x7f{[\]^]/g;

const escape = (text: string): string =>
  text.replace(special, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`);

/** `name=value`, as Spark names the folder of a partition. */
export function folderName(column: string, value: string | null): string {
  // Half of a character cannot be in a file name: it becomes U+FFFD here rather than in the file system.
  return `${escape(column)}=${value === null || value === '' ? missingFolder : escape(value).replace(/\p{Surrogate}/gu, '\ufffd')}`;
}

/**
 * The value of a row as text, as Spark casts it to a string, timestamps on the clock of `zone`; null where it is
 * missing. Throws INVALID_OPTION.
 */
export function valueText(column: Column, name: string, zone: Zone): (row: number) => string | null {
  checkType(column.type, name);
  const format = formatter(column, name, zone);
  return (row) => (column.isValid(row) ? format(row) : null);
}

function checkType(type: DataType, name: string): void {
  if (!['array', 'map', 'struct', 'calendar_interval'].includes(type.kind)) return;
  const message = `fileSink: the column '${name}' of type ${formatType(type)} cannot make folders. Leave it out of partitionBy.`;
  throw new SluiceError('INVALID_OPTION', message, { details: { column: name, type: formatType(type) } });
}

function formatter(column: Column, name: string, zone: Zone): (row: number) => string {
  if (column instanceof BytesColumn) {
    const { bytes, offsets } = column;
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return (row) => buffer.toString('utf8', offsets[row], offsets[row + 1]);
  }
  if (column instanceof DecimalColumn) {
    return (row) => written((out) => writeDecimal(out, column.unscaled(row), column.type.scale, false));
  }
  if (column instanceof FixedColumn) {
    const { values, type } = column;
    switch (type.kind) {
      case 'float':
        return (row) => floating(values[row] as number, writeFloat);
      case 'double':
        return (row) => floating(values[row] as number, writeDouble);
      case 'date':
        return (row) => printDate(values[row] as number);
      case 'timestamp':
        return (row) => printTimestamp(values[row] as bigint, zone);
      case 'timestamp_ntz':
        return (row) => printTimestampNtz(values[row] as bigint);
      case 'day_time_interval':
        return (row) => printDayTime(values[row] as bigint, type.start, type.end);
      case 'year_month_interval':
        return (row) => printYearMonth(values[row] as number, type.start, type.end);
      default:
        return (row) => String(values[row]);
    }
  }
  return (row) => plainText(column.get(row), name, zone);
}

/** A value whose type nobody declared. */
function plainText(value: unknown, name: string, zone: Zone): string {
  if (value instanceof Date) return printTimestamp(epochMicros(value), zone);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('utf8');
  if (typeof value === 'string' || value instanceof Decimal) return value.toString();
  if (typeof value === 'object') checkType({ kind: 'struct', fields: [] }, name);
  return String(value);
}

function floating(value: number, write: (out: Output, value: number) => void): string {
  return Number.isFinite(value) ? written((out) => write(out, value)) : String(value);
}

const scratch = new Output();

function written(write: (out: Output) => void): string {
  write(scratch);
  return Buffer.from(scratch.take()).toString('latin1');
}

import { BytesColumn, type Column, DecimalColumn, FixedColumn } from '../../../lib/columns/index.js';
import { SluiceError } from '../../../lib/errors/index.js';
import { type DataType, Decimal, epochMicros, formatType, isInterval } from '../../../lib/schema/index.js';
import { Output } from '../../../lib/formats/scan/output.js';
import { writeDate, writeDecimal, writeDouble, writeFloat } from '../../../lib/formats/scan/format.js';

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

/** The value of a row as text, as Spark casts it to a string; null where it is missing. Throws INVALID_OPTION. */
export function valueText(column: Column, name: string): (row: number) => string | null {
  checkType(column.type, name);
  const format = formatter(column, name);
  return (row) => (column.isValid(row) ? format(row) : null);
}

function checkType(type: DataType, name: string): void {
  if (!['array', 'map', 'struct'].includes(type.kind) && !isInterval(type.kind)) return;
  const message = `fileSink: the column '${name}' of type ${formatType(type)} cannot make folders. Leave it out of partitionBy.`;
  throw new SluiceError('INVALID_OPTION', message, { details: { column: name, type: formatType(type) } });
}

function formatter(column: Column, name: string): (row: number) => string {
  if (column instanceof BytesColumn) {
    const { bytes, offsets } = column;
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return (row) => buffer.toString('utf8', offsets[row], offsets[row + 1]);
  }
  if (column instanceof DecimalColumn) {
    return (row) => written((out) => writeDecimal(out, column.unscaled(row), column.type.scale, false));
  }
  if (column instanceof FixedColumn) {
    const { values } = column;
    switch (column.type.kind) {
      case 'float':
        return (row) => floating(values[row] as number, writeFloat);
      case 'double':
        return (row) => floating(values[row] as number, writeDouble);
      case 'date':
        return (row) => written((out) => writeDate(out, values[row] as number));
      case 'timestamp':
      case 'timestamp_ntz':
        return (row) => instantText(values[row] as bigint);
      default:
        return (row) => String(values[row]);
    }
  }
  return (row) => plainText(column.get(row), name);
}

/** A value whose type nobody declared. */
function plainText(value: unknown, name: string): string {
  if (value instanceof Date) return instantText(epochMicros(value));
  if (value instanceof Uint8Array) return Buffer.from(value).toString('utf8');
  if (typeof value === 'string' || value instanceof Decimal) return value.toString();
  if (typeof value === 'object') checkType({ kind: 'struct', fields: [] }, name);
  return String(value);
}

function floating(value: number, write: (out: Output, value: number) => void): string {
  return Number.isFinite(value) ? written((out) => write(out, value)) : String(value);
}

/** As Spark shows a timestamp: `2020-02-29 10:11:12.5`, in UTC, without the zeros at the end of the fraction. */
function instantText(micros: bigint): string {
  const micro = ((micros % 1_000_000n) + 1_000_000n) % 1_000_000n;
  const seconds = Number((micros - micro) / 1_000_000n);
  const days = Math.floor(seconds / 86400);
  const ofDay = seconds - days * 86400;
  const two = (n: number): string => String(Math.floor(n)).padStart(2, '0');
  const day = written((out) => writeDate(out, days));
  const time = `${two(ofDay / 3600)}:${two((ofDay / 60) % 60)}:${two(ofDay % 60)}`;
  const fraction = micro === 0n ? '' : `.${String(micro).padStart(6, '0').replace(/0+$/, '')}`;
  return `${day} ${time}${fraction}`;
}

const scratch = new Output();

function written(write: (out: Output) => void): string {
  write(scratch);
  return Buffer.from(scratch.take()).toString('latin1');
}

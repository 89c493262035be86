import type { BooleanColumn, BytesColumn, DecimalColumn } from '../../columns/index.js';
import {
  type Column,
  FixedColumn,
  ListColumn,
  MapColumn,
  PlainColumn,
  StructColumn,
  getBit,
} from '../../columns/index.js';
import type { DataType, StructType } from '../../schema/index.js';
import { halvesOf, writeDecimal, writeDouble, writeFloat, writeInteger, writeLong } from '../scan/format.js';
import { intervalText } from '../scan/intervals.js';
import type { Output } from '../scan/output.js';
import type { TimeWriter } from '../scan/times.js';
import { writeString } from './escape.js';
import { keyText } from './keys.js';

/** A column and how its values begin: with the name, where they are fields. */
export interface Source {
  readonly kind: DataType['kind'];
  readonly column: Column;
  /** `"name":`, or empty. */
  readonly name: Uint8Array;
  /** The 32-bit halves of 64-bit integers, which need no bigint that way. */
  readonly halves: Int32Array | null;
  /** The fields of a struct; the elements of an array; the keys and values of a map. */
  readonly children: readonly Source[];
}

const NO_NAME = new Uint8Array(0);

export interface JsonValueRules {
  /** Leaves out the fields of structs that are missing; else they are `null`. */
  readonly ignoreNullFields: boolean;
  readonly times: TimeWriter;
}

/**
 * Writes values as JSON, as Spark does: fields in the order of the schema (missing elements of arrays and maps are
 * `null`), doubles as Java prints them, NaN and infinities in quotes, binary as base64. Columns of no declared type are
 * written as `JSON.stringify` does.
 */
export class JsonValues {
  private readonly ignoreNullFields: boolean;
  private readonly times: TimeWriter;

  constructor(
    private readonly out: Output,
    rules: JsonValueRules,
  ) {
    this.ignoreNullFields = rules.ignoreNullFields;
    this.times = rules.times;
  }

  /** The columns of a struct or table. */
  fields(type: StructType, columns: readonly Column[]): Source[] {
    return columns.map((column, i) => {
      const { out } = this;
      out.length = 0;
      const name = Buffer.from(type.fields[i]!.name);
      writeString(out, name, 0, name.length);
      out.byte(58);
      return this.source(column, out.take());
    });
  }

  source(column: Column, name: Uint8Array = NO_NAME): Source {
    let children: Source[] = [];
    if (column instanceof StructColumn) children = this.fields(column.type as StructType, column.children);
    else if (column instanceof ListColumn) children = [this.source(column.child, NO_NAME)];
    else if (column instanceof MapColumn)
      children = [this.source(column.keys, NO_NAME), this.source(column.values, NO_NAME)];
    const values = column instanceof FixedColumn ? column.values : null;
    const halves = values instanceof BigInt64Array ? halvesOf(values) : null;
    return { kind: column.type.kind, column, name, halves, children };
  }

  /** An object of the fields that are there in a row. */
  object(sources: readonly Source[], row: number): void {
    const { out } = this;
    out.byte(123);
    const start = out.length;
    for (let c = 0; c < sources.length; c++) {
      const source = sources[c]!;
      const valid = isValid(source.column, row);
      if (!valid && this.ignoreNullFields) continue;
      if (out.length > start) out.byte(44);
      out.copy(source.name, 0, source.name.length);
      if (valid) this.value(source, row);
      else out.ascii('null');
    }
    out.byte(125);
  }

  /** Writes a value that is present. */
  value(source: Source, row: number): void {
    const { out } = this;
    const { column } = source;
    switch (source.kind) {
      case 'string': {
        const { bytes, offsets } = column as BytesColumn;
        writeString(out, bytes, offsets[row]!, offsets[row + 1]!);
        return;
      }
      case 'long':
        writeLong(out, source.halves![2 * row]!, source.halves![2 * row + 1]!);
        return;
      case 'int':
      case 'short':
      case 'byte':
        writeInteger(out, (column as FixedColumn).values[row] as number);
        return;
      case 'double':
        this.number((column as FixedColumn).values[row] as number, false);
        return;
      case 'float':
        this.number((column as FixedColumn).values[row] as number, true);
        return;
      case 'boolean':
        out.ascii(getBit((column as BooleanColumn).bits, row) ? 'true' : 'false');
        return;
      case 'timestamp':
      case 'timestamp_ntz':
        out.byte(34);
        this.times.timestamp(out, source.halves![2 * row]!, source.halves![2 * row + 1]!, source.kind === 'timestamp');
        out.byte(34);
        return;
      case 'date':
        out.byte(34);
        this.times.date(out, (column as FixedColumn).values[row] as number);
        out.byte(34);
        return;
      case 'decimal': {
        const decimals = column as DecimalColumn;
        writeDecimal(out, decimals.unscaled(row), decimals.type.scale, true);
        return;
      }
      case 'binary': {
        const { bytes, offsets } = column as BytesColumn;
        const from = offsets[row]!;
        out.byte(34);
        out.ascii(Buffer.from(bytes.buffer, bytes.byteOffset + from, offsets[row + 1]! - from).toString('base64'));
        out.byte(34);
        return;
      }
      case 'array':
        this.array(column as ListColumn, source.children[0]!, row);
        return;
      case 'map':
        this.map(column as MapColumn, source.children[0]!, source.children[1]!, row);
        return;
      case 'struct':
        this.object(source.children, row);
        return;
      case 'day_time_interval':
      case 'year_month_interval':
      case 'calendar_interval':
        out.ascii(`"${intervalText(column, row)}"`);
        return;
      case 'void':
      case 'any':
        this.plain((column as PlainColumn).values[row]);
        return;
    }
  }

  private number(value: number, float: boolean): void {
    const { out } = this;
    if (!Number.isFinite(value)) out.ascii(`"${value}"`);
    else if (float) writeFloat(out, value);
    else writeDouble(out, value);
  }

  private array(column: ListColumn, element: Source, row: number): void {
    const { out } = this;
    const from = column.offsets[row]!;
    const to = column.offsets[row + 1]!;
    out.byte(91);
    for (let i = from; i < to; i++) {
      if (i > from) out.byte(44);
      this.valueOrNull(element, i);
    }
    out.byte(93);
  }

  private map(column: MapColumn, key: Source, item: Source, row: number): void {
    const { out } = this;
    const from = column.offsets[row]!;
    const to = column.offsets[row + 1]!;
    out.byte(123);
    for (let i = from; i < to; i++) {
      if (i > from) out.byte(44);
      if (key.kind === 'string') {
        this.value(key, i);
      } else {
        const name = Buffer.from(keyText(key.column, i));
        writeString(out, name, 0, name.length);
      }
      out.byte(58);
      this.valueOrNull(item, i);
    }
    out.byte(125);
  }

  private valueOrNull(source: Source, row: number): void {
    if (isValid(source.column, row)) this.value(source, row);
    else this.out.ascii('null');
  }

  private plain(value: unknown): void {
    // undefined comes back for what JSON has no text for, such as functions.
    const text = JSON.stringify(value, plainValue) as string | undefined;
    this.out.utf8(text ?? 'null');
  }
}

const isValid = (column: Column, row: number): boolean =>
  column instanceof PlainColumn
    ? column.isValid(row)
    : column.validity === null || (column.validity[row >> 3]! & (1 << (row & 7))) !== 0;

/** What `JSON.stringify` would refuse or write as something odd. */
function plainValue(this: unknown, _key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return BigInt.asIntN(53, value) === value ? Number(value) : String(value);
  if (value instanceof Map) return Object.fromEntries(value as Map<string, unknown>);
  if (value instanceof Uint8Array)
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64');
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  return value;
}

import type {
  DuckDBArrayType,
  DuckDBEnumType,
  DuckDBListType,
  DuckDBMapType,
  DuckDBStructType,
  DuckDBType,
} from '@duckdb/node-api';
import {
  BooleanColumn,
  BytesColumn,
  type Column,
  DecimalColumn,
  FixedColumn,
  type FixedValues,
  ListColumn,
  MapColumn,
  PlainColumn,
  StructColumn,
  type Validity,
  allValid,
  bitmapBytes,
  columnFrom,
  getBit,
  setBit,
  validityOf,
} from '../columns/index.js';
import { SluiceError } from '../errors/index.js';
import type { CalendarInterval, DataType, DecimalType, StructType } from '../schema/index.js';
import type { Bindings, Vector } from './duckdb.js';
import { fromDuckDb, typeIds } from './types.js';

/** Copies a vector of `n` rows out of DuckDB's memory. `path` names the column in errors. */
export function readColumn(duck: Bindings, vector: Vector, duckType: DuckDBType, n: number, path: string): Column {
  return new Reader(duck, vector, n, path).column(duckType);
}

class Reader {
  private readonly valid: Validity;

  constructor(
    private readonly duck: Bindings,
    private readonly vector: Vector,
    private readonly n: number,
    private readonly path: string,
  ) {
    const bits = n === 0 ? null : duck.vector_get_validity(vector, Math.ceil(n / 64) * 8);
    this.valid = bits === null ? allValid : validityOf(bits.slice(0, bitmapBytes(n)), n);
  }

  column(duckType: DuckDBType): Column {
    const { n, valid } = this;
    const type = fromDuckDb(duckType, this.path);
    const fixed = (values: FixedValues): Column => new FixedColumn(type, values, valid);
    switch (duckType.typeId as number) {
      case typeIds.boolean:
        return this.booleans(type);
      case typeIds.tinyint:
        return fixed(this.copy(Int8Array));
      case typeIds.utinyint:
        return fixed(Int16Array.from(this.copy(Uint8Array)));
      case typeIds.smallint:
        return fixed(this.copy(Int16Array));
      case typeIds.usmallint:
        return fixed(Int32Array.from(this.copy(Uint16Array)));
      case typeIds.integer:
      case typeIds.date:
        return fixed(this.copy(Int32Array));
      case typeIds.uinteger:
        return fixed(BigInt64Array.from(this.copy(Uint32Array), BigInt));
      case typeIds.bigint:
      case typeIds.timestamp:
      case typeIds.timestampTz:
        return fixed(this.copy(BigInt64Array));
      case typeIds.timestampSeconds:
        return fixed(this.copy(BigInt64Array).map((v) => v * 1_000_000n));
      case typeIds.timestampMillis:
        return fixed(this.copy(BigInt64Array).map((v) => v * 1000n));
      case typeIds.timestampNanos:
        // Towards the past, as nanoseconds are cut everywhere here.
        return fixed(this.copy(BigInt64Array).map((v) => (v - (((v % 1000n) + 1000n) % 1000n)) / 1000n));
      case typeIds.hugeint:
        return fixed(this.narrowed(this.copy(BigInt64Array, 2)));
      case typeIds.float:
        return fixed(this.copy(Float32Array));
      case typeIds.double:
        return fixed(this.copy(Float64Array));
      case typeIds.ubigint:
        return new DecimalColumn(
          type as DecimalType,
          paired(this.copy(BigInt64Array), () => 0n),
          valid,
        );
      case typeIds.decimal:
        return new DecimalColumn(type as DecimalType, this.decimals((type as DecimalType).precision), valid);
      case typeIds.varchar:
      case typeIds.blob:
        return this.bytes(type);
      case typeIds.enum:
        return this.enumeration(duckType as DuckDBEnumType, type);
      case typeIds.interval:
        return this.intervals(type);
      case typeIds.list:
        return this.list(type, (duckType as DuckDBListType).valueType);
      case typeIds.array:
        return this.array(type, duckType as DuckDBArrayType);
      case typeIds.map:
        return this.map(type, duckType as DuckDBMapType);
      case typeIds.struct:
        return this.struct(type as StructType, duckType as DuckDBStructType);
      default:
        return new PlainColumn(type, new Array<null>(n).fill(null));
    }
  }

  /** The data as machine numbers, `per` of them a row. */
  private copy<T>(Values: { readonly BYTES_PER_ELEMENT: number; new (buffer: ArrayBuffer): T }, per = 1): T {
    if (this.n === 0) return new Values(new ArrayBuffer(0));
    const data = this.duck.vector_get_data(this.vector, this.n * per * Values.BYTES_PER_ELEMENT);
    return new Values(data.slice().buffer);
  }

  private booleans(type: DataType): Column {
    const bits = new Uint8Array(bitmapBytes(this.n));
    this.copy(Uint8Array).forEach((v, i) => {
      if (v !== 0) setBit(bits, i);
    });
    return new BooleanColumn(type, this.n, bits, this.valid);
  }

  private isValid(i: number): boolean {
    return this.valid.validity === null || getBit(this.valid.validity, i);
  }

  /** Sums of whole numbers as 64 bits. */
  private narrowed(wide: BigInt64Array): BigInt64Array {
    return new BigInt64Array(this.n).map((_, i) => {
      const [low, high] = [wide[2 * i]!, wide[2 * i + 1]!];
      if (high === low >> 63n || !this.isValid(i)) return low;
      const message = `sql: column '${this.path}' of the result has a number of more than 64 bits. Cast it to DECIMAL(38, 0).`;
      throw new SluiceError('TYPE_MISMATCH', message, { details: { column: this.path } });
    });
  }

  private decimals(precision: number): BigInt64Array {
    if (precision > 18) return this.copy(BigInt64Array, 2);
    if (precision > 9) return paired(this.copy(BigInt64Array), (v) => v >> 63n);
    const narrow = precision > 4 ? this.copy(Int32Array) : this.copy(Int16Array);
    return paired(BigInt64Array.from(narrow, BigInt), (v) => v >> 63n);
  }

  private bytes(type: DataType): Column {
    const { n, duck } = this;
    const offsets = new Int32Array(n + 1);
    if (n === 0) return new BytesColumn(type, offsets, new Uint8Array(0));
    const data = duck.vector_get_data(this.vector, n * 16);
    const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
    const parts: Uint8Array[] = [];
    let total = 0;
    for (let i = 0; i < n; i++) {
      if (this.isValid(i)) {
        const length = view.getUint32(i * 16, true);
        // Twelve bytes are kept beside the length, more elsewhere.
        const part =
          length <= 12
            ? data.subarray(i * 16 + 4, i * 16 + 4 + length)
            : duck.get_data_from_pointer(data.buffer, data.byteOffset + i * 16 + 8, length);
        parts.push(part);
        total += length;
      }
      offsets[i + 1] = total;
    }
    const bytes = new Uint8Array(total);
    let at = 0;
    for (const part of parts) {
      bytes.set(part, at);
      at += part.length;
    }
    return new BytesColumn(type, offsets, bytes, this.valid);
  }

  private enumeration({ values }: DuckDBEnumType, type: DataType): Column {
    const codes =
      values.length <= 0xff
        ? this.copy(Uint8Array)
        : values.length <= 0xffff
          ? this.copy(Uint16Array)
          : this.copy(Uint32Array);
    return columnFrom(
      type,
      Array.from(codes, (code, i) => (this.isValid(i) ? values[code] : null)),
    );
  }

  private intervals(type: DataType): Column {
    const wide = this.copy(BigInt64Array, 2);
    const words = new Int32Array(wide.buffer);
    const values = Array.from({ length: this.n }, (_, i): CalendarInterval | null => {
      return this.isValid(i) ? { months: words[4 * i]!, days: words[4 * i + 1]!, micros: wide[2 * i + 1]! } : null;
    });
    return new PlainColumn(type, values);
  }

  private list(type: DataType, valueType: DuckDBType): Column {
    const child = this.duck.list_vector_get_child(this.vector);
    const size = this.duck.list_vector_get_size(this.vector);
    const values = readColumn(this.duck, child, valueType, size, `${this.path}.element`);
    const { offsets, positions } = this.entries();
    return new ListColumn(type, offsets, values.gather(positions), this.valid);
  }

  private array(type: DataType, { length, valueType }: DuckDBArrayType): Column {
    const child = this.duck.array_vector_get_child(this.vector);
    const values = readColumn(this.duck, child, valueType, this.n * length, `${this.path}.element`);
    return new ListColumn(
      type,
      Int32Array.from({ length: this.n + 1 }, (_, i) => i * length),
      values,
      this.valid,
    );
  }

  private map(type: DataType, { keyType, valueType }: DuckDBMapType): Column {
    const { duck, path } = this;
    const child = duck.list_vector_get_child(this.vector);
    const size = duck.list_vector_get_size(this.vector);
    const keys = readColumn(duck, duck.struct_vector_get_child(child, 0), keyType, size, `${path}.key`);
    const values = readColumn(duck, duck.struct_vector_get_child(child, 1), valueType, size, `${path}.value`);
    const { offsets, positions } = this.entries();
    return new MapColumn(type, offsets, keys.gather(positions), values.gather(positions), this.valid);
  }

  private struct(type: StructType, { entryTypes }: DuckDBStructType): Column {
    const children = type.fields.map((f, i) => {
      const child = this.duck.struct_vector_get_child(this.vector, i);
      return readColumn(this.duck, child, entryTypes[i]!, this.n, `${this.path}.${f.name}`);
    });
    return new StructColumn(type, this.n, children, this.valid);
  }

  /** Where the elements of each list are in its child: DuckDB's lists need not follow one another. */
  private entries(): { offsets: Int32Array; positions: Int32Array } {
    const { n } = this;
    const words = new Int32Array(this.copy(BigInt64Array, 2).buffer);
    const offsets = new Int32Array(n + 1);
    for (let i = 0; i < n; i++) offsets[i + 1] = offsets[i]! + (this.isValid(i) ? words[4 * i + 2]! : 0);
    const positions = new Int32Array(offsets[n]!);
    for (let i = 0; i < n; i++) {
      for (let p = offsets[i]!, k = words[4 * i]!; p < offsets[i + 1]!; p++, k++) positions[p] = k;
    }
    return { offsets, positions };
  }
}

/** Two words a value, least significant first. */
function paired(low: BigInt64Array, high: (low: bigint) => bigint): BigInt64Array {
  const words = new BigInt64Array(low.length * 2);
  low.forEach((v, i) => {
    words[2 * i] = v;
    words[2 * i + 1] = high(v);
  });
  return words;
}

import { comparator } from '../expressions/order.js';
import type { CalendarInterval, Value } from '../expressions/values.js';
import type { DataType, MapType } from '../schema/index.js';
import { anyCodec } from './any-codec.js';
import type { ByteReader, ByteWriter } from './bytes.js';

/** The values of one type as bytes; missing ones are the matter of what holds them. */
export interface ValueCodec {
  readonly write: (this: ValueCodec, out: ByteWriter, value: Value) => void;
  readonly read: (this: ValueCodec, bytes: ByteReader) => Value;
}

/** Values of several types one after the other, behind a bitmap of what is missing. */
export class TupleCodec {
  private readonly codecs: readonly ValueCodec[];
  private readonly bitmap: number;

  /** @param grouped as keys: what Spark groups together becomes the same bytes */
  constructor(types: readonly DataType[], grouped = false) {
    this.codecs = types.map((type) => codecOf(type, grouped));
    this.bitmap = (types.length + 7) >> 3;
  }

  write(out: ByteWriter, values: readonly Value[]): void {
    const { codecs } = this;
    const nulls = out.zeros(this.bitmap);
    for (let i = 0; i < codecs.length; i++) {
      const value = values[i]!;
      if (value === null) out.setBit(nulls, i);
      else codecs[i]!.write(out, value);
    }
  }

  read(bytes: ByteReader): Value[] {
    const { codecs } = this;
    const nulls = bytes.skip(this.bitmap);
    const values = new Array<Value>(codecs.length);
    for (let i = 0; i < codecs.length; i++) {
      const missing = (bytes.buffer[nulls + (i >> 3)]! & (1 << (i & 7))) !== 0;
      values[i] = missing ? null : codecs[i]!.read(bytes);
    }
    return values;
  }
}

/** @param grouped what Spark groups together becomes the same bytes: 0.0 and -0.0, maps in any order */
export function codecOf(type: DataType, grouped = false): ValueCodec {
  switch (type.kind) {
    case 'boolean':
      return booleans;
    case 'byte':
      return bytes8;
    case 'short':
      return shorts;
    case 'int':
    case 'date':
    case 'year_month_interval':
      return ints;
    case 'long':
    case 'timestamp':
    case 'timestamp_ntz':
    case 'day_time_interval':
      return grouped ? longs : shortLongs;
    case 'float':
      return grouped ? groupedFloats : floats;
    case 'double':
      return grouped ? groupedDoubles : doubles;
    case 'decimal':
      return type.precision > 18 ? wideDecimals : grouped ? longs : shortLongs;
    case 'string':
      return texts;
    case 'binary':
      return binaries;
    case 'calendar_interval':
      return calendarIntervals;
    case 'array':
      return new ListCodec(codecOf(type.element, grouped));
    case 'struct': {
      const fields = new TupleCodec(
        type.fields.map((f) => f.type),
        grouped,
      );
      return { write: (out, value) => fields.write(out, value as readonly Value[]), read: (from) => fields.read(from) };
    }
    case 'map':
      return new MapCodec(type, grouped);
    case 'void':
    case 'any':
      return grouped ? groupedAny : anyCodec;
  }
}

const booleans: ValueCodec = {
  write: (out, value) => out.byte(value === true ? 1 : 0),
  read: (from) => from.byte() === 1,
};

const bytes8: ValueCodec = {
  write: (out, value) => out.byte((value as number) & 0xff),
  read: (from) => (from.byte() << 24) >> 24,
};

const shorts: ValueCodec = {
  write: (out, value) => out.int16(value as number),
  read: (from) => from.int16(),
};

const ints: ValueCodec = {
  write: (out, value) => out.int32(value as number),
  read: (from) => from.int32(),
};

const longs: ValueCodec = {
  write: (out, value) => out.int64(value as bigint),
  read: (from) => from.int64(),
};

/** Where the numbers end that are kept in few bytes: what is as large, or larger, follows as it is. */
const wide = 2 ** 53;

/** In as few bytes as it needs, up to eight; those past 2^52 in sixteen. Signs alternate: 0, -1, 1, -2, 2. */
const shortLongs: ValueCodec = {
  write: (out, value) => {
    const number = Number(value);
    const alternating = number < 0 ? -2 * number - 1 : 2 * number;
    if (alternating < wide) {
      out.size(alternating);
    } else {
      out.size(wide);
      out.int64(value as bigint);
    }
  },
  read: (from) => {
    const alternating = from.size();
    if (alternating === wide) return from.int64();
    return BigInt(alternating % 2 === 0 ? alternating / 2 : -(alternating + 1) / 2);
  },
};

const floats: ValueCodec = {
  write: (out, value) => out.float32(value as number),
  read: (from) => from.float32(),
};

const doubles: ValueCodec = {
  write: (out, value) => out.float64(value as number),
  read: (from) => from.float64(),
};

/** One NaN, one zero. */
export const groupedNumber = (value: number): number => (value !== value ? NaN : value + 0);

const groupedFloats: ValueCodec = {
  write: (out, value) => out.float32(groupedNumber(value as number)),
  read: floats.read,
};

const groupedDoubles: ValueCodec = {
  write: (out, value) => out.float64(groupedNumber(value as number)),
  read: doubles.read,
};

const groupedAny: ValueCodec = {
  write: (out, value) => anyCodec.write(out, typeof value === 'number' ? groupedNumber(value) : value),
  read: anyCodec.read,
};

const wideDecimals: ValueCodec = {
  write: (out, value) => {
    out.int64(BigInt.asIntN(64, value as bigint));
    out.int64((value as bigint) >> 64n);
  },
  read: (from) => {
    const low = BigInt.asUintN(64, from.int64());
    return (from.int64() << 64n) | low;
  },
};

const texts: ValueCodec = {
  write: (out, value) => out.text(value as string),
  read: (from) => from.text(),
};

const binaries: ValueCodec = {
  write: (out, value) => {
    out.size((value as Uint8Array).length);
    out.bytes(value as Uint8Array);
  },
  read: (from) => from.bytes(from.size()),
};

const calendarIntervals: ValueCodec = {
  write: (out, value) => {
    const { months, days, micros } = value as CalendarInterval;
    out.int32(months);
    out.int32(days);
    out.int64(micros);
  },
  read: (from) => ({ months: from.int32(), days: from.int32(), micros: from.int64() }),
};

/** How many, a bitmap of what is missing, the rest. */
class ListCodec implements ValueCodec {
  constructor(private readonly element: ValueCodec) {}

  write(out: ByteWriter, value: Value): void {
    const list = value as readonly Value[];
    out.size(list.length);
    const nulls = out.zeros((list.length + 7) >> 3);
    for (let i = 0; i < list.length; i++) {
      const item = list[i]!;
      if (item === null) out.setBit(nulls, i);
      else this.element.write(out, item);
    }
  }

  read(bytes: ByteReader): Value[] {
    const count = bytes.size();
    const nulls = bytes.skip((count + 7) >> 3);
    const list = new Array<Value>(count);
    for (let i = 0; i < count; i++) {
      const missing = (bytes.buffer[nulls + (i >> 3)]! & (1 << (i & 7))) !== 0;
      list[i] = missing ? null : this.element.read(bytes);
    }
    return list;
  }
}

/** As a list of its keys and one of its values. Grouped: in the order of the keys, as Spark's `map_sort` has them. */
class MapCodec implements ValueCodec {
  private readonly keys: ListCodec;
  private readonly values: ListCodec;
  private readonly compare: ((a: Value, b: Value) => number) | undefined;

  constructor(type: MapType, grouped: boolean) {
    this.keys = new ListCodec(codecOf(type.key, grouped));
    this.values = new ListCodec(codecOf(type.value, grouped));
    this.compare = grouped ? comparator(type.key) : undefined;
  }

  write(out: ByteWriter, value: Value): void {
    const { compare } = this;
    let entries = value as readonly (readonly [Value, Value])[];
    if (compare !== undefined) entries = [...entries].sort(([a], [b]) => compare(a, b));
    this.keys.write(
      out,
      entries.map(([key]) => key),
    );
    this.values.write(
      out,
      entries.map(([, item]) => item),
    );
  }

  read(bytes: ByteReader): Value {
    const keys = this.keys.read(bytes);
    const values = this.values.read(bytes);
    return keys.map((key, i) => [key, values[i]!]);
  }
}

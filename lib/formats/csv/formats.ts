import {
  type BooleanColumn,
  type BytesColumn,
  type Column,
  type DecimalColumn,
  type FixedColumn,
  type ListColumn,
  type MapColumn,
  PlainColumn,
  type StructColumn,
  getBit,
} from '../../columns/index.js';
import { halvesOf, writeDecimal, writeDouble, writeFloat, writeInteger, writeLong } from '../scan/format.js';
import { intervalText } from '../scan/intervals.js';
import type { Output } from '../scan/output.js';
import type { TimeWriter } from '../scan/times.js';

/** Writes the value of row `i`, which is there, as Spark spells it. */
export type Format = (out: Output, i: number) => void;

export interface FormatRules {
  readonly times: TimeWriter;
  /** What stands for a missing value within an array, map or struct; undefined: nothing. */
  readonly innerNull?: string | undefined;
}

/** The format of a column's values. */
export function formatOf(column: Column, rules: FormatRules): Format {
  const { times } = rules;
  const { values } = column as FixedColumn;
  switch (column.type.kind) {
    case 'boolean': {
      const { bits } = column as BooleanColumn;
      return (out, i) => out.ascii(getBit(bits, i) ? 'true' : 'false');
    }
    case 'byte':
    case 'short':
    case 'int':
      return (out, i) => writeInteger(out, values[i] as number);
    case 'long': {
      const halves = halvesOf(values as BigInt64Array);
      return (out, i) => writeLong(out, halves[2 * i]!, halves[2 * i + 1]!);
    }
    case 'double':
      return (out, i) => writeDouble(out, values[i] as number);
    case 'float':
      return (out, i) => writeFloat(out, values[i] as number);
    case 'decimal': {
      const decimals = column as DecimalColumn;
      const { scale } = decimals.type;
      return (out, i) => writeDecimal(out, decimals.unscaled(i), scale, true);
    }
    case 'date':
      return (out, i) => times.date(out, values[i] as number);
    case 'timestamp':
    case 'timestamp_ntz': {
      const halves = halvesOf(values as BigInt64Array);
      const zoned = column.type.kind === 'timestamp';
      return (out, i) => times.timestamp(out, halves[2 * i]!, halves[2 * i + 1]!, zoned);
    }
    case 'binary': {
      const { bytes, offsets } = column as BytesColumn;
      return (out, i) => out.ascii(hexList(bytes.subarray(offsets[i], offsets[i + 1])));
    }
    case 'string': {
      const { bytes, offsets } = column as BytesColumn;
      return (out, i) => out.copy(bytes, offsets[i]!, offsets[i + 1]!);
    }
    case 'array': {
      const { child, offsets } = column as ListColumn;
      const element = innerOf(child, rules);
      return (out, i) => {
        const first = offsets[i]!;
        out.byte(91);
        for (let k = first; k < offsets[i + 1]!; k++) {
          if (k > first) out.byte(44);
          element(out, k, k > first);
        }
        out.byte(93);
      };
    }
    case 'map': {
      const { keys, values: items, offsets } = column as MapColumn;
      const key = innerOf(keys, rules);
      const item = innerOf(items, rules);
      return (out, i) => {
        const first = offsets[i]!;
        out.byte(123);
        for (let k = first; k < offsets[i + 1]!; k++) {
          if (k > first) out.byte(44);
          key(out, k, k > first);
          out.ascii(' ->');
          item(out, k, true);
        }
        out.byte(125);
      };
    }
    case 'struct': {
      const fields = (column as StructColumn).children.map((child) => innerOf(child, rules));
      return (out, i) => {
        out.byte(123);
        for (let c = 0; c < fields.length; c++) {
          if (c > 0) out.byte(44);
          fields[c]!(out, i, c > 0);
        }
        out.byte(125);
      };
    }
    case 'day_time_interval':
    case 'year_month_interval':
    case 'calendar_interval':
      return (out, i) => out.utf8(intervalText(column, i));
    case 'void':
    case 'any':
      return (out, i) => out.utf8(String(column.get(i)));
  }
}

/** Writes a value within another, after a blank if it is `spaced`. */
function innerOf(column: Column, rules: FormatRules): (out: Output, i: number, spaced: boolean) => void {
  const write = formatOf(column, rules);
  const { innerNull } = rules;
  return (out, i, spaced) => {
    if (isPresent(column, i)) {
      if (spaced) out.byte(32);
      write(out, i);
    } else if (innerNull !== undefined) {
      out.utf8(` ${innerNull}`);
    }
  };
}

export const isPresent = (column: Column, i: number): boolean =>
  column instanceof PlainColumn ? column.isValid(i) : column.validity === null || getBit(column.validity, i);

const hexList = (bytes: Uint8Array): string =>
  `[${Array.from(bytes, (b) => b.toString(16).toUpperCase().padStart(2, '0')).join(' ')}]`;

import type { Column } from '../../columns/index.js';
import type {
  AtomicKind,
  AtomicType,
  DataType,
  DayTimeIntervalType,
  DecimalType,
  YearMonthIntervalType,
} from '../../schema/index.js';
import { columnWriter } from '../scan/column-writer.js';
import type { AppendDecimal } from '../scan/decimals.js';
import { floatOf, parseDouble, parseInteger, parseLong, parsed } from '../scan/numbers.js';
import { appendInterval } from '../scan/intervals.js';
import type { TimeReader } from '../scan/times.js';
import {
  BooleanWriter,
  BytesWriter,
  type ColumnWriter,
  DecimalWriter,
  DoubleWriter,
  IntWriter,
  LongWriter,
  NarrowWriter,
} from '../scan/writers.js';
import { utf8 } from './dialect.js';
import type { Fields } from './fields.js';
import { type FloatWords, RareFloats } from './floats.js';

/** Appends the value that the text which `fields` found stands for. False, and nothing appended, if it stands for none. */
type Convert = (fields: Fields) => boolean;

/** A column in the making: takes the values of one field of the records, block by block. */
export class FieldColumn {
  constructor(
    private readonly writer: ColumnWriter,
    private readonly convert: Convert,
  ) {}

  /** Appends the fields of a slot. What does not convert is missing, and marked as a fault of its record. */
  append(fields: Fields, slot: number): void {
    const { writer, convert } = this;
    const { rows, faults } = fields;
    const base = slot * fields.capacity;
    for (let r = 0; r < rows; r++) {
      if (!fields.find(base + r)) {
        writer.appendNull();
      } else if (!convert(fields)) {
        writer.appendNull();
        if (faults[r] === 0) faults[r] = slot + 1;
      }
    }
  }

  /** Appends a missing value. */
  appendNull(): void {
    this.writer.appendNull();
  }

  /** What was appended since the last call. */
  finish(): Column {
    return this.writer.finish();
  }
}

/** For each record its text if it is malformed, else nothing. */
export function appendFaulty(writer: BytesWriter, fields: Fields): void {
  for (let r = 0; r < fields.rows; r++) {
    if (fields.faults[r] === 0) writer.appendNull();
    else writer.appendRepaired(fields.bytes, fields.recordStarts[r]!, fields.recordEnds[r]!);
  }
}

/** The types that CSV can hold. */
export type CsvType =
  AtomicType<Exclude<AtomicKind, 'any' | 'void'>> | DecimalType | DayTimeIntervalType | YearMonthIntervalType;

export const isCsvType = (type: DataType): type is CsvType =>
  !['array', 'map', 'struct', 'any', 'void'].includes(type.kind);

/** How fields become values. */
export interface ValueRules {
  readonly words: FloatWords;
  readonly times: TimeReader;
  readonly decimals: AppendDecimal;
}

/** An empty column of a type. */
export function fieldColumn(type: CsvType, { words, times, decimals }: ValueRules): FieldColumn {
  switch (type.kind) {
    case 'string': {
      const writer = new BytesWriter(type);
      return new FieldColumn(writer, (fields) => {
        if (fields.suspect) writer.appendRepaired(fields.text, fields.start, fields.end);
        else writer.append(fields.text, fields.start, fields.end);
        return true;
      });
    }
    case 'binary': {
      const writer = new BytesWriter(type);
      return new FieldColumn(writer, ({ text, start, end }) => {
        writer.append(text, start, end);
        return true;
      });
    }
    case 'boolean': {
      const writer = new BooleanWriter(type);
      return new FieldColumn(writer, ({ text, start, end }) => {
        const value = isWord(TRUE, text, start, end);
        if (!value && !isWord(FALSE, text, start, end)) return false;
        writer.append(value);
        return true;
      });
    }
    case 'byte':
    case 'short': {
      const writer = new NarrowWriter(type, type.kind);
      const limit = type.kind === 'byte' ? 128 : 32768;
      return new FieldColumn(writer, ({ text, start, end }) => {
        const value = parseInteger(text, start, end);
        if (!(value >= -limit && value < limit)) return false;
        writer.append(value);
        return true;
      });
    }
    case 'int': {
      const writer = new IntWriter(type);
      return new FieldColumn(writer, ({ text, start, end }) => {
        const value = parseInteger(text, start, end);
        if (!(value >= -2147483648 && value <= 2147483647)) return false;
        writer.append(value);
        return true;
      });
    }
    case 'long': {
      const writer = new LongWriter(type);
      return new FieldColumn(writer, ({ text, start, end }) => {
        if (!parseLong(text, start, end)) return false;
        writer.appendHalves(parsed.low, parsed.high);
        return true;
      });
    }
    case 'float': {
      const writer = new NarrowWriter(type, 'float');
      const rare = new RareFloats(words);
      return new FieldColumn(writer, ({ text, start, end }) => {
        const double = rare.first ? NaN : parseDouble(text, start, end);
        const value = double === double ? floatOf(text, start, end, double) : rare.parse(text, start, end);
        if (value === undefined) return false;
        writer.append(value);
        return true;
      });
    }
    case 'double': {
      const writer = new DoubleWriter(type);
      const rare = new RareFloats(words);
      return new FieldColumn(writer, ({ text, start, end }) => {
        const double = rare.first ? NaN : parseDouble(text, start, end);
        const value = double === double ? double : rare.parse(text, start, end);
        if (value === undefined) return false;
        writer.append(value);
        return true;
      });
    }
    case 'decimal': {
      const writer = new DecimalWriter(type);
      return new FieldColumn(writer, ({ text, start, end }) => decimals(writer, text, start, end));
    }
    case 'date': {
      const writer = new IntWriter(type);
      return new FieldColumn(writer, ({ text, start, end }) => {
        const days = times.date(text, start, end);
        if (days !== days) return false;
        writer.append(days);
        return true;
      });
    }
    case 'timestamp':
    case 'timestamp_ntz': {
      const writer = new LongWriter(type);
      const zoned = type.kind === 'timestamp';
      return new FieldColumn(writer, ({ text, start, end }) => {
        if (!times.timestamp(text, start, end, zoned)) return false;
        writer.appendHalves(parsed.low, parsed.high);
        return true;
      });
    }
    case 'day_time_interval':
    case 'year_month_interval':
    case 'calendar_interval': {
      const writer = columnWriter(type);
      return new FieldColumn(writer, ({ text, start, end }) => appendInterval(writer, text, start, end));
    }
  }
}

const TRUE = utf8('true');
const FALSE = utf8('false');

/** Whether a text is a word, in capitals or not. */
function isWord(word: Uint8Array, text: Uint8Array, start: number, end: number): boolean {
  if (end - start !== word.length) return false;
  for (let k = 0; k < word.length; k++) if ((text[start + k]! | 32) !== word[k]) return false;
  return true;
}

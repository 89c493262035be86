import type { Column } from '../../columns/index.js';
import { parseDouble, parseInteger, parseLong, parsed } from '../scan/numbers.js';
import type { TimeReader } from '../scan/times.js';
import type { BytesWriter, ColumnWriter, DoubleWriter, IntWriter, LongWriter } from '../scan/writers.js';
import type { Fields } from './fields.js';
import { type FloatWords, RareFloats } from './floats.js';

/** Appends the value that the text which `fields` found stands for. False, and nothing appended, if it stands for none. */
type Convert = (fields: Fields) => boolean;

/** A column in the making: takes the values of one field of the records, block by block. */
export abstract class FieldColumn {
  protected abstract readonly writer: ColumnWriter;

  /** Appends the fields of a slot. What does not convert is missing, and marked as a fault of its record. */
  abstract append(fields: Fields, slot: number): void;

  /** Appends a missing value. */
  appendNull(): void {
    this.writer.appendNull();
  }

  /** What was appended since the last call. */
  finish(): Column {
    return this.writer.finish();
  }

  protected fault({ faults }: Fields, row: number, slot: number): void {
    this.writer.appendNull();
    if (faults[row] === 0) faults[row] = slot + 1;
  }
}

/** A column of a type that is not as frequent: one loop for all of them. */
export class ConvertedColumn extends FieldColumn {
  constructor(
    protected readonly writer: ColumnWriter,
    private readonly convert: Convert,
  ) {
    super();
  }

  append(fields: Fields, slot: number): void {
    const { writer, convert } = this;
    const base = slot * fields.capacity;
    for (let r = 0; r < fields.rows; r++) {
      if (!fields.find(base + r)) writer.appendNull();
      else if (!convert(fields)) this.fault(fields, r, slot);
    }
  }
}

// The types that most columns have get a loop each, the same but for a line or two: V8 makes one piece of a loop and
// of what it calls only where it always calls the same.

export class StringColumn extends FieldColumn {
  constructor(protected readonly writer: BytesWriter) {
    super();
  }

  append(fields: Fields, slot: number): void {
    const { writer } = this;
    const base = slot * fields.capacity;
    for (let r = 0; r < fields.rows; r++) {
      if (!fields.find(base + r)) writer.appendNull();
      else if (fields.suspect) writer.appendRepaired(fields.text, fields.start, fields.end);
      else writer.append(fields.text, fields.start, fields.end);
    }
  }
}

export class IntColumn extends FieldColumn {
  constructor(protected readonly writer: IntWriter) {
    super();
  }

  append(fields: Fields, slot: number): void {
    const { writer } = this;
    const base = slot * fields.capacity;
    for (let r = 0; r < fields.rows; r++) {
      if (!fields.find(base + r)) {
        writer.appendNull();
        continue;
      }
      const value = parseInteger(fields.text, fields.start, fields.end);
      if (value >= -2147483648 && value <= 2147483647) writer.append(value);
      else this.fault(fields, r, slot);
    }
  }
}

export class LongColumn extends FieldColumn {
  constructor(protected readonly writer: LongWriter) {
    super();
  }

  append(fields: Fields, slot: number): void {
    const { writer } = this;
    const base = slot * fields.capacity;
    for (let r = 0; r < fields.rows; r++) {
      if (!fields.find(base + r)) writer.appendNull();
      else if (parseLong(fields.text, fields.start, fields.end)) writer.appendHalves(parsed.low, parsed.high);
      else this.fault(fields, r, slot);
    }
  }
}

export class DoubleColumn extends FieldColumn {
  private readonly rare: RareFloats;

  constructor(
    protected readonly writer: DoubleWriter,
    words: FloatWords,
  ) {
    super();
    this.rare = new RareFloats(words);
  }

  append(fields: Fields, slot: number): void {
    const { writer, rare } = this;
    const base = slot * fields.capacity;
    for (let r = 0; r < fields.rows; r++) {
      if (!fields.find(base + r)) {
        writer.appendNull();
        continue;
      }
      const { text, start, end } = fields;
      const double = rare.first ? NaN : parseDouble(text, start, end);
      const value = double === double ? double : rare.parse(text, start, end);
      if (value === undefined) this.fault(fields, r, slot);
      else writer.append(value);
    }
  }
}

export class TimestampColumn extends FieldColumn {
  constructor(
    protected readonly writer: LongWriter,
    private readonly times: TimeReader,
    private readonly zoned: boolean,
  ) {
    super();
  }

  append(fields: Fields, slot: number): void {
    const { writer, times, zoned } = this;
    const base = slot * fields.capacity;
    for (let r = 0; r < fields.rows; r++) {
      if (!fields.find(base + r)) writer.appendNull();
      else if (times.timestamp(fields.text, fields.start, fields.end, zoned)) {
        writer.appendHalves(parsed.low, parsed.high);
      } else this.fault(fields, r, slot);
    }
  }
}

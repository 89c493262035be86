import { type BytesColumn, type Column, PlainColumn, getBit } from '../../columns/index.js';
import type { Output } from '../scan/output.js';
import { type Format, type FormatRules, formatOf, isPresent } from './formats.js';
import type { Quoting } from './quoting.js';

/** Types whose values may hold any character, and not only those of numbers. */
const wordy = ['array', 'map', 'struct', 'day_time_interval', 'year_month_interval', 'calendar_interval', 'any'];

export interface RecordFormat extends FormatRules {
  /** Whether dates and times may hold any character, too. */
  readonly wordyTimes?: boolean;
}

/** Writes the row `row` as a record, without what ends it. */
export interface RecordWriter {
  write(out: Output, row: number): void;
}

/** Writes rows of columns. */
export class CsvRecords implements RecordWriter {
  private readonly writers: readonly Format[];

  constructor(
    columns: readonly Column[],
    private readonly quoting: Pick<Quoting, 'sep' | 'looksAtValues' | 'missing' | 'text' | 'look'>,
    private readonly rules: RecordFormat,
  ) {
    this.writers = columns.map((column, c) => this.writerOf(column, c === 0));
  }

  write(out: Output, row: number): void {
    const { writers } = this;
    const { sep } = this.quoting;
    for (let c = 0; c < writers.length; c++) {
      if (c > 0) out.copy(sep, 0, sep.length);
      writers[c]!(out, row);
    }
  }

  private writerOf(column: Column, first: boolean): Format {
    const { quoting } = this;
    const { validity } = column;
    const write = this.presentWriter(column, first);
    if (column instanceof PlainColumn) {
      return (out, i) => {
        if (isPresent(column, i)) write(out, i);
        else quoting.missing(out, first);
      };
    }
    if (validity === null) return write;
    return (out, i) => {
      if (getBit(validity, i)) write(out, i);
      else quoting.missing(out, first);
    };
  }

  private presentWriter(column: Column, first: boolean): Format {
    const { quoting } = this;
    const { kind } = column.type;
    if (kind === 'string') {
      const { bytes, offsets } = column as BytesColumn;
      return (out, i) => quoting.text(out, bytes, offsets[i]!, offsets[i + 1]!, first);
    }
    const format = formatOf(column, this.rules);
    const isTime = kind === 'date' || kind === 'timestamp' || kind === 'timestamp_ntz';
    if (wordy.includes(kind) || (isTime && this.rules.wordyTimes === true)) {
      return (out, i) => {
        const from = out.length;
        format(out, i);
        const text = Uint8Array.prototype.slice.call(out.bytes, from, out.length);
        out.length = from;
        quoting.text(out, text, 0, text.length, first);
      };
    }
    if (!quoting.looksAtValues) return format;
    return (out, i) => {
      const from = out.length;
      format(out, i);
      quoting.look(out, from, first);
    };
  }
}

import { type AppendDecimal, appendDecimal } from '../scan/decimals.js';
import { appendInterval } from '../scan/intervals.js';
import { floatOf, parseDouble, parseLong, parsed } from '../scan/numbers.js';
import type { TimeReader } from '../scan/times.js';
import { Output } from '../scan/output.js';
import type {
  BytesWriter,
  ColumnWriter,
  DecimalWriter,
  DoubleWriter,
  IntWriter,
  LongWriter,
  NarrowWriter,
} from '../scan/writers.js';
import { parseBase64, specialNumber } from './rare.js';
import type { Leniency } from './options.js';
import type { Target } from './target.js';
import { JsonRenderer } from './render.js';

/** The value was written. */
export const OK = 0;
/** The value was written, but something within it was not of its type and is missing there. */
export const PARTIAL = 1;
/** The value is not of the type; nothing counts as written, and `at` is anywhere. */
export const MISMATCH = 2;
/** The text is not JSON: nothing more can be read from it. */
export const BROKEN = 3;

export type Status = typeof OK | typeof PARTIAL | typeof MISMATCH | typeof BROKEN;

const MICROS_PER_SECOND = 1_000_000;
const MAX_SECONDS = 9_223_372_036_854;

/** How JSON is read. */
export interface JsonRules {
  readonly grammar: Leniency;
  readonly times: TimeReader;
  /** Reads decimals in strings; others are as JSON has numbers. */
  readonly quotedDecimals: AppendDecimal;
  /** Whether a value that is no string becomes a STRING as it stands, or as it is copied (see `JsonRenderer`). */
  readonly exactText: boolean;
}

/** Reads values that are neither arrays nor objects. `first` is the byte that the value begins with. */
export abstract class JsonScalars extends JsonRenderer {
  override out = new Output();
  private readonly times: TimeReader;
  private readonly quotedDecimals: AppendDecimal;
  private readonly exactText: boolean;

  constructor(rules: JsonRules) {
    super(rules.grammar);
    this.times = rules.times;
    this.quotedDecimals = rules.quotedDecimals;
    this.exactText = rules.exactText;
  }

  /** A string, or of anything else its own text. */
  protected text(writer: BytesWriter, first: number, depth: number): Status {
    if (this.isQuote(first)) {
      if (!this.string()) return BROKEN;
      writer.append(this.source, this.from, this.to);
      return OK;
    }
    const start = this.at;
    if (this.exactText) {
      if (!this.skip(depth)) return BROKEN;
      writer.append(this.bytes, start, this.at);
      return OK;
    }
    const { out } = this;
    out.length = 0;
    if (!this.copy(depth)) return BROKEN;
    writer.append(out.bytes, 0, out.length);
    return OK;
  }

  protected whole({ kind, writer }: Target): Status {
    const value = this.small;
    switch (kind) {
      case 'long':
        if (value === value) {
          (writer as LongWriter).append(value);
          return OK;
        }
        if (!parseLong(this.source, this.from, this.to)) return MISMATCH;
        (writer as LongWriter).appendHalves(parsed.low, parsed.high);
        return OK;
      case 'int':
        if (!(value >= -2147483648 && value <= 2147483647)) return MISMATCH;
        (writer as IntWriter).append(value);
        return OK;
      case 'short':
        if (!(value >= -32768 && value <= 32767)) return MISMATCH;
        (writer as NarrowWriter).append(value);
        return OK;
      default:
        // As in Spark, whose parser takes bytes for unsigned too: 128 is -128.
        if (!(value >= -128 && value <= 255)) return MISMATCH;
        (writer as NarrowWriter).append(value);
        return OK;
    }
  }

  protected fractional({ kind, writer }: Target, first: number): Status {
    let value: number;
    if (this.isQuote(first)) {
      if (!this.string()) return BROKEN;
      const special = this.lenient.allowNonNumericNumbers ? specialNumber(this.source, this.from, this.to) : undefined;
      if (special === undefined) return MISMATCH;
      value = special;
    } else {
      if (first === 123 || first === 91 || first === 116 || first === 102) return MISMATCH;
      if (!this.number()) return BROKEN;
      value = this.small;
      if (value !== value && !this.special) value = parseDouble(this.source, this.from, this.to);
      if (kind === 'float' && !this.special) value = floatOf(this.source, this.from, this.to, value);
    }
    if (kind === 'double') (writer as DoubleWriter).append(value);
    else (writer as NarrowWriter).append(value);
    return OK;
  }

  protected timed({ kind, writer }: Target, first: number): Status {
    if (!this.isQuote(first)) return MISMATCH;
    if (!this.string()) return BROKEN;
    if (kind === 'date') {
      const days = this.times.date(this.source, this.from, this.to);
      if (days !== days) return MISMATCH;
      (writer as IntWriter).append(days);
      return OK;
    }
    if (!this.times.timestamp(this.source, this.from, this.to, kind === 'timestamp')) return MISMATCH;
    (writer as LongWriter).appendHalves(parsed.low, parsed.high);
    return OK;
  }

  /** A timestamp given as a number is in seconds. */
  protected seconds(writer: LongWriter): Status {
    const value = this.small;
    if (!(Math.abs(value) <= MAX_SECONDS)) return MISMATCH;
    if (Number.isSafeInteger(value * MICROS_PER_SECOND)) {
      writer.append(value * MICROS_PER_SECOND);
    } else {
      const micros = BigInt(value) * BigInt(MICROS_PER_SECOND);
      writer.appendHalves(Number(BigInt.asIntN(32, micros)), Number(micros >> 32n));
    }
    return OK;
  }

  protected binary(writer: BytesWriter, first: number): Status {
    if (!this.isQuote(first)) return MISMATCH;
    if (!this.string()) return BROKEN;
    const bytes = parseBase64(this.source, this.from, this.to);
    if (bytes === undefined) return MISMATCH;
    writer.append(bytes, 0, bytes.length);
    return OK;
  }

  protected interval(writer: ColumnWriter, first: number): Status {
    if (!this.isQuote(first)) return MISMATCH;
    if (!this.string()) return BROKEN;
    return appendInterval(writer, this.source, this.from, this.to) ? OK : MISMATCH;
  }

  protected decimal(writer: DecimalWriter, first: number): Status {
    const quoted = this.isQuote(first);
    if (!quoted && !isNumberStart(first)) return MISMATCH;
    if (!(quoted ? this.string() : this.number())) return BROKEN;
    const append = quoted ? this.quotedDecimals : appendDecimal;
    return append(writer, this.source, this.from, this.to) ? OK : MISMATCH;
  }
}

export const isNumberStart = (byte: number): boolean =>
  (byte >= 48 && byte <= 57) || byte === 45 || byte === 43 || byte === 78 || byte === 73;

import { type Field, type Schema, type DataType, field, string, structOf } from '../../../lib/schema/index.js';
import { type Dialect, readDialect, utf8 } from '../../../lib/formats/csv/dialect.js';
import { Fields } from '../../../lib/formats/csv/fields.js';
import { CsvInference, settledField, unknownField } from '../../../lib/formats/csv/infer.js';
import { tokenizerOf } from '../../../lib/formats/csv/tokenizer.js';
import { timeReaderFor } from '../../../lib/formats/scan/time-options.js';
import { markLength } from '../../../lib/formats/scan/utf8.js';
import type { Place, RecordDecoder, SchemaInference } from '../format.js';
import type { CsvReadOptions } from './options.js';

const blockRows = 256;

/** The patterns of dates that are timestamps, too, when those are read without a pattern. */
const dateLike = /^yyyy(?:-MM?(?:-dd?)?)?$/;

/**
 * Finds out the columns of CSV files as Spark does: the first record tells how many there are, and with `header` their
 * names, else `_c0`, `_c1`, …; with `inferSchema` the records tell the types, else all are STRING.
 */
export class CsvColumns implements SchemaInference {
  private readonly dialect: Dialect;
  private readonly inference: CsvInference;
  private readonly ratio: number;
  private names: readonly string[] | undefined;
  private types: DataType[] = [];
  private records = 0;

  constructor(private readonly options: CsvReadOptions) {
    const { preferDate, timestampFormat } = options;
    const dateFormat = options.dateFormat ?? (preferDate ? 'yyyy-MM-dd' : undefined);
    this.dialect = readDialect(options);
    this.ratio = Number(options.samplingRatio ?? 1);
    this.inference = new CsvInference({
      words: options,
      times: timeReaderFor({ ...options, dateFormat, enableDateTimeParsingFallback: undefined }, false),
      preferDate,
      datesAreTimestamps: timestampFormat === undefined && dateLike.test(dateFormat ?? 'yyyy-MM-dd'),
    });
  }

  get done(): boolean {
    return this.names !== undefined && !this.options.inferSchema;
  }

  nextFile(): Pick<RecordDecoder, 'decode'> {
    let markExpected = true;
    let first = this.names === undefined || this.options.header ? this.tokenizer(0, 1) : undefined;
    let rest: ReturnType<CsvColumns['tokenizer']> | undefined;
    return {
      decode: (bytes, place, last) => {
        let at = 0;
        if (markExpected) {
          at = markLength(bytes, last);
          if (at < 0) return 0;
          markExpected = false;
        }
        if (first !== undefined) {
          at = first.read(bytes, at, last, place);
          if (first.fields.rows === 0) return at;
          if (this.names === undefined) this.learn(bytes, first.fields, place);
          first = undefined;
        }
        if (!this.options.inferSchema) return last ? bytes.length : at;
        rest ??= this.tokenizer(this.types.length, blockRows);
        for (;;) {
          at = rest.read(bytes, at, last, place);
          this.see(rest.fields);
          if (rest.fields.rows < blockRows) return at;
        }
      },
    };
  }

  schema(): Schema | undefined {
    const { names, types, options } = this;
    if (names === undefined) return undefined;
    const columns = names.map((name, c): Field => {
      return field(name, options.inferSchema ? settledField(types[c]!) : string());
    });
    return structOf(columns);
  }

  /** The columns of the first record, which `found` has counted. */
  private learn(bytes: Uint8Array, found: Fields, place: Place): void {
    const count = found.counts[0]!;
    const { fields, read } = this.tokenizer(count, 1);
    read(bytes.subarray(found.recordStarts[0], found.recordEnds[0]), 0, true, place);
    const texts = Array.from({ length: count }, (_, k) => fields.describe(k));
    this.names = this.options.header ? safeNames(texts) : texts.map((_, k) => `_c${k}`);
    this.types = texts.map(() => unknownField);
    if (!this.options.header) this.see(fields);
  }

  private see(fields: Fields): void {
    const { types, inference } = this;
    for (let r = 0; r < fields.rows; r++) {
      if (!this.isSampled()) continue;
      for (let c = 0; c < types.length; c++) {
        const i = c * fields.capacity + r;
        if (types[c]!.kind !== 'string') types[c] = inference.widened(types[c]!, fields.describe(i));
      }
    }
  }

  /** The first record is one of them, whatever the ratio. */
  private isSampled(): boolean {
    const { ratio } = this;
    const n = this.records++;
    return ratio >= 1 || Math.floor(n * ratio) !== Math.floor((n - 1) * ratio);
  }

  private tokenizer(count: number, capacity: number) {
    const { dialect, options } = this;
    const fields = new Fields(dialect, count, capacity, utf8(options.nullValue), utf8(options.emptyValue));
    const slots = Array.from({ length: count }, (_, k) => k);
    const tokenizer = tokenizerOf({ dialect, slots, count: true, maxRecordBytes: options.maxRecordBytes }, fields);
    const read = (bytes: Uint8Array, from: number, last: boolean, place: Place): number =>
      // A view of one class whatever was given: see `CsvDecoder`.
      tokenizer.read(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length), from, last, place);
    return { fields, read };
  }
}

/** Names that are there and unlike each other, in any case: else they get their position. */
function safeNames(texts: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text.toLowerCase(), (counts.get(text.toLowerCase()) ?? 0) + 1);
  return texts.map((text, k) => {
    if (text === '') return `_c${k}`;
    return counts.get(text.toLowerCase())! > 1 ? `${text}${k}` : text;
  });
}

import { type Column, Table, unknownColumn } from '../../../lib/columns/index.js';
import { SluiceError } from '../../../lib/errors/index.js';
import { type Field, type Schema, formatType, structOf } from '../../../lib/schema/index.js';
import type { DecodeRequest, MalformedCounts, MalformedRecord, Place, RecordDecoder } from '../format.js';
import { positionOf } from '../../../lib/formats/place.js';
import { decimalsIn } from '../../../lib/formats/scan/decimals.js';
import { timeReaderFor } from '../../../lib/formats/scan/time-options.js';
import { BytesWriter } from '../../../lib/formats/scan/writers.js';
import { Utf8Check, markLength } from '../../../lib/formats/scan/utf8.js';
import { type CsvType, FieldColumn, appendFaulty, fieldColumn, isCsvType } from '../../../lib/formats/csv/columns.js';
import { type Dialect, readDialect, utf8 } from '../../../lib/formats/csv/dialect.js';
import { Fields, WRONG_COUNT } from '../../../lib/formats/csv/fields.js';
import { type Tokenizer, tokenizerOf } from '../../../lib/formats/csv/tokenizer.js';
import type { CsvReadOptions } from './options.js';

/** Records are taken apart and converted a block at a time, column by column. A block should stay in the cache. */
const blockRows = (columns: number): number => Math.max(16, Math.min(1024, Math.floor(32_768 / Math.max(1, columns))));

/**
 * Decodes CSV as Spark does, straight from bytes to the columns asked for.
 *
 * A record is malformed if it has another number of fields than the schema, or a field that does not convert. As in
 * Spark, only what is read is looked at: where some columns are not asked for, records are not counted out either,
 * except with `multiLine`.
 */
export class CsvDecoder implements RecordDecoder {
  private readonly dialect: Dialect;
  /** What is asked for, in the order wanted, and the columns that are made for it. */
  private readonly wanted: Schema;
  private readonly columns: readonly { finish(): Column }[];
  /** Of these, the ones that hold fields of the file, by slot, and the one that holds malformed records. */
  private readonly slots: readonly { readonly field: Field; readonly column: FieldColumn }[];
  private readonly corrupt: BytesWriter | undefined;
  private readonly fields: Fields;
  private readonly tokenizer: Pick<Tokenizer, 'read'>;
  /** Where there are strings to check. */
  private readonly utf8: Utf8Check | undefined;

  private markExpected: boolean;
  /** Set until the header has been read. */
  private header: { readonly fields: Fields; readonly tokenizer: Pick<Tokenizer, 'read'> } | undefined;
  /** The columns in the file: all of the schema but the one for malformed records. */
  private readonly fileFields: readonly Field[];

  /** Whether records that are not malformed may be past the limits. */
  private readonly checksLimits: boolean;

  private appended = 0;
  /** The rows, among those not yet taken, that are left out. */
  private dropped: number[] = [];
  private readonly found = { fields: 0, value: 0 };
  private readonly reject: ((record: MalformedRecord) => void) | undefined;

  /** Throws INVALID_SCHEMA for a type that CSV cannot hold, UNKNOWN_COLUMN, UNSUPPORTED_PIPELINE. */
  constructor(
    request: DecodeRequest,
    private readonly options: CsvReadOptions,
    tokenizer: typeof tokenizerOf = tokenizerOf,
  ) {
    this.dialect = readDialect(options);
    this.reject = request.reject;
    const { schema } = request;
    const corruptName = options.columnNameOfCorruptRecord;
    checkSchema(schema, corruptName);
    this.fileFields = schema.fields.filter((f) => f.name !== corruptName);
    if (
      request.columns.length > 0 &&
      request.columns.every((name) => name === corruptName) &&
      this.fileFields.length > 0
    ) {
      const message = `Decoding csv: only the column '${corruptName}' is asked for. Which records are malformed depends on the other columns that are read: ask for them too.`;
      throw new SluiceError('UNSUPPORTED_PIPELINE', message, { details: { column: corruptName } });
    }

    const wanted = request.columns.map((name) => {
      const field = schema.fields.find((f) => f.name === name);
      if (field === undefined) throw unknownColumn(name, schema);
      return field;
    });
    this.wanted = structOf(wanted);
    const strict = options.enableDateTimeParsingFallback === false;
    const dateFormat = options.dateFormat ?? (strict ? 'yyyy-MM-dd' : undefined);
    const times = timeReaderFor({ ...options, dateFormat }, false);
    const decimals = decimalsIn(options.locale);
    this.columns = wanted.map((f) =>
      f.name === corruptName
        ? new BytesWriter(f.type)
        : fieldColumn(f.type as CsvType, { words: options, times, decimals }),
    );
    this.slots = this.columns.flatMap((c, i) => (c instanceof FieldColumn ? [{ field: wanted[i]!, column: c }] : []));
    this.corrupt = this.columns.find((c) => c instanceof BytesWriter);
    this.utf8 = wanted.some((f) => f.type.kind === 'string') ? new Utf8Check() : undefined;

    const slotOf = this.fileFields.map((f) => this.slots.findIndex((s) => s.field === f));
    const count = slotOf.every((slot) => slot >= 0);
    const { dialect } = this;
    const { maxRecordBytes } = options;
    this.fields = new Fields(
      dialect,
      this.slots.length,
      blockRows(this.slots.length),
      utf8(options.nullValue),
      utf8(options.emptyValue),
    );
    this.tokenizer = tokenizer({ dialect, slots: slotOf, count, maxRecordBytes }, this.fields);
    this.checksLimits = this.fileFields.length > options.maxColumns || options.maxCharsPerColumn >= 0;
    this.markExpected = request.atStart;
    if (request.atStart && options.header) {
      const fields = new Fields(dialect, this.fileFields.length, 1);
      const slots = this.fileFields.map((_, k) => k);
      this.header = { fields, tokenizer: tokenizerOf({ dialect, slots, count: true, maxRecordBytes }, fields) };
    }
  }

  decode(given: Uint8Array, place: Place, last: boolean): number {
    // A view of one class whatever was given, a Buffer say: hot loops should meet one kind of array.
    const bytes = new Uint8Array(given.buffer, given.byteOffset, given.length);
    this.fields.suspect = this.utf8 !== undefined && !this.utf8.check(bytes, last);
    const consumed = this.decodeFrom(bytes, place, last);
    this.utf8?.consumed(consumed);
    return consumed;
  }

  private decodeFrom(bytes: Uint8Array, place: Place, last: boolean): number {
    let at = 0;
    if (this.markExpected) {
      at = markLength(bytes, last);
      if (at < 0) return 0;
      this.markExpected = false;
    }
    if (this.header !== undefined) {
      const { fields, tokenizer } = this.header;
      at = tokenizer.read(bytes, at, last, place);
      if (fields.rows === 0) return at;
      if (!this.options.enforceSchema) this.checkHeader(fields, place);
      this.header = undefined;
    }
    for (;;) {
      at = this.tokenizer.read(bytes, at, last, place);
      this.append(place);
      if (this.fields.rows < this.fields.capacity) return at;
    }
  }

  private append(place: Place): void {
    const { fields, slots } = this;
    for (let s = 0; s < slots.length; s++) slots[s]!.column.append(fields, s);
    if (this.checksLimits) this.checkLimits(place);
    for (let r = 0; r < fields.rows; r++) {
      if (fields.faults[r] === 0) continue;
      if (fields.counts[r]! > this.options.maxColumns) this.checkLimits(place);
      this.found[reasonOf(fields.faults[r]!)]++;
      if (this.reject !== undefined) this.reject(this.malformedRecord(r, place));
      else if (this.options.mode === 'FAILFAST') throw this.malformedError(r, place);
      else if (this.options.mode === 'PERMISSIVE') continue;
      this.dropped.push(this.appended + r);
    }
    if (this.corrupt !== undefined) appendFaulty(this.corrupt, fields);
    this.appended += fields.rows;
  }

  /** Throws RECORD_TOO_LARGE if a record has too many fields, or one that is too long. */
  private checkLimits(place: Place): void {
    const { fields, slots } = this;
    const { maxColumns, maxCharsPerColumn } = this.options;
    const maxChars = maxCharsPerColumn < 0 ? Infinity : maxCharsPerColumn;
    for (let r = 0; r < fields.rows; r++) {
      if (fields.counts[r]! > maxColumns) throw this.pastLimit(r, place, 'has more fields than maxColumns', maxColumns);
      for (let s = 0; s < slots.length; s++) {
        const i = s * fields.capacity + r;
        if (fields.ends[i]! - fields.starts[i]! <= maxChars || fields.describe(i).length <= maxChars) continue;
        throw this.pastLimit(r, place, 'has a field with more characters than maxCharsPerColumn', maxChars);
      }
    }
  }

  private pastLimit(row: number, place: Place, what: string, limit: number): SluiceError {
    const { path } = place;
    const position = positionOf(place, this.fields.recordStarts[row]!);
    const message = `Reading ${path}: the record at byte ${position} ${what}, ${limit}. Raise it if that is meant to be.`;
    return new SluiceError('RECORD_TOO_LARGE', message, { details: { path, position } });
  }

  take(): Table {
    const numRows = this.appended;
    const { dropped } = this;
    const table = new Table(
      this.wanted,
      this.columns.map((c) => c.finish()),
      numRows,
    );
    this.appended = 0;
    this.dropped = [];
    if (dropped.length === 0) return table;
    const kept = new Int32Array(numRows - dropped.length);
    for (let i = 0, k = 0, d = 0; i < numRows; i++) {
      if (dropped[d] === i) d++;
      else kept[k++] = i;
    }
    return table.gather(kept);
  }

  get numRows(): number {
    return this.appended - this.dropped.length;
  }

  get malformed(): number {
    return this.found.fields + this.found.value;
  }

  get reasons(): MalformedCounts {
    return this.found;
  }

  private checkHeader(fields: Fields, place: Place): void {
    const names = this.fileFields.map((f) => f.name);
    const found = names.map((_, k) => fields.describe(k));
    const differs = found.findIndex((name, k) => name.toLowerCase() !== names[k]!.toLowerCase());
    let what: string;
    if (fields.counts[0] !== names.length) what = `${fields.counts[0]!} columns, not ${names.length}`;
    else if (differs >= 0)
      what = `'${found[differs]!}' for the name of column ${differs + 1}, not '${names[differs]!}'`;
    else return;
    const message =
      `Reading ${place.path}: the header has ${what}. The schema has the columns ${names.map((n) => `'${n}'`).join(', ')}, in this order. ` +
      'With enforceSchema true the names in the header do not matter.';
    throw new SluiceError('SCHEMA_MISMATCH', message, { details: { path: place.path, columns: names, header: found } });
  }

  private malformedRecord(row: number, place: Place): MalformedRecord {
    const { fields } = this;
    const start = fields.recordStarts[row]!;
    return {
      bytes: fields.bytes.subarray(start, fields.recordEnds[row]),
      position: positionOf(place, start),
      reason: reasonOf(fields.faults[row]!),
      message: this.whatIsWrong(row),
    };
  }

  private whatIsWrong(row: number): string {
    const { fields, slots } = this;
    const fault = fields.faults[row]!;
    if (fault === WRONG_COUNT) return `it has ${fields.counts[row]!} fields, the schema ${this.fileFields.length}`;
    const { field } = slots[fault - 1]!;
    const text = excerpt(fields.describe((fault - 1) * fields.capacity + row));
    return `'${text}' in column '${field.name}' is not a ${formatType(field.type)}`;
  }

  private malformedError(row: number, place: Place): SluiceError {
    const { bytes, position, message: found } = this.malformedRecord(row, place);
    const record = excerpt(Buffer.from(bytes).toString());
    const message =
      `Reading ${place.path}: the record at byte ${position} is malformed: ${found}. The record: ${record}\n` +
      'Mode PERMISSIVE keeps what can be read of such records, DROPMALFORMED drops them.';
    return new SluiceError('MALFORMED_RECORD', message, { details: { path: place.path, position, record } });
  }
}

const reasonOf = (fault: number): 'fields' | 'value' => (fault === WRONG_COUNT ? 'fields' : 'value');

const excerpt = (text: string): string => (text.length > 200 ? `${text.slice(0, 197)}...` : text);

function checkSchema(schema: Schema, corruptName: string): void {
  for (const { name, type, nullable } of schema.fields) {
    if (name === corruptName) {
      if (type.kind === 'string' && nullable) continue;
      const message = `Decoding csv: the column '${name}' is for malformed records, so it must be a string that may be missing.`;
      throw new SluiceError('INVALID_SCHEMA', message, { details: { column: name } });
    }
    if (isCsvType(type)) continue;
    const message = `Decoding csv: column '${name}' is of type ${formatType(type)}, which csv cannot hold. Read a STRING and convert it.`;
    throw new SluiceError('INVALID_SCHEMA', message, { details: { column: name, type: formatType(type) } });
  }
}

import { type BytesColumn, StructColumn, bitmapBytes, clearBit, validityOf } from '../../columns/index.js';
import { SluiceError } from '../../errors/index.js';
import { type ExpressionError, failed } from '../../expressions/errors.js';
import { type StructType, formatType } from '../../schema/index.js';
import { repairedText } from '../scan/utf8.js';
import { BytesWriter } from '../scan/writers.js';
import { type CsvType, FieldColumn, type ValueRules, fieldColumn } from './columns.js';
import type { Dialect } from './dialect.js';
import { Fields, WRONG_COUNT } from './fields.js';
import { type Tokenizer, tokenizerOf } from './tokenizer.js';

export interface RecordRules extends ValueRules {
  readonly dialect: Dialect;
  readonly nullText: Uint8Array;
  readonly emptyText: Uint8Array;
  /** Fail at a record that does not fit, instead of leaving missing what cannot be read. */
  readonly failFast: boolean;
  /** The field that gets the text of a record that does not fit, if the struct has one of this name. */
  readonly corruptField: string;
}

const nowhere = { path: '', position: 0 };

/**
 * Decodes columns of CSV records as `from_csv` does: a text is one record, whatever line ends it holds. What a record
 * lacks, and what is not of its type, is missing.
 */
export class CsvDocuments {
  private readonly columns: readonly (FieldColumn | BytesWriter)[];
  private readonly fieldColumns: readonly FieldColumn[];
  private readonly corrupt: BytesWriter | undefined;
  private readonly fields: Fields;
  private readonly tokenizer: Pick<Tokenizer, 'read'>;

  /** `type` has no field that CSV cannot hold. */
  constructor(
    private readonly type: StructType,
    private readonly rules: RecordRules,
  ) {
    const { dialect } = rules;
    this.columns = type.fields.map((f) =>
      f.name === rules.corruptField ? new BytesWriter(f.type) : fieldColumn(f.type as CsvType, rules),
    );
    this.fieldColumns = this.columns.filter((c) => c instanceof FieldColumn);
    this.corrupt = this.columns.find((c) => c instanceof BytesWriter);
    const count = this.fieldColumns.length;
    this.fields = new Fields(dialect, count, 1, rules.nullText, rules.emptyText);
    this.tokenizer = recordTokenizer(dialect, this.fields);
  }

  /** The struct of each record; of a missing one, a missing one. Throws ExpressionError with `failFast`. */
  decode(records: BytesColumn): StructColumn {
    const { bytes, offsets, length } = repairedText(records);
    const { fields, fieldColumns, corrupt } = this;
    const present = new Uint8Array(bitmapBytes(length)).fill(255);
    for (let i = 0; i < length; i++) {
      if (!records.isValid(i)) {
        clearBit(present, i);
        for (const column of fieldColumns) column.appendNull();
        corrupt?.appendNull();
        continue;
      }
      const record = bytes.subarray(offsets[i], offsets[i + 1]);
      this.read(record);
      const isRecord = fields.rows === 1;
      fieldColumns.forEach((column, slot) => (isRecord ? column.append(fields, slot) : column.appendNull()));
      const isFaulty = !isRecord || fields.faults[0] !== 0;
      if (isFaulty && this.rules.failFast) {
        for (const column of this.columns) column.finish();
        throw this.error(record);
      }
      if (isFaulty && record.length > 0) corrupt?.append(record, 0, endOfLine(record));
      else corrupt?.appendNull();
    }
    const children = this.columns.map((column) => column.finish());
    return new StructColumn(this.type, length, children, validityOf(present, length));
  }

  private read(record: Uint8Array): void {
    try {
      readRecord(this.tokenizer, record);
    } catch (error) {
      for (const column of this.columns) column.finish();
      throw error;
    }
  }

  private error(record: Uint8Array): ExpressionError {
    const { fields } = this;
    const shown = malformed(record);
    const advice = 'mode is FAILFAST; PERMISSIVE would leave missing what cannot be read.';
    if (fields.rows === 0) return failed('MALFORMED_CSV_RECORD', `${shown}: it is empty. ${advice}`);
    const fault = fields.faults[0]!;
    if (fault === WRONG_COUNT) {
      const counts = `it has ${fields.counts[0]!} fields, the schema ${fields.slots}`;
      return failed('MALFORMED_CSV_RECORD', `${shown}: ${counts}. ${advice}`);
    }
    const field = this.type.fields.filter((f) => f.name !== this.rules.corruptField)[fault - 1]!;
    const found = `'${fields.describe(fault - 1)}' is no value of type ${formatType(field.type)}`;
    return failed('MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION', `${shown}: ${found}. ${advice}`);
  }
}

/** Throws ExpressionError at a quote that is not to be read (RAISE_ERROR). */
function readRecord(tokenizer: Pick<Tokenizer, 'read'>, record: Uint8Array): void {
  try {
    tokenizer.read(record, 0, true, nowhere);
  } catch (error) {
    if (!(error instanceof SluiceError) || error.code !== 'MALFORMED_RECORD') throw error;
    const found = 'it has a quote within a quoted field that is not escaped, and unescapedQuoteHandling is RAISE_ERROR';
    throw failed('MALFORMED_CSV_RECORD', `${malformed(record)}: ${found}.`);
  }
}

function malformed(record: Uint8Array): string {
  const text = Buffer.from(record).toString();
  return `The CSV record '${text.length > 60 ? `${text.slice(0, 57)}...` : text}' is malformed`;
}

/** Where a record ends without the line end that it may have. */
function endOfLine(record: Uint8Array): number {
  let end = record.length;
  if (record[end - 1] === 10) end--;
  if (record[end - 1] === 13) end--;
  return end;
}

/** Reads all of the fields that the records have room for. */
const recordTokenizer = (dialect: Dialect, fields: Fields): Pick<Tokenizer, 'read'> => {
  const slots = Array.from({ length: fields.slots }, (_, k) => k);
  return tokenizerOf({ dialect, slots, count: true, maxRecordBytes: Infinity }, fields);
};

/**
 * The fields of a record as texts, empty where they are missing; undefined if it is blank or a comment.
 * Throws as `readRecord`.
 */
export function fieldsOf(record: Uint8Array, dialect: Dialect, nullText: Uint8Array): string[] | undefined {
  const counted = new Fields(dialect, 0, 1);
  readRecord(recordTokenizer(dialect, counted), record);
  if (counted.rows === 0) return undefined;
  const fields = new Fields(dialect, counted.counts[0]!, 1, nullText);
  readRecord(recordTokenizer(dialect, fields), record);
  return Array.from({ length: fields.slots }, (_, k) => fields.describe(k));
}

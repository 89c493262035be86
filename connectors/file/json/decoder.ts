import { Table, unknownColumn } from '../../../lib/columns/index.js';
import { SluiceError } from '../../../lib/errors/index.js';
import { type Field, formatType, string, structOf } from '../../../lib/schema/index.js';
import type { DecodeRequest, MalformedCounts, MalformedRecord, Place, RecordDecoder } from '../format.js';
import { timeReaderFor } from '../../../lib/formats/scan/time-options.js';
import { type Records, foreign, lineSepNeeded, linesOf, maxFileBytes, wholeFile } from '../records.js';
import { BytesWriter, type ColumnWriter } from '../../../lib/formats/scan/writers.js';
import type { JsonReadOptions } from '../../../lib/formats/json/options.js';
import { BLANK, JsonReader } from '../../../lib/formats/json/reader.js';
import { BROKEN, type JsonRules, OK } from '../../../lib/formats/json/scalars.js';
import { decimalsIn } from '../../../lib/formats/scan/decimals.js';
import { Fields, type Target, writersOf } from '../../../lib/formats/json/target.js';
import { Elements } from './elements.js';

/**
 * Decodes JSON as Spark does: an object a line (or a file) is a row, an array of objects a row each, names match with case,
 * names that nobody asked for are skipped, blank lines too. Only what is asked for can be of the wrong type.
 *
 * Throws INVALID_SCHEMA for a schema that JSON cannot fill, UNKNOWN_COLUMN for a column that it does not have.
 */
export function jsonDecoder(options: JsonReadOptions, request: DecodeRequest): RecordDecoder {
  return new JsonDecoder(options, request);
}

class JsonDecoder implements RecordDecoder {
  private readonly found = { syntax: 0, value: 0 };
  private readonly toReject: ((record: MalformedRecord) => void) | undefined;
  private readonly fields: readonly Field[];
  /** The columns asked for, in their order, the one of corrupt records among them. */
  private readonly writers: readonly ColumnWriter[];
  /** Those that come from the data. */
  private readonly dataWriters: readonly ColumnWriter[];
  private readonly corrupt: BytesWriter | null = null;
  private readonly columns: Fields;
  private readonly reader: JsonReader;
  private readonly records: Records;

  constructor(
    private readonly options: JsonReadOptions,
    request: DecodeRequest,
  ) {
    const { schema } = request;
    this.toReject = request.reject;
    this.fields = request.columns.map((name) => {
      const field = schema.fields.find((f) => f.name === name);
      if (field === undefined) throw unknownColumn(name, schema);
      return field;
    });
    const corruptField = schema.fields.find((f) => f.name === options.columnNameOfCorruptRecord);
    if (corruptField !== undefined && (corruptField.type.kind !== 'string' || !corruptField.nullable)) {
      const message = `The column '${corruptField.name}' of corrupt records must be a nullable STRING, not ${formatType(corruptField.type)}${corruptField.nullable ? '' : ' NOT NULL'}.`;
      throw new SluiceError('INVALID_SCHEMA', message, { details: { column: corruptField.name } });
    }
    if (this.fields.length === 1 && this.fields[0] === corruptField) {
      const message = `Decoding json: only the column '${corruptField!.name}' is asked for. Which records are malformed depends on the other columns that are read: ask for them too.`;
      throw new SluiceError('UNSUPPORTED_PIPELINE', message, { details: { column: corruptField!.name } });
    }
    this.writers = writersOf(this.fields);
    const isData = (_: unknown, i: number): boolean => this.fields[i] !== corruptField;
    this.dataWriters = this.writers.filter(isData);
    const corrupt = this.writers.find((_, i) => !isData(_, i));
    if (corrupt instanceof BytesWriter) this.corrupt = corrupt;
    this.columns = new Fields(this.fields.filter(isData), this.dataWriters);
    const rules: JsonRules = {
      grammar: options,
      times: timeReaderFor(options, true),
      quotedDecimals: decimalsIn(options.locale),
      exactText: true,
    };
    this.reader = new JsonReader(rules, this.columns);
    this.records = jsonRecords(options, request.atStart);
  }

  get numRows(): number {
    return this.reader.rows;
  }

  get malformed(): number {
    return this.found.syntax + this.found.value;
  }

  get reasons(): MalformedCounts {
    return this.found;
  }

  decode(bytes: Uint8Array, place: Place, last: boolean): number {
    const { records, reader, corrupt } = this;
    records.open(bytes, place);
    while (records.advance(last)) {
      reader.load(records.bytes, records.validUtf8);
      const before = reader.rows;
      const { start, end } = records;
      const status = records.isElement === true ? reader.element(start, end) : reader.record(start, end);
      if (status === BLANK) continue;
      if (status !== OK) this.reject(status === BROKEN, before, place);
      else if (corrupt !== null) while (corrupt.length < reader.rows) corrupt.appendNull();
    }
    return records.next;
  }

  /** Deals with a malformed record, whose rows come after the first `before`. */
  private reject(broken: boolean, before: number, place: Place): void {
    const { reader, records, corrupt, options, toReject } = this;
    const reason = broken ? 'syntax' : 'value';
    this.found[reason]++;
    if (toReject !== undefined) {
      const position = place.position + records.position;
      toReject({ bytes: records.source, position, reason, message: this.whatIsWrong(broken).message });
    } else if (options.mode === 'FAILFAST') throw this.error(broken, place);
    const isLeftOut = toReject !== undefined || options.mode === 'DROPMALFORMED';
    if (broken || isLeftOut) {
      for (const writer of this.dataWriters) writer.truncate(before);
      reader.rows = before;
    }
    if (isLeftOut) return;
    if (broken) {
      for (const writer of this.dataWriters) writer.appendNull();
      reader.rows++;
    }
    if (corrupt === null) return;
    while (corrupt.length < reader.rows) corrupt.appendRepaired(records.bytes, records.start, records.end);
  }

  /** What is found where in the record. */
  private whatIsWrong(broken: boolean): { readonly message: string; readonly offset: number } {
    const { reader, records } = this;
    const at = broken ? reader.foundAt : reader.mismatchAt;
    const shown = excerpt(records.bytes.subarray(at, records.end));
    const message = broken
      ? `${reader.found}${shown === '' ? '' : ` (${shown})`}`
      : `a value for ${this.describe(reader.mismatched)} that it cannot hold (${shown})`;
    return { message, offset: at - records.start };
  }

  private error(broken: boolean, place: Place): SluiceError {
    const { message: found, offset } = this.whatIsWrong(broken);
    const position = place.position + this.records.position;
    const at = position + offset;
    const message = `Reading '${place.path}': the JSON record at byte ${position} is malformed: at byte ${at} there is ${found}. mode is FAILFAST; PERMISSIVE would keep the row and DROPMALFORMED would drop it.`;
    const details = { path: place.path, position, at };
    return new SluiceError('MALFORMED_RECORD', message, { details });
  }

  private describe(target: Target | null): string {
    const type = target === null ? formatType(string()) : formatType(target.type);
    const column = this.columns.all.find((f) => f.target === target);
    return column === undefined ? `a field of type ${type}` : `the column '${column.name}' of type ${type}`;
  }

  take(): Table {
    const numRows = this.reader.rows;
    const columns = this.writers.map((w) => w.finish());
    this.reader.rows = 0;
    return new Table(structOf(this.fields), columns, numRows);
  }
}

/** An array of more bytes is read an element at a time. */
const maxWholeArray = 8 << 20;

/** A record a line, or a file, or an element of its array. Throws INVALID_OPTION for an encoding that lines cannot be found in. */
export function jsonRecords(given: JsonReadOptions, atStart: boolean): Records {
  const options = { ...given, encoding: given.encoding ?? given.charset };
  const encoding = foreign(options.encoding);
  if (options.multiLine) {
    const whole = wholeFile(options, true);
    if (encoding !== undefined) return whole;
    const { maxRecordBytes = maxFileBytes } = options;
    const maxWholeBytes = Math.min(maxRecordBytes, maxWholeArray);
    return new Elements(whole, { grammar: options, maxWholeBytes, maxRecordBytes }, atStart ? undefined : false);
  }
  if (encoding?.unit === 1 && options.lineSep === undefined) throw lineSepNeeded(encoding.name);
  return linesOf(options, atStart);
}

/** The beginning of what was found, for a message. */
function excerpt(bytes: Buffer): string {
  const text = bytes.subarray(0, 64).toString();
  return text.length > 40 ? `${text.slice(0, 37)}...` : text;
}
